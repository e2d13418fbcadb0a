/**
 * The queue's half of the port, on the main thread: what is only stored goes
 * to the writer as JSON, rows that come back become recipients, leases and
 * attempts. All writing rides in the shared commit.
 */
import type { Submission } from '../../admission/port.ts';
import type { PosternEvent } from '../../events/event.ts';
import type { AuditStore } from '../../gate/audit.ts';
import type { HookStore } from '../../hooks/hook.ts';
import type { Attempt } from '../../mail/recipient.ts';
import type { Answer } from '../../mail/reply.ts';
import type { TranscriptLine } from '../../mail/session.ts';
import type { Delivery, KeptStore, LeasedMessage, Outcome, PlannedStore, Queued, QueueStore, ReturnStore, SuppressionStore } from '../../queue/port.ts';
import { readDetail } from './detail.ts';
import { dsnText, type Outgoing, outgoingOf } from './enqueue.ts';
import { callOf, hookOf } from './hook-rows.ts';
import type { LeasedMail } from './lease.ts';
import type { Line } from './line.ts';
import { eventOf } from './log.ts';
import type { AttemptText } from './queue-reading.ts';
import type { Reader } from './reader.ts';
import { dsnOf, recipientOf } from './recipient-row.ts';
import type { RideArgs, RideName, RideValue } from './rides.ts';
import type { StepDone } from './scope.ts';
import type { OutcomeItem, Settled } from './settle.ts';
import type { TelemetryStore } from '../../telemetry/port.ts';
import { countedOf } from './telemetry.ts';
import { type Beside, fromText, toBundle } from './text.ts';

/** Sends work along with the next commit. `more` are messages that belong to it; `told` puts the events together that the writer only numbered. */
export type RideAlong = <K extends RideName>(op: K, args: RideArgs<K>, more?: { submissions: Submission[]; told(value: RideValue<K>, at: number, captured: Captured): PosternEvent[]; /** What waits by it, told before its events. */ queued?(value: RideValue<K>): Queued[] }) => Promise<RideValue<K>>;
/** The event of a submission that was taken in. */
export type Captured = (n: number, made: { seq: number; event: number }) => PosternEvent;

export type QueueSide = Omit<QueueStore, 'onQueued'> & SuppressionStore & KeptStore & PlannedStore & ReturnStore & HookStore & AuditStore & TelemetryStore;

/** Suppressions that one transaction adds. */
const SUPPRESS_STEP = 500;

