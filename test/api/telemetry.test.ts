import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Comparison, Problem, Telemetry } from '../../sdk/contract.ts';
import { Comparison as ComparisonSchema, Telemetry as TelemetrySchema } from '../../server/api/schemas/telemetry.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';
import { postTo } from '../support/post.ts';

const HOUR = 3_600_000;
let house: ApiHouse;
beforeEach(async () => {
  house = await apiHouse();
  for (const name of ['shop', 'news']) await house.json('/v1/streams', { json: { name, mode: 'simulate', delivery: { jitter: 0 } } }, 201);
});
afterEach(() => house.close());

async function sent(to: string[], stream = 'shop'): Promise<void> {
  for (const address of to) await house.send({ to: address }, stream);
  await house.json(`/v1/streams/${stream}/clock/advance`, { json: { by: '10m' } });
}
const asked = (query = '') => house.json<Telemetry>(`/v1/telemetry?${query}`);
const refused = async (query: string, path = 'telemetry') => (await house.json<Problem>(`/v1/${path}?${query}`, {}, 422)).errors!.map((one) => one.path);

test('what became of mail is told by the hour, over streams or of one', async () => {
  house.clock.advance(30 * 60_000);
  await sent(['ann@x.test', 'bo@x.test', 'cleo+unknown@x.test']);
  house.clock.advance(2 * HOUR);
  await sent(['dan@x.test'], 'news');
  const all = await asked();
  expect(TelemetrySchema.parse(all)).toEqual(all);
  expect(all).toMatchObject({ step: 'hour', by: 'total', from: '2025-12-31T02:00:00.000Z', to: '2026-01-01T02:30:00.000Z', sums: { delivered: 3, bounced: 1, deferred: 0, complained: 0 } });
  expect(all.counts).toEqual([
    { at: '2026-01-01T00:00:00.000Z', key: '', measure: 'delivered', count: 2 }, { at: '2026-01-01T00:00:00.000Z', key: '', measure: 'bounced', count: 1 },
    { at: '2026-01-01T02:00:00.000Z', key: '', measure: 'delivered', count: 1 },
  ]);
  expect(all.times.map(({ at, counts }) => [at, counts[0]])).toEqual([['2026-01-01T00:00:00.000Z', 2], ['2026-01-01T02:00:00.000Z', 1]]);
  expect(all.bounds).toHaveLength(all.times[0]!.counts.length - 1);
  expect(all.quantiles.p99).toBeLessThanOrEqual(1_000);
  expect((await asked('stream=news')).sums).toMatchObject({ delivered: 1, bounced: 0 });
  expect((await asked('mode=deliver'))).toMatchObject({ counts: [], quantiles: { p50: null, p90: null, p99: null } });
});

test('several streams in the same hour are one line, by site or by class', async () => {
  await sent(['ann@x.test', 'bo@y.test', 'cleo+unknown@x.test']);
  await sent(['dan@x.test'], 'news');
  const keys = ({ counts }: Telemetry) => Object.fromEntries(counts.map(({ key, measure, count }) => [`${key} ${measure}`, count]));
  expect(keys(await asked('by=site'))).toEqual({ 'x.test delivered': 2, 'x.test bounced': 1, 'y.test delivered': 1 });
  expect(keys(await asked('by=class'))).toEqual({ 'delivered delivered': 3, 'invalid_recipient bounced': 1 });
  expect(await asked('site=y.test&by=class')).toMatchObject({ sums: { delivered: 1, bounced: 0 }, times: [], quantiles: { p50: null } });
});

test('days begin at midnight, and a long period is asked by days', async () => {
  house.clock.advance(30 * HOUR);
  await sent(['ann@x.test']);
  expect(await asked('from=9d')).toMatchObject({ step: 'day', from: '2025-12-24T00:00:00.000Z', counts: [{ at: '2026-01-02T00:00:00.000Z', count: 1 }] });
  expect(await asked('from=2026-01-02&to=2026-01-03&step=day')).toMatchObject({ counts: [{ at: '2026-01-02T00:00:00.000Z' }] });
  expect((await asked('from=2026-01-01&to=2026-01-02')).counts).toEqual([]);
  expect(await asked('from=2026-01-02T05:30:00Z&to=2026-01-02T09:10:00Z&step=all&by=site')).toMatchObject({ from: '2026-01-02T05:00:00.000Z', counts: [{ at: '2026-01-02T05:00:00.000Z', key: 'x.test', count: 1 }] });
});

test('what cannot be asked is told, and so is what would be too much', async () => {
  expect(await refused('from=soon')).toEqual(['from']);
  expect(await refused('from=soon&to=later')).toEqual(['to', 'from']);
  expect(await refused('from=2026-01-02&to=2026-01-01')).toEqual(['from']);
  expect(await refused('from=50d&step=hour')).toEqual(['step']);
  expect(await refused('from=1001d')).toEqual(['step']);
  expect((await asked('from=999d')).step).toBe('day');
  for (const query of ['step=minute', 'by=mood', 'mode=capture', 'streem=shop']) await house.json(`/v1/telemetry?${query}`, {}, 422);
  await house.json('/v1/telemetry?stream=nobody', {}, 404);
});

