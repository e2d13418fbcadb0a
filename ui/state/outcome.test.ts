import { expect, test } from 'vitest';
import { afterText, answerText, dueText, fromNow, longText, markOf, readSpan, statesOf, tallyText } from './outcome.ts';

test('the row of a message shows the state that asks for a look, the tally tells all', () => {
  expect([markOf(null), markOf({}), markOf({ delivered: 48, bounced: 2 }), markOf({ delivered: 3 }), markOf({ queued: 1, deferred: 1 }), markOf({ suppressed: 1, delivered: 9 })]).toEqual([null, null, 'bounced', 'delivered', 'deferred', 'suppressed']);
  expect([tallyText({ delivered: 1_200, bounced: 2, queued: 0 }), tallyText(null)]).toEqual(['2 bounced, 1,200 delivered', '']);
  expect(statesOf({ delivered: 1, deferred: 2, held: 0 })).toEqual([['deferred', 2], ['delivered', 1]]);
});

test('an answer says its enhanced code once', () => {
  const reply = { kind: 'reply', stage: 'rcpt', code: 452, enhanced: '4.2.2', text: 'Mailbox full', host: null } as const;
  expect([answerText(reply), answerText({ ...reply, text: '4.2.2 Mailbox full' }), answerText({ ...reply, code: null, enhanced: null })]).toEqual(['452 4.2.2 Mailbox full', '452 4.2.2 Mailbox full', 'Mailbox full']);
  expect(answerText({ kind: 'fault', stage: 'connect', fault: 'refused', detail: '', host: null })).toBe('refused');
});

test('moments read as +0s, +1m 30s, +2d 4h', () => {
  expect([0, 400, 60_519, 60_000, 90_000, 11_520_000, 187_200_000, -5_000].map(afterText)).toEqual(['+0s', '+0s', '+1m', '+1m', '+1m 30s', '+3h 12m', '+2d 4h', '−5s']);
  expect([longText(250), longText(3_599_999)]).toEqual(['250ms', '1h']);
  const now = Date.UTC(2026, 0, 1);
  expect([240_000, -240_000, 300].map((ms) => fromNow(new Date(now + ms).toISOString(), now))).toEqual(['in 4m', '4m ago', 'now']);
  expect([5_000, 0, -5_000].map((ms) => dueText(new Date(now + ms).toISOString(), now))).toEqual(['in 5s', 'due', 'due']);
});

test('a span is milliseconds or parts with units', () => {
  expect(['90s', '1h 30m', '250', '1.5d', 'soon', '', '5x'].map(readSpan)).toEqual([90_000, 5_400_000, 250, 129_600_000, undefined, undefined, undefined]);
});
