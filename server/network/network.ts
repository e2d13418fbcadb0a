/**
 * The one seam between Postern and whoever takes its mail. Everything above
 * it (connections, TLS, pipelining, limits, classifier, retry) is the same
 * code in both worlds: `pretend` answers from a scenario, `internet` resolves
 * MX records and opens TCP sockets. Nothing above asks which one it has.
 */
import type { Duplex } from 'node:stream';
import type { Fault } from '../mail/reply.ts';
import type { Talk } from './talk.ts';

export type Host = {
  /** As in the MX record; what TLS is asked to prove. */
  name: string;
  address: string;
  port: number;
  preference: number;
};

export type Route = {
  /** The rollup of hosts that share a limit: limits, pauses and rates are kept by it. */
  site: string;
  /** Known provider (`google`, `yahoo` …) where all hosts are of one. */
  provider?: string;
  /** In the order they are to be tried; at least one. */
  hosts: Host[];
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
  /** Opens a stream of octets to a host. A fault has stage `connect`. Never throws; gives up when `signal` says so. */
  dial(host: Host, ask: { stream: string; destination: string; site: string; talk: Talk; signal: AbortSignal }): Promise<Duplex | Fault>;
}
