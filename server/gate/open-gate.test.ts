import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import type { EventBody } from '../events/event.ts';
import type { LivePolicy } from '../mail/live.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION, type Stream, type StreamMode } from '../mail/stream.ts';
import type { AuditEntry } from './audit.ts';
import { openGate } from './open-gate.ts';

/** A gate with one stream, over a book that outlives it. */
function book() {
  const kept = new Map<string, string>();
  const audited: Omit<AuditEntry, 'id'>[] = [];
  const told: EventBody[] = [];
  const wall = manualClock();
  let stream: Stream | undefined;
  let heard = (_name: string) => {};
  const set = (live: Partial<LivePolicy>, mode: StreamMode = 'deliver') => {
    stream = { name: 'app', mode, retention: DEFAULT_RETENTION, tags: [], createdAt: 0, clockOffset: 0, paused: null, delivery: { ...DEFAULT_DELIVERY, live: { ...DEFAULT_DELIVERY.live, ...live } } };
    heard('app');
  };
  set({ allow: ['a.test'] });
  const store = {
    broken: false,
    /** What waits here is kept when it resolves. */
    slow: undefined as Promise<void> | undefined,
  };
  const open = (permitted = true) => openGate({
    permitted, wall, log: { error: () => {} },
    streams: { get: (name) => (name === 'app' ? stream : undefined), all: () => (stream ? [stream] : []), onChange: (hear) => ((heard = hear), () => {}) },
    kept: {
      kept: async (kind, name) => kept.get(`${kind} ${name}`),
      async keep(kind, name, json) {
        await store.slow;
        if (store.broken) throw new Error('the disk is gone');
        kept.set(`${kind} ${name}`, json!);
      },
    },
    audit: { audit: async (entry) => (audited.push(entry), { id: audited.length, ...entry }) },
    tell: async (event) => void told.push(event),
    queuedSince: async () => 0,
  });
  return { open, set, gone: () => { stream = undefined; heard('app'); }, kept, audited, told, wall, store };
}

test('three keys are needed, and the first that is missing is told', async () => {
  const { open, set } = book();
  const forbidden = await open(false);
  expect(forbidden.shut('app')).toMatchObject({ why: 'process', text: expect.stringContaining('POSTERN_DELIVERY=on') });
  const gate = await open();
  expect(gate.shut('app')).toBeNull();
  set({ allow: ['a.test'] }, 'simulate');
  expect(gate.shut('app')).toMatchObject({ why: 'mode' });
  expect(gate.shut('nobody')).toMatchObject({ why: 'mode' });
  set({ allow: ['a.test'] });
  expect(gate.judge('app', 'ann@a.test', 'm 0')).toBeNull();
  expect(gate.judge('app', 'ann@b.test', 'm 0')).toEqual({ reason: 'not-allowed', text: 'ann@b.test is not on the allow list of stream app; add it (the address, or its domain b.test) and release it' });
});

test('the switch stops all of it, and is still off after a restart', async () => {
  const { open, audited, told, wall } = book();
  const gate = await open();
  await gate.stop('api 127.0.0.1', 'wrong list');
  expect(gate.shut('app')).toMatchObject({ why: 'stopped', text: 'Real delivery was stopped by api 127.0.0.1: wrong list' });
  const next = await open();
  expect(next.switch).toEqual({ on: false, since: wall.now(), by: 'api 127.0.0.1', reason: 'wrong list' });
  await next.start('cli', '');
  expect(next.shut('app')).toBeNull();
  expect((await open()).shut('app')).toBeNull();
  expect(audited.map(({ what, by }) => `${what} ${by}`)).toEqual(['delivery.stopped api 127.0.0.1', 'delivery.started cli']);
  expect(told.map(({ type }) => type)).toEqual(['delivery.stopped', 'delivery.started']);
});

test('to stop counts at once, before it is kept; to start only when it is', async () => {
  const { open, store } = book();
  const gate = await open();
  let write = () => {};
  store.slow = new Promise((resolve) => { write = resolve; });
  const stopping = gate.stop('ann', '');
  expect(gate.shut('app')).toMatchObject({ why: 'stopped' });
  write();
  await stopping;
  store.slow = new Promise((resolve) => { write = resolve; });
  const starting = gate.start('ann', '');
  await Promise.resolve();
  expect(gate.shut('app')).toMatchObject({ why: 'stopped' });
  write();
  await starting;
  expect(gate.shut('app')).toBeNull();
});

