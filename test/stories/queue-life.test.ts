import { expect, test } from 'vitest';
import { SCHEDULES } from '../../server/mail/stream.ts';
import { nextWait } from '../../server/queue/retry.ts';
import { HOUR, openSimHouse, type SimOptions } from '../support/sim-house.ts';

// How long it takes is measured by bench/delivery.ts; here it is told what happens.
const JITTER = 0.1;
const bulk = { ...SCHEDULES.bulk, jitter: JITTER };
const full: SimOptions['rules'] = [{ what: { at: 'rcpt', reply: { code: 452, enhanced: '4.2.2', text: 'The mailbox is full' } } }];
/** An attempt takes no time here; what is rounded on the way does. */
const ROUNDED = 1_000;

/** Waits between the attempts, each as a share of what the schedule says. */
const shares = (attempts: { at: number }[]) => attempts.slice(1).map(({ at }, i) => {
  const wanted = nextWait(SCHEDULES.bulk.schedule, i + 1);
  const waited = at - attempts[i]!.at;
  return { least: waited >= wanted * (1 - JITTER) - ROUNDED, most: waited / wanted };
});

test('a 72-hour retry life of hundreds passes in a few steps for each round, nobody goes early, and nobody much later', async () => {
  await using sim = await openSimHouse({ rules: full, delivery: bulk });
  await sim.queue.pause({ stream: 'app' }, { reason: 'until all is there', until: null });
  const ids = await sim.sendAll(Array.from({ length: 300 }, (_, n) => ({ to: `user${n}@full${n % 10}.test` })));
  await sim.queue.resume({ stream: 'app' });
  const summary = await sim.advance({ to: 'idle' });
  expect(summary).toMatchObject({ expired: 300, waiting: 0 });
  expect(summary.to - summary.from).toBeGreaterThanOrEqual(72 * HOUR - ROUNDED);
  expect(summary.attempts).toBeGreaterThan(300 * 20);
  expect(summary.steps).toBeLessThan(summary.attempts / 5);
  const connections = sim.pretend.traffic().reduce((sum, one) => sum + one.connections, 0);
  expect(connections).toBeLessThan(summary.attempts / 2);
  for (const id of ids.slice(0, 20)) {
    const waits = shares(await sim.attemptsOf(id));
    expect(waits.every(({ least }) => least)).toBe(true);
    expect(Math.max(...waits.map(({ most }) => most))).toBeLessThan((1 + JITTER) * 1.05);
  }
}, 60_000);

test('a 72-hour retry life of one recipient has a step for each attempt and one for its end', async () => {
  await using sim = await openSimHouse({ rules: full, delivery: { ...SCHEDULES.bulk, jitter: 0 } });
  const id = await sim.send({ to: 'ann@full.test' });
  const summary = await sim.advance({ to: 'idle' });
  const attempts = await sim.attemptsOf(id);
  expect(summary).toMatchObject({ expired: 1, attempts: attempts.length, steps: attempts.length, waiting: 0 });
  expect(shares(attempts).every(({ least, most }) => least && most < 1.001)).toBe(true);
});

test('thousands that are due at once are delivered, each once', async () => {
  await using sim = await openSimHouse();
  const count = 2_000;
  await sim.sendAll(Array.from({ length: count }, (_, n) => ({ to: `user${n}@site${n % 20}.test` })));
  await sim.queue.quiet();
  expect(await sim.tally()).toEqual({ delivered: count });
  expect(new Set(sim.taken.flatMap(({ recipients }) => recipients)).size).toBe(count);
  expect(sim.taken).toHaveLength(count);
}, 30_000);
