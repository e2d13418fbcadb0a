/**
 * Which smarthosts take the mail of a domain: those whose pattern fits it
 * best. `always` ones stand in for the MX; `fallback` ones come after it.
 */
import type { Relay } from '../../mail/live.ts';
import type { Host, TlsDemand } from '../network.ts';
import { asciiName } from './dns/names.ts';

/** A domain itself is closer than what is below it, and that the closer the longer; `*` is the last. */
function closeness(pattern: string, domain: string): number {
  if (pattern === '*') return 1;
  const below = pattern.startsWith('*.');
  const name = asciiName(below ? pattern.slice(2) : pattern);
  if (name === undefined) return 0;
  if (below) return domain.endsWith(`.${name}`) ? 1 + name.length : 0;
  return domain === name ? Infinity : 0;
}

export function relaysFor(relays: readonly Relay[], domain: string): { always: Relay[]; fallback: Relay[] } {
  const ranked = relays.map((relay) => ({ relay, rank: Math.max(0, ...relay.domains.map((pattern) => closeness(pattern.toLowerCase(), domain))) }));
  const best = Math.max(0, ...ranked.map(({ rank }) => rank));
  const fitting = best === 0 ? [] : ranked.filter(({ rank }) => rank === best).map(({ relay }) => relay);
  return { always: fitting.filter(({ when }) => when === 'always'), fallback: fitting.filter(({ when }) => when === 'fallback') };
}

/** The host of a relay without its address. */
export function relayHost(relay: Relay, name: string): Omit<Host, 'address' | 'preference'> {
  const demand = demandOf(relay, name);
  return {
    name, port: relay.port, relay: true,
    ...(demand ? { tls: demand } : {}),
    ...(relay.tls === 'implicit' ? { implicitTls: true } : {}),
    ...(relay.user !== null && relay.password !== null ? { login: { user: relay.user, password: relay.password } } : {}),
  };
}

function demandOf({ tls }: Relay, name: string): TlsDemand | undefined {
  switch (tls) {
    case 'opportunistic': return undefined;
    case 'required': return { kind: 'required', by: 'relay' };
    case 'verified':
    case 'implicit': return { kind: 'verified', by: 'relay', names: [name], note: `the relay ${name} must show a certificate that holds` };
  }
}
