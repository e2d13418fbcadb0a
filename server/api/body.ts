/**
 * Reads request bodies that must be whole to be understood (JSON). Their
 * octets are counted over all requests, so that many at once cannot take
 * more memory than one setting allows; a message that can be streamed
 * (message/rfc822) does not come through here.
 */
import type { Context } from 'hono';
import { problem } from './problems.ts';

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

export function createBodyReader(inFlight: number): BodyReader {
  let held = 0;
  return {
    async read(c, limit) {
      const refused = packed(c);
      if (refused) return refused;
      const declared = Number(c.req.header('content-length') ?? 0);
      if (declared > limit) return tooLarge(limit);
      // One request is always let in: a limit below the size of a message must not shut the door.
      if (held > 0 && held + declared * WEIGHT > inFlight) return problem('no-room');
      const stream = c.req.raw.body;
      const chunks: Uint8Array[] = [];
      let size = 0;
      let mine = declared * WEIGHT;
      held += mine;
      let released = false;
      const release = () => {
        if (!released) held -= mine;
        released = true;
      };
      try {
        if (stream) for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
          size += chunk.length;
          if (size * WEIGHT > mine) {
            held += size * WEIGHT - mine;
            mine = size * WEIGHT;
          }
          if (size > limit || (held > mine && held > inFlight)) {
            release();
            return size > limit ? tooLarge(limit) : problem('no-room');
          }
          chunks.push(chunk);
        }
      } catch (error) {
        release();
        throw error;
      }
      return { bytes: chunks.length === 1 ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, chunks[0]!.byteLength) : Buffer.concat(chunks), release };
    },
  };
}

const tooLarge = (limit: number) => problem('body-too-large', { detail: `At most ${limit} octets are taken here.` });

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;
export const isJson = (contentType: string | undefined): boolean => contentType !== undefined && JSON_TYPE.test(contentType);

/** A body that is packed (gzip …) would be kept or read as noise: it is refused. */
export function packed(c: Context): Response | undefined {
  const encoding = c.req.header('content-encoding');
  return encoding === undefined || encoding.toLowerCase() === 'identity' ? undefined : problem('unsupported-type', { detail: `Content-Encoding ${encoding.slice(0, 40)} is not taken: send the body as it is.` });
}

/** The value, or the problem to answer. */
export function parseJson(bytes: Buffer): { value: unknown } | Response {
  try {
    // fatal: what is not UTF-8 is not JSON (RFC 8259 §8.1) and must not come in as replacement characters.
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown };
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    // V8 quotes from the text; a body has no business in an error that may be logged.
    return problem('malformed-json', { detail: why.replace(/,? "[^]*$|"[^]*"/g, '').slice(0, 200) });
  }
}
