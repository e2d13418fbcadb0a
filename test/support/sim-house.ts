/**
 * The whole way of simulated mail, without listeners: store, gate, scenario,
 * pretend remote, transport, classifier, queue. Everything in it is the real
 * thing but the wall: it is moved by hand, so nothing is ever waited for. With
 * `real` there is a world outside as well (another pretend remote, on the
 * wall's clock), to which streams of mode `deliver` send.
 */
import type { Rule, Scenario } from '../../sdk/contract.ts';
import { createAdmit, type DeliveryWish } from '../../server/admission/admit.ts';
import { planner } from '../../server/admission/plan.ts';
import { openStreams } from '../../server/admission/streams.ts';
import { classify } from '../../server/classify/classify.ts';
import { type Clock, manualClock, wallClock } from '../../server/clock.ts';
import type { PosternEvent } from '../../server/events/event.ts';
import { idMaker } from '../../server/ids.ts';
import { createLog, type Log } from '../../server/log.ts';
import type { EnvelopeRecipient, Envelope } from '../../server/mail/envelope.ts';
import type { Attempt, Recipient } from '../../server/mail/recipient.ts';
import { DEFAULT_DELIVERY, type DeliveryPolicy } from '../../server/mail/stream.ts';
import { movableClock } from '../../server/network/movable-clock.ts';
import type { Accepted } from '../../server/network/pretend/accepted.ts';
import { createAfterwards } from '../../server/network/pretend/afterwards.ts';
import { createPretend } from '../../server/network/pretend/pretend.ts';
import type { MovableClock } from '../../server/network/talk.ts';
import { noticeWriter } from '../../server/queue/compose.ts';
import { createQueue, type QueueOptions } from '../../server/queue/engine.ts';
import type { AdvanceSummary } from '../../server/queue/queue.ts';
import { readScenario } from '../../server/scenario/read.ts';
import { createRun } from '../../server/scenario/run.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { connectTo } from '../../server/transport/connect.ts';
import { type HandGate, handGate } from './hand-gate.ts';

export type SimOptions = {
  /** Default in memory. */
  dir?: string;
  wall?: Clock & { advance?(ms: number): void };
  rules?: Rule[];
  scenario?: Partial<Scenario>;
  /** Jitter is 0 unless it is asked for. */
  delivery?: Partial<DeliveryPolicy>;
  /** Beside `app`, which simulates. */
  streams?: string[];
  queue?: Partial<QueueOptions>;
  /** The world outside; a stream's mode is switched with streams.change. */
  real?: { rules?: Rule[]; gate?: HandGate };
  /** Bytes of chance for ids; the same ones make the same history. */
  chance?: (bytes: Uint8Array) => void;
};

export type SimLetter = { to: string | (string | EnvelopeRecipient)[]; from?: string; stream?: string; subject?: string; body?: string; delivery?: DeliveryWish; envelope?: Partial<Envelope> };

export const MIN = 60_000;
export const HOUR = 60 * MIN;