test('two periods are compared in whole hours, none of them on both sides', async () => {
  house.clock.advance(30 * 60_000);
  await sent(['ann@x.test', 'bo+unknown@x.test']);
  house.clock.advance(HOUR);
  await sent(['cleo@x.test']);
  const compared = (before: string, after: string, more = '') => house.json<Comparison>(`/v1/telemetry/compare?before=${before}&after=${after}${more}`);
  const whole = await compared('2025-12-31..2026-01-01T01:20:00Z', '2026-01-01T01:20:00Z..now');
  expect(ComparisonSchema.parse(whole)).toEqual(whole);
  expect(whole).toMatchObject({ before: { from: '2025-12-31T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z' }, after: { from: '2026-01-01T01:00:00.000Z', to: '2026-01-01T02:00:00.000Z' } });
  const of = (name: string, { measures }: Comparison) => measures.find(({ measure }) => measure === name);
  expect(of('bounced', whole)).toEqual({ measure: 'bounced', before: { count: 1, of: 2, share: 0.5 }, after: { count: 0, of: 1, share: 0 }, delta: -0.5, judgement: 'too-few' });
  expect(of('delivered', await compared('12h..1h', '1h..now', '&stream=news'))).toMatchObject({ before: { count: 0, share: null }, delta: null, judgement: 'too-few' });
  expect(whole.times.map(({ quantile }) => quantile)).toEqual(['p50', 'p90', 'p99']);
});

test('more bounces are worse, more deliveries better, and the same is the same', async () => {
  const mail = (delivered: number, bounced: number) => sent([...Array.from({ length: delivered }, (_, n) => `a${n}@x.test`), ...Array.from({ length: bounced }, (_, n) => `b${n}+unknown@x.test`)]);
  await mail(110, 10);
  house.clock.advance(HOUR);
  await mail(105, 40);
  const judged = async (query: string) => Object.fromEntries((await house.json<Comparison>(`/v1/telemetry/compare?${query}`)).measures.map(({ measure, judgement }) => [measure, judgement]));
  expect(await judged('before=2026-01-01T00:00:00Z..2026-01-01T01:00:00Z&after=2026-01-01T01:00:00Z..2026-01-01T02:00:00Z')).toMatchObject({ bounced: 'worse', delivered: 'worse', complained: 'same' });
});

test('periods that overlap, end before they begin or are no periods are told', async () => {
  const compare = (before: string, after: string) => refused(`before=${before}&after=${after}`, 'telemetry/compare');
  expect(await compare('2d..1d', '2d..now')).toEqual(['before']);
  expect(await compare('1d..now', '2d..1d')).toEqual(['before']);
  expect(await compare('1d..2d', '1d')).toEqual(['before', 'after']);
  expect(await compare('2d..1d..now', 'a..b')).toEqual(['before', 'after', 'after']);
  expect(await refused('before=2d..1d', 'telemetry/compare')).toEqual(['after']);
});

test('of a stream that is gone is told what became of its real mail, by its name; of one that only simulated nothing is', async () => {
  const { store, clock } = house;
  await house.json('/v1/streams', { json: { name: 'real', mode: 'deliver' } }, 201);
  const { post } = postTo(store, clock);
  await post({ stream: 'real', queue: { mode: 'deliver' } });
  const { messages } = await store.lease({ stream: 'real', mode: 'deliver', destinations: ['inbox.test'], now: clock.now(), messages: 1, recipients: 1 });
  await store.settle([{ key: messages[0]!.recipients[0]!.key, state: 'expired', events: [{ type: 'recipient.expired', stream: 'real', message: messages[0]!.message, recipient: 'ann@inbox.test', n: 0, time: 1, site: 'slow.test', class: 'network' }] }]);
  await sent(['ann@x.test'], 'news');
  for (const name of ['real', 'news']) await house.json(`/v1/streams/${name}`, { method: 'DELETE' }, 204);
  expect((await asked()).sums).toMatchObject({ expired: 1, delivered: 0 });
  expect((await asked('stream=real')).sums).toMatchObject({ expired: 1 });
  expect(await house.json<Comparison>('/v1/telemetry/compare?stream=real&before=3d..2d&after=2d..1d')).toMatchObject({ before: {}, after: {} });
  for (const path of ['?stream=news', '/compare?stream=news&before=3d..2d&after=2d..1d']) expect(await house.json(`/v1/telemetry${path}`, {}, 404)).toMatchObject({ type: '/problems/no-such-stream' });
});
