import { expect, test } from 'vitest';
import type { PosternEvent } from '../../sdk/contract.ts';
import { EVENT_GROUPS } from './event-types.ts';
import { told } from './told.ts';

const event = (type: string, more: object) => ({ id: 1, at: '', stream: 'default', type, ...more }) as PosternEvent;
const reply = { kind: 'reply', stage: 'rcpt', code: 452, enhanced: '4.2.2', text: 'Mailbox full', host: null };

test('what happened is told in plain words', () => {
  expect([
    event('recipient.deferred', { recipient: 'a@x.test', answer: reply }), event('recipient.expired', { recipient: 'a@x.test' }), event('recipient.suppressed', { recipient: 'a@x.test', detail: '', reason: 'hard_bounce' }),
    event('recipient.held', { recipient: 'a@x.test', by: 'gate', reason: 'not-allowed', text: 'a@x.test is not on the allow list' }), event('delivery.stopped', { by: 'Ann', reason: 'wrong list' }),
    event('alert.rate', { state: 'raised', measure: 'bounced', share: 0.125, threshold: 0.05, of: 400 }), event('preflight.changed', { domain: 'x.test', was: 'pass', now: 'fail', changes: [{ check: 'spf', was: 'pass', now: 'fail' }] }),
    event('site.pace', { site: 'x.test', pace: 0.25, reason: '421' }), event('bounce.received', { recipient: 'a@x.test', diagnostic: '', class: 'unknown' }), event('clock.advanced', { from: 'A', to: 'B', message: null, recipient: null }),
  ].map(told)).toEqual(['a@x.test — 452 4.2.2 Mailbox full', 'a@x.test — gave up', 'a@x.test — hard_bounce', 'a@x.test — a@x.test is not on the allow list', 'real delivery stopped — by Ann: wrong list', '12.5 % of 400 recipients bounced: more than 5 %', 'x.test — spf pass → fail', 'x.test — 25 %: 421', 'a@x.test — unknown', 'from A to B']);
});

/** The compiler holds the groups to kinds that there are; this holds all kinds to the groups. */
type Kind = PosternEvent['type'];
const ALL = {
  'message.captured': 1, 'message.parsed': 1, 'message.updated': 1, 'messages.deleted': 1, 'stream.created': 1, 'stream.updated': 1, 'stream.deleted': 1, 'inbox.created': 1,
  'recipient.delivered': 1, 'recipient.bounced': 1, 'recipient.deferred': 1, 'recipient.expired': 1, 'recipient.suppressed': 1, 'recipient.cancelled': 1, 'recipient.held': 1, 'recipient.released': 1,
  'bounce.received': 1, 'complaint.received': 1, 'autoreply.received': 1, 'delay.received': 1, 'suppression.added': 1, 'suppression.removed': 1, 'site.paused': 1, 'site.resumed': 1, 'site.pace': 1,
  'stream.paused': 1, 'stream.resumed': 1, 'alert.queue-age': 1, 'clock.advanced': 1, 'scenario.changed': 1, 'scenario.reset': 1, 'hook.disabled': 1,
  'delivery.stopped': 1, 'delivery.started': 1, 'stream.mode': 1, 'message.released': 1, 'canary.approved': 1, 'site.rule': 1, 'preflight.changed': 1, 'alert.rate': 1, 'unsubscribe.received': 1, 'hook.enabled': 1,
} satisfies Record<Kind, 1>;

test('every kind of event that is of a stream can be chosen for a hook, once', () => {
  const ofNone = ['delivery.stopped', 'delivery.started'];
  expect(EVENT_GROUPS.flatMap(({ types }) => types).toSorted()).toEqual(Object.keys(ALL).filter((type) => !ofNone.includes(type)).toSorted());
});
