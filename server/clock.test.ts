import { expect, test } from 'vitest';
import { manualClock, wallClock } from './clock.ts';
import { ID_PATTERN, idMaker } from './ids.ts';

test('a clock that is moved fires its timers in the order of their due times', () => {
  const clock = manualClock(1000);
  const heard: string[] = [];
  clock.after(20, () => heard.push(`b@${clock.now()}`));
  clock.after(10, () => {
    heard.push(`a@${clock.now()}`);
    clock.after(5, () => heard.push(`nested@${clock.now()}`));
  });
  clock.after(15, () => heard.push('never'))();
  clock.advance(19);
  expect(heard).toEqual(['a@1010', 'nested@1015']);
  clock.advance(100);
  expect(heard).toEqual(['a@1010', 'nested@1015', 'b@1020']);
  expect(clock.now()).toBe(1119);
});

test('the wall clock takes waits longer than setTimeout can hold', () => {
  const cancel = wallClock.after(2 ** 40, () => expect.unreachable());
  cancel();
  expect(Math.abs(wallClock.now() - Date.now())).toBeLessThan(1000);
});

test('ids sort in the order they were made, even inside one millisecond and when the clock goes back', () => {
  const make = idMaker();
  const ids = [...Array.from({ length: 5000 }, () => make(1_000)), make(999), ...Array.from({ length: 100 }, (_, i) => make(1_001 + i))];
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(ID_PATTERN);
});
