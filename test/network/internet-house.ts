/**
 * The internet network over a DNS server of the test's own, with a policy per
 * test and everything kept in memory. Documentation and loopback addresses
 * are allowed, as a test needs them; `10.0.0.0/8` is not.
 */
import { onTestFinished } from 'vitest';
import { manualClock, wallClock, type Clock } from '../../server/clock.ts';
import { createLog } from '../../server/log.ts';
import { DEFAULT_LIVE, type LivePolicy } from '../../server/mail/live.ts';
import type { Fault } from '../../server/mail/reply.ts';
import { createInternet, type InternetOptions } from '../../server/network/internet/internet.ts';
import { createResolver } from '../../server/network/internet/dns/resolver.ts';
import { movableClock } from '../../server/network/movable-clock.ts';
import type { Route } from '../../server/network/network.ts';
import type { KeptStore } from '../../server/queue/port.ts';
import { type ZoneData, zones } from '../support/zones.ts';

export function memoryKept(): KeptStore & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    kept: async (kind, name) => map.get(`${kind} ${name}`),
    keep: async (kind, name, json) => void (json === null ? map.delete(`${kind} ${name}`) : map.set(`${kind} ${name}`, json)),
    allKept: async (kind) => [...map].filter(([key]) => key.startsWith(`${kind} `)).map(([key, json]) => ({ name: key.slice(kind.length + 1), json })),
  };
}

export const ALLOWED = ['127.0.0.0/8', '192.0.2.0/24', '198.51.100.0/24', '2001:db8::/32'];

export async function internetHouse(data: ZoneData, { live = {}, trusted = true, clock = wallClock, perTry = 5_000, ...options }: Partial<InternetOptions> & { live?: Partial<LivePolicy>; trusted?: boolean; clock?: Clock; perTry?: number } = {}) {
  const dns = await zones(data);
  // Its time-outs are real whatever the clock of the rest is.
  const resolver = createResolver({ clock: wallClock, servers: () => [dns], trusted: () => trusted, perTry, within: 15_000 });
  const lines: string[] = [];
  const policy: LivePolicy = { ...DEFAULT_LIVE, ...live };
  const internet = createInternet({
    resolver, clock, policyOf: () => policy, providerOf: () => undefined, random: () => 0.999, ownNames: () => ['postern.example.test'], ownAddresses: () => [], port: 25,
    allowed: ALLOWED, kept: memoryKept(), log: createLog({ level: 'debug', format: 'json', out: { write: (line) => lines.push(line) } }), ...options,
  });
  const talk = movableClock(manualClock(), 0).talk('t');
  onTestFinished(async () => {
    resolver.close();
    await dns[Symbol.asyncDispose]();
  });
  const resolve = (destination: string, stream = 'live') => internet.resolve(destination, { stream, talk });
  return {
    dns, resolver, internet, talk, policy, lines, resolve,
    async route(destination: string): Promise<Route> {
      const found = await resolve(destination);
      if ('fault' in found) throw new Error(`${destination}: ${found.fault}: ${found.detail}`);
      return found;
    },
    async fault(destination: string): Promise<Fault> {
      const found = await resolve(destination);
      if (!('fault' in found)) throw new Error(`${destination} has a route: ${JSON.stringify(found)}`);
      return found;
    },
  };
}

export const places = ({ hosts }: Route): string[] => hosts.map(({ name, address }) => `${name} ${address}`);
