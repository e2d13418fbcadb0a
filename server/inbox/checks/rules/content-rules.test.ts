import { expect, test } from 'vitest';
import { examine, filePart, goodMail } from '../../../../test/support/check-mail.ts';

const page = (body: string, head = '') => `<!DOCTYPE html>\n<html lang="en"><head>${head}</head>\n<body>\n${body}\n</body></html>`;
const html = (body: string, head?: string) => examine(goodMail({ html: page(body, head) }));

test('HTML without a text part is warned of, text alone is not', async () => {
  const only = await examine(goodMail({ text: null }));
  expect(only.verdict('text-part')).toBe('warn');
  expect((await examine(goodMail({ text: ' \n ' }))).says('text-part')).toContain('empty');
  const plain = await examine(goodMail({ html: null }));
  expect(plain.verdict('text-part')).toBe('pass');
  expect(plain.compat).toBeNull();
  expect(plain.verdict('size')).toBeUndefined();
});

test('a text part that says something else, or holds tags, is told', async () => {
  const other = await examine(goodMail({ text: 'This message needs a modern mail program, so please open it in your browser or get a newer one today. Thank you for understanding us.' }));
  expect(other.verdict('text-html')).toBe('warn');
  expect((await examine(goodMail({ text: '<p>Hello Ann,</p><p>your order 4711 was sent this morning and will be with you on Friday.</p>' }))).verdict('text-html')).toBe('fail');
  const much = `<p>${'your order was sent this morning and will be with you on Friday, Ann, says The Shop '.repeat(40)}</p>`;
  expect((await examine(goodMail({ html: page(much) }))).says('text-html')).toContain('much less than the HTML');
});

test('HTML over 102 kB as decoded is clipped by Gmail, whatever its transfer encoding makes of it', async () => {
  const big = page(`<p>${'word '.repeat(21_000)}</p>`);
  const encoded = (text: string) => examine(goodMail({ html: Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n'), htmlHeaders: ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64'] }));
  expect((await encoded(big)).verdict('size')).toBe('fail');
  // 76 kB, which are 104 kB in base64.
  const under = page(`<p>${'word '.repeat(15_600)}</p>`);
  expect((await encoded(under)).verdict('size')).toBe('pass');
  expect((await encoded(page(`<p>${'word '.repeat(18_500)}</p>`))).verdict('size')).toBe('warn');
});

test('pictures without alt are listed with their lines; decoration and pixels are let pass', async () => {
  const found = await html('<img src="https://shop.test/a.png">\n<img src="https://shop.test/b.png" alt="">\n<img src="https://shop.test/c.png" role="presentation">');
  expect(found.check('image-alt')).toMatchObject({ verdict: 'warn', details: [{ text: 'https://shop.test/a.png', line: 4, in: 'html' }] });
  const pixel = await html('<img src="https://shop.test/open" width="1" height="1">');
  expect(pixel.verdict('image-alt')).toBe('info');
  expect(pixel.says('image-sources')).toContain('tracking pixel');
  expect((await html('<p>none</p>')).verdict('image-alt')).toBeUndefined();
});

test.each([
  ['', 'fail', 'No source'],
  ['http://shop.test/a.png', 'warn', 'http'],
  ['/logo.png', 'fail', 'Relative'],
  ['//shop.test/a.png', 'warn', 'scheme'],
  ['file:///C:/logo.png', 'fail', 'nothing at this address'],
  ['cid:nobody@shop.test', 'fail', 'Content-ID'],
  ['data:image/png;base64,AAAA', 'warn', 'data:'],
  ['https://localhost:8080/a.png', 'warn', 'this machine'],
  ['https://shop.test/{{logo}}.png', 'fail', 'template'],
  ['https://www.example.com/a.png', 'warn', 'example'],
  ['https://shop.test/a.png', 'pass', ''],
] as const)('a picture from "%s" is %s', async (src, verdict, says) => {
  const found = await html(`<img alt="Logo" src="${src}">`);
  expect(found.verdict('image-sources')).toBe(verdict);
  expect(found.says('image-sources')).toContain(says);
});

