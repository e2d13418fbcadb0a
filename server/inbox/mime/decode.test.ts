import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCharset, isDecodable } from './charset.ts';
import { doubtsOf, transferDecoder } from './decode.ts';
import { displayName } from './file-name.ts';
import { partHeader } from './part-header.ts';

function decode(encoding: string, text: string | Buffer, size = 1_000): Buffer {
  const bytes = Buffer.from(text as string, 'latin1');
  const decoder = transferDecoder(encoding);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(Buffer.from(decoder.push(bytes.subarray(at, at + size))));
  pieces.push(decoder.end());
  return Buffer.concat(pieces);
}

test('base64 is decoded in whatever pieces it comes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 90 }), fc.constantFrom('\r\n', '\n', ' \r\n', ''), (bytes, size, eol) => {
    const text = Buffer.from(bytes).toString('base64').replace(/.{1,20}/g, (line) => line + eol);
    expect(decode('base64', text, size)).toEqual(Buffer.from(bytes));
  }));
});

test('what is no base64 is passed over, and what follows the padding too', () => {
  expect(decode('base64', 'aGV*s\0bG8=\r\n-- \r\nfooter of a list').toString()).toBe('hello');
  expect(decode('base64', 'aGVsbG8').toString()).toBe('hello');
  expect(decode('base64', '?').length).toBe(0);
});

test('quoted-printable is decoded in whatever pieces it comes, and what is none of it stays', () => {
  const text = 'a=3D=\r\nb=e9 = \t\r\nc=\nd=ZZ=4';
  for (let size = 1; size < text.length; size++) expect([size, decode('quoted-printable', text, size).toString('latin1')]).toEqual([size, 'a=b\xe9 cd=ZZ=4']);
  expect(decode('quoted-printable', 'end=').toString()).toBe('end');
});

test('no bytes make a decoder throw, and pieces make no difference', () => {
  fc.assert(fc.property(fc.constantFrom('base64', 'quoted-printable', 'x-uuencode', '7bit'), fc.array(fc.oneof(fc.constantFrom('=', '\r', '\n', 'A', '=4', ' ', 'begin 644 x\n', 'end\n'), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (encoding, pieces, size) => {
    const bytes = Buffer.from(pieces.join(''), 'latin1').toString('latin1');
    expect(decode(encoding, bytes, size).equals(decode(encoding, bytes, 100_000))).toBe(true);
  }), { numRuns: 500 });
});

test('uuencode is decoded between its begin and end', () => {
  expect(decode('x-uuencode', 'text\nbegin 644 cat.txt\n#0V%T\n`\nend\nmore', 3).toString()).toBe('Cat');
});

test('base64 tells whether it held what is none; white space, padding and what stands behind it are fine', () => {
  for (const [text, foreign] of [['aGk=', false], ['aG\r\n k=\r\n', false], ['aGk=\r\n-- \r\n@list!', false], ['@@@@!!', true], ['aG-k', true], ['', false]] as const) expect([text, doubtsOf('base64', Buffer.from(text))]).toEqual([text, foreign ? ['foreign'] : []]);
  expect(doubtsOf('7bit', Buffer.from('@! \r\n=x'))).toEqual([]);
});

test('quoted-printable tells of "=" that encodes nothing, and of white space that receivers drop, in whatever pieces it comes', () => {
  const cases: [string, string[]][] = [
    ['a=3Db=e9=\r\nc= \t\r\nd=20\r\n=\r\n', []], ['ends=', []], ['ends= \t', []], ['a b\r\n   \r\n\tc=20\n', []], ['a \rb', []], ['a ', []],
    ['<a href="x">', ['escape']], ['a = b', ['escape']], ['a=4', ['escape']], ['a=\rb', ['escape']], ['=4g', ['escape']],
    ['-- \r\nAnn', ['blank']], ['a\t\n', ['blank']], ['x=y \r\n', ['escape', 'blank']],
  ];
  for (const [text, doubts] of cases) {
    expect([text, doubtsOf('quoted-printable', Buffer.from(text))]).toEqual([text, doubts]);
    const slow = transferDecoder('quoted-printable');
    for (const byte of Buffer.from(text)) slow.push(Buffer.of(byte));
    slow.end();
    expect([text, slow.doubts!()]).toEqual([text, doubts]);
  }
  expect(doubtsOf('quoted-printable', Buffer.from('cut=E'), true)).toEqual([]);
});

test('a charset is known when it can be decoded', () => {
  for (const name of ['utf-8', 'UTF8', 'ascii', 'iso-2022-jp', 'koi8-r', 'utf-16', 'win-1252', 'ks_c_5601-1987', 'unicode-1-1-utf-8']) expect([name, isDecodable(name)]).toEqual([name, true]);
  for (const name of ['x-nope', 'klingon', '??']) expect([name, isDecodable(name)]).toEqual([name, false]);
  expect(decodeCharset(Buffer.from([0xe9]), 'x-nope')).toBe('é');
});

test('charsets by many names are decoded; what names none and is no UTF-8 is read as windows-1252', () => {
  expect(decodeCharset(Buffer.from([0xe9]), 'ISO-8859-1')).toBe('é');
  expect(decodeCharset(Buffer.from([0x93, 0xe9]), undefined)).toBe('“é');
  expect(decodeCharset(Buffer.from('é'), 'us-ascii')).toBe('é');
  expect(decodeCharset(Buffer.from([0xcf, 0xf0, 0xe8]), 'cp1251')).toBe('При');
  expect(decodeCharset(Buffer.from([0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42]), 'iso-2022-jp')).toBe('日');
  expect(decodeCharset(Buffer.from('x'), 'no-such-charset')).toBe('x');
});

test('a file name is for showing: no folders, no controls, nothing that turns the reading direction', () => {
  expect(displayName('../../etc/passwd')).toBe('passwd');
  expect(displayName('C:\\Users\\ann\\report.pdf')).toBe('report.pdf');
  expect(displayName('exe.\u202egpj\r\n.exe')).toBe('exe. gpj .exe');
  expect(displayName('..')).toBe('');
  expect(displayName(`${'a'.repeat(400)}.tar`)).toMatch(/^a{251}\.tar$/);
});

test('file names are read as RFC 2231, as RFC 2047 and as they should not be', () => {
  const name = (disposition: string, type = 'application/pdf') => partHeader([{ name: 'Content-Type', value: type }, { name: 'Content-Disposition', value: disposition }]).filename;
  expect(name("attachment; filename*=utf-8''na%C3%AFve%20plan.pdf")).toBe('naïve plan.pdf');
  expect(name("attachment; filename*0*=utf-8''na%C3; filename*1*=%AFve; filename*2=.pdf")).toBe('naïve.pdf');
  expect(name('attachment; filename="=?utf-8?B?bmHDr3ZlLnBkZg==?="')).toBe('naïve.pdf');
  expect(name('attachment; filename=my plan.pdf')).toBe('my plan.pdf');
  expect(name('attachment', 'application/pdf; name="x.pdf"')).toBe('x.pdf');
});

test('no header makes the reader of parts throw', () => {
  fc.assert(fc.property(fc.constantFrom('Content-Type', 'Content-Disposition', 'Content-Transfer-Encoding', 'Content-ID'), fc.string({ unit: 'binary', maxLength: 80 }), (name, value) => {
    expect(partHeader([{ name, value }]).type).toMatch(/\//);
  }), { numRuns: 500 });
});
