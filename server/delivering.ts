/**
 * The delivering half of building.ts: the pretend side, the real side, the
 * queue over both, and what comes back. Reads top to bottom like building.ts
 * itself, of which it is a part.
 */
import type { Admit, Particulars } from './admission/admit.ts';
import { planner } from './admission/plan.ts';
import type { Streams } from './admission/streams.ts';
import { classify, readRules } from './classify/classify.ts';
import { remembering } from './classify/recent.ts';
import type { Clock } from './clock.ts';
import { watchTelemetry } from './coming-back.ts';
import type { Config } from './config.ts';
import { claimOf, makeVerp, type Verp } from './dsn/verp.ts';
import type { EventBody } from './events/event.ts';
import type { Hub } from './events/hub.ts';
import { releaseHeld } from './gate/held.ts';
import { prepareGoingOut } from './going-out.ts';
import type { MakeId } from './ids.ts';
import { lately } from './lately.ts';
import type { Log } from './log.ts';
import type { Looking } from './looking.ts';
import { splitAddress } from './mail/address.ts';
import { DEFAULT_DELIVERY } from './mail/stream.ts';
import type { Metrics } from './metrics.ts';
import type { Accepted } from './network/pretend/accepted.ts';
import { rush } from './nursery.ts';
import { noticeWriter } from './queue/compose.ts';
import { createQueue } from './queue/engine.ts';
import { createReturns } from './returns/returns.ts';
import { keptSecret } from './secrets.ts';
import { prepareSimulating } from './simulating.ts';
import type { Store } from './store/port.ts';

export type DeliveringOptions = {
  config: Config;
  store: Store;
  streams: Streams;
  hub: Hub;
  clock: Clock;
  makeId: MakeId;
  log: Log;
  metrics: Metrics;
  /** Where this process takes SMTP; filled as it listens. */
  listens: readonly { address: string; port: number }[];
  /** Each message that the pretend remote took, before its 250. */
  hear?: (accepted: Accepted) => void;
};

/** Up to the gate: what admission needs to know of delivery. The rest is put together once there is a gate (`begin`). */
export async function prepareDelivery({ config, store, streams, hub, clock: wall, makeId, log, metrics, listens, hear }: DeliveringOptions) {
  const policyOf = (stream: string) => streams.get(stream)?.delivery ?? DEFAULT_DELIVERY;
  const tell = (event: EventBody) => store.report({ events: [event], suppress: [], strikes: [] });
  const { verp, isReturnPath } = await returnPaths(store, policyOf);

  const pretend = await prepareSimulating({ config, store, streams, hub, clock: wall, makeId, log, policyOf, ...(hear ? { hear } : {}) });
  const real = await prepareGoingOut({ config, store, streams, hub, clock: wall, log, policyOf, tell, listens });
  const planOf = planner({ stream: streams.get, now: (stream) => pretend.clockOf(stream).now(), destination: pretend.network.destination, live: real.plan });

  return {
    scenarios: pretend.scenarios, rehearsal: pretend.rehearsal, stages: pretend.stages,
    real, verp,
    /** Reports and answers stop at the inbox. */
    plan: (particulars: Particulars, id: string) =>
      (particulars.envelope.recipients.every(({ address }) => isReturnPath(address)) ? undefined : planOf(particulars, id)),

    /** What is on its way from now on is tried. */
    async begin({ admit, closers }: { admit: Admit; closers: (() => unknown)[] }) {
      closers.push(() => real.close());
      const afterwards = pretend.begin({ admit, closers });
      const returns = createReturns({ store, hub, verp, clockOf: pretend.clockOf, wall, log });
      closers.push(() => returns[Symbol.asyncDispose]());
      const side = { simulate: pretend, deliver: real };
      const queue = await createQueue({
        store, streams, wall, makeId, log, classify: remembering(classify),
        networkOf: (_stream, mode) => side[mode].network,
        connectOf: (_stream, mode) => side[mode].connect,
        clockOf: (stream, mode) => side[mode].clockOf(stream),
        prepareOf: (_stream, mode) => (mode === 'deliver' ? real.prepare : undefined),
        gate: real.gate,
        heloName: config.smtpName,
        compose: noticeWriter({ store, wall, makeId, name: config.smtpName, streamTags: streams.streamTags }),
        returnPathOf: (stream) => {
          const paths = verp(stream);
          return paths && ((message, n) => paths.address(message, n));
        },
        later: { ...afterwards, shiftPlanned: store.shiftPlanned, settled: (stream) => returns.quiet(stream) },
        heard: (outcome, _site, stream, mode) => metrics.settled(outcome, stream, mode),
        alertAfter: config.queueAlert,
        deliverySlots: config.deliveryConnections,
        rush,
      });
      closers.push(() => queue[Symbol.asyncDispose]());
      judgeSoon({ streams, hub, closers });
      await returns.start();
      await afterwards.start();
      const looking = lately(async () => (await import('./looking.ts')).lookAtDomains({ config, store, streams, real, clock: wall, log, tell, closers }));
      // Live streams are looked at daily; elsewhere it is loaded when somebody asks.
      if (config.delivery) await looking();
      await watchTelemetry({ config, store, streams, hub, clock: wall, log, tell, closers });
      return {
        queue,
        pretend: pretend.network,
        held: releaseHeld({ queue, store, streams, tell, wall }),
        preflight: {
          ofStream: async (name, options) => (await looking()).ofStream(name, options),
          ofDomain: async (domain) => (await looking()).ofDomain(domain),
          last: async (stream) => (await looking()).last(stream),
        } satisfies Looking,
      };
    },
  };
}

/** The rules are read once there is a stream whose answers they judge: not for those who only capture, and not while somebody waits for the first attempt. */
function judgeSoon({ streams, hub, closers }: Pick<DeliveringOptions, 'streams' | 'hub'> & { closers: (() => unknown)[] }): void {
  const look = () => {
    if (streams.all().every(({ mode }) => mode === 'capture')) return;
    unhear();
    setImmediate(readRules);
  };
  const unhear = hub.onCommit((events) => {
    if (events.some(({ type }) => type === 'stream.created' || type === 'stream.updated')) setImmediate(look);
  });
  closers.push(unhear);
  look();
}

/** Signed return paths of the streams that want them; the secret is made once and kept. */
async function returnPaths(store: Store, policyOf: (stream: string) => { returnPath: string | null }): Promise<{ verp(stream: string): Verp | undefined; /** We signed it, for whichever stream. */ isReturnPath(address: string): boolean }> {
  const secret = await keptSecret(store, 'return-path');
  const known = new Map<string, Verp>();
  return {
    verp(stream) {
      const { returnPath } = policyOf(stream);
      if (returnPath === null) return undefined;
      let verp = known.get(returnPath);
      if (!verp) known.set(returnPath, (verp = makeVerp({ secret, domain: returnPath })));
      return verp;
    },
    isReturnPath: (address) => claimOf(address) !== undefined && makeVerp({ secret, domain: splitAddress(address).domain }).read(address) !== undefined,
  };
}
