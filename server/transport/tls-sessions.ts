/**
 * TLS sessions that may be resumed (RFC 8446 §2.2): who connects to the same
 * host again, for the same destination of the same stream and with the same
 * hello, is spared the certificates and most of the arithmetic. For two hours of
 * the conversation's own time, as long as OpenSSL's servers allow it; then a host has to
 * show its certificate again. What was found wrong with it is kept beside the
 * session, since a resumed one shows none.
 *
 * A ticket is used more than once (RFC 8446 §C.4 would rather not): it tells
 * an onlooker no more than the EHLO in clear before it.
 */
import type { TlsFacts } from '../mail/session.ts';

/** `group` is what the keys were agreed on in. */
export type TlsSession = { session: Buffer; facts: TlsFacts; group: string | undefined };

/** What one connection is to offer and to keep. */
export type TlsMemory = {
  take(): TlsSession | undefined;
  keep(made: TlsSession): void;
  /** It did not go well with what was offered. */
  forget(): void;
  /** Something was taken. */
  readonly offered: boolean;
};

export type TlsSessions = { of(key: string, now: () => number): TlsMemory };

export function createTlsSessions({ lifetime = 7_200_000, most = 1_000 } = {}): TlsSessions {
  const kept = new Map<string, TlsSession & { until: number }>();
  return {
    of(key, now) {
      let offered = false;
      return {
        take() {
          const found = kept.get(key);
          if (found === undefined) return undefined;
          kept.delete(key);
          if (found.until <= now()) return undefined;
          // The one used last is the last in the map.
          kept.set(key, found);
          offered = true;
          return found;
        },
        keep(made) {
          kept.delete(key);
          kept.set(key, { ...made, until: now() + lifetime });
          if (kept.size > most) kept.delete(kept.keys().next().value!);
        },
        forget: () => void kept.delete(key),
        get offered() { return offered; },
      };
    },
  };
}
