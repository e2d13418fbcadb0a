/**
 * Hosts whose STARTTLS broke, and what worked instead: a smaller hello, or
 * none. Remembered for a while of the conversation's own time, so that not
 * every message pays for two broken handshakes first. In memory and bounded;
 * the oldest is forgotten first.
 */
import type { HelloShape } from './tls.ts';

export type Hello = HelloShape | 'none';

export type BrokenTls = {
  /** What to begin with. */
  helloFor(key: string, now: number): Hello;
  remember(key: string, hello: Hello, now: number): void;
  /** All of a stream (keys begin with its name and a blank): its remotes behave in another way from now on. */
  forget(stream: string): void;
};

export function createBrokenTls({ lifetime = 3_600_000, most = 10_000 } = {}): BrokenTls {
  const known = new Map<string, { hello: Hello; until: number }>();
  return {
    helloFor(key, now) {
      const entry = known.get(key);
      if (entry !== undefined && entry.until > now) return entry.hello;
      known.delete(key);
      return 'usual';
    },
    remember(key, hello, now) {
      known.delete(key);
      known.set(key, { hello, until: now + lifetime });
      if (known.size > most) known.delete(known.keys().next().value!);
    },
    forget(stream) {
      for (const key of known.keys()) if (key.startsWith(`${stream} `)) known.delete(key);
    },
  };
}
