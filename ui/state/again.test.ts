import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { again } from './again.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('however much happens it asks once at a time, once in a while, and once more for what happened meanwhile', async () => {
  const waiting: (() => void)[] = [];
  const asked = again(() => new Promise<void>((resolve) => { waiting.push(resolve); }), 500);
  asked.soon();
  asked.soon();
  expect(waiting).toHaveLength(1);
  asked.soon();
  waiting[0]!();
  await vi.advanceTimersByTimeAsync(499);
  expect(waiting).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2);
  expect(waiting).toHaveLength(2);
  waiting[1]!();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(waiting).toHaveLength(2);
});

test('a failure is no end, and after stop nothing is asked', async () => {
  let asks = 0;
  const asked = again(async () => {
    asks++;
    throw new Error('away');
  }, 100);
  asked.soon();
  await vi.advanceTimersByTimeAsync(200);
  asked.soon();
  await vi.advanceTimersByTimeAsync(200);
  expect(asks).toBe(2);
  asked.soon();
  asked.soon();
  asked.stop();
  await vi.advanceTimersByTimeAsync(500);
  expect(asks).toBe(3);
});
