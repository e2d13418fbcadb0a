import { expect, test } from 'vitest';
import { choose, fit, type Command } from './commands.ts';
import { actOf, KEYS } from './keys.ts';

const press = (key: string, more: object = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test('letters belong to who is typing, but the palette opens everywhere', () => {
  expect(actOf(press('j'), false)).toBe('down');
  expect(actOf(press('j'), true)).toBeUndefined();
  expect(actOf(press('k', { ctrlKey: true }), true)).toBe('palette');
  expect(actOf(press('K', { metaKey: true }), false)).toBe('palette');
});

test('a chord that is not ours is the browser\'s; Enter on a button is the button\'s', () => {
  expect(actOf(press('j', { ctrlKey: true }), false)).toBeUndefined();
  expect(actOf(press('u', { altKey: true }), false)).toBeUndefined();
  expect(actOf(press('Enter'), false, true)).toBeUndefined();
  expect(actOf(press('Enter'), false)).toBe('open');
});

test('x selects one and Shift with x a run, also while Caps Lock is on', () => {
  expect(actOf(press('x'), false)).toBe('select');
  expect(actOf(press('X', { shiftKey: true }), false)).toBe('selectRun');
  expect(actOf(press('X'), false)).toBe('select');
  expect(actOf(press('x', { shiftKey: true }), false)).toBe('selectRun');
});

test('no key means two things', () => {
  const all = KEYS.flatMap(({ keys }) => keys);
  expect(new Set(all).size).toBe(all.length);
});

test('what is typed finds commands by their letters in order, the beginnings of words first', () => {
  const commands: Command[] = ['Streams', 'Restart', 'Theme: dark', 'All mail'].map((name) => ({ name, group: '', run: () => {} }));
  expect(choose(commands, 'st').map(({ name }) => name)[0]).toBe('Streams');
  expect(choose(commands, 'td').map(({ name }) => name)[0]).toBe('Theme: dark');
  expect(choose(commands, 'zz')).toEqual([]);
  expect(choose(commands, ' ')).toHaveLength(4);
  expect(fit('am', 'All mail')).toBeGreaterThan(fit('am', 'Streams')!);
});
