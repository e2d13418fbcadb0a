/**
 * What is demanded of a connection before mail goes over it: in words for
 * people, as a word in the facts, and judged on what a host showed. Pure.
 */
import type { TlsFacts } from '../mail/session.ts';
import type { Host, TlsDemand } from '../network/network.ts';
import { isFor, type Shown } from './certificate.ts';
import { daneDoubt, usable } from './dane.ts';

const WHO = { stream: 'the stream', provider: 'the profile of the provider', relay: 'the setting of the relay', 'mta-sts': 'MTA-STS', dane: 'DANE' } as const;

const byOf = (demand: TlsDemand): keyof typeof WHO => (demand.kind === 'dane' ? 'dane' : demand.by);

/** A login is only told over TLS, unless the relay is of this machine; and TLS from the first octet is TLS. */
export function demandOf(host: Host): TlsDemand | undefined {
  if (host.tls) return host.tls;
  return host.implicitTls || (host.login && !isOwn(host.address)) ? { kind: 'required', by: 'relay' } : undefined;
}

const isOwn = (address: string): boolean => /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address) || address === '::1';

/** By the receiver's policy or the stream's, and not for whoever goes by that host. */
export const isOfDestination = (demand: TlsDemand | undefined): boolean => demand !== undefined && byOf(demand) !== 'relay';

/** By the receiver, or by what is known of it: there is no way round that. */
export const isOfReceiver = (demand: TlsDemand | undefined): boolean => isOfDestination(demand) && byOf(demand!) !== 'stream';

/** What TlsFacts has as `policy`. */
export function policyOf(demand: TlsDemand | undefined, tests: TlsDemand | undefined): Pick<TlsFacts, 'policy'> {
  const name = (one: TlsDemand) => (byOf(one) === 'stream' || byOf(one) === 'provider' ? 'required' : byOf(one));
  if (demand) return { policy: name(demand) };
  return tests ? { policy: `${name(tests)} (testing)` } : {};
}

/** For the transcript, before the connection. */
export function noteOf(demand: TlsDemand): string {
  if (demand.kind === 'required') return `${WHO[demand.by]} demands TLS`;
  if (demand.kind === 'dane' && usable(demand.records).length === 0) return `${demand.note}; no record can be used: DANE demands TLS alone`;
  return demand.note;
}

/** TLS did not come about, and why. */
export const withoutTls = (demand: TlsDemand, why: string): string => `${WHO[byOf(demand)]} demands TLS, and ${why}`;

/** Undefined when it fulfils the demand; else what it lacks. `now` is in milliseconds. */
export function lacks(demand: TlsDemand, shown: Shown, now: number): string | undefined {
  switch (demand.kind) {
    case 'required': return undefined;
    case 'verified': {
      if (shown.distrust === undefined && shown.leaf && isFor(shown.leaf, demand.names)) return undefined;
      const why = shown.distrust ?? (shown.leaf ? 'it is for another host' : 'it shows none');
      return `${WHO[demand.by]} demands a certificate of ${demand.names.join(' or ')} that holds, and that of the host does not: ${why}`;
    }
    case 'dane': {
      if (usable(demand.records).length === 0) return undefined;
      const why = daneDoubt(demand.records, demand.names, shown, now);
      return why === undefined ? undefined : `DANE demands a certificate that a TLSA record names: ${why}`;
    }
  }
}

/** Whether what fulfils it has been proved to be the host, and not just anybody. */
export const proves = (demand: TlsDemand): boolean => demand.kind === 'verified' || (demand.kind === 'dane' && usable(demand.records).length > 0);

/** The name that is asked for in the hello (RFC 7672 §8.1: with DANE that of the records). */
export const askedName = (host: Host): string => (host.tls?.kind === 'dane' ? (host.tls.names[0] ?? host.name) : host.name);
