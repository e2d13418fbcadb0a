import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Comparison, Measure, PosternEvent, Telemetry } from '../../sdk/contract.ts';
import { Refusal, scripted } from '../../test/support/scripted-api.ts';
import { TelemetryDesk } from './telemetry.svelte.ts';
import { deltaText, isEmpty, judgedText, MEASURES, percentText, rowsOf, seriesOf, seriesText, shareOf, stacked, tookText, within } from './telemetry.ts';
import { HOUR } from './telemetry-asked.ts';

const NOW = Date.UTC(2026, 4, 20, 14, 25);
const FROM = Date.UTC(2026, 4, 20, 12);
const at = (hours: number) => new Date(FROM + hours * HOUR).toISOString();
const sums = (counts: Partial<Record<Measure, number>> = {}): Record<Measure, number> => ({ ...Object.fromEntries(MEASURES.map((one) => [one, 0])) as Record<Measure, number>, ...counts });
const answer = (more: Partial<Telemetry> = {}): Telemetry => ({ from: at(0), to: at(3), step: 'hour', by: 'total', counts: [], times: [], bounds: [1_000, 60_000], sums: sums(), quantiles: { p50: null, p90: null, p99: null }, ...more });

test('steps without any mail are zero, and without a time to deliver a gap', () => {
  const series = seriesOf(answer({
    counts: [{ at: at(0), key: '', measure: 'delivered', count: 3 }, { at: at(2), key: '', measure: 'bounced', count: 2 }, { at: at(2), key: '', measure: 'delivered', count: 1 }],
    times: [{ at: at(0), counts: [2, 0, 0] }, { at: at(0), counts: [0, 2, 0] }, { at: at(2), counts: [0, 0, 1] }],
  }));
  expect(series).toMatchObject({ from: FROM, to: FROM + 3 * HOUR, step: HOUR });
  expect([series.counts.delivered, series.counts.bounced, series.counts.expired]).toEqual([[3, 0, 1], [0, 0, 2], [0, 0, 0]]);
  expect(series.quantiles).toEqual({ p50: [1_000, null, 60_000], p90: [48_200, null, 60_000], p99: [58_820, null, 60_000] });
  expect(stacked(series, ['delivered', 'bounced'])).toEqual([[3, 0, 1], [3, 0, 3]]);
  expect(seriesText(series)).toMatch(/^4 delivered, 0 deferred, 2 bounced, 0 expired; most bounced at .+\.$/);
});

test('no count is lost between an answer and its plot, whatever its steps; and quantiles do not cross', () => {
  const count = fc.record({ at: fc.integer({ min: 0, max: 200 }).map(at), key: fc.constant(''), measure: fc.constantFrom(...MEASURES), count: fc.nat(1e6) });
  const classes = fc.record({ at: fc.integer({ min: 0, max: 200 }).map(at), counts: fc.array(fc.nat(1e6), { minLength: 3, maxLength: 3 }) });
  fc.assert(fc.property(fc.array(count), fc.array(classes), fc.constantFrom('hour', 'day'), (counts, times, step) => {
    const series = seriesOf(answer({ to: at(201), step, counts, times }));
    for (const measure of MEASURES) expect(series.counts[measure].reduce((sum, one) => sum + one, 0)).toBe(counts.reduce((sum, one) => sum + (one.measure === measure ? one.count : 0), 0));
    for (const [i, p50] of series.quantiles.p50.entries()) if (p50 !== null) expect(p50 <= series.quantiles.p90[i]! && series.quantiles.p90[i]! <= series.quantiles.p99[i]!).toBe(true);
  }));
  expect([within([], [], 0.5), within([0, 0, 4], [1_000, 60_000], 0.5)]).toEqual([null, 60_000]);
});

test('a share is of what it can be one of, and of nothing there is none', () => {
  const counts = sums({ delivered: 80, bounced: 10, expired: 5, suppressed: 5, deferred: 30, complained: 4, returned: 8 });
  expect([shareOf('delivered', counts), shareOf('deferred', counts), shareOf('complained', counts), shareOf('returned', sums({ returned: 1 }))]).toEqual([0.8, 0.25, 0.05, null]);
  expect([isEmpty(sums()), isEmpty(counts)]).toEqual([true, false]);
});

test('sites stand by how much they took; the nameless and the rest come last', () => {
  const count = (key: string, measure: Measure, n: number, hour = 0) => ({ at: at(hour), key, measure, count: n });
  const rows = rowsOf(answer({ by: 'site', counts: [count('(others)', 'delivered', 50), count('', 'suppressed', 9), count('b.test', 'delivered', 5), count('a.test', 'delivered', 5), count('big.test', 'delivered', 20), count('big.test', 'bounced', 1, 2), count('big.test', 'delivered', 10, 1)] }));
  expect(rows.map(({ key }) => key)).toEqual(['big.test', 'a.test', 'b.test', '(others)', '']);
  expect(rows[0]).toMatchObject({ counts: { delivered: 30, bounced: 1 }, share: 0.31 });
});

test('numbers are said so that little is not nothing and nearly all is not all', () => {
  expect([null, 0, 0.00001, 0.0004, 0.0312, 0.9731, 0.99999, 1].map(percentText)).toEqual(['–', '0 %', '<0.01 %', '0.04 %', '3.1 %', '97.3 %', '>99.9 %', '100 %']);
  expect([null, 0, 0.00001, -0.004, 0.0512].map(deltaText)).toEqual(['–', '0', '+<0.01', '−0.4', '+5.1']);
  expect([null, 420, 35_000, 250_000, 86_400_000].map(tookText)).toEqual(['–', '0.4 s', '35s', '4m 10s', 'over 1d']);
});

