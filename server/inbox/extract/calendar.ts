/**
 * What a person wants to know of an invitation: a small reader of iCalendar
 * (RFC 5545). The first event counts. Times come as ISO 8601; one in a named
 * zone as `2026-01-31T10:00:00[Europe/Berlin]` (RFC 9557), a floating one
 * without. Lenient; never throws.
 */
import type { CalendarPart } from '../../mail/message.ts';
import { readRecurrence } from './recurrence.ts';

export type Calendar = Omit<CalendarPart, 'part'>;

const VALUE_LIMIT = 1_000;
const FIELDS = { SUMMARY: 'summary', DTSTART: 'start', DTEND: 'end', ORGANIZER: 'organizer', LOCATION: 'location' } as const;

export function readCalendar(text: string): Calendar {
  const calendar: Calendar = {};
  let depth: string[] = [];
  let done = false;
  const rules: string[] = [];
  let excluded = 0;
  // §3.1: a line break followed by white space is folding.
  for (const line of text.replace(/\r?\n[ \t]/g, '').split(/\r\n|\n|\r/)) {
    const property = split(line);
    if (!property) continue;
    const { name, params, value } = property;
    if (name === 'BEGIN') {
      if (depth.length < 20) depth.push(value.trim().toUpperCase());
    } else if (name === 'END') {
      if (depth.pop() === 'VEVENT') done = true;
    } else if (name === 'METHOD' && depth.length <= 1) {
      calendar.method ??= value.trim().toUpperCase().slice(0, 40);
    } else if (done || depth.at(-1) !== 'VEVENT') {
      continue;
    } else if (Object.hasOwn(FIELDS, name)) {
      const field = FIELDS[name as keyof typeof FIELDS];
      calendar[field] ??= read(field, value, params).slice(0, VALUE_LIMIT);
    } else if (name === 'RRULE') {
      rules.push(value.trim());
    } else if (name === 'RDATE' || name === 'EXRULE') {
      rules.push(`${name}:${value.trim()}`);
    } else if (name === 'EXDATE') {
      excluded += value.split(',').filter((date) => date.trim() !== '').length;
    }
  }
  return rules.length === 0 ? calendar : { ...calendar, recurrence: readRecurrence(rules, excluded, (value) => moment(value, undefined)) };
}

function read(field: (typeof FIELDS)[keyof typeof FIELDS], value: string, params: Record<string, string>): string {
  switch (field) {
    case 'summary': case 'location': return value.replace(/\\([\\;,nN])/g, (_, char: string) => (char === 'n' || char === 'N' ? '\n' : char)).trim();
    case 'organizer': return value.replace(/^mailto:/i, '').trim();
    case 'start': case 'end': return moment(value.trim(), params['TZID']);
  }
}

function moment(value: string, zone: string | undefined): string {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(value);
  if (!match) return value;
  const [, year, month, day, hour, minute, second, utc] = match;
  const date = `${year}-${month}-${day}`;
  if (hour === undefined) return date;
  return `${date}T${hour}:${minute}:${second}${utc || (zone ? `[${zone}]` : '')}`;
}

/** `NAME;PARAM=value;PARAM="value:with;signs":value` */
function split(line: string): { name: string; params: Record<string, string>; value: string } | undefined {
  const params: Record<string, string> = {};
  let quoted = false;
  let from = 0;
  let name = '';
  for (let i = 0; i < line.length && i < 4_000; i++) {
    const char = line[i];
    if (char === '"') quoted = !quoted;
    if (quoted || (char !== ';' && char !== ':')) continue;
    const piece = line.slice(from, i);
    if (name === '') name = piece.trim().toUpperCase();
    else {
      const equals = piece.indexOf('=');
      if (equals > 0) params[piece.slice(0, equals).toUpperCase()] = piece.slice(equals + 1).replaceAll('"', '');
    }
    from = i + 1;
    if (char === ':') return { name, params, value: line.slice(from) };
  }
  return undefined;
}
