import fc from 'fast-check';
import { expect, test } from 'vitest';
import { examine } from '../../../test/support/check-mail.ts';

const BROKEN = /could not be checked|cannot be read \(/;

test('whatever a message is, every check says something and none breaks', async () => {
  const piece = fc.oneof(
    fc.constantFrom('From: a@shop.test\r\n', 'From: =?utf-8?q?=00?= <>\r\n', 'Subject: {{x}}\r\n', 'Subject:\r\n', 'Date: x\r\n', 'DKIM-Signature: v=1; a=rsa-sha256; d=; bh=; b=;\r\n', 'List-Unsubscribe: <>,<https://>\r\n', 'Message-ID: <@>\r\n', 'Reply-To: ,;\r\n', 'Content-Type: text/html; charset=\r\n', 'Content-Type: multipart/mixed; boundary=b\r\n', 'Content-Transfer-Encoding: base64\r\n', '\r\n', '--b\r\n', '--b--\r\n', '<a href="', '<img src=', '<style>a{', '}', '">', '</style>', '\n', '\0', '<p style="', 'https://[', '%', '\ud800', 'Content-Disposition: attachment; filename="..\\\\.exe"\r\n'),
    fc.string({ maxLength: 20 }),
  );
  await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (parts) => {
    const { checks } = await examine(parts.join(''), { from: '' });
    expect(checks.length).toBeGreaterThan(4);
    expect(JSON.stringify(checks)).not.toMatch(BROKEN);
  }), { numRuns: 500 });
}, 30_000);

test('bytes of any kind are taken', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
    expect(JSON.stringify((await examine(Buffer.from(bytes))).checks)).not.toMatch(BROKEN);
  }), { numRuns: 300 });
});

const html = (body: string) => `Content-Type: text/html\r\n\r\n${body}`;
test.each([
  ['100,000 links to anchors', html('<a href="#a">x</a>'.replace('#a', '#') + Array.from({ length: 60_000 }, (_, index) => `<a href="#${index}">`).join(''))],
  ['a greeting that never ends', html(`<p>${'hello '.repeat(80_000)}</p>`)],
  ['a run of spaces', html(`<p>hello${' '.repeat(400_000)}</p>`)],
  ['a run of braces', html(`<p>${'{{'.repeat(200_000)}</p>`)],
  ['a long name in From', `From: "${'a.'.repeat(50_000)}" <a@shop.test>\r\n\r\nx`],
  ['a long subject', `Subject: ${'!?Re: '.repeat(30_000)}\r\n\r\nx`],
  ['a long signature', `DKIM-Signature: ${'h=from:'.repeat(20_000)}\r\n\r\nx`],
  ['a text of tags', `Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n${'<table '.repeat(20_000)}\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>${'word '.repeat(20)}</p>\r\n--b--`],
  ['many attachments', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Disposition: attachment; filename=a.exe\r\n\r\nx\r\n'.repeat(3_000)}--b--`],
])('%s cost a moment and a bounded answer', async (_, raw) => {
  const begun = performance.now();
  const { checks } = await examine(raw);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(JSON.stringify(checks).length).toBeLessThan(500_000);
  expect(JSON.stringify(checks)).not.toMatch(BROKEN);
}, 30_000);