const compared = (...judged: [Measure, Comparison['measures'][number]['judgement']][]): Comparison => ({
  before: { from: at(0), to: at(1) }, after: { from: at(1), to: at(2) }, times: [],
  measures: judged.map(([measure, judgement]) => ({ measure, before: { count: 0, of: 0, share: null }, after: { count: 0, of: 0, share: null }, delta: null, judgement })),
});

test('what two periods say is one sentence, what is worse first', () => {
  expect(judgedText(compared(['delivered', 'worse'], ['bounced', 'worse'], ['deferred', 'better'], ['expired', 'same']))).toBe('Worse: delivered, bounced. Better: deferred.');
  expect(judgedText(compared(['delivered', 'same'], ['expired', 'too-few']))).toBe('Nothing has changed by more than chance.');
  expect(judgedText(compared(['delivered', 'too-few']))).toBe('There is too little mail to say whether anything has changed.');
});

test('the desk asks for what the address says, and knows the sites by their names', async () => {
  const { api, asked } = scripted(({ query }) => answer(query['by'] === 'site' ? { by: 'site', counts: ['a.test', '', '(others)'].map((key) => ({ at: at(0), key, measure: 'delivered', count: 1 })) } : {}));
  const desk = new TelemetryDesk(api, () => NOW);
  await desk.open({ asked: { stream: 'shop' }, mode: 'simulate', by: 'site' });
  const day = { stream: 'shop', mode: 'simulate', from: '2026-05-19T15:00:00.000Z', to: '2026-05-20T15:00:00.000Z' };
  expect(asked.map(({ path, query }) => [path, query])).toEqual([['/v1/telemetry', { ...day, step: 'hour' }], ['/v1/telemetry', { ...day, step: 'all', by: 'site' }]]);
  expect([desk.sites, desk.parts?.by, desk.busy]).toEqual([['a.test'], 'site', false]);
  await desk.open({ asked: { period: 'own', from: 'x', to: 'y' }, mode: 'simulate', by: 'site' });
  expect([desk.flaw, desk.busy, asked.length]).toEqual(['It begins and ends with a date and a time.', false, 2]);
  desk.close();
});

test('two periods are asked for as the address has them', async () => {
  const { api, asked } = scripted(() => compared(['delivered', 'same']));
  const desk = new TelemetryDesk(api, () => NOW);
  await desk.open({ asked: { view: 'compare', site: 'a.test', moment: '2026-05-18T09:10:00.000Z', length: '6h' }, mode: 'deliver', by: 'site' });
  expect(asked.map(({ path, query }) => [path, query])).toEqual([['/v1/telemetry/compare', { mode: 'deliver', site: 'a.test', before: '2026-05-18T03:00:00.000Z..2026-05-18T09:00:00.000Z', after: '2026-05-18T09:00:00.000Z..2026-05-18T15:00:00.000Z' }]]);
  expect(desk.comparison?.measures).toHaveLength(1);
  desk.close();
});

test('an answer that comes too late is passed over, and a question that fails shows no old numbers', async () => {
  let first: (() => void) | undefined;
  const { api } = scripted(({ query }) => {
    if (query['stream'] === 'gone') return new Refusal(404, 'no-such-stream', { detail: 'There is no stream "gone".' });
    const said = answer({ sums: sums({ delivered: query['stream'] === 'slow' ? 1 : 2 }) });
    return query['stream'] === 'slow' ? new Promise((done) => { const before = first; first = () => { before?.(); done(said); }; }) : said;
  });
  const desk = new TelemetryDesk(api, () => NOW);
  const slow = desk.open({ asked: { stream: 'slow' }, mode: 'simulate', by: 'site' });
  const quick = desk.open({ asked: { stream: 'quick' }, mode: 'simulate', by: 'site' });
  first!();
  await Promise.all([slow, quick]);
  expect([desk.total?.sums.delivered, desk.busy]).toEqual([2, false]);
  await desk.open({ asked: { stream: 'gone' }, mode: 'simulate', by: 'site' });
  expect([desk.total, desk.fault?.message, desk.busy]).toEqual([undefined, 'There is no stream "gone".', false]);
  desk.close();
});

test('what ends is counted anew, of the stream that is shown; and so is an hour that is over', async () => {
  let now = NOW;
  const { api, asked } = scripted(() => answer());
  const desk = new TelemetryDesk(api, () => now);
  const event = (type: PosternEvent['type'], stream: string) => ({ id: 1, at: at(0), type, stream }) as PosternEvent;
  await desk.open({ asked: { stream: 'shop' }, mode: 'simulate', by: 'class' });
  let soon = 0;
  const before = desk.again.bind(desk);
  desk.hear([event('message.captured', 'shop'), event('recipient.delivered', 'other')]);
  desk.beat();
  expect(asked).toHaveLength(2);
  now += HOUR;
  await before();
  soon = asked.length;
  expect(asked.at(-1)!.query['to']).toBe('2026-05-20T16:00:00.000Z');
  desk.hear([event('recipient.bounced', 'shop')]);
  desk.close();
  expect(soon).toBe(4);
});
