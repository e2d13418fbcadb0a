/**
 * Whether a message may go over a connection that was opened for another one.
 * Domains at the same hosts share connections, and may demand different things
 * of them: one that was made with anybody is nobody's proof. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Route, TlsDemand } from '../network/network.ts';
import type { Carrier } from './carrier.ts';
import { demandOf } from './demand.ts';

/** `route` is that of the message; without one nothing is known of what it demands. */
export function mayRide({ to, tls }: Pick<Carrier, 'to' | 'tls'>, route: Route | undefined): boolean {
  // A connection of another kind than ours proves nothing, and is asked for nothing.
  if (to === undefined) return true;
  const there = route?.hosts.filter(({ port }) => port === to.port) ?? [];
  const host = there.find(({ name }) => name === to.name) ?? there.find(({ address }) => address === to.address);
  if (!host || !isDeepStrictEqual(host.login, to.login)) return false;
  const demand = demandOf(host);
  if (demand === undefined) return true;
  if (demand.kind === 'required') return tls !== undefined;
  const met = demandOf(to);
  return met !== undefined && isDeepStrictEqual(proofOf(demand), proofOf(met));
}

/** What a certificate is held against. Whose policy it is makes no difference, and names are nothing to a record that names the certificate itself (RFC 7672 §3.1.1). */
function proofOf(demand: TlsDemand): unknown {
  switch (demand.kind) {
    case 'required': return null;
    case 'verified': return demand.names;
    case 'dane': return [demand.records, demand.records.every(({ usage }) => usage === 3) ? null : demand.names];
  }
}
