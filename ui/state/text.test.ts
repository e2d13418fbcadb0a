import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linked } from './linked.ts';
import { hasRemote } from './remote.ts';
import { readRetention, retentionText } from './retention.ts';
import { snippets } from './snippets.ts';
import { tagsOf } from './tags.ts';
import type { Info } from '../../sdk/contract.ts';

test('web addresses in a text become links, without the punctuation behind them', () => {
  expect(linked('See https://a.test/x?y=1. (or http://b.test/z)')).toEqual([
    { text: 'See ' }, { text: 'https://a.test/x?y=1', href: 'https://a.test/x?y=1' }, { text: '. (or ' }, { text: 'http://b.test/z', href: 'http://b.test/z' }, { text: ')' },
  ]);
});

test('a text cut at its links is the text, and only http is ever linked', () => {
  fc.assert(fc.property(fc.string(), fc.constantFrom('javascript:alert(1)', 'https://x.test/', 'data:text/html,x', 'HTTP://Y.test'), fc.string(), (before, url, after) => {
    const pieces = linked(before + url + after);
    expect(pieces.map(({ text }) => text).join('')).toBe(before + url + after);
    for (const { href = 'http://' } of pieces) expect(href).toMatch(/^https?:\/\//i);
  }));
});

test('pictures, styles and fonts from elsewhere count as remote; links and what the mail brings do not', () => {
  for (const html of ['<img src=https://x.test/a>', '<td background="//x.test/b">', '<div style="background:url( \'http://x.test/c\')">', '<style>@import "x"</style>', '<link href=https://x.test/d rel=stylesheet>', '<img srcset="http://x.test/e 2x">']) expect([html, hasRemote(html)]).toEqual([html, true]);
  for (const html of ['<a href=https://x.test>x</a>', '<img src="cid:a"><img src="data:image/png;base64,x">', '<p>http://x.test/</p>', '<!-- <img src=http://x.test> -->']) expect([html, hasRemote(html)]).toEqual([html, false]);
});

test('tags are found with their attributes and lines, whatever stands between', () => {
  expect(tagsOf('<p\nclass="a > b" id=c>\n<IMG alt=\'\' src="x&amp;y"><script>"<b>"</script><br/>').map(({ name, attributes, line }) => [name, Object.fromEntries(attributes), line])).toEqual([
    ['p', { class: 'a > b', id: 'c' }, 1], ['img', { alt: '', src: 'x&y' }, 3], ['script', {}, 3], ['br', {}, 3],
  ]);
  fc.assert(fc.property(fc.string(), (html) => void tagsOf(html)));
});

test('a hostile 2 MB of open tags is read in one pass', () => {
  const begun = performance.now();
  tagsOf('<a '.repeat(300_000));
  tagsOf('<a b="'.repeat(300_000));
  tagsOf('<!--'.repeat(300_000));
  tagsOf('<style>'.repeat(300_000));
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('retention is read as it is shown', () => {
  const kept = { messages: 100_000, age: 7 * 86_400_000, bytes: 10 * 1024 ** 3 };
  expect(retentionText(kept)).toEqual({ messages: '100000', age: '7d', bytes: '10G' });
  expect(readRetention(retentionText(kept))).toEqual({ retention: { messages: 100_000, age: '7d', bytes: 10 * 1024 ** 3 } });
  expect(readRetention({ messages: '', age: '', bytes: '' })).toEqual({ retention: { messages: null, age: null, bytes: null } });
  for (const typed of [{ messages: '0' }, { messages: '-3' }, { age: 'a week' }, { bytes: 'lots' }]) expect(readRetention({ messages: '', age: '', bytes: '', ...typed })).toHaveProperty('fault');
});

test('the lines to copy hold the addresses of this instance, and a login only when there is one', () => {
  const info = { smtp: { host: '127.0.0.1', port: 4025, user: null, password: null } } as unknown as Info;
  const open = snippets(info, 'http://127.0.0.1:8025');
  expect(open.map(({ name }) => name)).toEqual(expect.arrayContaining(['nodemailer', 'Python', 'Django', 'Rails', 'Laravel', 'Spring', 'Go', 'curl', 'sendmail']));
  for (const { name, lines } of open) expect([name, lines.includes(name === 'curl, HTTP' ? 'http://127.0.0.1:8025/v1' : '4025')]).toEqual([name, true]);
  const own = snippets({ smtp: { host: '::1', port: 25, user: 'me', password: "it's" } } as unknown as Info, '');
  expect(own.find(({ name }) => name === 'nodemailer')!.lines).toContain(String.raw`auth: { user: 'me', pass: 'it\'s' }`);
  expect(own.find(({ name }) => name === 'curl')!.lines).toContain("smtp://[::1]:25");
});
