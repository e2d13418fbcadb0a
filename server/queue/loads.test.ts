import { expect, test } from 'vitest';
import { sortLoads } from './loads.ts';
import type { LeasedMessage, LeasedRecipient } from './port.ts';

const NOW = 1_000_000;
const recipient = (n: number, more: Partial<LeasedRecipient> = {}): LeasedRecipient => ({
  key: n, message: 'M', n, stream: 'app', address: `r${n}@a.test`, destination: 'a.test', state: 'active', priority: 'normal', attempts: 0, queuedAt: 0, due: NOW, expiresAt: NOW + 10,
  offset: 0, last: null, uncertain: false, suppressed: null, mode: 'simulate', held: null, original: null, ...more,
});
const leased = (...recipients: LeasedRecipient[]): LeasedMessage => ({ message: 'M', seq: 1, stream: 'app', size: 1, from: 'a@b.test', messageId: '', tags: [], recipients });
const suppressed = { address: 'r1@a.test', stream: null, mode: null, reason: 'manual' as const, detail: '', message: null, createdAt: 0, expiresAt: null };

test('who is suppressed or overdue is not tried; the others of the message go together', () => {
  const sorted = sortLoads([leased(recipient(0), recipient(1, { suppressed }), recipient(2, { expiresAt: NOW }), recipient(3))], NOW);
  const keys = (kind: 'loads' | 'suppressed' | 'overdue') => sorted[kind].map(({ recipients }) => recipients.map(({ key }) => key));
  expect([keys('loads'), keys('suppressed'), keys('overdue')]).toEqual([[[0, 3]], [[1]], [[2]]]);
});

test('recipients whose own clocks differ do not share a conversation, and each is overdue by its own clock', () => {
  const { loads, overdue } = sortLoads([leased(recipient(0), recipient(1, { offset: 5, expiresAt: NOW + 6 }), recipient(2, { offset: 20, expiresAt: NOW + 15 }))], NOW);
  expect(loads.map(({ offset, recipients }) => [offset, recipients.length])).toEqual([[0, 1], [5, 1]]);
  expect(overdue.map(({ offset }) => offset)).toEqual([20]);
});

test('with return paths of their own each goes alone', () => {
  expect(sortLoads([leased(recipient(0), recipient(1))], NOW, true).loads.map(({ recipients }) => recipients.length)).toEqual([1, 1]);
});
