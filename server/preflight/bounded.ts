/**
 * A resolver for one pre-flight. The zones that are read belong to anybody,
 * so one run asks a limited number of questions, and each question once; what
 * is beyond is answered as a failure that says so.
 */
import type { DnsAnswer, Resolver } from '../network/resolver.ts';

/** Questions of one run. A domain with ten MX hosts, three keys and a deep SPF record needs about 120. */
export const QUESTIONS = 400;

export function bounded(resolver: Resolver, most = QUESTIONS): Resolver {
  const asked = new Map<string, Promise<DnsAnswer<never>>>();
  const once = <T>(kind: string, name: string, ask: () => Promise<DnsAnswer<T>>): Promise<DnsAnswer<T>> => {
    const key = `${kind} ${name}`;
    let answer = asked.get(key) as Promise<DnsAnswer<T>> | undefined;
    if (!answer) {
      answer = asked.size < most ? ask() : Promise.resolve({ kind: 'failed', reason: 'refused', detail: `this domain leads to more than ${most} questions` });
      asked.set(key, answer as Promise<DnsAnswer<never>>);
    }
    return answer;
  };
  return {
    mx: (name) => once('MX', name, () => resolver.mx(name)),
    addresses: (name, family) => once(`A${family}`, name, () => resolver.addresses(name, family)),
    txt: (name) => once('TXT', name, () => resolver.txt(name)),
    tlsa: (name) => once('TLSA', name, () => resolver.tlsa(name)),
    names: (address) => once('PTR', address, () => resolver.names(address)),
    cname: (name) => once('CNAME', name, () => resolver.cname(name)),
    forget: () => resolver.forget(),
    close: () => {},
  };
}

export type Addresses = { addresses: string[]; /** Of the first family about which nobody answered, when no address is known. */ lost?: Extract<DnsAnswer<string>, { kind: 'failed' }>; nxdomain: boolean };

/** Of both families. */
export async function addressesOf(resolver: Resolver, name: string): Promise<Addresses> {
  const answers = await Promise.all([resolver.addresses(name, 4), resolver.addresses(name, 6)]);
  const addresses = answers.flatMap((answer) => (answer.kind === 'records' ? answer.records : []));
  const lost = answers.find((answer) => answer.kind === 'failed');
  return { addresses, nxdomain: answers.every(({ kind }) => kind === 'nxdomain'), ...(addresses.length === 0 && lost ? { lost } : {}) };
}
