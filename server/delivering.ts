/**
 * The delivering half of assemble: clocks, scenarios, the pretend network,
 * what it sends later, the queue, and what comes back. Reads top to bottom
 * like assemble itself, of which it is a part.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import type { Admit } from './admission/admit.ts';
import { planner } from './admission/plan.ts';
import { createRehearsal } from './admission/rehearsal.ts';
import { rehearsalStages } from './admission/smtp/rehearse.ts';
import type { Streams } from './admission/streams.ts';
import { classify } from './classify/classify.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { composeLater } from './dsn/compose.ts';
import { makeVerp, type Verp } from './dsn/verp.ts';
import type { Hub } from './events/hub.ts';
import type { MakeId } from './ids.ts';
import type { Log } from './log.ts';
import { splitAddress, domainKey } from './mail/address.ts';
import { DEFAULT_DELIVERY, DEFAULT_STREAM } from './mail/stream.ts';
import type { Metrics } from './metrics.ts';
import { movableClock } from './network/movable-clock.ts';
import { createAfterwards } from './network/pretend/afterwards.ts';
import type { Accepted } from './network/pretend/accepted.ts';
import { createPretend } from './network/pretend/pretend.ts';
import type { MovableClock } from './network/talk.ts';
import { OperatorError } from './operator-error.ts';
import { noticeWriter } from './queue/compose.ts';
import { rush } from './nursery.ts';
import { createQueue } from './queue/engine.ts';
import { createReturns } from './returns/returns.ts';
import { openScenarios } from './scenario/scenarios.ts';
import type { Store } from './store/port.ts';
import { createBrokenTls } from './transport/broken-tls.ts';
import { connectTo } from './transport/connect.ts';

export type DeliveringOptions = {
  config: Config;
  store: Store;
  streams: Streams;
  hub: Hub;
  clock: Clock;
  makeId: MakeId;
  log: Log;
  metrics: Metrics;
  /** Each message that the pretend remote took, before its 250. */
  hear?: (accepted: Accepted) => void;
};

