import { expect, test } from 'vitest';
import { needed } from './folder.ts';

const MB = 1024 * 1024;

test('what a commit brings must fit twice, beside what the WAL still holds and what is kept for deleting', () => {
  expect(needed({ total: 1_000 * MB, wal: 0 }, 0)).toBe(32 * MB);
  expect(needed({ total: 1_000 * MB, wal: 16 * MB }, 4 * MB)).toBe(56 * MB);
  expect(needed({ total: 48 * MB, wal: 3 * MB }, MB)).toBe(11 * MB);
  expect(needed({ total: 48 * MB, wal: 0 }, 0, 3 * MB)).toBe(3 * MB);
});
