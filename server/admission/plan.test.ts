import { expect, test } from 'vitest';
import type { Held } from '../mail/recipient.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION, type Stream, type StreamMode } from '../mail/stream.ts';
import type { Particulars } from './admit.ts';
import { planner } from './plan.ts';

const WALL = 1_000;
const MOVED = 500_000;
const HELD: Held = { reason: 'not-allowed', text: 'no' };

function planOf(mode: StreamMode, to: string[], { intercept = null as string | null, delivery = {} as Particulars['delivery'] } = {}) {
  const asked: string[] = [];
  const stream: Stream = { name: 'app', mode, retention: DEFAULT_RETENTION, tags: [], createdAt: 0, clockOffset: 0, paused: null, delivery: { ...DEFAULT_DELIVERY, expiresAfter: 100 } };
  const plan = planner({
    stream: (name) => (name === 'app' ? stream : undefined),
    now: () => MOVED,
    destination: (_, address) => `pretend ${address}`,
    live: {
      now: () => WALL,
      destination: (_, address) => `real ${address}`,
      gate: { judge: (_, address, key) => (asked.push(key), address.endsWith('@held.test') ? HELD : null), interceptOf: () => intercept },
    },
  });
  const session = { id: 's', protocol: 'smtp' as const, client: { address: '127.0.0.1', port: 1 }, transcript: [], times: { opened: 0, received: 0 } };
  return { plan: plan({ stream: 'app', via: 'smtp', envelope: { from: 'app@a.test', recipients: to.map((address) => ({ address })) }, session, ...(delivery ? { delivery } : {}) }, 'M1'), asked };
}

test('a stream that captures queues nothing', () => {
  expect(planOf('capture', ['ann@a.test']).plan).toBeUndefined();
});

test('simulated mail is queued on the clock of its stream, and the gate is not asked', () => {
  const { plan, asked } = planOf('simulate', ['ann@a.test', 'bo@held.test'], { intercept: 'qa@a.test' });
  expect(plan).toEqual({ mode: 'simulate', priority: 'normal', queuedAt: MOVED, due: MOVED, expiresAt: MOVED + 100, destinations: ['pretend ann@a.test', 'pretend bo@held.test'] });
  expect(asked).toEqual([]);
});

test('real mail is queued on the clock of the wall, each recipient judged by message and place', () => {
  const { plan, asked } = planOf('deliver', ['ann@a.test', 'bo@held.test']);
  expect(plan).toEqual({ mode: 'deliver', priority: 'normal', queuedAt: WALL, due: WALL, expiresAt: WALL + 100, destinations: ['real ann@a.test', 'real bo@held.test'], held: [null, HELD] });
  expect(asked).toEqual(['M1 0', 'M1 1']);
  expect(planOf('deliver', ['ann@a.test']).plan).not.toHaveProperty('held');
});

test('under an intercept one address gets it, and what is judged is that address', () => {
  const { plan, asked } = planOf('deliver', ['ann@held.test', 'bo@b.test'], { intercept: 'qa@a.test' });
  expect(plan).toEqual({
    mode: 'deliver', priority: 'normal', queuedAt: WALL, due: WALL, expiresAt: WALL + 100,
    destinations: ['real qa@a.test'], instead: [{ address: 'qa@a.test', original: ['ann@held.test', 'bo@b.test'] }],
  });
  expect(asked).toEqual(['M1 0']);
  expect(planOf('deliver', ['ann@a.test'], { intercept: 'qa@held.test' }).plan).toMatchObject({ held: [HELD] });
});

test('mail that is to be sent later expires counted from then', () => {
  expect(planOf('deliver', ['ann@a.test'], { delivery: { sendAt: 5_000, expiresAfter: 10, priority: 'high' } }).plan).toMatchObject({ queuedAt: WALL, due: 5_000, expiresAt: 5_010, priority: 'high' });
});