/** Up to the gate: what admission needs to know of delivery. The rest is put together once there is a gate (`begin`). */
export async function prepareDelivery({ config, store, streams, hub, clock: wall, makeId, log, metrics, hear }: DeliveringOptions) {
  const clocks = new Map<string, MovableClock>();
  const clockOf = (stream: string): MovableClock => {
    let clock = clocks.get(stream);
    if (!clock) clocks.set(stream, (clock = movableClock(wall, streams.get(stream)?.clockOffset ?? 0)));
    return clock;
  };
  const policyOf = (stream: string) => streams.get(stream)?.delivery ?? DEFAULT_DELIVERY;

  const configured = new Map<string, unknown>();
  for (const { name, scenario } of config.streams) if (scenario !== null && scenario !== undefined) configured.set(name, typeof scenario === 'string' ? scenarioFile(scenario) : scenario);
  if (config.scenario !== null) configured.set(DEFAULT_STREAM, scenarioFile(config.scenario));
  const scenarios = await openScenarios({
    kept: store, wall, configured,
    seed: (stream) => policyOf(stream).seed,
    magicAtSubmission: (stream) => policyOf(stream).magicAtSubmission,
    now: (stream) => clockOf(stream).now(),
    changed: (stream, type) => store.report({ events: [{ type, stream }], suppress: [], strikes: [] }),
  });

  const verp = await returnPaths(store, policyOf);
  const isReturnPath = (stream: string, address: string) => verp(stream)?.read(address) !== undefined;

  let plan: Parameters<typeof createPretend>[0]['plan'];
  const pretend = createPretend({ scenarioOf: scenarios.run, clockOf, wall, log, plan: (later, original) => plan!(later, original), ...(hear ? { hear } : {}) });
  const planOf = planner({ stream: streams.get, now: (stream) => clockOf(stream).now(), destination: pretend.destination });
  /** Asked at every stage of every submission: a look-up, no search. */
  const acts = (stream: string) => policyOf(stream).magicAtSubmission || scenarios.actsAtSubmission(stream);
  const rehearsal = createRehearsal({
    clock: wall,
    acts,
    ask(asked) {
      const { sender = '', recipient } = asked;
      return scenarios.run(asked.stream).ask({ ...asked, tags: [...streams.streamTags(asked.stream), ...(asked.tags ?? [])], side: 'submission', site: 'postern', domain: domainKey(splitAddress(recipient ?? sender).domain), now: wall.now() });
    },
  });

  const brokenTls = createBrokenTls();
  hub.onCommit((events) => {
    for (const { type, stream } of events) {
      if (type === 'stream.deleted') {
        clocks.delete(stream);
        void scenarios.forget(stream).catch((error: unknown) => log.error({ err: error, stream }, 'the scenario of a stream that is gone could not be forgotten'));
      }
      if (type === 'scenario.changed' || type === 'scenario.reset') brokenTls.forget(stream);
    }
  });

  return {
    scenarios, clockOf, rehearsal, stages: rehearsalStages(rehearsal, acts),
    /** Reports and answers stop at the inbox, as what we hand in ourselves does. */
    plan: (particulars: Parameters<typeof planOf>[0]) =>
      (particulars.inward || particulars.envelope.recipients.every(({ address }) => isReturnPath(particulars.stream, address)) ? undefined : planOf(particulars)),

    /** What is on its way from now on is tried. */
    async begin({ admit, closers }: { admit: Admit; closers: (() => unknown)[] }) {
      closers.push(() => scenarios.close());
      closers.push(() => pretend.close());
      const afterwards = createAfterwards({
        store, clockOf, streams: () => streams.all().map(({ name }) => name), compose: composeLater, wall, makeId, log,
        handIn: (stream, mail) => handIn(admit, makeId, wall, stream, mail),
      });
      closers.push(() => afterwards.close());
      plan = afterwards.plan;
      const returns = createReturns({ store, hub, verp, clockOf, wall, log });
      closers.push(() => returns[Symbol.asyncDispose]());
      const connect = connectTo(pretend, { brokenTls });
      const queue = await createQueue({
        store, streams, wall, makeId, log, clockOf, classify,
        heloName: config.smtpName,
        networkOf: (stream) => (streams.get(stream)?.mode === 'simulate' ? pretend : undefined),
        connectOf: () => connect,
        compose: noticeWriter({ store, wall, makeId, name: config.smtpName, streamTags: streams.streamTags }),
        returnPathOf: (stream) => {
          const paths = verp(stream);
          return paths && ((message, n) => paths.address(message, n));
        },
        later: { ...afterwards, shiftPlanned: store.shiftPlanned, settled: (stream) => returns.quiet(stream) },
        heard: (outcome, site, stream) => metrics.settled(outcome, stream, site),
        alertAfter: config.queueAlert,
        rush,
      });
      closers.push(() => queue[Symbol.asyncDispose]());
      await returns.start();
      await afterwards.start();
      return { queue, pretend };
    },
  };
}

/** Hands a finished message in as if it had come by SMTP, for the inbox alone. */
async function handIn(admit: Admit, makeId: MakeId, wall: Clock, stream: string, { from, to, raw }: { from: ''; to: string; raw: Uint8Array }): Promise<void> {
  const intake = admit.open(raw.length);
  if ('kind' in intake) throw new Error(intake.text);
  await intake.write(raw);
  const at = wall.now();
  const sealed = intake.seal({
    stream, via: 'smtp', inward: true,
    envelope: { from, recipients: [{ address: to }] },
    session: { id: makeId(at), protocol: 'smtp', client: { address: '127.0.0.1', port: 0 }, hello: 'pretend.remote', transcript: [], times: { opened: at, received: at } },
  });
  if (sealed.kind === 'refused') throw new Error(sealed.text);
  const outcome = await admit.commit(sealed);
  if (outcome.kind === 'refused') throw new Error(outcome.text);
}

/** Signed return paths of the streams that want them; the secret is made once and kept. */
async function returnPaths(store: Store, policyOf: (stream: string) => { returnPath: string | null }): Promise<(stream: string) => Verp | undefined> {
  let secret = await store.kept('secret', 'return-path');
  if (secret === undefined) await store.keep('secret', 'return-path', (secret = JSON.stringify(randomBytes(32).toString('base64'))));
  const known = new Map<string, Verp>();
  return (stream) => {
    const { returnPath } = policyOf(stream);
    if (returnPath === null) return undefined;
    let verp = known.get(returnPath);
    if (!verp) known.set(returnPath, (verp = makeVerp({ secret: JSON.parse(secret) as string, domain: returnPath })));
    return verp;
  };
}

function scenarioFile(path: string): unknown {
  try {
    return parseYaml(readFileSync(path, 'utf8')); // JSON is YAML
  } catch (error) {
    throw new OperatorError(`The scenario ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