test('who stops while somebody else starts has the last word', async () => {
  const { open, store } = book();
  const gate = await open();
  await gate.stop('ann', '');
  let write = () => {};
  store.slow = new Promise((resolve) => { write = resolve; });
  const starting = gate.start('bob', '');
  await Promise.resolve();
  const stopping = gate.stop('cat', '');
  write();
  await Promise.all([starting, stopping]);
  expect(gate.switch).toMatchObject({ on: false, by: 'cat' });
  expect((await open()).switch).toMatchObject({ on: false, by: 'cat' });
});

test('a stop that cannot be kept is told, holds in memory, and is kept by the next one', async () => {
  const { open, store, audited } = book();
  const gate = await open();
  store.broken = true;
  await expect(gate.stop('ann', '')).rejects.toThrow('the disk is gone');
  expect(gate.shut('app')).toMatchObject({ why: 'stopped' });
  store.broken = false;
  await gate.stop('ann', '');
  expect((await open()).switch).toMatchObject({ on: false });
  await gate.stop('ann', 'once more');
  expect(audited).toHaveLength(2);
});

test('a start that cannot be kept leaves it stopped', async () => {
  const { open, store } = book();
  const gate = await open();
  await gate.stop('ann', '');
  store.broken = true;
  await expect(gate.start('ann', '')).rejects.toThrow('the disk is gone');
  expect(gate.shut('app')).toMatchObject({ why: 'stopped' });
});

test('a switch that cannot be read is off', async () => {
  const { open, kept } = book();
  for (const json of ['garbage', '{}', 'null', '{"on":"yes","since":1}']) {
    kept.set('gate switch', json);
    expect((await open()).switch.on).toBe(false);
  }
});

test('the canary lets the first go and holds the rest, whoever is allowed', async () => {
  const { open, set } = book();
  const gate = await open();
  set({ allow: ['a.test'], canary: { first: 2, share: 0, since: 5 } });
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(['m1', 'm2', 'm3'].map((id) => gate.judge('app', 'ann@a.test', `${id} 0`)?.reason)).toEqual([undefined, undefined, 'canary']);
  expect(gate.judge('app', 'ann@b.test', 'm4 0')?.reason).toBe('not-allowed');
  // A release, and the last look before an attempt, do not ask the canary.
  expect(gate.judgeAgain('app', 'ann@a.test')).toBeNull();
});

test('a list that shrinks holds what was let go before', async () => {
  const { open, set, gone } = book();
  const gate = await open();
  expect(gate.judgeAgain('app', 'ann@a.test')).toBeNull();
  set({ allow: ['b.test'] });
  expect(gate.judgeAgain('app', 'ann@a.test')).toMatchObject({ reason: 'not-allowed' });
  gone();
  expect(gate.judgeAgain('app', 'ann@a.test')).toMatchObject({ reason: 'not-allowed', text: 'The stream is gone' });
});

test('under an intercept nothing that is for others goes, not even what waited already', async () => {
  const { open, set } = book();
  const gate = await open();
  set({ allow: ['a.test', 'qa@test.test'], intercept: 'qa@test.test' });
  expect(gate.interceptOf('app')).toBe('qa@test.test');
  expect(gate.judgeAgain('app', 'QA@test.test')).toBeNull();
  expect(gate.judgeAgain('app', 'ann@a.test')).toMatchObject({ reason: 'not-allowed', text: expect.stringContaining('qa@test.test alone') });
});

test('whoever waits at the gate hears of the switch and of streams that change', async () => {
  const { open, set } = book();
  const gate = await open();
  let heard = 0;
  const off = gate.onChange(() => heard++);
  await gate.stop('ann', '');
  await gate.start('ann', '');
  set({ allow: [] });
  expect(heard).toBe(3);
  off();
  set({ allow: ['*'] });
  expect(heard).toBe(3);
});