export function createQueueSide({ reader, ride }: { reader: Line<Reader>; ride: RideAlong }): QueueSide {
  /** Until a step finds no more; others commit in between. */
  async function steps(next: () => Promise<StepDone>): Promise<number> {
    for (let changed = 0; ;) {
      const step = await next();
      changed += step.changed;
      if (!step.more) return changed;
    }
  }

  return {
    recover: (held = []) => ride('recover', [held]),
    lanes: (scope = {}) => reader.call('lanes', scope),
    async lease(query) {
      const { messages, left } = fromText(await ride('lease', [query]));
      return { messages: messages.map(leasedOf), left };
    },
    async settle(outcomes) {
      if (outcomes.length === 0) return [];
      const { items, texts, submissions } = settleItemOf(outcomes);
      let settled: Settled[] = [];
      await ride('settle', [toBundle(items, texts)], { submissions, told: (text, at, captured) => eventsOf(outcomes, items, (settled = fromText(text)), at, captured) });
      return outcomes.filter((_, i) => settled[i] != null);
    },
    overdue: async (query) => (await ride('overdue', [query])).map(leasedOf),
    nextMoment: (scope) => reader.call('nextMoment', scope),
    nextExpiry: (scope) => reader.call('nextExpiry', scope),
    shift: async (scope, ms) => void (await ride('shift', [scope, ms])),

    retryNow: (scope, now) => steps(() => ride('retryNow', [scope, now])),
    hold: (scope, at, by, held) => steps(() => ride('hold', [scope, at, by, held])),
    release: (scope, now, by) => steps(() => ride('release', [scope, now, by])),
    cancel: (scope, at, by) => steps(() => ride('cancel', [scope, at, by])),

    async releaseMessage(released) {
      const row = await reader.call('detail', released.message);
      if (!row) return undefined;
      const { envelope } = readDetail(row.detail);
      const { stream } = row.summary;
      const dsn = new Map(envelope.recipients.map((one) => [one.address, dsnText(one)]));
      const recipients = released.recipients.map(({ original, ...one }) => ({ ...one, original: original && JSON.stringify(original), dsn: original ? null : (dsn.get(one.address) ?? null) }));
      const { queuedAt, expiresAt, priority } = released;
      const count = await ride('releaseMessage', [{ ...released, recipients, outgoing: outgoingOf(envelope), envid: envelope.envid ?? null }], {
        submissions: [], told: () => [],
        queued: (value) => (value === null ? [] : [{ stream, plan: { mode: 'deliver', priority, queuedAt, due: queuedAt, expiresAt, destinations: recipients.map(({ destination }) => destination), held: recipients.map(({ held }) => held) } }]),
      });
      return count ?? undefined;
    },
    queuedSince: (stream, since) => reader.call('queuedSince', stream, since),
    triedSince: (stream, since) => reader.call('triedSince', stream, since),

    depth: ({ stream } = {}) => reader.call('depth', stream),
    recipients: async ({ scope, after = -1, limit }) => (await reader.call('recipients', scope, after, limit)).map(recipientOf),
    tally: async (query) => Object.fromEntries(await reader.call('deliveryTally', query)),
    async delivery(message) {
      const found = await reader.call('delivery', message);
      if (!found) return undefined;
      const attempts = attemptsOf(found.attempts);
      return { message, stream: found.stream, recipients: found.recipients.map((row) => ({ recipient: recipientOf(row), attempts: attempts.get(row.key) ?? [] })) } satisfies Delivery;
    },

    pauses: () => reader.call('pauses'),
    setPause: async (pause) => void (await ride('setPause', [pause])),
    clearPause: (stream, mode, site) => ride('clearPause', [stream, mode, site]),

    isKnown: (stream) => reader.call('isKnown', stream),
    suppressions: (query) => reader.call('suppressions', query),
    suppressionOf: (stream, mode, address, now) => reader.call('suppressionOf', stream, mode, address, now),
    async suppress(suppressions, by) {
      let added = 0;
      for (let at = 0; at < suppressions.length; at += SUPPRESS_STEP) added += await ride('suppress', [suppressions.slice(at, at + SUPPRESS_STEP), by]);
      return added;
    },
    unsuppress: (key, by) => ride('unsuppress', [key, by]),
    unsuppressAll: (stream, mode, by) => steps(() => ride('unsuppressAll', [stream, mode, by])),

    kept: (kind, name) => reader.call('kept', kind, name),
    keep: async (kind, name, json) => void (await ride('keep', [kind, name, json])),
    allKept: (kind) => reader.call('allKept', kind),

    plan: async (planned) => void (await ride('plan', [planned])),
    planned: ({ stream, now, limit }) => reader.call('planned', stream, now, limit),
    nextPlanned: (stream) => reader.call('nextPlanned', stream),
    unplan: async (ids) => void (await ride('unplan', [ids])),
    shiftPlanned: async (scope, ms) => void (await ride('shiftPlanned', [scope, ms])),

    sentByToken: (message, n) => reader.call('sentByToken', message, n),
    sentBy: (query) => reader.call('sentBy', query),
    returned: async (message) => (await reader.call('returned', message)).map(eventOf),
    report: async (found) => void (await ride('report', [found])),

    hooks: async (stream) => (await reader.call('hooks', stream ?? null)).map(hookOf),
    saveHook: async (hook) => void (await ride('saveHook', [hook])),
    deleteHook: (id) => ride('deleteHook', [id]),
    addCalls: async (hook, cursor, calls) => void (await ride('addCalls', [hook, cursor, calls])),
    saveCall: async (call) => void (await ride('saveCall', [call])),
    dueCalls: async (hook, now, limit) => (await reader.call('dueCalls', hook, now, limit)).map(callOf),
    nextCall: (hook) => reader.call('nextCall', hook),
    waitingCalls: (hook) => reader.call('waitingCalls', hook),
    calls: async (query) => (await reader.call('calls', query)).map(callOf),
    async call(id) {
      const row = await reader.call('call', id);
      return row && callOf(row);
    },
    pruneCalls: (keep) => ride('pruneCalls', [keep]),

    audit: async (entry) => ({ id: await ride('audit', [entry]), ...entry }),
    audited: (query) => reader.call('audited', query),

    telemetry: (query) => reader.call('telemetry', query),
    async pruneTelemetry(before) {
      while (await ride('pruneTelemetry', [before])) { /* an hour with each commit */ }
    },
  };
}

