import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PosternEvent, Suppression } from '../../sdk/contract.ts';
import { Refusal, scripted } from '../../test/support/scripted-api.ts';
import { GRACE } from './deletion.svelte.ts';
import { keyOf, SuppressionDesk } from './suppressions.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const one = (address: string, stream: string | null = null, mode: Suppression['mode'] = null): Suppression => ({ address, stream, mode, reason: 'manual', detail: '', message: null, createdAt: '2026-01-01T00:00:00.000Z', expiresAt: null });
const kept = [one('a@x.test'), one('a@x.test', 'billing', 'deliver')];

function desk(answer: (method: string, path: string) => unknown = () => undefined) {
  const { api, asked } = scripted(({ method, path }) => answer(method, path) ?? (method === 'GET' ? { suppressions: kept, next: null } : method === 'DELETE' ? undefined : one('b@x.test')));
  return { room: new SuppressionDesk(api), deletions: () => asked.filter(({ method }) => method === 'DELETE').map(({ query }) => query), asked };
}

test('a removal is crossed out, can be undone, and is sent when its grace is over', async () => {
  const { room, deletions } = desk();
  await room.open({});
  room.remove(kept[0]!);
  room.remove(kept[1]!);
  room.keep(kept[0]!);
  expect([...room.leaving]).toEqual([keyOf(kept[1]!)]);
  await vi.advanceTimersByTimeAsync(GRACE - 1);
  expect(deletions()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(deletions()).toEqual([{ address: 'a@x.test', stream: 'billing', mode: 'deliver' }]);
  expect([room.all.map(keyOf), room.leaving.size]).toEqual([[keyOf(kept[0]!)], 0]);
});

test('leaving the room sends what is crossed out, once', async () => {
  const { room, deletions } = desk();
  await room.open({});
  room.remove(kept[0]!);
  room.close();
  await vi.advanceTimersByTimeAsync(2 * GRACE);
  expect(deletions()).toEqual([{ address: 'a@x.test', mode: '*' }]);
});

test('one that cannot be removed stays and says why; one that is gone already goes', async () => {
  let status = 503;
  const { room } = desk((method) => (method === 'DELETE' ? new Refusal(status, 'refused', { detail: 'The disk is full' }) : undefined));
  await room.open({});
  room.remove(kept[0]!);
  await vi.advanceTimersByTimeAsync(GRACE);
  expect([room.word, room.all.length]).toEqual(['a@x.test is still suppressed: The disk is full', 2]);
  status = 404;
  room.remove(kept[0]!);
  await vi.advanceTimersByTimeAsync(GRACE);
  expect(room.all.length).toBe(1);
});

test('what others add or remove shows by itself; an answer about another search is passed over', async () => {
  const waiting: ((value: unknown) => void)[] = [];
  const { room, asked } = desk((method) => (method === 'GET' ? new Promise((resolve) => { waiting.push(resolve); }) : undefined));
  const first = room.open({ q: 'a' });
  const second = room.open({ q: 'ab' });
  waiting[0]!({ suppressions: [one('old@x.test')], next: null });
  await vi.advanceTimersByTimeAsync(0);
  waiting[1]!({ suppressions: [one('ab@x.test')], next: null });
  await Promise.all([first, second]);
  expect(room.all.map(({ address }) => address)).toEqual(['ab@x.test']);
  room.hear([{ type: 'suppression.added' } as PosternEvent]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(3);
});

test('a file is imported by its kind, and what came of it is said', async () => {
  const { room, asked } = desk((_, path) => (path.endsWith('/import') ? { read: 1_200, added: 3 } : undefined));
  await room.open({});
  await room.import(new File(['{}'], 'list.jsonl'), 'billing');
  expect(room.word).toBe('1,200 read, 3 of them new.');
  expect(asked.find(({ path }) => path.endsWith('/import'))!.query).toEqual({ stream: 'billing' });
});
