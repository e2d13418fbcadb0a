import { expect, test } from 'vitest';
import { readCalendar } from './calendar.ts';
import { oneTimeCodes } from './codes.ts';
import { readHtml } from './html.ts';
import { snippetOf } from './snippet.ts';
import { textLinks } from './text-links.ts';
import { listUnsubscribe } from './unsubscribe.ts';

test('the links of HTML come with what is shown of them, entities decoded', () => {
  const { links, text } = readHtml('<style>a{}</style><p>Hi <a href="https://a.test/?x=1&amp;y=2">Reset <b>now</b></a></p><a href=" https://b.te\nst/ "><img alt="Logo"></a><a href="#top">up</a><a href="javascript:x">no</a><A HREF=mailto:c@a.test>mail</A>');
  expect(links).toEqual([
    { href: 'https://a.test/?x=1&y=2', text: 'Reset now', from: 'html' },
    { href: 'https://b.test/', text: 'Logo', from: 'html' },
    { href: 'mailto:c@a.test', text: 'mail', from: 'html' },
  ]);
  expect(text).toBe('Hi Reset now\nupnomail');
});

test('hidden text at the beginning is the preheader, and the snippet shows it first', () => {
  const html = readHtml('<html><head><title>T</title></head><body><div style="display:none">Your table is booked &zwnj;&nbsp;&zwnj;</div><h1>Hello</h1><p>Long text</p></body></html>');
  expect(html.preheader).toBe('Your table is booked');
  expect(snippetOf('plain', html)).toBe('Your table is booked');
  expect(snippetOf('plain\r\n  text', undefined)).toBe('plain text');
});

test('a snippet never ends inside a code point', () => {
  const snippet = snippetOf(`${'a'.repeat(199)}😀😀`, undefined);
  expect(snippet).toBe('a'.repeat(199));
});

test('100,000 nested tags are read in one pass', () => {
  expect(readHtml('<div>'.repeat(100_000) + 'deep').text).toBe('deep');
});

test('web addresses of plain text come without the punctuation around them', () => {
  const hrefs = (text: string) => textLinks(text).map(({ href }) => href);
  expect(hrefs('See https://a.test/x. Or (https://a.test/y) or <https://a.test/z>!')).toEqual(['https://a.test/x', 'https://a.test/y', 'https://a.test/z']);
  expect(hrefs('https://en.test/wiki/A_(b), "https://a.test/q?x=1&y=2"; www.b.test/c')).toEqual(['https://en.test/wiki/A_(b)', 'https://a.test/q?x=1&y=2', 'http://www.b.test/c']);
  expect(hrefs('请点击https://a.test/路径。谢谢')).toEqual(['https://a.test/路径']);
  expect(hrefs('http:// https://')).toEqual([]);
});

test('one-time codes are found in many wordings and languages', () => {
  const cases: [string, string, string][] = [
    ['Your code', 'Your verification code is 482913. It expires in 10 minutes.', '482913'],
    ['Sign in', 'Use this code to sign in:\n\n  123-456\n\nIf you did not ask, call +1 (555) 123-4567.', '123-456'],
    ['482913 is your Example code', 'Hi Ann,\nwelcome.', '482913'],
    ['Login', 'Dein Bestätigungscode lautet: 7391', '7391'],
    ['Código', 'Tu código de verificación es 0042', '0042'],
    ['验证码', '您的验证码是482913，5分钟内有效。', '482913'],
    ['確認', '確認コード：AB12-CD34', 'AB12-CD34'],
    ['Код', 'Ваш код подтверждения: 55012', '55012'],
    ['인증번호', '인증번호는 991204 입니다', '991204'],
    ['OTP', 'OTP: 123 456', '123456'],
    ['Device', 'Enter the code\n\nWDJB-MJHT\n\non your device', 'WDJB-MJHT'],
    ['Your order', 'Order #88213 of 2026. Your pickup PIN is 4821. Total $4999.', '4821'],
    ['Token', 'Your login token: x7k9pq', 'x7k9pq'],
    ['G', 'G-582911 is your verification code.', '582911'],
  ];
  for (const [subject, text, code] of cases) expect([text, oneTimeCodes(subject, text)[0]]).toEqual([text, code]);
});

test('a message that speaks of no code has none', () => {
  for (const text of ['Meeting in room 4711 at 10:30 on 2026-05-01.', 'Invoice 20260011, total 1234.50 EUR', 'Call 0800 123456', 'Copyright 2026 Example Inc, 94105 San Francisco', 'HELLO WORLD']) {
    expect([text, oneTimeCodes('News', text)]).toEqual([text, []]);
  }
});

