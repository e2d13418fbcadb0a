/**
 * The real half of delivery: the gate, the internet behind it, and the copy
 * that goes out. A part of building.ts. What opens sockets, asks resolvers or
 * signs is loaded with the first mail that the gate lets through: a process
 * that never delivers has none of it.
 */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { LivePlan } from './admission/plan.ts';
import { ConfigError } from './config.ts';
import type { DeliveringOptions } from './delivering.ts';
import type { EventBody } from './events/event.ts';
import type { Audited } from './gate/audit.ts';
import { openGate } from './gate/open-gate.ts';
import { createRelease } from './gate/release.ts';
import { lately } from './lately.ts';
import type { DeliveryPolicy } from './mail/stream.ts';
import { destinationOf } from './network/internet/destination.ts';
import type { Internet } from './network/internet/internet.ts';
import { movableClock } from './network/movable-clock.ts';
import type { Network } from './network/network.ts';
import type { Resolver } from './network/resolver.ts';
import type { MovableClock } from './network/talk.ts';
import type { PairState } from './outgoing/keys/pair.ts';
import { createKeyDesk } from './outgoing/keys/desk.ts';
import { createKeyRing, dkimFolder, type KeyRing } from './outgoing/keys/ring.ts';
import type { Prepare } from './outgoing/outgoing.ts';
import { createUnsubscribe } from './outgoing/unsubscribe.ts';
import { profileOf, providerOf } from './queue/profiles/profiles.ts';
import { keptSecret } from './secrets.ts';
import { connectTo } from './transport/connect.ts';

export type GoingOutOptions = Pick<DeliveringOptions, 'config' | 'store' | 'streams' | 'hub' | 'clock' | 'log' | 'listens'> & {
  policyOf(stream: string): DeliveryPolicy;
  tell(event: EventBody): Promise<unknown>;
};

export async function prepareGoingOut({ config, store, streams, hub, clock: wall, log, policyOf, tell, listens }: GoingOutOptions) {
  const ca = config.deliveryCa === null ? undefined : authoritiesFile(config.deliveryCa);
  // A network that is none is told now, not with the first mail.
  if (config.deliveryPrivate.length > 0) (await import('./network/internet/guard.ts')).createGuard(config.deliveryPrivate);
  const gate = await openGate({ permitted: config.delivery, streams, kept: store, audit: store, tell, queuedSince: store.queuedSince, wall, log });
  const closers: (() => unknown)[] = [() => gate.close()];

  const resolver = lately(async (): Promise<Resolver> => {
    const [{ createResolver }, { systemResolvers, trustIn }] = await Promise.all([import('./network/internet/dns/resolver.ts'), import('./network/internet/dns/resolv-conf.ts')]);
    const made = createResolver({ clock: wall, servers: config.resolver.length > 0 ? () => config.resolver : systemResolvers({ clock: wall }), trusted: trustIn(config.resolverTrusted) });
    closers.push(() => made.close());
    return made;
  });
  const internet = lately(async (): Promise<Internet> => {
    const [{ createInternet }, names] = await Promise.all([import('./network/internet/internet.ts'), resolver()]);
    return createInternet({
      resolver: names, providerOf, demandsTls: (provider) => profileOf(provider)?.tls === 'always', clock: wall, log, kept: store, ca,
      policyOf: (stream) => policyOf(stream).live,
      random: () => randomInt(2 ** 32) / 2 ** 32,
      ownNames: () => [config.smtpName, ...streams.all().flatMap(({ delivery }) => delivery.live.sources.flatMap(({ helo }) => helo ?? []))],
      // As far as it listens by now: mail to it would come back.
      ownAddresses: () => listens,
      port: config.deliveryPort,
      allowed: config.deliveryPrivate,
    });
  });
  const network: Network = {
    destination: (_stream, address) => destinationOf(address),
    resolve: async (destination, ask) => (await internet()).resolve(destination, ask),
    dial: async (host, ask) => (await internet()).dial(host, ask),
    // A route was asked for before: it is there.
    source: (stream) => internet.now?.source(stream) ?? { ipv4: null, ipv6: null, helo: null },
    authorities: async () => (await internet()).authorities(),
  };

  const unsubscribe = config.publicUrl === null ? undefined : createUnsubscribe({
    secret: Buffer.from(await keptSecret(store, 'unsubscribe'), 'base64'),
    publicUrl: config.publicUrl, store, clock: wall,
  });
  const dkim = createKeyDesk({ dir: dkimFolder(config), ring: () => keys, store, clock: wall });
  const keys: KeyRing = createKeyRing({ dir: dkimFolder(config), clock: wall, changed: (domain, { selector }, state) => void (dkim.wasOurs(domain, selector, state) || keyChanged(domain, selector, state)) });
  const copies = lately(async (): Promise<Prepare> => (await import('./outgoing/copy.ts')).createPrepare({
    policyOf: (stream) => policyOf(stream).live,
    keys, wall, name: config.smtpName,
    unsubscribeUrl: unsubscribe?.url,
    openBody: (id) => store.body(id),
    traceOf: (id) => store.trace(id),
  }));
  const prepare: Prepare = async (message, recipients) => (await copies())(message, recipients);

  async function keyChanged(domain: string, selector: string, state: PairState): Promise<void> {
    const what = KEY_CHANGES[state];
    if (what === null) return;
    try {
      await store.audit({ at: wall.now(), what, stream: null, by: 'key files', text: `The DKIM keys ${selector} of ${domain} are ${state}`, detail: { domain, selector, state } });
    } catch (error) {
      log.error({ err: error, domain, selector, state }, 'a change of DKIM keys could not be written down');
    }
  }

  /** The wall's, in the form in which the queue wants one; nobody moves them. */
  const clocks = new Map<string, MovableClock>();
  hub.onCommit((events) => {
    for (const { type, stream } of events) if (type === 'stream.deleted') clocks.delete(stream);
  });

  return {
    gate, network, resolver, internet,
    connect: connectTo(network, { guardBareLines: true, goodbyes: true }),
    prepare, keys, dkim, unsubscribe,
    clockOf(stream: string): MovableClock {
      let clock = clocks.get(stream);
      if (!clock) clocks.set(stream, (clock = movableClock(wall, 0)));
      return clock;
    },
    /** For the planner. */
    plan: {
      now: () => wall.now(), destination: network.destination, gate,
      async suppressed(stream, addresses, at) {
        const found = await Promise.all(addresses.map((address) => store.suppressionOf(stream, 'deliver', address, at)));
        return new Set(addresses.filter((_, n) => found[n] !== undefined));
      },
    } satisfies LivePlan,
    releaseMessage: createRelease({ store, streams, gate, destination: network.destination, wall }),
    async close() {
      for (const step of closers.splice(0).reverse()) await step();
    },
  };
}

/** One that is superseded went with the one that is active since. */
const KEY_CHANGES: Record<PairState, Audited | null> = { prepared: 'dkim.created', active: 'dkim.activated', superseded: null, retired: 'dkim.retired' };

export type GoingOut = Awaited<ReturnType<typeof prepareGoingOut>>;

function authoritiesFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`deliveryCa: ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
