import { expect, test } from 'vitest';
import { Selection } from './selection.svelte.ts';

const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));
const list = { indexOf: (id: string) => rows.findIndex((row) => row.id === id), at: (index: number) => rows[index] };

test('with shift, everything from the last one ticked to this one is ticked', () => {
  const selection = new Selection();
  selection.toggle('d');
  selection.extend('b', list);
  expect([...selection.ids].sort()).toEqual(['b', 'c', 'd']);
  selection.extend('e', list);
  expect(selection.size).toBe(4);
});

test('with shift and nothing before it, one is ticked', () => {
  const selection = new Selection();
  selection.extend('c', list);
  expect([...selection.ids]).toEqual(['c']);
});

test('everything means what was there; changing one makes it those that are ticked', () => {
  const selection = new Selection();
  selection.everything(['a', 'b'], '2026-01-01T00:00:00.000Z');
  expect(selection.all).toEqual({ newest: '2026-01-01T00:00:00.000Z' });
  selection.toggle('a');
  expect([selection.all, [...selection.ids]]).toEqual([undefined, ['b']]);
  selection.forget(['b']);
  expect(selection.any).toBe(false);
});
