/** Calendar parts as a person reads them. Pure. */
import type { CalendarPart } from '../../sdk/contract.ts';

/** Most invitations carry their facts twice: as an alternative to the text and as a file. */
export const invitationsOf = (parts: readonly CalendarPart[]): CalendarPart[] => parts.filter((event, i, all) => all.findIndex((one) => one.summary === event.summary && one.start === event.start && one.method === event.method) === i);

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A clock's time in a zone that the calendar names: it is told as that clock shows it, whatever the name means. */
const ZONED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\[(.+)\]$/;
const clocks = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** `Nov 26, 2026, 10:00 – 10:45 AM (Europe/Berlin)`, or `Nov 26 – 27, 2026` of whole days, whose end is the day after (RFC 5545 §3.6.1); what is neither stays as it is. */
export function whenText({ start = '', end = '' }: CalendarPart): string {
  const [, clock, zone] = ZONED.exec(start) ?? [];
  const [, until, other] = ZONED.exec(end) ?? [];
  if (end !== '' && other !== zone) return [start, end].map((at) => whenText({ part: '', start: at })).join(' – ');
  if (clock !== undefined && !Number.isNaN(Date.parse(`${clock}Z`))) return `${spanText(clocks, Date.parse(`${clock}Z`), Date.parse(`${until}Z`))} (${zone})`;
  const whole = DAY.test(start);
  const from = Date.parse(start);
  if ((!whole && !MOMENT.test(start)) || Number.isNaN(from)) return [start, end].filter(Boolean).join(' – ');
  return spanText(whole ? days : moments, from, Date.parse(end) - (whole ? 86_400_000 : 0));
}

const spanText = (format: Intl.DateTimeFormat, from: number, to: number): string =>
  Number.isNaN(to) || to < from ? format.format(from) : format.formatRange(from, to);
