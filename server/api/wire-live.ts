/** Words real delivery as the wire says it: the gate, pre-flights, keys, what was counted, the audit log. Pure, as wire.ts. */
import type * as wire from '../../sdk/contract.ts';
import type { AuditEntry } from '../gate/audit.ts';
import type { Switch } from '../gate/gate.ts';
import type { LiveLane } from '../gate/lanes.ts';
import type { KeyView } from '../outgoing/keys/desk.ts';
import type { Preflight } from '../preflight/preflight.ts';
import { type Quantiles, type RateName, RATES } from '../telemetry/compare.ts';
import { DELIVERY_BOUNDS } from '../telemetry/port.ts';
import type { Compared, Report, Span } from '../telemetry/report.ts';
import { nullableTime, timeOf } from './wire-time.ts';

/** A switch that nobody used was always as it is. */
export const switchOf = ({ on, since, by, reason }: Switch): wire.DeliveryView['switch'] => ({ on, since: since === 0 ? null : timeOf(since), by: by || null, reason });

export const liveStreamOf = ({ policy, canary, warmUp, shut, ...lane }: LiveLane, last: Preflight | null): wire.LiveStream => ({
  ...lane, shut, live: shut === null, allow: policy.allow, intercept: policy.intercept,
  canary: canary && { ...canary, since: timeOf(canary.since) },
  warmUp: warmUp && { ...warmUp, until: timeOf(warmUp.until) },
  preflight: last && { at: timeOf(last.at), verdict: last.verdict },
});

export const preflightOf = ({ at, ...preflight }: Preflight): wire.Preflight => ({ ...preflight, at: timeOf(at) });

export const keyOf = ({ createdAt, activeFrom, retiredAt, record, ...key }: KeyView): wire.DkimKey => ({
  ...key, createdAt: timeOf(createdAt), activeFrom: nullableTime(activeFrom), retiredAt: nullableTime(retiredAt),
  record: { ...record, type: 'TXT', why: `Receivers check signatures of ${key.domain} made with ${key.algorithm === 'rsa' ? 'RSA' : 'Ed25519'} by it` },
});

const spanOf = ({ from, to }: Span) => ({ from: timeOf(from), to: timeOf(to) });
const quantilesOf = (times: Quantiles): wire.Telemetry['quantiles'] => ({ p50: times?.p50.ms ?? null, p90: times?.p90.ms ?? null, p99: times?.p99.ms ?? null });

export const telemetryOf = ({ from, counts, times, summary }: Report, { to, step, by }: { to: number } & Pick<wire.Telemetry, 'step' | 'by'>): wire.Telemetry => ({
  ...spanOf({ from, to }), step, by,
  counts: counts.map(({ at, ...count }) => ({ at: timeOf(at), ...count })),
  times: times.map(({ at, ...rest }) => ({ at: timeOf(at), ...rest })),
  bounds: [...DELIVERY_BOUNDS],
  sums: summary.totals,
  quantiles: quantilesOf(summary.times),
});

/** Of all rates one is the better the higher it is. */
const isGood = (name: RateName): boolean => name === 'delivered';
const JUDGED = { few: () => 'too-few', same: () => 'same', higher: (name) => (isGood(name) ? 'better' : 'worse'), lower: (name) => (isGood(name) ? 'worse' : 'better') } as const satisfies Record<string, (name: RateName) => wire.Comparison['measures'][number]['judgement']>;

export function comparisonOf({ before, after, comparison }: Compared): wire.Comparison {
  const [earlier, later] = [quantilesOf(comparison.before.times), quantilesOf(comparison.after.times)];
  return {
    before: spanOf(before), after: spanOf(after),
    measures: RATES.map((measure) => {
      const { before: was, after: is, change, mark } = comparison.rates[measure];
      return { measure, before: was, after: is, delta: change, judgement: JUDGED[mark](measure) };
    }),
    times: (['p50', 'p90', 'p99'] as const).map((quantile) => ({ quantile, before: earlier[quantile], after: later[quantile] })),
  };
}

export const auditOf = ({ at, ...entry }: AuditEntry): wire.AuditEntry => ({ ...entry, at: timeOf(at) });
