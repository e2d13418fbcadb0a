/**
 * The resolvers of the system, from /etc/resolv.conf: read when first asked,
 * and again when the file has changed (looked at every few seconds at most).
 * Without the file, or without a resolver in it, it is the one on this
 * machine, as the C library has it. And which resolvers are believed.
 */
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Clock } from '../../../clock.ts';
import type { Server } from './exchange.ts';

const PATH = '/etc/resolv.conf';
const LOOK = 5_000;
/** As many as the C library asks. */
const MOST = 3;
const OWN: readonly Server[] = [{ host: '127.0.0.1', port: 53 }];

export function systemResolvers({ clock, path = PATH }: { clock: Clock; path?: string }): () => readonly Server[] {
  let servers = OWN;
  let version: string | undefined;
  let next = -Infinity;
  return () => {
    const now = clock.now();
    if (now < next) return servers;
    next = now + LOOK;
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const found = `${mtimeMs} ${size} ${ino}`;
      if (found !== version) {
        servers = readResolvConf(readFileSync(path, 'utf8'));
        version = found;
      }
    } catch {
      // Gone or unreadable for the moment: those that are known are better than none.
    }
    return servers;
  };
}

export function readResolvConf(text: string): readonly Server[] {
  const found: Server[] = [];
  for (const line of text.split('\n')) {
    const [word, host = ''] = line.trim().split(/\s+/);
    if (word === 'nameserver' && isIP(host) !== 0 && found.length < MOST) found.push({ host, port: 53 });
  }
  return found.length > 0 ? found : OWN;
}

/** Setting `resolverTrusted`: an answer of another machine may have been changed on its way. */
export const trustIn = (setting: 'auto' | 'on' | 'off') => ({ host }: { host: string }): boolean =>
  setting === 'on' || (setting === 'auto' && (host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))));