test('one-click unsubscribing is judged by RFC 8058', () => {
  const of = (...fields: [string, string][]) => listUnsubscribe(fields.map(([name, value]) => ({ name, value })));
  expect(of(['Subject', 'x'])).toBeUndefined();
  const post: [string, string] = ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'];
  expect(of(['List-Unsubscribe', '<mailto:u@a.test>, <https://a.test/u?x=1>'], post)).toEqual({ urls: ['https://a.test/u?x=1'], mailto: ['mailto:u@a.test'], oneClick: true, problems: [] });
  expect(of(['List-Unsubscribe', '<http://a.test/u>'], post)).toMatchObject({ oneClick: false, problems: [expect.stringContaining('https')] });
  for (const value of ['https://a.test/u', 'https://a.test/u, <https://a.test/u>', 'Leave: <https://a.test/u>']) {
    expect(of(['List-Unsubscribe', value], post)).toMatchObject({ urls: ['https://a.test/u'], oneClick: false, problems: [expect.stringContaining('angle brackets')] });
  }
  expect(of(['List-Unsubscribe', ' (leave) <https://a.test/u>'], post)).toMatchObject({ oneClick: true, problems: [] });
  expect(of(post)).toMatchObject({ oneClick: false });
  expect(of(['List-Unsubscribe', '<https://a.test/u>'], post, ['DKIM-Signature', 'v=1; h=From:To; b=x'])?.problems[0]).toContain('DKIM');
});

test('an invitation tells method, summary, times, organizer and place', () => {
  expect(readCalendar('BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:Plan\\, then\r\n  do\r\nDTSTART;TZID="Europe/Berlin":20260131T100000\r\nDTEND:20260131T100000Z\r\nORGANIZER;CN="A: B":mailto:ann@a.test\r\nLOCATION:Room 1\r\nBEGIN:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR')).toEqual({
    method: 'REQUEST', summary: 'Plan, then do', start: '2026-01-31T10:00:00[Europe/Berlin]', end: '2026-01-31T10:00:00Z', organizer: 'ann@a.test', location: 'Room 1',
  });
  expect(readCalendar('nonsense')).toEqual({});
});

const recurring = (...lines: string[]) => readCalendar(['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE', 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'END:VTIMEZONE', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'BEGIN:VEVENT', 'RRULE:FREQ=DAILY', 'END:VEVENT', 'END:VCALENDAR'].join('\r\n')).recurrence;

test('how often an event comes back is told in its parts, and as it is written', () => {
  expect(recurring()).toBeUndefined();
  expect(recurring('RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=MO;UNTIL=20261231T225959Z', 'EXDATE;TZID=Europe/Berlin:20260210T100000,20260224T100000', 'EXDATE:20260303T090000Z')).toEqual({
    rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=MO;UNTIL=20261231T225959Z', freq: 'WEEKLY', interval: 2, byDay: ['TU', 'TH'], until: '2026-12-31T22:59:59Z', excluded: 3,
  });
  expect(recurring('RRULE:freq=monthly;byday=+2tu,-1FR;count=10')).toMatchObject({ freq: 'MONTHLY', interval: 1, byDay: ['2TU', '-1FR'], count: 10, excluded: 0 });
  expect(recurring('RRULE:FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1,-1;UNTIL=20300601')).toMatchObject({ freq: 'YEARLY', byMonth: [6], byMonthDay: [1, -1], until: '2030-06-01' });
});

test('a rule that is not understood to its end is told as it is written only', () => {
  for (const rule of ['FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1', 'FREQ=DAILY;COUNT=0', 'FREQ=SOMETIMES', 'INTERVAL=2', 'FREQ=WEEKLY;BYDAY=XX', 'FREQ=DAILY;INTERVAL=1.5', 'FREQ=DAILY;UNTIL=soon', 'FREQ=MONTHLY;BYMONTHDAY=32', 'FREQ=WEEKLY;BYDAY=MO;BYDAY=TU', 'x'.repeat(999)]) {
    expect(recurring(`RRULE:${rule}`)).toEqual({ rule, excluded: 0 });
  }
  expect(recurring('RRULE:FREQ=DAILY', 'RDATE:20260101')).toEqual({ rule: 'FREQ=DAILY\nRDATE:20260101', excluded: 0 });
  expect(recurring(`RRULE:${'y'.repeat(3_000)}`)?.rule).toHaveLength(1_000);
});
