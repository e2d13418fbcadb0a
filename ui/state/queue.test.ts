import { expect, test } from 'vitest';
import type { PosternEvent, Site } from '../../sdk/contract.ts';
import { captured, Refusal, scripted } from '../../test/support/scripted-api.ts';
import { plotText, Tape } from './plot.ts';
import { chosen, depthOf, QueueDesk, reasons } from './queue.svelte.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 30, 30);
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000).toISOString();
const event = (id: number, type: string, minutesAgo: number, more: object = {}) => ({ id, at: at(minutesAgo), stream: 'default', type, message: 'm1', ...more }) as PosternEvent;
const site = (name: string, more: Partial<Site> = {}): Site => ({
  stream: 'default', mode: 'simulate', site: name, provider: null, destinations: [name], waiting: 0, active: 0, held: 0, oldestAt: null, nextDue: null, connections: { open: 0, most: 20 },
  limits: { connections: 20, messagesPerConnection: 100, rate: null }, pace: 1, pause: null, counts: { delivered: 0, deferred: 0, bounced: 0, connectFailures: 0 }, lastAnswer: null, why: null, ...more,
});
const arrived = (id: number, minutesAgo: number, queued: number) => ({ ...captured(id), at: at(minutesAgo), queued });

test('outcomes stand by the minute, and the depth is counted back from what it is now', () => {
  const tape = new Tape(NOW - 3_600_000);
  tape.add([arrived(1, 10, 5), event(2, 'recipient.delivered', 9), event(3, 'recipient.deferred', 9), event(4, 'recipient.bounced', 8), event(5, 'recipient.expired', 1)], undefined);
  const { delivered, deferred, bounced, expired, depth, times } = tape.plotted(NOW, 2);
  expect([delivered.at(-10), deferred.at(-10), bounced.at(-9), expired.at(-9), bounced.at(-2), expired.at(-2), delivered.at(-1)]).toEqual([1, 1, 1, 0, 0, 1, 0]);
  expect([depth.at(-12), depth.at(-11), depth.at(-10), depth.at(-9), depth.at(-2), depth.at(-1)]).toEqual([0, 5, 4, 3, 2, 2]);
  expect([times.length, times.at(-1)! * 1000]).toEqual([60, NOW - 30_000]);
  expect(plotText(tape.plotted(NOW, 2))).toBe('In the last hour 1 delivered, 1 deferred, 1 bounced, 1 expired; at most 5 waited.');
});

test('a recipient that was suppressed as it came in never was in the queue; one that was later left it', () => {
  const tape = new Tape(NOW - 3_600_000);
  tape.add([arrived(1, 10, 2), event(2, 'recipient.suppressed', 10), event(3, 'recipient.suppressed', 5)], undefined);
  const { depth } = tape.plotted(NOW, 1);
  expect([depth.at(-12), depth.at(-11), depth.at(-1)]).toEqual([0, 2, 1]);
});

test('minutes of which events are missing are gaps; another stream and what was told twice do not count', () => {
  const tape = new Tape(NOW - 5 * 60_000);
  tape.add([event(7, 'recipient.delivered', 2), event(8, 'recipient.delivered', 2, { stream: 'other' })], 'default');
  tape.add([event(7, 'recipient.delivered', 2)], 'default');
  const { delivered, depth } = tape.plotted(NOW, 0);
  expect([delivered.at(-3), delivered.at(-7), depth.at(-7), delivered.filter((one) => one !== null).length]).toEqual([1, null, null, 5]);
  expect(tape.plotted(NOW, undefined).depth.every((one) => one === null)).toBe(true);
});

test('the plots begin with what is known of the hour, and events that come meanwhile are in them once', async () => {
  let answerPast: (value: unknown) => void = () => {};
  const { api } = scripted(({ path }) => (path === '/v1/events' ? new Promise((resolve) => { answerPast = resolve; }) : { streams: [{ stream: 'default', tally: { queued: 3, deferred: 1, delivered: 9 } }], sites: [] }));
  const desk = new QueueDesk(api, () => NOW);
  const opening = desk.open(undefined);
  desk.hear([event(2, 'recipient.delivered', 0)]);
  answerPast({ events: [event(1, 'recipient.delivered', 1), event(2, 'recipient.delivered', 0)], cursor: 2 });
  await opening;
  desk.hear([event(3, 'recipient.delivered', 0)]);
  desk.draw();
  expect(desk.plotted!.delivered.slice(-3)).toEqual([0, 1, 2]);
  expect([depthOf(desk.view!.streams), desk.plotted!.depth.at(-1)]).toEqual([4, 4]);
  desk.close();
});

