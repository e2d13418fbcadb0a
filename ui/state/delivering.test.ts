import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PosternEvent } from '../../sdk/contract.ts';
import { captured, Refusal, scripted, type Asked } from '../../test/support/scripted-api.ts';
import { ClockDesk } from './clock.svelte.ts';
import { actsOf, changedText, Delivering, ofState, summaryText, type Recipient } from './delivering.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NOW = '2026-01-01T00:00:00.000Z';
const recipient = (state: string, due: string | null = null, offset = 0) => ({ message: 'm1', n: 0, address: `${state}@x.test`, state, due, offset, history: [], explanation: { state, reason: 'done', text: '', until: null } });
const summary = { from: NOW, to: NOW, steps: 1, attempts: 2, delivered: 1, deferred: 1, bounced: 0, expired: 0, suppressed: 0, later: 0, waiting: 1, next: null };
const event = (type: string, more: object) => ({ id: 1, at: NOW, stream: 'default', type, ...more }) as PosternEvent;

function desk(recipients = [recipient('deferred', '2026-01-01T01:00:00.000Z')]) {
  const { api, asked } = scripted(({ path, method }: Asked) => {
    if (path.endsWith('/delivery')) return { message: 'm1', stream: 'default', tally: {}, recipients, returns: [] };
    if (path.endsWith('/clock')) return { now: NOW, wall: NOW, offset: 0, next: null, movable: true };
    if (path.endsWith('/advance')) return summary;
    return method === 'POST' ? { changed: 1 } : undefined;
  });
  const delivering = new Delivering(api);
  return { delivering, asked, deliveries: () => asked.filter(({ path }) => path.endsWith('/delivery')).length, posts: () => asked.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body]) };
}

test('it is asked for again when something happens to the message, or to what it waits for, and for nothing else', async () => {
  const { delivering, deliveries } = desk();
  await delivering.open('m1');
  delivering.hear([captured(2), event('recipient.delivered', { message: 'm2' }), event('site.paused', { stream: 'other', site: 'x.test' })]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(deliveries()).toBe(1);
  for (let i = 0; i < 50; i++) delivering.hear([event('recipient.deferred', { message: 'm1' })]);
  await vi.advanceTimersByTimeAsync(1_000);
  delivering.hear([event('site.paused', { site: 'x.test' })]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(deliveries()).toBeGreaterThan(2);
  expect(deliveries()).toBeLessThan(6);
});

test('verbs apply to the message or to one recipient, say what came of it, and show it', async () => {
  const { delivering, posts, deliveries } = desk();
  await delivering.open('m1');
  await delivering.act('hold', 'a@x.test');
  expect(delivering.word).toBe('1 recipient held.');
  await delivering.advance(60_000);
  expect(delivering.word).toBe('2 attempts: 1 delivered, 1 deferred. 1 still waits.');
  await delivering.advance('idle', 'a@x.test');
  expect(posts()).toEqual([
    ['/v1/queue/hold', { message: 'm1', recipient: 'a@x.test' }],
    ['/v1/streams/default/clock/advance', { by: 60_000, message: 'm1' }],
    ['/v1/streams/default/clock/advance', { to: 'idle', message: 'm1', recipient: 'a@x.test' }],
  ]);
  expect(deliveries()).toBe(4);
});

test('the next moment is the earliest of its recipients, each by its own clock', async () => {
  const { delivering } = desk([recipient('deferred', '2026-01-01T02:00:00.000Z', 3_600_000), recipient('queued', '2026-01-01T01:30:00.000Z'), recipient('queued', '2025-12-31T23:00:00.000Z'), recipient('delivered')]);
  await delivering.open('m1');
  expect([delivering.untilNext, delivering.moving]).toEqual([3_600_000, 3]);
});

test('real mail goes by the wall: a clock that is moved counts without it', async () => {
  const { delivering } = desk([{ ...recipient('queued', '2026-01-01T00:10:00.000Z'), mode: 'deliver' } as never, recipient('queued', '2026-01-01T01:00:00.000Z')]);
  await delivering.open('m1');
  expect([delivering.untilNext, delivering.moving]).toEqual([3_600_000, 1]);
});

test('a release tells whom the gate still keeps, and why', () => {
  const held = { reason: 'not-allowed' as const, text: 'b@x.test is not on the allow list' };
  expect([
    changedText({ changed: 2, refused: [] }, 'released'),
    changedText({ changed: 1, refused: [{ message: 'm1', address: 'b@x.test', held }] }, 'released'),
    changedText({ changed: 0, refused: [{ message: 'm1', address: 'b@x.test', held }] }, 'released'),
    changedText({ changed: 0 }, 'held'),
  ]).toEqual(['2 recipients released.', '1 recipient released. Still held: b@x.test is not on the allow list.', 'Still held: b@x.test is not on the allow list.', 'Nothing to change: it has moved on meanwhile.']);
});

test('a refusal is told, and what is shown stays', async () => {
  let refuse = false;
  const { api } = scripted(({ path }) => (path.endsWith('/delivery') ? { message: 'm1', stream: 'default', tally: {}, recipients: [recipient('queued', NOW)], returns: [] } : path.endsWith('/clock') ? { now: NOW } : refuse ? new Refusal(503, 'shutting-down', { detail: 'Postern is shutting down' }) : { changed: 0 }));
  const delivering = new Delivering(api);
  await delivering.open('m1');
  await delivering.act('retry');
  expect(delivering.word).toMatch(/moved on/);
  refuse = true;
  await delivering.act('cancel');
  expect([delivering.word, delivering.view?.recipients.length]).toEqual(['That did not work: Postern is shutting down', 1]);
});

test('what is over offers nothing, what is tried just now only to give up', () => {
  expect((['deferred', 'active', 'held', 'delivered'] as const).map((state) => actsOf({ state }))).toEqual([['retry', 'hold', 'cancel'], ['cancel'], ['release', 'cancel'], []]);
  const all = [recipient('queued'), recipient('held')] as unknown as Recipient[];
  expect([ofState(all, undefined).length, ofState(all, 'held').length]).toEqual([2, 1]);
  expect(summaryText({ ...summary, attempts: 0, delivered: 0, deferred: 0, waiting: 0 })).toBe('0 attempts. Nothing waits.');
});

test('a stream\'s time is moved by so much, to the next moment or to the end, and a refusal is told', async () => {
  let refuse = false;
  const { api, asked } = scripted(({ path }) => (refuse ? new Refusal(409, 'clock-runs-by-itself', { detail: 'It runs on the wall clock.' }) : path.endsWith('/advance') ? summary : { now: '2026-01-01T03:00:00.000Z', wall: NOW, offset: 10_800_000, next: '2026-01-01T04:00:00.000Z', movable: true }));
  const clock = new ClockDesk(api, () => Date.parse(NOW));
  await clock.open('default');
  expect(clock.ahead).toBe(10_800_000);
  await clock.advance('next');
  await clock.advance('end');
  await clock.advance(3_600_000);
  expect(asked.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([{ until: '2026-01-01T04:00:00.000Z' }, { to: 'idle' }, { by: 3_600_000 }]);
  expect(clock.summary).toMatch(/^2 attempts/);
  refuse = true;
  await clock.advance(1);
  expect([clock.problem, clock.summary, clock.busy]).toEqual(['It runs on the wall clock.', '', false]);
});
