/** Calendar parts as a person reads them. Pure. */
import type { CalendarPart } from '../../sdk/contract.ts';

/** Most invitations carry their facts twice: as an alternative to the text and as a file. */
export const invitationsOf = (parts: readonly CalendarPart[]): CalendarPart[] => parts.filter((event, i, all) => all.findIndex((one) => one.summary === event.summary && one.start === event.start && one.method === event.method) === i);

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** `Nov 26, 2026, 10:00 – 10:45 AM`, or `Nov 26 – 27, 2026` of whole days, whose end is the day after (RFC 5545 §3.6.1); what is neither stays as it is. */
export function whenText({ start = '', end = '' }: CalendarPart): string {
  const whole = DAY.test(start);
  const [from, to] = [Date.parse(start), Date.parse(end) - (whole ? 86_400_000 : 0)];
  if ((!whole && !MOMENT.test(start)) || Number.isNaN(from)) return [start, end].filter(Boolean).join(' – ');
  const format = whole ? days : moments;
  return Number.isNaN(to) || to < from ? format.format(from) : format.formatRange(from, to);
}
