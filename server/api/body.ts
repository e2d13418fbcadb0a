/**
 * Reads request bodies that must be whole to be understood (JSON). Their
 * octets are counted over all requests, so that many at once cannot take
 * more memory than one setting allows; a message that can be streamed
 * (message/rfc822) does not come through here.
 */
import type { Context } from 'hono';
import { problem } from './problems.ts';
import { piecesOf } from './rest.ts';

export type BodyReader = {
  /** The body, or the problem to answer. `release` once it is no longer needed. */
  read(c: Context, limit: number): Promise<{ bytes: Buffer; release(): void } | Response>;
};

/** Octets of the bodies of ordinary requests (changes, new streams …). */
export const SMALL_BODY = 256 * 1024;

/** JSON around a message of so many octets: base64 takes 4 for 3, and there are quotes and escapes. */
export const jsonLimit = (messageSize: number): number => Math.ceil(messageSize * 1.4) + 64 * 1024;

/**
 * What an octet of JSON costs in memory until the message is committed: the
 * bytes, the text, the values in it, and the message composed from them.
 */
const WEIGHT = 4;

/** Of what may be in flight, so much is kept for small bodies: a large one that is slow must not shut the others out. */
const SMALL_SHARE = 4;

export function createBodyReader(inFlight: number): BodyReader {
  const large = { held: 0, most: inFlight };
  const small = { held: 0, most: inFlight / SMALL_SHARE };
  return {
    async read(c, limit) {
      const refused = packed(c);
      if (refused) return refused;
      if (Number(c.req.header('content-length') ?? 0) > limit) return tooLarge(limit);
      let account = small;
      let mine = 0;
      /** What came counts, not what was announced: nobody is refused for what another may still send. */
      const weigh = (octets: number): boolean => {
        account.held -= mine;
        mine = octets * WEIGHT;
        if (octets > SMALL_BODY) account = large;
        account.held += mine;
        // One request is always let in: a limit below the size of a message must not shut the door.
        return account.held === mine || account.held <= account.most;
      };
      const release = () => {
        account.held -= mine;
        mine = 0;
      };
      const body = gather();
      try {
        for await (const chunk of piecesOf(c)) {
          body.add(chunk);
          const fits = weigh(body.size());
          if (body.size() <= limit && fits) continue;
          release();
          return fits ? tooLarge(limit) : problem('no-room');
        }
      } catch (error) {
        release();
        throw error;
      }
      return { bytes: body.bytes(), release };
    },
  };
}

/** One buffer that grows: a list of pieces would keep, of a body that comes octet by octet, an object for each. */
function gather() {
  let buffer = Buffer.alloc(0);
  let size = 0;
  return {
    size: () => size,
    add(chunk: Uint8Array): void {
      if (size + chunk.length > buffer.length) {
        const more = Buffer.allocUnsafeSlow(Math.max(size + chunk.length, 2 * buffer.length));
        buffer.copy(more, 0, 0, size);
        buffer = more;
      }
      buffer.set(chunk, size);
      size += chunk.length;
    },
    bytes: () => buffer.subarray(0, size),
  };
}

const tooLarge = (limit: number) => problem('body-too-large', { detail: `At most ${limit} octets are taken here.` });

/** A body that is packed (gzip …) would be kept or read as noise: it is refused. */
export function packed(c: Context): Response | undefined {
  const encoding = c.req.header('content-encoding');
  return encoding === undefined || encoding.toLowerCase() === 'identity' ? undefined : problem('unsupported-type', { detail: `Content-Encoding ${encoding.slice(0, 40)} is not taken: send the body as it is.` });
}
