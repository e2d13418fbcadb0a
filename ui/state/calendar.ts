/** Calendar parts as a person reads them. Pure. */
import type { CalendarPart } from '../../sdk/contract.ts';

/** Most invitations carry their facts twice: as an alternative to the text and as a file. */
export const invitationsOf = (parts: readonly CalendarPart[]): CalendarPart[] => parts.filter((event, i, all) => all.findIndex((one) => one.summary === event.summary && one.start === event.start && one.method === event.method) === i);

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
/** `Nov 26, 2026, 10:00 – 10:45 AM`; what is no moment stays as it is. */
export function whenText({ start, end }: CalendarPart): string {
  const [from, to] = [Date.parse(start ?? ''), Date.parse(end ?? '')];
  if (Number.isNaN(from)) return [start, end].filter(Boolean).join(' – ');
  return Number.isNaN(to) ? format.format(from) : format.formatRange(from, to);
}
