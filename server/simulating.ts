/**
 * The pretend half of delivery: the streams' movable clocks, their scenarios,
 * the pretend network, what acts while mail is handed in, and what the pretend
 * remote sends later. A part of building.ts; nothing of it leaves the machine.
 */
import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import type { Admit } from './admission/admit.ts';
import { createRehearsal } from './admission/rehearsal.ts';
import { rehearsalStages } from './admission/smtp/rehearse.ts';
import type { Clock } from './clock.ts';
import type { DeliveringOptions } from './delivering.ts';
import { composeLater } from './dsn/compose.ts';
import type { MakeId } from './ids.ts';
import { domainKey, splitAddress } from './mail/address.ts';
import { DEFAULT_STREAM, type DeliveryPolicy } from './mail/stream.ts';
import { movableClock } from './network/movable-clock.ts';
import { createAfterwards } from './network/pretend/afterwards.ts';
import { createPretend } from './network/pretend/pretend.ts';
import type { MovableClock } from './network/talk.ts';
import { OperatorError } from './operator-error.ts';
import { openScenarios } from './scenario/scenarios.ts';
import { createBrokenTls } from './transport/broken-tls.ts';
import { connectTo } from './transport/connect.ts';
import { createSilent } from './transport/silent.ts';

export type SimulatingOptions = Pick<DeliveringOptions, 'config' | 'store' | 'streams' | 'hub' | 'clock' | 'makeId' | 'log' | 'hear'> & { policyOf(stream: string): DeliveryPolicy };

export async function prepareSimulating({ config, store, streams, hub, clock: wall, makeId, log, policyOf, hear }: SimulatingOptions) {
  const clocks = new Map<string, MovableClock>();
  const clockOf = (stream: string): MovableClock => {
    let clock = clocks.get(stream);
    if (!clock) clocks.set(stream, (clock = movableClock(wall, streams.get(stream)?.clockOffset ?? 0)));
    return clock;
  };

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

  let plan: Parameters<typeof createPretend>[0]['plan'];
  const pretend = createPretend({ scenarioOf: scenarios.run, clockOf, wall, log, plan: (later, original) => plan!(later, original), ...(hear ? { hear } : {}) });
  /** Asked at every stage of every submission: a look-up, no search. What is to be delivered for real is never refused as a play. */
  const acts = (stream: string) => streams.get(stream)?.mode !== 'deliver' && (policyOf(stream).magicAtSubmission || scenarios.actsAtSubmission(stream));
  const rehearsal = createRehearsal({
    clock: wall,
    acts,
    ask(asked) {
      const { sender = '', recipient } = asked;
      return scenarios.run(asked.stream).ask({ ...asked, tags: [...streams.streamTags(asked.stream), ...(asked.tags ?? [])], side: 'submission', site: 'postern', domain: domainKey(splitAddress(recipient ?? sender).domain), now: wall.now() });
    },
  });

  const learned = { brokenTls: createBrokenTls(), silent: createSilent() };
  hub.onCommit((events) => {
    for (const { type, stream } of events) {
      if (type === 'stream.deleted') {
        clocks.delete(stream);
        void scenarios.forget(stream).catch((error: unknown) => log.error({ err: error, stream }, 'the scenario of a stream that is gone could not be forgotten'));
      }
      if (type === 'scenario.changed' || type === 'scenario.reset' || type === 'stream.deleted') for (const one of Object.values(learned)) one.forget(stream);
    }
  });

  return {
    scenarios, clockOf, rehearsal, stages: rehearsalStages(rehearsal, acts),
    network: pretend,
    // The pretend remotes show one certificate over and over: it would only fill the attempts.
    connect: connectTo(pretend, { ...learned, certificates: false }),

    /** What the pretend remote sends later finds its way back in. */
    begin({ admit, closers }: { admit: Admit; closers: (() => unknown)[] }) {
      closers.push(() => scenarios.close());
      closers.push(() => pretend.close());
      const afterwards = createAfterwards({
        store, clockOf, streams: () => streams.all().map(({ name }) => name), compose: composeLater, wall, makeId, log,
        handIn: (stream, mail) => handIn(admit, makeId, wall, stream, mail),
      });
      closers.push(() => afterwards.close());
      plan = afterwards.plan;
      return afterwards;
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
    stream, via: 'smtp', inboxOnly: true,
    envelope: { from, recipients: [{ address: to }] },
    session: { id: makeId(at), protocol: 'smtp', client: { address: '127.0.0.1', port: 0 }, hello: 'pretend.remote', transcript: [], times: { opened: at, received: at } },
  });
  if (sealed.kind === 'refused') throw new Error(sealed.text);
  const outcome = await admit.commit(sealed);
  if (outcome.kind === 'refused') throw new Error(outcome.text);
}

function scenarioFile(path: string): unknown {
  try {
    return parseYaml(readFileSync(path, 'utf8')); // JSON is YAML
  } catch (error) {
    throw new OperatorError(`The scenario ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
