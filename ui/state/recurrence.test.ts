import { expect, test } from 'vitest';
import { readCalendar } from '../../server/inbox/extract/calendar.ts';
import { recurrenceText } from './recurrence.ts';

const eventOf = (rule: string, ...more: string[]) => readCalendar(['BEGIN:VEVENT', `RRULE:${rule}`, ...more, 'END:VEVENT'].join('\r\n'));
const said = (rule: string, ...more: string[]) => recurrenceText(eventOf(rule, ...more));

test.each([
  ['FREQ=DAILY', 'Every day'],
  ['FREQ=HOURLY;INTERVAL=6', 'Every 6 hours'],
  ['FREQ=WEEKLY', 'Every week'],
  ['FREQ=WEEKLY;BYDAY=TU', 'Every week on Tuesday'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR;WKST=SU', 'Every 2 weeks on Monday, Wednesday, and Friday'],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'Every weekday'],
  ['FREQ=DAILY;BYDAY=FR,MO,TU,WE,TH', 'Every weekday'],
  ['FREQ=DAILY;BYDAY=SA,SU', 'Every week on Saturday and Sunday'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR', 'Every 2 weeks on Monday, Tuesday, Wednesday, Thursday, and Friday'],
  ['FREQ=MONTHLY;BYMONTHDAY=1,11,22,23', 'Every month on the 1st, the 11th, the 22nd, and the 23rd'],
  ['FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1', 'Every 3 months on the last day'],
  ['FREQ=MONTHLY;BYDAY=2TU,-1FR', 'Every month on the 2nd Tuesday and the last Friday'],
  ['FREQ=YEARLY', 'Every year'],
  ['FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=12', 'Every year on June 12'],
  ['FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'Every year on the last Sunday of March'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1', 'Every year on the last day of February'],
  ['FREQ=DAILY;COUNT=10', 'Every day, 10 times'],
  ['FREQ=DAILY;COUNT=1', 'Every day, once'],
  ['FREQ=DAILY;UNTIL=20261231', 'Every day, until Dec 31, 2026'],
])('%s is said as “%s”', (rule, words) => {
  expect(said(rule)).toBe(words);
});

test('an end at a moment is the day of the reader, and dates that are left out are counted', () => {
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(Date.parse('2026-12-31T22:59:59Z'));
  expect(said('FREQ=WEEKLY;UNTIL=20261231T225959Z', 'EXDATE:20260101', 'EXDATE:20260108,20260115')).toBe(`Every week, until ${day}, except on 3 dates`);
  expect(said('FREQ=WEEKLY', 'EXDATE:20260101')).toBe('Every week, except on 1 date');
});

test('what is said in few words only by leaving something out is told as it is written', () => {
  for (const rule of ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1', 'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', 'FREQ=MONTHLY;BYDAY=MO', 'FREQ=MONTHLY;BYMONTHDAY=-2', 'FREQ=MONTHLY;BYMONTH=1;BYMONTHDAY=1', 'FREQ=YEARLY;BYDAY=20MO', 'FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1', 'FREQ=YEARLY;BYMONTH=6', 'FREQ=YEARLY;BYMONTHDAY=1', 'FREQ=WEEKLY;BYDAY=2TU', 'FREQ=WEEKLY;BYMONTH=1', 'FREQ=DAILY;INTERVAL=2;BYDAY=MO', 'FREQ=DAILY;BYMONTHDAY=1']) {
    expect(said(rule)).toBe(`Repeats: ${rule}`);
  }
});

test('days that a rule names in UTC are not passed off as those of a reader who is shown another day', () => {
  const thursday = eventOf('FREQ=WEEKLY;BYDAY=TH', 'DTSTART:20261126T010000Z');
  expect(recurrenceText(thursday, 'America/New_York')).toBe('Every week on Thursday (UTC)');
  expect(recurrenceText(thursday, 'Europe/Berlin')).toBe('Every week on Thursday');
  expect(recurrenceText(eventOf('FREQ=MONTHLY;BYMONTHDAY=1', 'DTSTART:20261201T010000Z'), 'America/New_York')).toBe('Every month on the 1st (UTC)');
  expect(recurrenceText(eventOf('FREQ=WEEKLY', 'DTSTART:20261126T010000Z'), 'America/New_York')).toBe('Every week');
});

test('an end is a day of where the start is shown', () => {
  const ends = (until: string, start: string, zone: string) => recurrenceText(eventOf(`FREQ=WEEKLY;UNTIL=${until}`, start), zone);
  expect(ends('20261231T000000Z', 'DTSTART;VALUE=DATE:20261126', 'America/New_York')).toBe('Every week, until Dec 31, 2026');
  expect(ends('20261231T225959Z', 'DTSTART;TZID=Europe/Berlin:20261126T100000', 'Asia/Tokyo')).toBe('Every week, until Dec 31, 2026');
  expect(ends('20261231T225959Z', 'DTSTART;TZID=Our Office:20261126T100000', 'Asia/Tokyo')).toBe('Every week, until Jan 1, 2027');
  expect(ends('20261231T235959', 'DTSTART:20261126T100000', 'Asia/Tokyo')).toBe('Every week, until Dec 31, 2026');
});
