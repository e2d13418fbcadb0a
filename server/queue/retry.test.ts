import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RetrySchedule, SCHEDULES } from '../mail/stream.ts';
import { LEAST_WAIT, MOST_WAIT, nextDue, nextWait, RETRY_AFTER, retryAfterOf } from './retry.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;

test('the transactional schedule is 1, 2, 5, 10, 20, 30 min, 1, 2, 4 h, and 4 h ever after', () => {
  const waits = Array.from({ length: 11 }, (_, n) => nextWait(SCHEDULES.transactional.schedule as RetrySchedule, n + 1) / MIN);
  expect(waits).toEqual([1, 2, 5, 10, 20, 30, 60, 120, 240, 240, 240]);
});

test('the bulk schedule grows from 15 min by 1.7 up to 4 h', () => {
  const waits = Array.from({ length: 7 }, (_, n) => Math.round(nextWait(SCHEDULES.bulk.schedule, n + 1) / MIN));
  expect(waits).toEqual([15, 26, 43, 74, 125, 213, 240]);
});

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -1, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 53, 1e308, 5e-324));
const schedule: fc.Arbitrary<RetrySchedule> = fc.oneof(
  fc.record({ kind: fc.constant('steps' as const), steps: fc.array(number, { maxLength: 12 }) }),
  fc.record({ kind: fc.constant('growing' as const), first: number, factor: number, most: number }),
);
const attempt = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(1e6, 2 ** 31, 2 ** 53, Infinity));

test('whatever a schedule says, a wait is a whole number of milliseconds within bounds', () => {
  fc.assert(fc.property(schedule, attempt, (of, n) => {
    const wait = nextWait(of, n);
    expect(Number.isSafeInteger(wait)).toBe(true);
    expect(wait).toBeGreaterThanOrEqual(LEAST_WAIT);
    expect(wait).toBeLessThanOrEqual(MOST_WAIT);
  }));
});

test('waits never shrink where the schedule does not', () => {
  const ordered = schedule.map((of): RetrySchedule => (of.kind === 'steps' ? { kind: 'steps', steps: of.steps.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b) } : of));
  fc.assert(fc.property(ordered, fc.integer({ min: 1, max: 2_000 }), (of, n) => {
    expect(nextWait(of, n + 1)).toBeGreaterThanOrEqual(nextWait(of, n));
  }));
});

test('a factor that is no number grows by nothing', () => {
  expect([1, 2, 3].map((n) => nextWait({ kind: 'growing', first: 5 * MIN, factor: NaN, most: HOUR }, n))).toEqual([5 * MIN, 5 * MIN, 5 * MIN]);
});

test('what is due comes after the attempt, never after the expiry, and is a whole number', () => {
  const moment = fc.integer({ min: 0, max: 4e12 });
  fc.assert(fc.property(schedule, attempt, number, moment, fc.integer({ min: 1, max: 1e11 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.option(number, { nil: undefined }), (of, attempts, jitter, at, life, chance, after) => {
    const due = nextDue({ policy: { schedule: of, jitter }, attempts, at, expiresAt: at + life, retryAfter: retryAfterOf(after), chance });
    expect(Number.isSafeInteger(due)).toBe(true);
    expect(due).toBeGreaterThan(at);
    expect(due).toBeLessThanOrEqual(at + life);
  }));
});

test('chance moves a wait by no more than the jitter, both ways', () => {
  const ask = { policy: { schedule: { kind: 'steps', steps: [10 * MIN] } as RetrySchedule, jitter: 0.1 }, attempts: 1, at: 0, expiresAt: 1e12 };
  expect(nextDue({ ...ask, chance: 0 })).toBe(9 * MIN);
  expect(nextDue({ ...ask, chance: 0.5 })).toBe(10 * MIN);
  expect(nextDue({ ...ask, chance: 0.999999999 })).toBe(11 * MIN);
});

test('"try again in …" makes a wait longer, never shorter, and within 30 s and 6 h', () => {
  const ask = { policy: { schedule: { kind: 'steps', steps: [10 * MIN] } as RetrySchedule, jitter: 0 }, attempts: 1, at: 0, expiresAt: 1e12, chance: 0 };
  expect(nextDue({ ...ask, retryAfter: retryAfterOf(3_600) })).toBe(HOUR);
  expect(nextDue({ ...ask, retryAfter: retryAfterOf(60) })).toBe(10 * MIN);
  expect(retryAfterOf(1)).toBe(RETRY_AFTER.least);
  expect(retryAfterOf(1e9)).toBe(RETRY_AFTER.most);
  expect(retryAfterOf(undefined)).toBeUndefined();
});
