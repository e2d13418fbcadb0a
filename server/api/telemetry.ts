/** /v1/telemetry: what became of mail, counted by the hour; and two periods compared. */
import type { z } from '@hono/zod-openapi';
import { shown } from '../shown.ts';
import { HOUR } from '../telemetry/port.ts';
import { beginOf, compareSpans, report, type Span } from '../telemetry/report.ts';
import type { ApiDeps } from './deps.ts';
import type { Fault } from './faults.ts';
import { invalid, type Routes } from './route.ts';
import { momentOf } from './said.ts';
import { ComparisonFilters, TelemetryFilters } from './schemas/query.ts';
import { Comparison, Telemetry } from './schemas/telemetry.ts';
import { isKnownStream, noSuchStream } from './streams.ts';
import { comparisonOf, telemetryOf } from './wire-live.ts';

const DAY = 24 * HOUR;
/** Steps of one answer. */
const MOST_STEPS = 1_000;
/** Longer than that, in days. */
const HOURLY = 8 * DAY;

export function telemetryRoutes({ add }: Routes, deps: ApiDeps): void {
  const { store, clock } = deps;
  const moment = (path: string, text: string, faults: Fault[]) => momentOf(path, text, clock.now(), faults) ?? 0;

  add({
    method: 'get', path: '/v1/telemetry', noun: 'Telemetry', summary: 'What became of mail, by hour or day: in all, by site or by class; and how long it took',
    description: 'Of the last day unless `from` and `to` are said. Real and simulated mail together unless `mode` is. Kept for 400 days; of a stream that is deleted, what became of its real mail.',
    query: TelemetryFilters, answer: Telemetry, problems: ['no-such-stream'],
  }, async ({ query }) => {
    const { stream, by = 'total' } = query;
    if (stream !== undefined && !(await isKnownStream(deps, stream))) return noSuchStream(stream);
    const faults: Fault[] = [];
    const to = query.to === undefined ? clock.now() : moment('to', query.to, faults);
    const from = query.from === undefined ? to - DAY : moment('from', query.from, faults);
    if (faults.length === 0 && from >= to) faults.push({ path: 'from', message: 'is not before `to`' });
    const step = query.step ?? (to - from > HOURLY ? 'day' : 'hour');
    const begin = beginOf(from, step === 'day' ? DAY : HOUR);
    const ms = { hour: HOUR, day: DAY, all: Math.max(Math.ceil((to - begin) / HOUR), 1) * HOUR }[step];
    if (faults.length === 0 && (to - begin) / ms > MOST_STEPS) faults.push({ path: 'step', message: `makes more than ${MOST_STEPS} steps of this time; ${step === 'hour' ? 'take days, or ' : ''}ask for less` });
    if (faults.length > 0) return invalid(faults);
    // Up to now is with what is counted at this very moment.
    return telemetryOf(await report(store, { ...laneOf(query), from: begin, to: query.to === undefined ? to + 1 : to, step: ms, by }), { to, step, by });
  });

  add({
    method: 'get', path: '/v1/telemetry/compare', noun: 'Telemetry', summary: 'Two periods compared: before and after a release, for instance',
    description: 'Whole hours; the hour in which the second period begins is a part of it alone. A difference is called one when it would come up by chance once in a hundred times, and of few mails nothing is said.',
    query: ComparisonFilters, answer: Comparison, problems: ['no-such-stream'],
  }, async ({ query }) => {
    if (query.stream !== undefined && !(await isKnownStream(deps, query.stream))) return noSuchStream(query.stream);
    const faults: Fault[] = [];
    const before = spanOf('before', query.before, faults);
    const after = spanOf('after', query.after, faults);
    if (faults.length === 0 && before.to > after.from) faults.push({ path: 'before', message: 'ends after `after` begins' });
    if (faults.length > 0) return invalid(faults);
    return comparisonOf(await compareSpans(store, laneOf(query), before, after));
  });

  function spanOf(path: string, text: string, faults: Fault[]): Span {
    const [from, to, ...more] = text.split('..');
    if (!from || !to || more.length > 0) {
      faults.push({ path, message: `must be two times with ".." between them, 2026-05-01T00:00:00Z..2026-05-02T00:00:00Z or 2d..1d; it is ${shown(text)}` });
      return { from: 0, to: 0 };
    }
    const flawless = faults.length;
    const span = { from: moment(path, from, faults), to: moment(path, to, faults) };
    if (faults.length === flawless && span.from >= span.to) faults.push({ path, message: 'ends before it begins' });
    return span;
  }
}

const laneOf = ({ stream, mode, site }: Pick<z.output<typeof TelemetryFilters>, 'stream' | 'mode' | 'site'>) =>
  ({ ...(stream === undefined ? {} : { stream }), ...(mode === undefined ? {} : { mode }), ...(site === undefined ? {} : { site }) });
