/** A store with a queue in use, as the tests of its queue begin: the hand of an engine that leases and settles. */
import { afterEach, beforeEach, expect } from 'vitest';
import type { EventBody, PosternEvent } from '../../server/events/event.ts';
import { TERMINAL_EVENTS } from '../../server/events/event.ts';
import type { Attempt } from '../../server/mail/recipient.ts';
import type { Answer } from '../../server/mail/reply.ts';
import type { LeasedMessage, LeasedRecipient, LeaseQuery, Outcome } from '../../server/queue/port.ts';
import { house, type OpenStore } from './house.ts';

export const MIN = 60_000;
export const HOUR = 60 * MIN;
export const LATER: Answer = { kind: 'reply', stage: 'rcpt', code: 451, text: '4.7.1 later' };

export async function queueHouse(open: OpenStore) {
  const base = await house(open);
  const { store, clock } = base;

  const lease = (query: Partial<LeaseQuery> = {}) => store.lease({ stream: 'default', mode: 'simulate', destinations: ['inbox.test'], now: clock.now(), messages: 10, recipients: 100, ...query });

  const attemptOf = (recipient: LeasedRecipient, outcome: Attempt['outcome'], more: Partial<Attempt> = {}): Attempt => ({
    number: recipient.attempts + 1, at: clock.now(), wall: clock.now(), took: 5, site: 'inbox.test', host: 'mx.inbox.test', stage: 'body', answer: LATER,
    verdict: { class: 'greylisted', scope: 'recipient', permanence: 'soft', action: 'retry', rule: 'r', facets: {} }, outcome, connection: 'c1',
    transcript: [{ at: clock.now(), by: 'C', line: `RCPT TO:<${recipient.address}>` }], ...more,
  });

  /** What an engine would write: the attempt and its event. */
  function outcomeOf(recipient: LeasedRecipient, state: 'delivered' | 'deferred' | 'bounced', more: Partial<Outcome> = {}): Outcome {
    const due = clock.now() + recipient.offset + MIN;
    const told = {
      stream: recipient.stream, message: recipient.message, recipient: recipient.address, n: recipient.n, time: clock.now(),
      attempt: recipient.attempts + 1, site: 'inbox.test', host: 'mx.inbox.test', answer: LATER, class: 'greylisted', rule: 'r',
    };
    const event: EventBody = state === 'deferred' ? { type: 'recipient.deferred', ...told, nextDue: due } : { type: `recipient.${state}`, ...told };
    return {
      key: recipient.key, state, attempt: attemptOf(recipient, state), last: { answer: LATER, class: 'greylisted', rule: 'r', at: clock.now() }, events: [event],
      ...(state === 'deferred' ? { due } : {}), ...more,
    };
  }

  /** Leases and settles all that is due, the same way for all. */
  async function carry(state: 'delivered' | 'deferred' | 'bounced', query: Partial<LeaseQuery> = {}): Promise<LeasedMessage[]> {
    const { messages } = await lease(query);
    await store.settle(messages.flatMap(({ recipients }) => recipients.map((one) => outcomeOf(one, state))));
    return messages;
  }

  const told = (type: string, message?: string) => base.heard.filter((event) => event.type === type && (message === undefined || ('message' in event && event.message === message)));
  /** Live and in the log the same, and each recipient that ended did so once. */
  async function sane(): Promise<void> {
    const log = await store.events({ after: 0, limit: 10_000 });
    // A summary in the log follows its message; the rest is as it was told.
    const plain = (events: PosternEvent[]) => events.map((event) => (event.type === 'message.captured' ? { ...event, summary: event.summary.id } : event));
    expect(plain(log)).toEqual(plain(base.heard));
    expect(base.heard.map((event) => event.id)).toEqual([...base.heard].sort((a, b) => a.id - b.id).map((event) => event.id));
    const ended = base.heard.filter((event) => (TERMINAL_EVENTS as readonly string[]).includes(event.type)).map((event) => ('n' in event ? `${event.message} ${event.n}` : ''));
    expect(ended).toEqual([...new Set(ended)]);
  }

  return { ...base, lease, attemptOf, outcomeOf, carry, told, sane };
}

export type QueueHouse = Awaited<ReturnType<typeof queueHouse>>;

/** A house for each test of a suite, handed over before it begins, and found sane when it is over. */
export function eachInQueueHouse(open: OpenStore, enter: (it: QueueHouse) => Promise<void> | void): void {
  let it: QueueHouse;
  beforeEach(async () => {
    it = await queueHouse(open);
    await enter(it);
  });
  afterEach(async () => {
    await it.sane();
    await it.store[Symbol.asyncDispose]();
  });
}