export async function openSimHouse({ dir = ':memory:', wall = manualClock(), rules = [], scenario = {}, delivery, streams: more = [], queue: queueOptions = {}, real: outside, chance }: SimOptions = {}) {
  const log = createLog({ level: 'warn', format: 'text' });
  const store = await openStore({ dir, clock: wall, log });
  const makeId = idMaker(chance);
  const policy = { ...DEFAULT_DELIVERY, jitter: 0, ...delivery };
  const streams = await openStreams({ store, clock: wall, makeId });
  for (const name of ['app', ...more]) await streams.create({ name, mode: 'simulate', delivery: policy });
  const clocks = new Map<string, MovableClock>();
  /** Of mail that is delivered: never moved. */
  const real = movableClock(wall);
  const clockOf = (name: string) => {
    let clock = clocks.get(name);
    if (!clock) clocks.set(name, (clock = movableClock(wall, streams.get(name)?.clockOffset ?? 0)));
    return clock;
  };
  const read = readScenario({ rules, ...scenario });
  if (!read.ok) throw new Error(JSON.stringify(read.flaws));
  const run = createRun({ scenario: read.scenario, seed: 1 });
  const taken: Accepted[] = [];
  const sentLater: { stream: string; at: number; raw: Buffer }[] = [];
  const afterwards = createAfterwards({ store, clockOf, streams: () => [], wall, makeId, log, handIn: async (stream, { raw }) => void sentLater.push({ stream, at: clockOf(stream).now(), raw: Buffer.from(raw) }) });
  const pretend = createPretend({ plan: afterwards.plan, scenarioOf: () => run, clockOf, wall, log, hear: (accepted) => void taken.push(accepted) });
  const connect = connectTo(pretend);
  const { world, delivered } = openWorld(outside?.rules ?? [], real, wall, log);
  const connectOut = connectTo(world);
  const gate = outside?.gate ?? handGate();
  const queue = await createQueue({
    store, streams, clockOf: (name, mode) => (mode === 'simulate' ? clockOf(name) : real), classify, wall, makeId, log, heloName: 'postern.test',
    networkOf: (_name, mode) => (mode === 'simulate' ? pretend : outside ? world : undefined),
    connectOf: (_name, mode) => (mode === 'simulate' ? connect : connectOut),
    ...(outside ? { gate } : {}),
    compose: noticeWriter({ store, wall, makeId, name: 'postern.test' }),
    later: { ...afterwards, shiftPlanned: store.shiftPlanned },
    ...queueOptions,
  });
  const admit = createAdmit({
    store, clock: wall, makeId, limits: { messageSize: 256 * 1024 * 1024, inFlight: 1024 ** 3 }, streamTags: () => [],
    plan: planner({ stream: (name) => streams.get(name), now: (name) => clockOf(name).now(), destination: (name, address) => pretend.destination(name, address), ...(outside ? { live: { now: wall.now, destination: world.destination, gate } } : {}) }),
  });
  const events: PosternEvent[] = [];
  store.onCommit((heard) => void events.push(...heard));

  function seal({ to, from = 'app@shop.test', stream = 'app', subject = 'Hello', body = 'Hi there.\r\n', delivery: wish, envelope }: SimLetter) {
    const recipients = [to].flat().map((one) => (typeof one === 'string' ? { address: one } : one));
    const intake = admit.open();
    if ('kind' in intake) throw new Error(intake.text);
    void intake.write(Buffer.from(`From: <${from}>\r\nTo: ${recipients.map(({ address }) => address).join(', ')}\r\nSubject: ${subject}\r\nMessage-ID: <${makeId(wall.now())}@shop.test>\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\n${body}`));
    const sealed = intake.seal({
      stream, via: 'smtp', envelope: { from, recipients, ...envelope }, ...(wish ? { delivery: wish } : {}),
      session: { id: 'session', protocol: 'smtp', client: { address: '127.0.0.1', port: 2525 }, transcript: [], times: { opened: 0, received: 0 } },
    });
    if (sealed.kind === 'refused') throw new Error(sealed.text);
    return sealed;
  }

  /** The id, once it is committed. */
  async function send(letter: SimLetter): Promise<string> {
    const outcome = await admit.commit(seal(letter));
    if (outcome.kind === 'refused') throw new Error(outcome.text);
    return outcome.id;
  }

  /** Many in few commits. */
  async function sendAll(letters: SimLetter[]): Promise<string[]> {
    const ids: string[] = [];
    for (let at = 0; at < letters.length; at += 200) {
      const sealed = letters.slice(at, at + 200).map(seal);
      const outcome = await admit.commitAll(sealed);
      if (outcome.kind === 'refused') throw new Error(outcome.text);
      ids.push(...sealed.map(({ submission }) => submission.id));
    }
    return ids;
  }

  async function advance(target: Parameters<typeof queue.advance>[1], scope?: Parameters<typeof queue.advance>[2], stream = 'app'): Promise<AdvanceSummary> {
    const summary = await queue.advance(stream, target, scope);
    if (typeof summary === 'string') throw new Error(summary);
    return summary;
  }

  async function recipientOf(message: string, n = 0): Promise<Recipient> {
    return (await store.delivery(message))!.recipients[n]!.recipient;
  }
  async function attemptsOf(message: string, n = 0): Promise<Attempt[]> {
    return (await store.delivery(message))!.recipients[n]!.attempts;
  }

  return {
    store, streams, queue, pretend, admit, events, taken, wall, gate,
    /** What the world outside took. */
    delivered,
    /** What the pretend remote sent of itself (bounces, complaints, replies), of the stream's clock. */
    sentLater, afterwards,
    clockOf, run, send, sendAll, advance, recipientOf, attemptsOf,
    /** `+1m 451 greylisted`: when, counted from the first event of the message, what was said, and the class. */
    async history(message: string, n = 0): Promise<string[]> {
      const { recipient, attempts } = (await store.delivery(message))!.recipients[n]!;
      return attempts.map(({ at, answer, verdict }) => `+${span(at - recipient.queuedAt)} ${answer.kind === 'reply' ? answer.code : answer.fault} ${verdict.class}`);
    },
    /** Types of the events about a recipient, in order. */
    told: (message: string, n = 0): string[] => events.flatMap((event) => (event.type.startsWith('recipient.') && 'message' in event && event.message === message && 'n' in event && event.n === n ? [event.type.slice('recipient.'.length)] : [])),
    tally: (stream = 'app') => store.tally({ stream }),
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      await afterwards.close();
      await pretend.close();
      await world.close();
      await store[Symbol.asyncDispose]();
    },
  };
}
export type SimHouse = Awaited<ReturnType<typeof openSimHouse>>;

function openWorld(rules: Rule[], clock: MovableClock, wall: Clock, log: Log) {
  const read = readScenario({ rules });
  if (!read.ok) throw new Error(JSON.stringify(read.flaws));
  const run = createRun({ scenario: read.scenario, seed: 2 });
  const delivered: Accepted[] = [];
  return { delivered, world: createPretend({ scenarioOf: () => run, clockOf: () => clock, wall, log, hear: (accepted) => void delivered.push(accepted) }) };
}

/** 90 000 → `1m30s`. */
function span(ms: number): string {
  const parts: string[] = [];
  let rest = Math.round(ms / 1_000);
  for (const [unit, seconds] of [['h', 3_600], ['m', 60], ['s', 1]] as const) {
    if (rest >= seconds || (unit === 's' && parts.length === 0)) parts.push(`${Math.floor(rest / seconds)}${unit}`);
    rest %= seconds;
  }
  return parts.join('');
}

export { wallClock };
