/**
 * The token of the HTTP side when none is configured but one is needed: made
 * once, kept in the data folder (mode 600), so that it survives a restart.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `made` tells whether to show it. In memory (`dir` null) each start makes another. */
export function ownToken(dir: string | null): { token: string; made: boolean } {
  const file = dir === null ? undefined : join(dir, 'token');
  if (file !== undefined) {
    try {
      const token = readFileSync(file, 'utf8').trim();
      if (token.length >= 16) return { token, made: false };
    } catch { /* the first start */ }
  }
  const token = randomBytes(24).toString('base64url');
  if (file !== undefined) writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return { token, made: true };
}

/** Whether a listener on this host can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(host);
}
