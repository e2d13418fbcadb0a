import { expect, test } from 'vitest';
import { canaryCount } from './canary.ts';

const never = (error: unknown): never => { throw error as Error; };

test('the first ones go, then a share', async () => {
  const count = canaryCount(async () => 0, never);
  const canary = { first: 3, share: 0.25, since: 1 };
  await count.learn('app', canary);
  const went = Array.from({ length: 4_003 }, (_, n) => count.take('app', canary, 7, `m${n} 0`));
  expect(went.slice(0, 3)).toEqual([true, true, true]);
  const rest = went.slice(3).filter(Boolean).length;
  expect(rest).toBeGreaterThan(900);
  expect(rest).toBeLessThan(1_100);
});

test('what went before a restart counts', async () => {
  const asked: unknown[] = [];
  const count = canaryCount(async (...of) => (asked.push(of), 2), never);
  const canary = { first: 3, share: 0, since: 99 };
  await count.learn('app', canary);
  expect([1, 2].map((n) => count.take('app', canary, 7, `m${n} 0`))).toEqual([true, false]);
  expect(asked).toEqual([['app', 99]]);
});

test('until the store has answered, nobody is among the first', async () => {
  let answer!: (went: number) => void;
  const count = canaryCount(() => new Promise((resolve) => { answer = resolve; }), never);
  const canary = { first: 3, share: 0, since: 1 };
  expect(count.take('app', canary, 7, 'm1 0')).toBe(false);
  answer(0);
  await count.learn('app', canary);
  await Promise.resolve();
  expect(count.take('app', canary, 7, 'm1 0')).toBe(true);
});

test('a store that cannot say is asked again with the next mail', async () => {
  const failures: unknown[] = [];
  let broken = true;
  const count = canaryCount(async () => {
    if (broken) throw new Error('broken');
    return 0;
  }, (error) => void failures.push(error));
  const canary = { first: 1, share: 0, since: 1 };
  await count.learn('app', canary);
  broken = false;
  expect(failures).toHaveLength(1);
  await count.learn('app', canary);
  expect(count.take('app', canary, 7, 'm 0')).toBe(true);
});

test('a canary that begins anew counts anew', async () => {
  const count = canaryCount(async () => 0, never);
  for (const since of [1, 2]) {
    const canary = { first: 1, share: 0, since };
    await count.learn('app', canary);
    expect([1, 2].map((n) => count.take('app', canary, 7, `m${n} 0`))).toEqual([true, false]);
  }
});

test('the same mail is let go, or is not, whoever asks and however often', async () => {
  const canary = { first: 0, share: 0.5, since: 1 };
  const asked = (seed: number) => {
    const count = canaryCount(async () => 0, never);
    return Array.from({ length: 64 }, (_, n) => count.take('app', canary, seed, `m${n} 0`));
  };
  expect(asked(1)).toEqual(asked(1));
  expect(asked(1)).not.toEqual(asked(2));
});
