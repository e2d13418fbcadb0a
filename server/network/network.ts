/**
 * The one seam between Postern and whoever takes its mail. Everything above
 * it (connections, TLS, pipelining, limits, classifier, retry) is the same
 * code in both worlds: `pretend` answers from a scenario, `internet` resolves
 * MX records and opens TCP sockets. Nothing above asks which one it has.
 */
import type { Duplex } from 'node:stream';
import type { Source } from '../mail/live.ts';
import type { Fault } from '../mail/reply.ts';
import type { Talk } from './talk.ts';

/** What a connection to a host must prove before any mail goes over it. Absent, TLS is taken where offered, from anybody. */
export type TlsDemand =
  /** Encrypted, whoever it is. */
  | { kind: 'required'; by: 'stream' | 'relay' | 'dane' | 'provider' }
  /** Encrypted, with a certificate of a known authority for one of these names. `note` goes into the transcript. */
  | { kind: 'verified'; by: 'mta-sts' | 'relay'; names: string[]; note: string }
  /** DANE (RFC 7672): encrypted, and the certificate is one that a TLSA record names. Records that say nothing usable are `required`. */
  | { kind: 'dane'; records: Tlsa[]; names: string[]; note: string };
/** RFC 6698 §2.1. */
export type Tlsa = { usage: number; selector: number; matching: number; data: Uint8Array };

export type Host = {
  /** As in the MX record; what TLS is asked to prove. */
  name: string;
  address: string;
  port: number;
  /** Of the MX (16 bits); that of a fallback is above them all. */
  preference: number;
  tls?: TlsDemand;
  /** A policy that is only tested (MTA-STS `testing`): what would have failed is noted, and mail goes on. */
  tests?: TlsDemand;
  /** TLS from the first octet (a relay on port 465). */
  implicitTls?: true;
  /** A smarthost: what it says of logins and of relaying is about our setting, not about the recipient. */
  relay?: true;
  /** A relay wants to know who we are; only ever told over TLS unless the relay is of this machine. */
  login?: { user: string; password: string };
};

/** It comes after any MX, whose preference has 16 bits (RFC 1035 §3.3.9). */
export const FALLBACK = 65_536;
export const isFallback = ({ preference }: Host): boolean => preference >= FALLBACK;

export type Route = {
  /** The rollup of hosts that share a limit: limits, pauses and rates are kept by it. */
  site: string;
  /** Known provider (`google`, `yahoo` …) where all hosts are of one. */
  provider?: string;
  /** In the order they are to be tried; at least one. */
  hosts: Host[];
  /** How it was found, for the transcript: lines for people. */
  notes?: string[];
  /** Until when it may be kept, milliseconds from now (the least TTL); absent, a minute. */
  keepFor?: number;
};

export interface Network {
  /**
   * What a recipient is queued under: its domain, or the whole address where
   * its connection must not be shared with others. Pure and cheap; called at
   * admission and kept with the recipient.
   */
  destination(stream: string, address: string): string;
  /** Where a destination goes. A fault has stage `resolve`. Never throws. */
  resolve(destination: string, ask: { stream: string; talk: Talk }): Promise<Route | Fault>;
  /** Where a connection of this stream comes from; asked once for each connection. Absent, the system's choice and the name of the house. */
  source?(stream: string): Source;
  /** Certificates of authorities to believe (PEM) beside none else; absent, those that Node brings along. */
  authorities?(): Promise<string[]> | string[];
  /** Opens a stream of octets to a host. A fault has stage `connect`. Never throws; gives up when `signal` says so. */
  dial(host: Host, ask: { stream: string; destination: string; site: string; talk: Talk; signal: AbortSignal; source?: Source }): Promise<Duplex | Fault>;
}
