import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attend, PATIENCE } from './attend.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(stays = false) {
  const seen: string[] = [];
  let tell: (hidden: boolean) => void = () => {};
  const end = attend(() => { seen.push('follow'); return () => void seen.push('leave'); }, (changed) => { tell = changed; return () => void seen.push('unwatch'); }, () => stays);
  return { seen, end, tell: (hidden: boolean) => tell(hidden) };
}

test('a page in the background lets go after a while, and follows again when it is seen', () => {
  const { seen, end, tell } = setUp();
  tell(true);
  vi.advanceTimersByTime(PATIENCE - 1);
  tell(false);
  tell(true);
  expect(seen).toEqual(['follow']);
  vi.advanceTimersByTime(PATIENCE);
  expect(seen).toEqual(['follow', 'leave']);
  tell(false);
  tell(false);
  expect(seen).toEqual(['follow', 'leave', 'follow']);
  end();
  expect(seen.slice(3)).toEqual(['unwatch', 'leave']);
});

test('one that is to notify stays', () => {
  const { seen, tell } = setUp(true);
  tell(true);
  vi.advanceTimersByTime(PATIENCE * 10);
  expect(seen).toEqual(['follow']);
});