function leasedOf({ id, seq, size, messageId, tags, outgoing, recipients }: LeasedMail): LeasedMessage {
  return {
    message: id, seq, stream: recipients[0]!.stream, size, messageId,
    ...(JSON.parse(outgoing) as Outgoing),
    tags: JSON.parse(tags) as string[],
    recipients: recipients.map((row) => ({ ...recipientOf(row), ...dsnOf(row), suppressed: row.suppressed })),
  };
}

const said = (answer: Answer | undefined): string => (answer === undefined ? '' : answer.kind === 'reply' ? [answer.code, answer.text].filter(Boolean).join(' ') : answer.detail);

/** A transcript that several attempts share (one transaction) is sent once. */
function settleItemOf(outcomes: readonly Outcome[]): { items: OutcomeItem[]; texts: string[]; submissions: Submission[] } {
  const texts: string[] = [];
  const beside = (value: unknown): Beside => texts.push(JSON.stringify(value)) - 1;
  const places = new Map<TranscriptLine[], Beside>();
  const submissions: Submission[] = [];
  const attemptItem = ({ transcript, ...attempt }: Attempt): OutcomeItem['attempt'] => {
    let place = places.get(transcript);
    if (place === undefined) places.set(transcript, (place = beside(transcript)));
    return { number: attempt.number, at: attempt.at, data: beside(attempt), transcript: place };
  };
  const items = outcomes.map((outcome): OutcomeItem => ({
    key: outcome.key,
    state: outcome.state,
    due: outcome.due ?? null,
    held: outcome.held ? JSON.stringify(outcome.held) : null,
    attempt: outcome.attempt ? attemptItem(outcome.attempt) : null,
    uncertain: outcome.uncertain === true,
    last: outcome.last ? beside(outcome.last) : outcome.last,
    said: outcome.strike ? said(outcome.last?.answer ?? outcome.attempt?.answer) : '',
    events: outcome.events.map(({ type, stream, ...rest }) => ({ type, stream, data: beside(rest) })),
    notice: outcome.notice ? submissions.push(outcome.notice) - 1 : null,
    suppress: outcome.suppress ?? null,
    strike: outcome.strike ?? null,
    clears: outcome.clears ?? null,
    counted: countedOf(outcome) ?? null,
  }));
  return { items, texts, submissions };
}

function eventsOf(outcomes: readonly Outcome[], items: readonly OutcomeItem[], settled: readonly Settled[], at: number, captured: Captured): PosternEvent[] {
  const events: PosternEvent[] = [];
  settled.forEach((one, i) => {
    if (one === null) return;
    const { first, notice, more } = one;
    if (first > 0) outcomes[i]!.events.forEach((body, n) => events.push({ id: first + n, at, ...body }));
    if (notice) events.push(captured(items[i]!.notice!, notice));
    events.push(...more);
  });
  return events;
}

const isElsewhere = (transcript: TranscriptLine[] | [number, number]): transcript is [number, number] => typeof transcript[0] === 'number';

/** By recipient. A transcript is whole in one row, or stands in the row of another recipient of the message. */
function attemptsOf(rows: readonly AttemptText[]): Map<number, Attempt[]> {
  const parsed = rows.map(({ recipient, number, json }) => ({ recipient, number, ...(JSON.parse(json) as { attempt: Omit<Attempt, 'transcript'>; transcript: TranscriptLine[] | [number, number] }) }));
  const whole = new Map<string, TranscriptLine[]>();
  for (const { recipient, number, transcript } of parsed) if (!isElsewhere(transcript)) whole.set(`${recipient} ${number}`, transcript);
  const attempts = new Map<number, Attempt[]>();
  for (const { recipient, attempt, transcript } of parsed) {
    const list = attempts.get(recipient) ?? [];
    attempts.set(recipient, list);
    list.push({ ...attempt, transcript: isElsewhere(transcript) ? (whole.get(`${transcript[0]} ${transcript[1]}`) ?? []) : transcript });
  }
  return attempts;
}