test('a picture that is a part of the message is found by its Content-ID', async () => {
  const logo = 'Content-Type: image/png; name=logo.png\nContent-Disposition: inline; filename=logo.png\nContent-ID: <logo@shop.test>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=';
  const found = await examine(goodMail({ html: page('<img alt="Logo" src="cid:logo@shop.test">'), more: [logo] }));
  expect(found.verdict('image-sources')).toBe('pass');
});

test.each([
  ['', 'fail', 'empty link'],
  ['#', 'fail', 'empty link'],
  ['#nowhere', 'warn', 'No element'],
  ['/orders/1', 'fail', 'Relative'],
  ['//shop.test/x', 'fail', 'scheme'],
  ['javascript:alert(1)', 'fail', 'follows'],
  ['https://', 'fail', 'Not a web address'],
  ['https://shop.test/{{url}}', 'fail', 'template'],
  ['https://shop.test/%7B%7Burl%7D%7D', 'fail', 'template'],
  ['https://shop.test/u/undefined', 'fail', 'template'],
  ['https://shop.test/?id=null', 'fail', 'template'],
  ['http://localhost:3000/reset', 'warn', 'this machine'],
  ['https://192.168.1.5/', 'warn', 'private network'],
  ['https://[::1]/', 'warn', 'this machine'],
  ['https://0x7f.1/', 'warn', 'this machine'],
  ['https://intranet/x', 'warn', 'private network'],
  ['https://example.com/x', 'warn', 'example'],
  ['http://shop.test/x', 'warn', 'http'],
  ['https://ann:pw@shop.test/', 'warn', 'login'],
  ['https://198.51.100.7/x', 'warn', 'number'],
  ['mailto:', 'warn', 'mailto'],
  ['mailto:ann@shop.test', 'pass', ''],
  ['tel:+4912345', 'pass', ''],
  ['https://shop.test/nullable/%20a?b=%d0%b0#c', 'pass', ''],
] as const)('a link to "%s" is %s', async (href, verdict, says) => {
  const found = await html(`<p>Hello</p><a href="${href}">Go on</a>`);
  expect(found.verdict('links')).toBe(verdict);
  expect(found.says('links')).toContain(says);
});

test('a link that reads like another host is told; one inside the same organisation is not', async () => {
  expect((await html('<a href="https://evil.test/x">https://bank.test/login</a>')).says('links')).toContain('leads to evil.test');
  expect((await html('<a href="https://click.shop.test/x">www.shop.test</a>')).verdict('links')).toBe('pass');
});

test('an anchor that is there is fine, and a broken link says on which line it stands', async () => {
  expect((await html('<a href="#prices">Prices</a><h2 id="prices">Prices</h2>')).verdict('links')).toBe('pass');
  expect((await html('<p>one</p>\n<a href="">two</a>')).check('links').details[0]).toMatchObject({ line: 5, in: 'html' });
});

test.each([
  ['<script>alert(1)</script>', 'fail', '<script>'],
  ['<iframe src="https://shop.test"></iframe>', 'fail', '<iframe>'],
  ['<p onclick="go()">x</p>', 'fail', 'onclick'],
  ['<meta http-equiv="refresh" content="0;url=https://shop.test">', 'fail', 'refresh'],
  ['<link rel="stylesheet" href="https://shop.test/a.css">', 'warn', 'style sheets'],
  ['<form action="https://shop.test"><input name="q"></form>', 'warn', '<form>'],
  ['<script type="application/ld+json">{}</script>', 'pass', ''],
  ['<table><tr><td>fine</td></tr></table>', 'pass', ''],
] as const)('%s is %s as content', async (markup, verdict, says) => {
  const found = await html(markup);
  expect(found.verdict('markup')).toBe(verdict);
  expect(found.says('markup')).toContain(says);
});

test.each(['Hello {{ name }}', 'Hello %s', 'Hello undefined', 'Hello {name}', 'Hello ${user.name}', 'Hello [object Object]', 'Hello *|FNAME|*', 'Hello <%= name %>', 'Total: NaN'])('"%s" as subject is a leftover', async (subject) => {
  const found = await examine(goodMail({ headers: { Subject: subject } }));
  expect(found.verdict('leftovers')).toBe('fail');
  expect(found.check('leftovers').details).toHaveLength(1);
});

