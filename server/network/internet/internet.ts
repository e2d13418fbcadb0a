/**
 * The real side of the network: MX records, and TCP connections to other
 * people's mail servers. What a stream may do is asked for each time, so a
 * change of its policy holds from the next route on. Nothing here decides
 * whether mail may go out at all: that is the gate's.
 */
import { getCACertificates } from 'node:tls';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { LivePolicy, Source } from '../../mail/live.ts';
import type { KeptStore } from '../../queue/port.ts';
import type { Network } from '../network.ts';
import type { Resolver } from '../resolver.ts';
import { destinationOf } from './destination.ts';
import { dial } from './dial.ts';
import { createGuard } from './guard.ts';
import { createMtaSts, type MtaSts } from './mta-sts.ts';
import { type Listens, ownOf } from './own.ts';
import { routeTo } from './route.ts';
import { createStsFetch } from './sts-fetch.ts';

export type InternetOptions = {
  resolver: Resolver;
  policyOf: (stream: string) => LivePolicy;
  /** Of a route's hosts; undefined where they are of nobody known, or of several. */
  providerOf: (hosts: string[]) => string | undefined;
  /** Whether all hosts of a provider are known to take TLS; absent, of none it is. */
  demandsTls?: (provider: string) => boolean;
  clock: Clock;
  /** 0 up to, not with, 1. */
  random: () => number;
  /** What we call ourselves (SMTP and HELO names), and where we listen for SMTP; `0.0.0.0` and `::` are all addresses of the machine. */
  ownNames: () => Iterable<string>;
  ownAddresses: () => Iterable<Listens>;
  /** Setting `deliveryPort`. */
  port: number;
  /** Setting `deliveryPrivate`. */
  allowed: readonly string[];
  kept: KeptStore;
  /** PEM of authorities to believe beside the usual ones (`deliveryCa`). */
  ca?: string | undefined;
  /** Of policy hosts (MTA-STS); another one than 443 is for tests. */
  stsPort?: number;
  log: Log;
};

export interface Internet extends Required<Network> {
  readonly sts: MtaSts;
}

const SYSTEM: Source = { ipv4: null, ipv6: null, helo: null };

/** Throws OperatorError for `allowed` that are no networks. */
export function createInternet({ resolver, policyOf, providerOf, demandsTls = () => false, clock, random, ownNames, ownAddresses, port, allowed, kept, ca, stsPort = 443, log }: InternetOptions): Internet {
  const guard = createGuard(allowed);
  let believed: string[] | undefined;
  const authorities = (): string[] => (believed ??= [...getCACertificates('default'), ...(ca === undefined ? [] : [ca])]);
  const fetch = createStsFetch({ clock, resolver, guard, random, authorities: () => (ca === undefined ? undefined : authorities()), port: stsPort });
  const sts = createMtaSts({ clock, resolver, fetch, kept, log });
  const routing = { resolver, guard, random, sts, port, providerOf, demandsTls, own: () => ownOf(ownNames(), ownAddresses()) };
  /** By stream: how many connections were begun. */
  const turns = new Map<string, number>();

  return {
    sts,
    authorities,
    destination: (_stream, address) => destinationOf(address),
    async resolve(destination, { stream }) {
      try {
        return await routeTo(destination, policyOf(stream), routing);
      } catch (error) {
        log.error({ err: error, destination }, 'the way to a domain could not be found');
        return { kind: 'fault', stage: 'resolve', fault: 'dns-error', detail: 'ours, not theirs: the route could not be made' };
      }
    },
    source(stream) {
      const { sources } = policyOf(stream);
      if (sources.length === 0) return SYSTEM;
      const turn = (turns.get(stream) ?? 0) % sources.length;
      turns.set(stream, turn + 1);
      return sources[turn]!;
    },
    dial: (host, { signal, source }) => dial(host, { guard, signal, source }),
  };
}
