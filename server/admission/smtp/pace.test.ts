import { expect, test } from 'vitest';
import { judgePace } from './pace.ts';

const limits = { idleMs: 300_000, slow: { octets: 1_000, perMs: 60_000 } };

test.each([
  ['a client between commands has its time', { waited: 299_999, busy: false, body: undefined }, 'fine'],
  ['and no more', { waited: 300_000, busy: false, body: undefined }, 'idle'],
  ['who waits for us is not idle', { waited: 9e9, busy: true, body: undefined }, 'fine'],
  ['a message that has not begun has its time', { waited: 299_999, busy: false, body: { octets: 0, wanted: true } }, 'fine'],
  ['and no more', { waited: 300_000, busy: false, body: { octets: 0, wanted: true } }, 'idle'],
  ['a slow message is not judged before its period is over', { waited: 59_999, busy: false, body: { octets: 1, wanted: true } }, 'fine'],
  ['then it is too slow', { waited: 60_000, busy: false, body: { octets: 999, wanted: true } }, 'too-slow'],
  ['or fast enough', { waited: 60_000, busy: false, body: { octets: 1_000, wanted: true } }, 'new-period'],
  ['a message that our store holds up is never slow', { waited: 9e9, busy: false, body: { octets: 1, wanted: false } }, 'new-period'],
] as const)('%s', (_name, pace, wanted) => expect(judgePace(pace, limits)).toBe(wanted));
