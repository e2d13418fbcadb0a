import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import type { Recipient } from '../mail/recipient.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION, type Stream } from '../mail/stream.ts';
import type { QueueScope } from '../queue/port.ts';
import type { AuditEntry } from './audit.ts';
import { releaseHeld } from './held.ts';

function desk() {
  let stream: Stream = { name: 'app', mode: 'deliver', retention: DEFAULT_RETENTION, tags: [], createdAt: 0, clockOffset: 0, paused: null, delivery: { ...DEFAULT_DELIVERY, live: { ...DEFAULT_DELIVERY.live, allow: ['*'], canary: { first: 1, share: 0, since: 0 } } } };
  const audited: Omit<AuditEntry, 'id'>[] = [];
  const done: unknown[] = [];
  const verbs = releaseHeld({
    wall: manualClock(),
    queue: { release: async (scope: QueueScope) => (done.push(scope), scope.mode === 'deliver' ? 3 : 2) },
    streams: { get: (name) => (name === 'app' ? stream : undefined), change: async (_, change) => (stream = { ...stream, ...change(stream) }, done.push(stream.delivery.live.canary), stream) },
    store: { audit: async (entry) => (audited.push(entry), { id: 1, ...entry }), recipients: async () => [1, 2, 3, 4].map((key) => ({ key })) as Recipient[] },
    tell: async (event) => void done.push(event),
  });
  return { ...verbs, audited, done, stream: () => stream };
}

test('what is held is let go, and written down where it is real mail', async () => {
  const { release, audited } = desk();
  expect(await release({ stream: 'app' }, 'ann')).toBe(5);
  expect(await release({ stream: 'app', mode: 'simulate' }, 'ann')).toBe(2);
  expect(audited).toMatchObject([{ what: 'queue.released', stream: 'app', by: 'ann', text: '3 recipients that were held may go', detail: { released: 3 } }]);
});

test('a canary is approved for what it held so far', async () => {
  const { approveCanary, audited, done, stream } = desk();
  expect(await approveCanary('app', { rest: false }, 'ann')).toEqual({ released: 3, held: 1 });
  expect(done).toEqual([{ stream: 'app', mode: 'deliver', heldFor: 'canary' }, { type: 'canary.approved', stream: 'app', recipients: 3, by: 'ann' }]);
  expect(audited).toMatchObject([{ what: 'canary.approved', text: 'The canary of stream app was approved: 3 recipients released' }]);
  expect(stream().delivery.live.canary).not.toBeNull();
});

test('or for all: then it is over before the rest is released, so that nothing falls in between', async () => {
  const { approveCanary, done, stream } = desk();
  expect(await approveCanary('app', { rest: true }, 'ann')).toEqual({ released: 3, held: 1 });
  expect(done.slice(0, 2)).toEqual([null, { stream: 'app', mode: 'deliver', heldFor: 'canary' }]);
  expect(stream().delivery.live).toMatchObject({ allow: ['*'], canary: null });
  expect(await approveCanary('nobody', { rest: true }, 'ann')).toBeUndefined();
});
