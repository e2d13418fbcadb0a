/**
 * Names, as the internet side and the checks before going live ask for them.
 * Answers say what Node's own resolver hides: how long they may be kept,
 * whether a validating resolver vouches for them (AD), and whether a name is
 * not there (NXDOMAIN), has no such record, or could not be asked about.
 */
export type DnsFailure = 'servfail' | 'timeout' | 'refused' | 'malformed';

export type DnsAnswer<T> =
  /** `ttl` in seconds, the least along the way; `authentic` is the AD bit of the resolver; `name` is where CNAMEs led to. */
  | { kind: 'records'; records: T[]; ttl: number; authentic: boolean; name: string }
  /** The name is there, without such a record. */
  | { kind: 'none'; ttl: number; authentic: boolean }
  | { kind: 'nxdomain'; ttl: number; authentic: boolean }
  /** It may be otherwise in a minute. `detail` is a sentence. */
  | { kind: 'failed'; reason: DnsFailure; detail: string };

export type MxRecord = { exchange: string; preference: number };
export type TlsaRecord = { usage: number; selector: number; matching: number; data: Uint8Array };

/** Never throws. Names are taken in either form (IDN or A-label), with or without a dot at the end. */
export interface Resolver {
  mx(name: string): Promise<DnsAnswer<MxRecord>>;
  addresses(name: string, family: 4 | 6): Promise<DnsAnswer<string>>;
  /** Each record whole: its strings joined. */
  txt(name: string): Promise<DnsAnswer<string>>;
  tlsa(name: string): Promise<DnsAnswer<TlsaRecord>>;
  /** Names of an address (in-addr.arpa, ip6.arpa). */
  names(address: string): Promise<DnsAnswer<string>>;
  cname(name: string): Promise<DnsAnswer<string>>;
  /** All that was kept. */
  forget(): void;
  close(): void;
}
