/**
 * What a pre-flight of a stream is asked: the stream's own policy and what
 * the house knows of itself, put together. Pure.
 */
import type { Stream } from '../mail/stream.ts';
import type { KeyRing } from '../outgoing/keys/ring.ts';
import type { MailSource, PreflightAsk, SigningKey } from './ask.ts';
import { organisation } from './names.ts';

export type House = {
  /** The name in EHLO of sources that have none. */
  helo: string;
  /** Where the world reaches the listener for what comes back; null without one. */
  listener: PreflightAsk['listener'];
  permitted: boolean;
  /** Why all delivery is stopped; null when it is not. */
  stopped: string | null;
};

/** Of KeyRing.facts(signerOf(stream, domain)). */
export type Keys = Awaited<ReturnType<KeyRing['facts']>>;

type OfStream = Pick<Stream, 'name' | 'mode' | 'delivery'>;

/** The domain that a stream sends as, as far as its policy says: that of its signatures, else that of its return path. */
export function domainOf({ delivery: { live, returnPath } }: Pick<Stream, 'delivery'>): string | null {
  return live.dkim?.domain ?? (returnPath === null ? null : organisation(returnPath));
}

/** Whose keys have to be looked up. */
export const signerOf = ({ delivery: { live } }: Pick<Stream, 'delivery'>, domain: string): string => live.dkim?.domain ?? domain;

export function askOf({ name, mode, delivery: { live, returnPath } }: OfStream, domain: string, house: House, keys: Keys, port25: string | null = null): PreflightAsk {
  const selector = live.dkim?.selector ?? null;
  // A pair is named by its base, or one key of it in full, and then signs whatever it is but retired; of the others only what is prepared matters.
  const isNamed = (key: Keys['keys'][number]) => key.pair === selector || key.selector === selector;
  const used = selector === null ? keys.keys : keys.keys.flatMap((key): SigningKey[] => (isNamed(key) ? [key.state === 'retired' ? key : { ...key, state: 'active' }] : key.state === 'prepared' ? [key] : []));
  return {
    domain, stream: name, returnPath, port25,
    sources: live.sources.flatMap(({ ipv4, ipv6, helo }) => [ipv4, ipv6].flatMap((address): MailSource[] => (address === null ? [] : [{ address, helo }]))),
    helo: live.sources.find(({ ipv4, ipv6, helo }) => ipv4 === null && ipv6 === null && helo !== null)?.helo ?? house.helo,
    listener: house.listener,
    signing: { signs: live.dkim !== null, domain: keys.domain, keys: used, flaws: keys.flaws },
    gate: { permitted: house.permitted, stopped: house.stopped, mode, allow: live.allow, intercept: live.intercept },
  };
}
