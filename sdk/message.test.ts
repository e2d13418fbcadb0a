import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createApi } from './api.ts';
import type { MessageDetail } from './contract.ts';
import { NotInMessageError } from './errors.ts';
import { ReceivedMessage } from './message.ts';
import { detail } from '../test/support/detail.ts';
import { createWire } from './wire.ts';

const message = (facts?: Partial<MessageDetail>) => new ReceivedMessage(createApi(createWire({ url: 'http://postern.invalid' })), detail(facts));
const links: MessageDetail['links'] = [
  { href: 'https://app.test/reset?t=1', text: 'Choose a new one', from: 'html' },
  { href: 'https://app.test/help', text: 'Help', from: 'html' },
];

test('a link is found by its target or by its words', () => {
  expect(message({ links }).link(/reset/)).toBe('https://app.test/reset?t=1');
  expect(message({ links }).link('help')).toBe('https://app.test/help');
  expect(message({ links }).link(/new one/)).toBe('https://app.test/reset?t=1');
});

test('a pattern with /g finds the same link each time', () => {
  const pattern = /reset/g;
  const one = message({ links });
  expect([one.link(pattern), one.link(pattern), one.link(pattern)]).toEqual(Array(3).fill('https://app.test/reset?t=1'));
});

test('a link that is not there is an error that lists those that are', () => {
  expect(() => message({ links }).link(/verify/)).toThrow(NotInMessageError);
  expect(() => message({ links }).link(/verify/)).toThrow(/No link matches \/verify\/ in "Reset your password" to ann@shop\.test[^]*https:\/\/app\.test\/reset\?t=1[^]*https:\/\/app\.test\/help/);
  expect(() => message().link(/verify/)).toThrow(/It has no links at all/);
});

test('link() without a pattern is the only link, and asks which when there are several', () => {
  expect(message({ links: links.slice(0, 1) }).link()).toBe('https://app.test/reset?t=1');
  expect(() => message({ links }).link()).toThrow(/has 2 links; say which/);
  expect(() => message().link()).toThrow(/No link in .*\n {2}\| Hello Ann,/);
});

test('a code that is not there is an error that quotes the text', () => {
  expect(message({ codes: ['123456', '99'] }).code).toBe('123456');
  expect(() => message().code).toThrow(/No one-time code in "Reset your password"[^]*\| follow the link\./);
  expect(() => message({ text: null, snippet: null }).code).toThrow(/the message has no text/);
});

test('an attachment that is not there is an error that lists those that are', () => {
  const files = ['a.pdf', 'b.pdf'].map((filename, i) => ({ part: String(i + 2), filename, type: 'application/pdf', disposition: 'attachment' as const, contentId: null, size: 7, sha256: '', url: '' }));
  expect(message({ files }).attachment(/^b/).filename).toBe('b.pdf');
  expect(() => message({ files }).attachment('c.pdf')).toThrow(/No attachment named "c\.pdf"[^]*a\.pdf {2}application\/pdf, 7 bytes/);
  expect(() => message({ files }).attachment()).toThrow(/has 2 attachments; say which/);
  expect(() => message().attachment()).toThrow(/It has none at all/);
});

test('header fields are found in any case, the first or all of them', () => {
  expect(message().header('x-campaign')).toBe('spring');
  expect(message().header('x-none')).toBeUndefined();
  expect(message().headersNamed('Received')).toEqual(['one', 'two']);
});

test('comparing and printing a message without a code throws nothing', () => {
  const one = message();
  expect(one).toEqual(one);
  expect(inspect(one)).toContain('Reset your password');
  expect(JSON.parse(JSON.stringify(one))).toMatchObject({ subject: 'Reset your password', codes: [] });
  expect(() => expect(one).toEqual({})).toThrow(/expected .* to deeply equal/);
});

test('a message without From, text and HTML has empty ones', () => {
  expect(message({ from: [], text: null, html: null })).toMatchObject({ from: { name: '', address: '' }, text: '', html: '' });
});
