/**
 * What has changed between two pre-flights: verdicts of checks, and the
 * records that the owner of the domain writes. A check about which nobody
 * answered keeps what was known of it, so that a resolver that fails for a
 * minute is no news. Pure.
 */
import type { PreflightVerdict } from '../events/event.ts';
import { shorten } from './finding.ts';
import { type Preflight, PREFLIGHT_CHECKS, type PreflightCheck } from './preflight.ts';

type Verdict = PreflightVerdict | 'skip';
/** Of one check: the worst of its verdicts and the records that it found. */
export type Known = { verdict: Verdict; records: string };
export type KnownChecks = Partial<Record<PreflightCheck, Known>>;
export type Change = { check: PreflightCheck; was: string; now: string };

const ORDER: readonly Verdict[] = ['skip', 'pass', 'warn', 'fail'];
/** Their records change only when somebody changes them; addresses of hosts come and go. */
const WATCHED: readonly PreflightCheck[] = ['spf', 'dkim', 'dmarc', 'mx', 'return-path', 'ptr', 'tls-rpt'];

export function knownOf({ findings }: Pick<Preflight, 'findings'>, before: KnownChecks = {}): KnownChecks {
  const known: KnownChecks = {};
  for (const check of PREFLIGHT_CHECKS) {
    const own = findings.filter((finding) => finding.check === check);
    if (own.length === 0) continue;
    const was = before[check];
    if (own.some(({ unanswered }) => unanswered)) {
      if (was) known[check] = was;
      continue;
    }
    const verdict = own.reduce<Verdict>((worst, finding) => (ORDER.indexOf(finding.verdict) > ORDER.indexOf(worst) ? finding.verdict : worst), 'skip');
    known[check] = { verdict, records: WATCHED.includes(check) ? [...new Set(own.flatMap(({ found }) => found))].sort().join(' · ') : '' };
  }
  return known;
}

/** A check that was not known before is no change. */
export function changesOf(was: KnownChecks, now: KnownChecks): Change[] {
  return PREFLIGHT_CHECKS.flatMap((check): Change[] => {
    const [before, after] = [was[check], now[check]];
    if (!before || !after) return [];
    if (before.verdict !== after.verdict) return [{ check, was: before.verdict, now: after.verdict }];
    return before.records === after.records ? [] : [{ check, was: shown(before.records), now: shown(after.records) }];
  });
}

const shown = (records: string) => shorten(records || 'nothing', 400);

export function verdictOfKnown(known: KnownChecks): PreflightVerdict {
  const verdicts = Object.values(known).map(({ verdict }) => verdict);
  return verdicts.includes('fail') ? 'fail' : verdicts.includes('warn') ? 'warn' : 'pass';
}
