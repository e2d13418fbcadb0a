import { expect, test } from 'vitest';
import { captured } from '../../test/support/scripted-api.ts';
import { EventLog } from './log.svelte.ts';

const ids = (log: EventLog) => log.events.map(({ id }) => id);
const page = (...ns: number[]) => async () => ({ events: ns.map((n) => captured(n)), cursor: ns.at(-1) ?? 0 });

test('the log begins with what happened before, newest first, and tells nothing twice', async () => {
  const log = new EventLog();
  log.hear([captured(4)]);
  const loading = log.load(page(1, 2, 3, 4, 5));
  log.hear([captured(5)]);
  await loading;
  expect(ids(log)).toEqual([5, 4, 3, 2, 1]);
});

test('what the log loaded before the stream told of it is told once', async () => {
  const log = new EventLog();
  await log.load(page(1, 2));
  log.hear([captured(2), captured(3)]);
  log.hear([captured(4)]);
  expect(ids(log)).toEqual([4, 3, 2, 1]);
});

test('the past is asked for once, again when it could not be had, and not after clearing', async () => {
  const log = new EventLog();
  await expect(log.load(async () => { throw new Error('away'); })).rejects.toThrow('away');
  expect(log.loading).toBe(false);
  const loading = log.load(page(1));
  log.clear();
  await loading;
  await log.load(page(1, 2));
  expect(ids(log)).toEqual([]);
});

test('a log that is held still counts what comes and shows it when it goes on', () => {
  const log = new EventLog();
  log.pause();
  log.hear([captured(1), captured(2)]);
  expect([ids(log), log.missed]).toEqual([[], 2]);
  log.go();
  expect([ids(log), log.missed]).toEqual([[2, 1], 0]);
});
