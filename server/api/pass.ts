/**
 * Passes: signed addresses that open one path for a few minutes, for what a
 * browser asks for without being able to send a token (a frame, the pictures
 * in it). Handed out only to a request that bore the token. Good for reading
 * the HTML of one message or one part of it, whatever else was signed, and
 * for nothing after a restart: the key is this process's own.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ID } from '../ids.ts';

/** Milliseconds. */
export const PASS_LIFETIME = 5 * 60_000;

/** The only paths that a pass can be for. Without a percent sign there is one way to spell them. */
const PATHS = new RegExp(`^/v1/messages/${ID}/(?:html|parts/[\\w.]{1,200}(?:/html)?)$`);
const PASS = /^([0-9a-z]{1,10})\.([\w-]{43})$/;

export type Passes = {
  /** The path with its pass. `like` is a pass that this one must not outlive. */
  sign(path: string, like?: string): { url: string; expiresAt: number };
  opens(path: string, pass: string | undefined): boolean;
  /** Until when it opens, or opened, this path; undefined where it is no pass of ours for it. */
  until(path: string, pass: string | undefined): number | undefined;
};

export function createPasses(clock: Clock, key: Uint8Array = randomBytes(32)): Passes {
  const mac = (path: string, until: string) => createHmac('sha256', key).update(`${until} ${path}`).digest();
  const untilOf = (path: string, pass: string | undefined): number | undefined => {
    const [, until, signature] = PASS.exec(pass ?? '') ?? [];
    if (until === undefined || !PATHS.test(path)) return undefined;
    return timingSafeEqual(mac(path, until), Buffer.from(signature!, 'base64url')) ? Number.parseInt(until, 36) : undefined;
  };
  return {
    sign(path, like) {
      const expiresAt = like === undefined ? clock.now() + PASS_LIFETIME : Number.parseInt(like, 36);
      const until = expiresAt.toString(36);
      return { url: `${path}?pass=${until}.${mac(path, until).toString('base64url')}`, expiresAt };
    },
    opens: (path, pass) => (untilOf(path, pass) ?? 0) > clock.now(),
    until: untilOf,
  };
}
