/**
 * A queue without connections, over the real store, scenario, classifier and
 * settle: each due recipient is answered by its scenario in one step, when
 * time is advanced and never before. For tests of what stands around the
 * queue (HTTP, SDK); what the engine itself promises is tested with it.
 */
import { classify } from '../../server/classify/classify.ts';
import type { Clock } from '../../server/clock.ts';
import type { Streams } from '../../server/admission/streams.ts';
import { findEnhanced } from '../../server/mail/enhanced-status.ts';
import type { Answer, Stage } from '../../server/mail/reply.ts';
import type { LeasedMessage, LeasedRecipient } from '../../server/queue/port.ts';
import type { AdvanceScope, AdvanceSummary, Explanation, Queue } from '../../server/queue/queue.ts';
import { settle, settleOverdue, settleSuppressed } from '../../server/queue/settle.ts';
import type { ScenarioRun } from '../../server/scenario/scenario.ts';
import type { Store } from '../../server/store/port.ts';

const STAGES: Stage[] = ['mail', 'rcpt', 'data', 'body'];

export function shortQueue({ store, streams, clock, run }: { store: Store; streams: Streams; clock: Clock; run: (stream: string) => ScenarioRun }): Queue {
  const offsets = new Map<string, number>();
  const now = (stream: string) => clock.now() + (offsets.get(stream) ?? 0);

  function answerOf(message: LeasedMessage, recipient: LeasedRecipient, at: number): { answer: Answer; stage: Stage } {
    for (const stage of STAGES) {
      const { reply, fault } = run(message.stream).ask({
        stream: message.stream, side: 'remote', stage, connection: 'c', client: '127.0.0.1', site: recipient.destination, domain: recipient.destination, tls: false,
        sender: message.from, recipient: recipient.address, recipients: [recipient.address], message: message.message, size: message.size, tags: message.tags, now: at,
      });
      if (fault) return { stage, answer: { kind: 'fault', stage, fault: 'timeout', detail: `${fault} at ${stage}` } };
      const enhanced = reply?.enhanced ? findEnhanced(reply.enhanced) : undefined;
      if (reply && reply.code >= 400) return { stage, answer: { kind: 'reply', stage, code: reply.code, text: reply.lines.join('\n'), ...(enhanced ? { enhanced } : {}) } };
    }
    return { stage: 'body', answer: { kind: 'reply', stage: 'body', code: 250, enhanced: { class: 2, subject: 0, detail: 0 }, text: 'OK' } };
  }

  async function attemptAll(stream: string, scope: AdvanceScope | undefined, summary: AdvanceSummary): Promise<void> {
    const policy = streams.get(stream)!.delivery;
    const only = scope ? { only: { ...(scope.message === undefined ? {} : { message: scope.message }), ...(scope.recipient === undefined ? {} : { key: scope.recipient }) } } : {};
    for (const message of await store.overdue({ stream, mode: 'simulate', now: now(stream), limit: 100 })) {
      for (const one of message.recipients) {
        summary.expired += 1;
        await store.settle([settleOverdue(one, now(stream) + one.offset, policy).outcome]);
      }
    }
    for (const { destination } of await store.lanes({ stream, mode: 'simulate' })) {
      const { messages } = await store.lease({ stream, mode: 'simulate', destinations: [destination], now: now(stream), messages: 100, recipients: 100, ...only });
      for (const message of messages) for (const recipient of message.recipients) {
        const at = now(stream) + recipient.offset;
        if (recipient.suppressed) {
          summary.suppressed += 1;
          await store.settle([settleSuppressed(recipient, recipient.suppressed, at).outcome]);
          continue;
        }
        const { answer, stage } = answerOf(message, recipient, at);
        const { outcome } = settle({
          recipient, answer, stage, verdict: classify(answer), at, ended: at, wall: clock.now(), site: recipient.destination, host: `mx.${recipient.destination}`,
          connection: 'c', transcript: [{ at, by: 'C', line: `RCPT TO:<${recipient.address}>` }], othersTaken: false,
        }, policy);
        summary.attempts += 1;
        if (outcome.state === 'delivered' || outcome.state === 'deferred' || outcome.state === 'bounced' || outcome.state === 'expired') summary[outcome.state] += 1;
        await store.settle([outcome]);
      }
    }
  }

  return {
    now,
    async advance(stream, target, scope) {
      const from = now(stream);
      const end = 'by' in target ? from + target.by : 'until' in target ? target.until : Infinity;
      const where = { stream, mode: 'simulate' as const, ...(scope?.message === undefined ? {} : { message: scope.message }), ...(scope?.recipient === undefined ? {} : { key: scope.recipient }) };
      const summary: AdvanceSummary = { from, to: from, steps: 0, attempts: 0, delivered: 0, deferred: 0, bounced: 0, expired: 0, suppressed: 0, later: 0, waiting: 0, next: null };
      let moved = 0;
      for (;;) {
        const next = await store.nextMoment(where);
        if (next === null || next + moved > end) break;
        const step = Math.max(0, next - now(stream));
        if (scope) {
          await store.shift(where, step);
          moved += step;
        } else {
          offsets.set(stream, (offsets.get(stream) ?? 0) + step);
        }
        summary.steps += 1;
        await attemptAll(stream, scope, summary);
      }
      if (Number.isFinite(end)) {
        const rest = Math.max(0, end - now(stream) - moved);
        if (scope) await store.shift(where, rest);
        else offsets.set(stream, (offsets.get(stream) ?? 0) + rest);
      }
      summary.to = scope ? from + moved : now(stream);
      summary.next = await store.nextMoment(where);
      return summary;
    },
    next: (stream) => store.nextMoment({ stream, mode: 'simulate' }),
    async explain({ state, due, stream, last }): Promise<Explanation> {
      if (state === 'held') return { state, reason: 'held', text: 'Held by a person.', until: null };
      if (due === null) return { state, reason: 'done', text: `It is ${state}.`, until: null };
      return { state, reason: last ? 'retry' : due > now(stream) ? 'scheduled' : 'due', text: `Next attempt at ${new Date(due).toISOString()}.`, until: due };
    },
    retryNow: (scope) => store.retryNow(scope, clock.now()),
    hold: (scope, by) => store.hold(scope, clock.now(), by),
    release: (scope, by) => store.release(scope, clock.now(), by),
    cancel: (scope, by) => store.cancel(scope, clock.now(), by),
    async sites(stream) {
      return (await store.depth(stream === undefined ? {} : { stream })).map((depth) => ({
        stream: depth.stream, mode: depth.mode, site: depth.destination, provider: null, destinations: [depth.destination], waiting: depth.queued + depth.deferred, active: depth.active, held: depth.held,
        oldestAt: depth.oldestAt, nextDue: depth.nextDue, connections: { open: 0, most: 10 }, limits: { connections: 10, messagesPerConnection: 100, rate: null }, pace: 1, pause: null,
        counts: { delivered: 0, deferred: 0, bounced: 0, connectFailures: 0 }, lastAnswer: null, why: null,
      }));
    },
    async pause({ stream }, { reason, until }) {
      await streams.change(stream, { paused: { reason, until } });
    },
    async resume({ stream }) {
      const was = streams.get(stream)?.paused != null;
      await streams.change(stream, { paused: null });
      return was;
    },
    quiet: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
