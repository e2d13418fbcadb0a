import { expect, test } from 'vitest';
import { fromFlat, toFlat } from './flat.ts';
import type { Item, Unit } from './wire.ts';

const item = (more: Partial<Item> = {}): Item => ({
  id: 'A', stream: 'default', receivedAt: 1, size: 2, summary: '{}', subject: 's', messageId: 'm', sender: 'a@b.test', start: 3, detailSize: 4, end: 5, length: 6,
  upload: undefined, queue: undefined, tags: [], recipients: ['c@d.test'], from: [], to: [], cc: [], ...more,
});

test('what crosses flat is what was sent', () => {
  const units: Unit[] = [
    { items: [item()] },
    { items: [item({ id: 'B', tags: ['x', 'y'], recipients: [], cc: ['', 'e@f.test'], upload: { id: 7, pieces: 2 } }), item({ id: 'C', to: ['g@h.test'] })], idempotency: { stream: 'default', key: 'k', fingerprint: 'f', response: '{}', expiresAt: 9 } },
    { items: [] },
    { items: [item({ id: 'D', queue: { mode: 1, rank: 1, queuedAt: 1, due: 2, expires: 3, destinations: ['d.test'], dsn: [], held: [], instead: null, outgoing: '{}', envid: null } })] },
  ];
  expect(fromFlat(structuredClone(toFlat(units)))).toEqual(units);
  expect(fromFlat(toFlat([]))).toEqual([]);
});
