import { expect, test } from 'vitest';
import { captured } from '../../test/support/scripted-api.ts';
import { EventLog, KEPT } from './log.svelte.ts';
import { Notices, type Desk } from './notices.svelte.ts';

function desk(seen = false, allows = true): Desk & { shown: [string, string][]; clicks: (() => void)[] } {
  const shown: [string, string][] = [];
  const clicks: (() => void)[] = [];
  return { shown, clicks, allowed: () => false, ask: async () => allows, seen: () => seen, show: (title, body, open) => { shown.push([title, body]); clicks.push(open); } };
}
const drawer = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

test('nobody is told of new mail who did not ask, or who is looking', async () => {
  const quiet = desk();
  new Notices(quiet, drawer, () => {}).hear([captured(1)]);
  const looking = desk(true);
  const notices = new Notices(looking, drawer, () => {});
  await notices.toggle();
  notices.hear([captured(1)]);
  expect([quiet.shown, looking.shown]).toEqual([[], []]);
});

test('one message is named and opens; many are one notification', async () => {
  const here = desk();
  const opened: (string | undefined)[] = [];
  const notices = new Notices(here, drawer, (id) => opened.push(id));
  await notices.toggle();
  notices.hear([captured(1)]);
  notices.hear([captured(2), captured(3)]);
  for (const click of here.clicks) click();
  expect(here.shown).toEqual([['Message 1', 'To b@x.test'], ['2 new messages', 'To b@x.test']]);
  expect(opened).toEqual(['m1', undefined]);
});

test('a browser that refuses is remembered as that', async () => {
  const notices = new Notices(desk(false, false), drawer, () => {});
  await notices.toggle();
  expect([notices.on, notices.refused]).toEqual([false, true]);
});

test('the log keeps the latest, holds still when asked, and then goes on where it was', () => {
  const log = new EventLog();
  log.hear(Array.from({ length: KEPT + 5 }, (_, i) => captured(i)));
  expect([log.events.length, log.events[0]!.id]).toEqual([KEPT, KEPT + 4]);
  log.pause();
  log.hear([captured(5_000), captured(5_001)]);
  expect([log.events[0]!.id, log.missed]).toEqual([KEPT + 4, 2]);
  log.go();
  expect([log.events[0]!.id, log.events[1]!.id, log.missed, log.events.length]).toEqual([5_001, 5_000, 0, KEPT]);
});
