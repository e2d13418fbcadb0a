import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import type { MessageDetail } from '../mail/message.ts';
import type { RecipientState } from '../mail/recipient.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION, type Stream } from '../mail/stream.ts';
import type { Suppression } from '../mail/suppression.ts';
import type { Delivery, Released } from '../queue/port.ts';
import type { AuditEntry } from './audit.ts';
import type { Shut } from './gate.ts';
import { createRelease, type ReleaseInput } from './release.ts';

/** One message to three people, and a gate that knows a.test. */
function desk({ shut = null as Shut, intercept = null as string | null, suppressed = [] as string[] } = {}) {
  const wall = manualClock();
  const stream: Stream = { name: 'app', mode: 'deliver', retention: DEFAULT_RETENTION, tags: [], createdAt: 0, clockOffset: 0, paused: null, delivery: { ...DEFAULT_DELIVERY, expiresAfter: 1_000 } };
  const message = { id: 'M1', stream: 'app', envelope: { from: 'app@a.test', recipients: ['Ann@a.test', 'bo@a.test', 'cy@b.test'].map((address) => ({ address })) } } as MessageDetail;
  const released: Released[] = [];
  const audited: Omit<AuditEntry, 'id'>[] = [];
  /** What is in the queue already. */
  const there: { address: string; state: RecipientState; mode: 'simulate' | 'deliver' }[] = [];
  const store = {
    gone: false,
    read: async (id: string) => (id === 'M1' ? message : undefined),
    async releaseMessage(one: Released) {
      if (store.gone) return undefined;
      released.push(one);
      for (const { address } of one.recipients) there.push({ address, state: 'queued', mode: 'deliver' });
      return one.recipients.filter(({ address }) => !suppressed.includes(address)).length;
    },
    delivery: async () => ({ message: 'M1', stream: 'app', recipients: there.map((recipient) => ({ recipient, attempts: [] })) }) as unknown as Delivery,
    suppressionOf: async (_stream: string, _mode: string, address: string) => (suppressed.includes(address) ? ({ address, stream: 'app', mode: 'deliver', reason: 'complaint', detail: 'spam', message: null, createdAt: 0, expiresAt: null } satisfies Suppression) : undefined),
    audit: async (entry: Omit<AuditEntry, 'id'>) => (audited.push(entry), { id: 1, ...entry }),
  };
  const release = createRelease({
    store, wall, streams: { get: (name) => (name === 'app' ? stream : undefined) },
    gate: { shut: () => shut, allows: (_, address) => address.toLowerCase().endsWith('@a.test'), interceptOf: () => intercept },
    destination: (_, address) => address.split('@')[1]!,
  });
  return { release: (input: Partial<ReleaseInput> = {}) => release({ message: 'M1', by: 'ann', ...input }), released, audited, there, store, wall };
}

const refusal = (why: string, addresses: string[] = []) => ({ kind: 'refused', why, addresses });

test('chosen recipients are queued for real, with the time that the policy gives, and written down', async () => {
  const { release, released, audited, wall } = desk();
  expect(await release({ recipients: ['ann@A.test', 'bo@a.test'] })).toEqual({ kind: 'released', stream: 'app', queued: 2, recipients: ['Ann@a.test', 'bo@a.test'], to: ['Ann@a.test', 'bo@a.test'], suppressed: [], waits: null });
  expect(released).toEqual([{
    message: 'M1', by: 'ann', queuedAt: wall.now(), expiresAt: wall.now() + 1_000, priority: 'normal',
    recipients: [{ address: 'Ann@a.test', original: null, destination: 'a.test', held: null }, { address: 'bo@a.test', original: null, destination: 'a.test', held: null }],
  }]);
  expect(audited).toMatchObject([{ what: 'message.released', stream: 'app', by: 'ann', text: 'Message M1 was released to Ann@a.test, bo@a.test', detail: { message: 'M1' } }]);
});

