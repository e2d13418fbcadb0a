/** How often an event comes back, in words for the usual rules; any other as it is written. Pure. */
import type { CalendarPart, Recurrence } from '../../sdk/contract.ts';
import { plural } from './format.ts';

const UNITS = { SECONDLY: 'second', MINUTELY: 'minute', HOURLY: 'hour', DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' } as const;
const DAYS: Record<string, string> = { MO: 'Monday', TU: 'Tuesday', WE: 'Wednesday', TH: 'Thursday', FR: 'Friday', SA: 'Saturday', SU: 'Sunday' };
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const lists = new Intl.ListFormat('en');

/** `Every 2 weeks on Tuesday and Thursday, until Dec 31, 2026, except on 3 dates`; `zone`: that of the reader. */
export function recurrenceText({ start = '', recurrence }: Pick<CalendarPart, 'start' | 'recurrence'>, zone?: string): string {
  if (!recurrence) return '';
  const { rule, count, until, excluded } = recurrence;
  const often = oftenText(recurrence);
  const words = often === undefined ? [`Repeats: ${rule}`] : [`${often}${namesOtherDays(start, recurrence, zone) ? ' (UTC)' : ''}`, ...(until === undefined ? [] : [`until ${dateText(until, zoneOf(start) ?? zone)}`]), ...(count === undefined ? [] : [count === 1 ? 'once' : `${count} times`])];
  return [...words, ...(excluded > 0 ? [`except on ${plural(excluded, 'date')}`] : [])].join(', ');
}

function oftenText({ freq, interval = 1, byDay, byMonthDay, byMonth }: Recurrence): string | undefined {
  if (freq === undefined) return undefined;
  const every = interval === 1 ? `Every ${UNITS[freq]}` : `Every ${interval} ${UNITS[freq]}s`;
  if (!byDay && !byMonthDay && !byMonth) return every;
  // A day of every week that is named is that day of each week.
  if (byDay && !byMonthDay && !byMonth && (freq === 'WEEKLY' || (freq === 'DAILY' && interval === 1))) {
    const named = byDay.map((day) => DAYS[day]);
    if (named.includes(undefined)) return undefined;
    if (interval === 1 && isWorkWeek(byDay)) return 'Every weekday';
    return `${interval === 1 ? 'Every week' : every} on ${lists.format(named as string[])}`;
  }
  const yearly = freq === 'YEARLY' && byMonth?.length === 1;
  if (!yearly && (freq !== 'MONTHLY' || byMonth)) return undefined;
  const month = yearly ? MONTHS[byMonth![0]! - 1]! : '';
  if (byDay && !byMonthDay) {
    const named = byDay.map(dayOfMonth);
    return named.includes(undefined) ? undefined : `${every} on ${lists.format(named as string[])}${yearly ? ` of ${month}` : ''}`;
  }
  if (!byMonthDay || byDay || byMonthDay.some((day) => day < -1)) return undefined;
  if (yearly && byMonthDay.every((day) => day > 0)) return `${every} on ${month} ${lists.format(byMonthDay.map(String))}`;
  return `${every} on ${lists.format(byMonthDay.map((day) => (day < 0 ? 'the last day' : `the ${ordinal(day)}`)))}${yearly ? ` of ${month}` : ''}`;
}

const isWorkWeek = (byDay: readonly string[]): boolean => [...new Set(byDay)].sort().join() === 'FR,MO,TH,TU,WE';

/** `2TU`, `-1FR`; one without a number is every such day, which nobody says in few words. */
function dayOfMonth(text: string): string | undefined {
  const [, place, day] = /^(-1|[1-5])(\w\w)$/.exec(text) ?? [];
  return place === undefined ? undefined : `the ${place === '-1' ? 'last' : ordinal(Number(place))} ${DAYS[day!]}`;
}

const ordinal = (n: number): string => `${n}${['th', 'st', 'nd', 'rd'][n % 10 < 4 && Math.trunc(n / 10) !== 1 ? n % 10 : 0]}`;

/** A moment in UTC is shown as the reader's, where it may be another day than the one that the rule names. */
const namesOtherDays = (start: string, { byDay, byMonthDay }: Recurrence, zone: string | undefined): boolean =>
  (byDay ?? byMonthDay) !== undefined && start.endsWith('Z') && dateText(start, zone) !== dateText(start, 'UTC');

/** In which the start is shown, where that is not the reader's: a whole day is the same anywhere. */
function zoneOf(start: string): string | undefined {
  if (!start.includes('T')) return start === '' ? undefined : 'UTC';
  const named = /\[(.+)\]$/.exec(start)?.[1];
  try {
    return named && new Intl.DateTimeFormat('en', { timeZone: named }).resolvedOptions().timeZone;
  } catch {
    return undefined; // a name of its own
  }
}

function dateText(text: string, zone: string | undefined): string {
  const moment = text.endsWith('Z');
  const at = Date.parse(moment ? text : text.slice(0, 10));
  return Number.isNaN(at) ? text : new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: moment ? zone : 'UTC' }).format(at);
}
