/**
 * What a client still sends when its answer is decided. A connection that is
 * closed while its client sends is reset, and the answer is lost with it
 * (RFC 9112 §9.6): the rest is read and thrown away first, within limits.
 */
import type { Context } from 'hono';
import type { Clock } from '../clock.ts';

/** Milliseconds and octets: beyond them a client that has not stopped is cut off. */
const LONGEST = 2_000;
const MOST = 256 * 1024 * 1024;

/** The pieces of a body. Where nobody wants the rest it is left there: to cancel it would cut the connection at once. */
export async function* piecesOf(c: Context): AsyncGenerator<Uint8Array> {
  const stream = c.req.raw.body as unknown as { values(options: { preventCancel: boolean }): AsyncIterable<Uint8Array> } | null;
  if (stream) yield* stream.values({ preventCancel: true });
}

/** Never throws. */
export async function readRest(c: Context, clock: Pick<Clock, 'after'>): Promise<void> {
  const incoming = (c.env as { incoming?: { complete: boolean; destroyed: boolean } } | undefined)?.incoming;
  if (!incoming || incoming.complete || incoming.destroyed) return;
  const body = c.req.raw.body;
  if (!body || body.locked) return;
  const reader = body.getReader();
  let octets = 0;
  let over = false;
  const cancel = clock.after(LONGEST, () => {
    over = true;
    reader.releaseLock(); // what is being read rejects
  });
  try {
    while (!over && octets < MOST) {
      const { done, value } = await reader.read();
      if (done) return;
      octets += value.byteLength;
    }
  } catch { /* its time is over, or the client is gone */ } finally {
    cancel();
    if (!over) reader.releaseLock();
  }
}
