/**
 * How often an event comes back (RFC 5545 §3.3.10): the parts that invitations
 * really have. A rule with any other part, or with a value that is none, is
 * told as it is written and not half understood.
 */
import type { Recurrence } from '../../mail/message.ts';

const RULE_LIMIT = 1_000;
const FREQUENCIES = ['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
const DAY = /^(?:[+-]?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)$/;

type Parts = Omit<Recurrence, 'rule' | 'excluded'>;

/** `lines`: what an RRULE says; more than one, or others with their name, are not taken apart. `moment` reads a time. */
export function readRecurrence(lines: readonly string[], excluded: number, moment: (value: string) => string): Recurrence {
  const rule = lines.join('\n').slice(0, RULE_LIMIT);
  return { rule, ...(lines.length === 1 && rule.length < RULE_LIMIT ? read(rule, moment) : {}), excluded };
}

function read(rule: string, moment: (value: string) => string): Parts {
  const found: { [Name in keyof Parts]: Parts[Name] | undefined } = { interval: 1 };
  const names = new Set<string>();
  for (const part of rule.toUpperCase().split(';')) {
    const [name = '', value = ''] = part.split(/=(.*)/s).map((one) => one.trim());
    // Each at most once (§3.3.10): which of two is meant, nobody knows.
    if (name !== '' && names.has(name)) return {};
    names.add(name);
    switch (name) {
      case '': case 'WKST': continue; // the day that weeks begin on matters to who computes the dates
      case 'FREQ': found.freq = FREQUENCIES.find((one) => one === value); break;
      case 'INTERVAL': found.interval = number(value, 1, 9_999); break;
      case 'COUNT': found.count = number(value, 1, 99_999); break;
      case 'UNTIL': found.until = /^\d{8}(T\d{6}Z?)?$/.test(value) ? moment(value) : undefined; break;
      case 'BYDAY': found.byDay = list(value, (one) => (DAY.test(one) ? one.replace('+', '') : undefined)); break;
      case 'BYMONTHDAY': found.byMonthDay = list(value, (one) => number(one, -31, 31)); break;
      case 'BYMONTH': found.byMonth = list(value, (one) => number(one, 1, 12)); break;
      default: return {};
    }
  }
  return found.freq === undefined || Object.values(found).includes(undefined) ? {} : found as Parts;
}

function number(text: string, least: number, most: number): number | undefined {
  const value = /^[+-]?\d{1,5}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most && value !== 0 ? value : undefined;
}

function list<T>(text: string, one: (item: string) => T | undefined): T[] | undefined {
  const items = text.split(',').map((item) => one(item.trim()));
  return items.includes(undefined) ? undefined : items as T[];
}
