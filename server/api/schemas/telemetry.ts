/** Schemas of what was counted: by steps, and two periods compared. */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { MEASURES } from '../../telemetry/port.ts';
import { agree } from './agree.ts';
import { time } from './answer.ts';

const measure = z.enum(MEASURES);
const quantile = z.number().nullable();
const sums = Object.fromEntries(MEASURES.map((name) => [name, z.number()])) as Record<wire.Measure, z.ZodNumber>;

export const Telemetry = z.object({
  from: time, to: time,
  step: z.enum(['hour', 'day', 'all']), by: z.enum(['total', 'site', 'class']),
  counts: z.array(z.object({ at: time, key: z.string(), measure, count: z.number() }))
    .openapi({ description: '`at` is the begin of the step; `key` the site or class, `""` with `total`. Steps without any are not listed; of sites and classes the 100 largest are, the rest is `(others)`.' }),
  times: z.array(z.object({ at: time, counts: z.array(z.number()) })).openapi({ description: 'How many were delivered within each of `bounds`, the last beyond. Not kept by site: none with `site`.' }),
  bounds: z.array(z.number()).openapi({ description: 'Milliseconds.' }),
  sums: z.object(sums),
  quantiles: z.object({ p50: quantile, p90: quantile, p99: quantile }).openapi({ description: 'Milliseconds to deliver: null when none was; the last bound where it is beyond that.' }),
}).openapi('Telemetry');

const share = z.object({ count: z.number(), of: z.number(), share: z.number().nullable() });
const span = z.object({ from: time, to: time });
export const Comparison = z.object({
  before: span, after: span,
  measures: z.array(z.object({
    measure, before: share, after: share,
    delta: z.number().nullable().openapi({ description: 'Of the shares.' }),
    judgement: z.enum(['better', 'worse', 'same', 'too-few']).openapi({ description: '`same`: it may well be chance.' }),
  })).openapi({ description: 'A share is of recipients that ended (`deferred`: of attempts; what came back: of the delivered).' }),
  times: z.array(z.object({ quantile: z.enum(['p50', 'p90', 'p99']), before: quantile, after: quantile })),
}).openapi('Comparison');

agree<typeof Telemetry, wire.Telemetry>();
agree<typeof Comparison, wire.Comparison>();
