/**
 * What a client still sends when its answer is decided. A connection that is
 * closed while its client sends is reset, and the answer is lost with it
 * (RFC 9112 §9.6): the rest is read and thrown away first, within limits.
 */
import type { Context } from 'hono';
import { wallClock } from '../clock.ts';

/** Milliseconds in all, milliseconds of silence (a client that waits for its answer), and octets: beyond them nothing more is read. */
const LONGEST = 2_000;
const SILENCE = 100;
const MOST = 256 * 1024 * 1024;

/** The pieces of a body. Where nobody wants the rest it is left there: to cancel it would cut the connection at once. */
export async function* piecesOf(c: Context): AsyncGenerator<Uint8Array> {
  const stream = c.req.raw.body as unknown as { values(options: { preventCancel: boolean }): AsyncIterable<Uint8Array> } | null;
  if (stream) yield* stream.values({ preventCancel: true });
}

/** Never throws. By the wall's clock: this is about the wire, and not about the time of a stream. */
export async function readRest(c: Context): Promise<void> {
  const incoming = (c.env as { incoming?: { complete: boolean; destroyed: boolean } } | undefined)?.incoming;
  if (!incoming || incoming.complete || incoming.destroyed) return;
  const body = c.req.raw.body;
  if (!body || body.locked) return;
  const reader = body.getReader();
  const until = wallClock.now() + LONGEST;
  try {
    for (let octets = 0; octets < MOST && wallClock.now() < until;) {
      const read = await unlessSilent(reader.read());
      if (!read || read.done) return;
      octets += read.value.byteLength;
    }
  } catch { /* the client is gone */ } finally {
    reader.releaseLock();
  }
}

function unlessSilent<T>(read: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = wallClock.after(SILENCE, () => resolve(undefined));
    read.finally(cancel).then(resolve, reject);
  });
}
