import { expect, test } from 'vitest';
import { Typed } from './typed.svelte.ts';

test('a field that nobody typed in follows what is known, and one that somebody did is theirs until it is saved or given up', () => {
  let known = { url: 'a', tags: 'x' };
  const typed = new Typed(() => known);
  expect([typed.fields, typed.changed]).toEqual([known, false]);
  typed.type({ url: 'b' });
  known = { url: 'c', tags: 'y' };
  expect([typed.fields, typed.changed]).toEqual([{ url: 'b', tags: 'y' }, true]);
  typed.giveUp();
  expect([typed.fields, typed.changed]).toEqual([{ url: 'c', tags: 'y' }, false]);
});

test('what was saved is known, what was typed while it was on its way is not', () => {
  let known = { url: 'a', tags: 'x' };
  const typed = new Typed(() => known);
  typed.type({ url: '48h', tags: 'y' });
  const sent = typed.fields;
  typed.type({ tags: 'z' });
  known = { url: '2d', tags: 'y' }; // as the server words it
  typed.saved(sent);
  expect([typed.fields, typed.changed]).toEqual([{ url: '2d', tags: 'z' }, true]);
});

test('what is typed as it is known is no change, nor is a space behind it', () => {
  const typed = new Typed(() => ({ url: 'a' }));
  typed.type({ url: 'a ' });
  expect(typed.changed).toBe(false);
});