test('leftovers in names and bodies are told, with the line where it is in the HTML', async () => {
  expect((await examine(goodMail({ headers: { To: '"{{ first }}" <ann@reader.test>' } }))).says('leftovers')).toContain('To: {{ first }}');
  expect((await examine(goodMail({ text: 'Dear undefined,\nyour order is here.' }))).verdict('leftovers')).toBe('warn');
  const found = await html('<p>fine</p>\n<p>Hello {{name}}</p>');
  expect(found.check('leftovers').details).toContainEqual({ text: 'HTML: {{name}}', line: 5, in: 'html' });
});

test.each(['100 % cotton, 50% off', 'Order {4711} of None of us', 'Save 20%!'])('"%s" in a text is no leftover', async (text) => {
  expect((await examine(goodMail({ text: `${text} and more`, html: null }))).verdict('leftovers')).toBe('pass');
});

test.each([
  ['setup.exe', 'application/octet-stream', 'fail', 'refuse'],
  ['invoice.pdf.js', 'text/plain', 'fail', 'second ending'],
  ['list.xlsm', 'application/vnd.ms-excel.sheet.macroEnabled.12', 'warn', 'macros'],
  ['page.html', 'text/html', 'warn', 'scripts'],
  ['all.zip', 'application/zip', 'info', 'archive'],
  ['winmail.dat', 'application/ms-tnef', 'warn', 'TNEF'],
  ['bill.pdf', 'application/octet-stream', 'info', 'octet-stream'],
  ['bill.pdf', 'application/pdf', 'pass', ''],
] as const)('an attachment %s (%s) is %s', async (name, type, verdict, says) => {
  const found = await examine(goodMail({ more: [filePart(name, type)] }));
  expect(found.verdict('attachments')).toBe(verdict);
  expect(found.says('attachments')).toContain(says);
});

test('attachments that hide their type, are empty or too large in all are told', async () => {
  expect((await examine(goodMail({ more: [filePart('\u202egnp.exe', 'image/png')] }))).verdict('attachments')).toBe('fail');
  expect((await examine(goodMail({ more: [filePart('a.pdf', 'application/pdf', '')] }))).says('attachments')).toContain('empty');
  expect((await examine(goodMail({ more: [filePart('a.pdf', 'application/pdf', 'x'.repeat(8 * 1024 * 1024))] }))).verdict('attachments')).toBe('warn');
  expect((await examine(goodMail({ more: [filePart('a.pdf', 'application/pdf', 'x'.repeat(19 * 1024 * 1024))] }))).verdict('attachments')).toBe('fail');
});

test.each([
  ['<p>plain</p>', '', 'pass'],
  ['<p>dark</p><a href="https://shop.test" target="_blank">x</a>', '<style>@media (prefers-color-scheme: dark) { p { color: white } }</style>', 'info'],
  ['<p>x</p>', '<style>p { --brand: red; color: var(--brand) }</style>', 'warn'],
  ['<p>x</p>', '<style>p { color: {{brand}} }</style>', 'warn'],
] as const)('%s with %s is %s for mail clients', async (body, head, verdict) => {
  const found = await examine(goodMail({ html: `<html><head>${head}</head>${body}</html>` }));
  expect(found.verdict('compat')).toBe(verdict);
  expect(found.check('compat').details.some(({ clients }) => clients?.includes('outlook.windows'))).toBe(verdict !== 'pass');
});

test('an address that could run is named, never given as one to follow', async () => {
  const found = await html('<a href="javascript:alert(1)">a</a> <a href=" JaVaScRiPt:alert(2)">b</a> <a href="data:text/html,x">c</a> <a href="http://shop.test/x">d</a>');
  expect(found.check('links').details.map(({ href }) => href)).toEqual([undefined, undefined, undefined, 'http://shop.test/x']);
  expect(found.says('links')).toContain('javascript:alert(1)');
});