test('to other addresses it goes in place of those that it was for', async () => {
  const { release, released } = desk();
  expect(await release({ to: ['qa@a.test', 'QA@a.test'] })).toMatchObject({ queued: 1, to: ['qa@a.test'], recipients: ['Ann@a.test', 'bo@a.test', 'cy@b.test'] });
  expect(released[0]!.recipients).toEqual([{ address: 'qa@a.test', original: ['Ann@a.test', 'bo@a.test', 'cy@b.test'], destination: 'a.test', held: null }]);
});

test('it is all or nothing: who is not on the allow list is named, and nobody is queued', async () => {
  const { release, released, audited } = desk();
  expect(await release()).toMatchObject(refusal('not-allowed', ['cy@b.test']));
  expect([released, audited]).toEqual([[], []]);
});

test('without the key of the process, or that of the mode, nothing is released', async () => {
  for (const why of ['process', 'mode'] as const) expect(await desk({ shut: { why, text: 'Because.' } }).release({ recipients: ['ann@a.test'] })).toMatchObject({ kind: 'refused', why, text: 'Nothing was released. Because.' });
});

test('while delivery is stopped it is queued, and the answer says that it waits', async () => {
  expect(await desk({ shut: { why: 'stopped', text: 'Stopped.' } }).release({ recipients: ['ann@a.test'] })).toMatchObject({ kind: 'released', queued: 1, waits: 'Stopped.' });
});

test('what makes no sense is refused', async () => {
  const { release } = desk();
  expect(await release({ message: 'M2' })).toMatchObject(refusal('no-message'));
  expect(await release({ recipients: ['ann@a.test', 'Dan@a.test'] })).toMatchObject(refusal('no-such-recipient', ['dan@a.test']));
  expect(await release({ recipients: [] })).toMatchObject(refusal('no-recipient'));
  expect(await release({ to: [] })).toMatchObject(refusal('no-recipient'));
  expect(await release({ to: ['ann@a.test\r\nRCPT TO:<evil@a.test>', 'ann', 'ok@a.test'] })).toMatchObject(refusal('bad-address', ['ann@a.test\r\nRCPT TO:<evil@a.test>', 'ann']));
});

test('under an intercept it goes to that address, and to no other', async () => {
  const { release, released } = desk({ intercept: 'qa@a.test' });
  expect(await release({ to: ['bo@a.test'] })).toMatchObject(refusal('intercept', ['bo@a.test']));
  expect(await release({ recipients: ['cy@b.test'] })).toMatchObject({ queued: 1, to: ['qa@a.test'] });
  expect(released[0]!.recipients).toMatchObject([{ address: 'qa@a.test', original: ['cy@b.test'] }]);
});

test('a button that is pressed twice sends once; to send again is to say so', async () => {
  const { release, released } = desk();
  const both = await Promise.all([release({ recipients: ['ann@a.test'] }), release({ recipients: ['ann@a.test'] })]);
  expect(both).toMatchObject([{ kind: 'released' }, refusal('already', ['Ann@a.test'])]);
  expect(await release({ recipients: ['ann@a.test'], again: true })).toMatchObject({ kind: 'released' });
  expect(released).toHaveLength(2);
});

test('who had it only in the simulation, or whose attempt is over, is not held to have it', async () => {
  const { release, there } = desk();
  there.push({ address: 'ann@a.test', state: 'delivered', mode: 'simulate' }, { address: 'bo@a.test', state: 'bounced', mode: 'deliver' });
  expect(await release({ recipients: ['ann@a.test', 'bo@a.test'] })).toMatchObject({ kind: 'released', queued: 2 });
});

test('who is suppressed is told of', async () => {
  expect(await desk({ suppressed: ['bo@a.test'] }).release({ recipients: ['ann@a.test', 'bo@a.test'] })).toMatchObject({ queued: 1, suppressed: [{ address: 'bo@a.test', reason: 'complaint', detail: 'spam' }] });
});

test('a message that is deleted meanwhile is no message', async () => {
  const { release, store } = desk();
  store.gone = true;
  expect(await release({ recipients: ['ann@a.test'] })).toMatchObject(refusal('no-message'));
});