test('fewer events than were asked for are all that there are: one request tells the whole hour', async () => {
  const { api, asked } = scripted(({ path }) => (path === '/v1/events' ? { events: [event(7, 'recipient.delivered', 5), event(9_000, 'recipient.delivered', 1)], cursor: 20_000 } : { streams: [], sites: [] }));
  const desk = new QueueDesk(api, () => NOW);
  await desk.open(undefined);
  desk.draw();
  expect(asked.filter(({ path }) => path === '/v1/events')).toHaveLength(1);
  expect(desk.plotted!.delivered.filter((one) => one !== null)).toHaveLength(60);
  desk.close();
});

test('pausing, resuming and retrying say what came of it, and what was refused', async () => {
  let refuse = false;
  const { api, asked } = scripted(({ path, method }) => (refuse ? new Refusal(422, 'invalid', { errors: [{ path: 'for', message: 'at most 365d' }] }) : path === '/v1/events' ? { events: [], cursor: 0 } : method === 'GET' ? { streams: [], sites: [] } : path.endsWith('/pause') ? undefined : { changed: 2 }));
  const desk = new QueueDesk(api, () => NOW);
  await desk.open('default');
  expect(await desk.pause({ stream: 'default', site: 'x.test', reason: 'maintenance', for: '10m' })).toBe(true);
  expect(desk.word).toBe('x.test is paused.');
  await desk.act('retry', 'default', 'x.test');
  expect(desk.word).toBe('2 recipients tried now.');
  await desk.resume('default');
  expect(asked.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body])).toEqual([
    ['/v1/queue/pause', { stream: 'default', site: 'x.test', reason: 'maintenance', for: '10m' }], ['/v1/queue/retry', { stream: 'default', site: 'x.test' }], ['/v1/queue/resume', { stream: 'default' }],
  ]);
  refuse = true;
  expect([await desk.pause({ stream: 'default', for: '9999d' }), desk.word]).toEqual([false, 'That did not work: for: at most 365d']);
});

test('sites are found by name, provider or destination, and stand in the order that is asked for', () => {
  const all = [site('b.test', { waiting: 1, nextDue: at(-1) }), site('a.test', { waiting: 9, provider: 'google' }), site('c.test', { destinations: ['odd.test'], nextDue: at(-5) })];
  const names = (typed: string, order: Parameters<typeof chosen>[2]) => chosen(all, typed, order).map((one) => one.site);
  expect([names('', 'depth'), names('', 'site'), names('', 'next'), names('GOOGLE', 'site'), names('odd', 'site'), names('nowhere', 'site')]).toEqual([['a.test', 'b.test', 'c.test'], ['a.test', 'b.test', 'c.test'], ['b.test', 'c.test', 'a.test'], ['a.test'], ['c.test'], []]);
});

test('why a site is slow is said, the strongest reason first', () => {
  const slow = site('x.test', { waiting: 5, pace: 0.25, pause: { reason: '421 too fast', until: at(-4), by: 'engine' }, connections: { open: 1, most: 1 }, limits: { connections: 1, messagesPerConnection: 1, rate: { messages: 10, perMs: 60_000, burst: 1 } } });
  expect(reasons(slow, { reason: 'lunch', until: null }, NOW)).toEqual([
    'The whole stream is paused until somebody resumes it: lunch.', 'Paused by the engine for another 4m: 421 too fast.',
    'It was told to slow down: 25 % of the limits are in use, and more again step by step.', 'All 1 connection that it may have are open.', 'No more than 10 messages in 1m go out.',
  ]);
  expect(reasons(site('x.test', { waiting: 1, nextDue: at(-2) }), null, NOW)).toEqual(['Nothing holds it back: the next attempt is due in 2m.']);
  expect([reasons(site('x.test'), null, NOW), reasons(site('x.test', { active: 1 }), null, NOW)]).toEqual([['Nothing waits for it.'], ['It is being tried.']]);
});

test('what the engine says of a site is told in its words; a pause as it runs off', () => {
  const why = 'Rule google-421 since 2026-01-01 12:00:00, until 2026-01-01 13:00:00 (one connection): 421 4.7.28.';
  expect(reasons(site('x.test', { why, pace: 0.5, waiting: 3 }), undefined, NOW)).toEqual([why]);
  expect(reasons(site('x.test', { why, waiting: 3, pause: { reason: 'lunch', until: new Date(NOW + 60_000).toISOString(), by: 'person' } }), undefined, NOW)[0]).toBe('Paused by a person for another 1m: lunch.');
});
