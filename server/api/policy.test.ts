import { expect, test } from 'vitest';
import { DEFAULT_DELIVERY, SCHEDULES } from '../mail/stream.ts';
import { policyOf } from './policy.ts';

const NOW = Date.UTC(2026, 0, 1);

test('what is not said stands', () => {
  expect(policyOf({}, NOW)).toEqual({ policy: DEFAULT_DELIVERY });
  const before = { ...DEFAULT_DELIVERY, limits: { connections: 3, messagesPerConnection: 7, rate: null }, seed: 9 };
  expect(policyOf({ limits: { connections: 4 } }, NOW, before)).toEqual({ policy: { ...before, limits: { connections: 4, messagesPerConnection: 7, rate: null } } });
});

test('a schedule by name brings its expiry along, unless that is said', () => {
  expect(policyOf({ schedule: 'bulk' }, NOW)).toMatchObject({ policy: { schedule: SCHEDULES.bulk.schedule, expiresAfter: SCHEDULES.bulk.expiresAfter } });
  expect(policyOf({ schedule: 'bulk', expiresAfter: '1h' }, NOW)).toMatchObject({ policy: { expiresAfter: 3_600_000 } });
});

test('durations are read as people write them', () => {
  expect(policyOf({ schedule: { kind: 'steps', steps: ['1m', 2_000, '1h30m'] }, delayNotice: null, softBounces: { count: 3, within: '2d' } }, NOW)).toMatchObject({
    policy: { schedule: { kind: 'steps', steps: [60_000, 2_000, 5_400_000] }, delayNotice: null, softBounces: { count: 3, within: 172_800_000 } },
  });
});

test('what cannot be is told with its path, all of it at once', () => {
  const judged = policyOf({ schedule: { kind: 'growing', first: '1h', factor: 2, most: '1m' }, expiresAfter: '900d', returnPath: 'no domain' }, NOW);
  expect('faults' in judged && judged.faults.map(({ path }) => path)).toEqual(['delivery.returnPath', 'delivery.schedule.most', 'delivery.expiresAfter']);
});

test('a pause between tries of nothing at all is refused: it would be a loop', () => {
  expect(policyOf({ schedule: { kind: 'steps', steps: [0] } }, NOW)).toEqual({ faults: [{ path: 'delivery.schedule.steps.0', message: 'must be from 1s to 30d; it is 0' }] });
});
