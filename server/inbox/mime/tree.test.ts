import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MimePart } from '../../mail/message.ts';
import { findPart } from './part-path.ts';
import { DEPTH_LIMIT, PART_LIMIT, treeReader } from './tree.ts';

/** Reads in chunks of the given sizes (in turn) and checks what must hold of any message. */
function read(raw: Buffer, sizes: number[] = [raw.length || 1]) {
  const bodies = new Map<MimePart, Buffer[]>();
  const passed: Buffer[] = [];
  const reader = treeReader({
    begin: (part) => void bodies.set(part, []),
    body: (part, bytes) => void bodies.get(part)!.push(Buffer.from(bytes)),
    pass: (bytes) => void passed.push(Buffer.from(bytes)),
  });
  for (let at = 0, i = 0; at < raw.length; i++) {
    const size = sizes[i % sizes.length]!;
    reader.push(raw.subarray(at, at + size));
    at += size;
  }
  const structure = reader.end();
  expect(Buffer.concat(passed).equals(raw)).toBe(true);
  const paths = new Set<string>();
  const open = [structure.tree];
  const given: string[] = [];
  const meant: string[] = [];
  for (let part = open.pop(); part; part = open.pop()) {
    expect(paths.has(part.path)).toBe(false);
    paths.add(part.path);
    expect(part.start).toBeLessThanOrEqual(part.bodyStart);
    expect(part.bodyStart).toBeLessThanOrEqual(part.end);
    let last = part.bodyStart;
    for (const child of part.parts ?? []) {
      expect(child.start).toBeGreaterThanOrEqual(last);
      expect(child.end).toBeLessThanOrEqual(part.end);
      last = child.end;
      open.push(child);
    }
    if (part.parts || part.type.startsWith('multipart/')) continue;
    given.push(Buffer.concat(bodies.get(part)!).toString('latin1'));
    meant.push(raw.toString('latin1', part.bodyStart, part.end));
  }
  expect(given).toEqual(meant);
  expect(structure.tree.start).toBe(0);
  expect(structure.tree.end).toBe(raw.length);
  return { ...structure, body: (path: string) => { const part = findPart(structure.tree, path)!; return raw.toString('latin1', part.bodyStart, part.end); } };
}

const lines = (...all: string[]) => Buffer.from(all.join('\r\n'));
const outline = (part: MimePart): string => `${part.path}:${part.type}${part.parts ? `(${part.parts.map(outline).join(' ')})` : ''}`;

test('parts are numbered as in IMAP, and a body ends before the line break of its boundary', () => {
  const { tree, body, warnings } = read(lines(
    'From: a@x.test', 'Content-Type: multipart/mixed; boundary="a b"', '', 'preamble', '--a b', '', 'one', '--a b  ', 'Content-Type: multipart/alternative; boundary=c', '', '--c', 'Content-Type: text/html', '', '<p>', '', '--c--', '', '--a b',
    'Content-Type: message/rfc822', '', 'Content-Type: multipart/mixed; boundary=d', '', '--d', '', 'in', '--d--', '--a b--', 'epilogue'));
  expect(outline(tree)).toBe(':multipart/mixed(1:text/plain 2:multipart/alternative(2.1:text/html) 3:message/rfc822(3.TEXT:multipart/mixed(3.1:text/plain)))');
  expect([body('1'), body('2.1'), body('3.1')]).toEqual(['one', '<p>\r\n', 'in']);
  expect(warnings).toEqual([]);
});

test('a message without parts has the part 1', () => {
  const { tree, body } = read(lines('Subject: x', '', 'hello', '--a', ''));
  expect(tree.path).toBe('1');
  expect(body('1')).toBe('hello\r\n--a\r\n');
});

test('a boundary that begins like another is not taken for it', () => {
  const { tree, body } = read(lines('Content-Type: multipart/mixed; boundary=a', '', '--a', 'Content-Type: multipart/mixed; boundary=ab', '', '--ab', '', 'inner', '--abc', '--ab--', '--a', '', 'outer', '--a--'));
  expect(outline(tree)).toBe(':multipart/mixed(1:multipart/mixed(1.1:text/plain) 2:text/plain)');
  expect([body('1.1'), body('2')]).toEqual(['inner\r\n--abc', 'outer']);
});

test('the boundary of an outer multipart closes what is open inside it', () => {
  const { tree, warnings } = read(lines('Content-Type: multipart/mixed; boundary=a', '', '--a', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x', '--a', '', 'y', '--a--'));
  expect(outline(tree)).toBe(':multipart/mixed(1:multipart/mixed(1.1:text/plain) 2:text/plain)');
  expect(warnings).toEqual(['A multipart/mixed has no end boundary']);
});

test('a missing end boundary, bare LF, NUL and 8-bit header fields are warnings', () => {
  const { body, warnings } = read(Buffer.from('Subject: \xe9\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nx\0y\n', 'latin1'));
  expect(body('1')).toBe('x\0y\n');
  for (const one of ['NUL', 'bare LF', '8-bit', 'no end boundary']) expect(warnings.join('|')).toContain(one);
});

test('a header without its empty line gives up its body', () => {
  expect(read(lines('Subject: x', 'just a line', 'another', '')).body('1')).toBe('just a line\r\nanother\r\n');
  const { tree, body } = read(lines('Content-Type: multipart/mixed; boundary=a', '--a', 'Content-Type: text/html', 'hello', '--a--'));
  expect(outline(tree)).toBe(':multipart/mixed(1:text/html)');
  expect(body('1')).toBe('hello');
});

test('a header of 100,000 lines that look like boundaries takes no longer than another', () => {
  const { warnings } = read(Buffer.from(`Content-Type: multipart/mixed; boundary=a\r\n${'--x\r\n'.repeat(100_000)}`));
  expect(warnings.join()).toContain('without an empty line');
});

test('parts beyond the limit are not listed, and nesting beyond the limit is not taken apart', () => {
  const many = read(Buffer.from('Content-Type: multipart/mixed; boundary=a\r\n\r\n' + '--a\r\n\r\nx\r\n'.repeat(PART_LIMIT + 500) + '--a--\r\n'));
  expect(many.tree.parts).toHaveLength(PART_LIMIT - 1);
  expect(many.warnings.join()).toContain('more than 10000 parts');
  const deep = read(Buffer.from(Array.from({ length: 5_000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`).join('')), [1000]);
  let depth = 0;
  for (let part: MimePart | undefined = deep.tree; part; part = part.parts?.[0]) depth++;
  expect(depth).toBe(DEPTH_LIMIT);
  const embedded = read(Buffer.from('Content-Type: message/rfc822\r\n\r\n'.repeat(5_000)));
  expect(embedded.warnings.join()).toContain('deep');
});

test('a line of 20 MB is read without keeping it', () => {
  const reader = treeReader();
  reader.push(lines('Content-Type: multipart/mixed; boundary=a', '', '--a', '', ''));
  const before = process.memoryUsage().arrayBuffers;
  const chunk = Buffer.alloc(65_536, 'x');
  for (let i = 0; i < 320; i++) reader.push(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  reader.push(lines('', '--a--', ''));
  const part = reader.end().tree.parts![0]!;
  expect(part.end - part.bodyStart).toBe(320 * 65_536);
});

test('a long line of a header that a boundary ends keeps its line break out of the body, also when a chunk ends inside the break', () => {
  const before = lines('Content-Type: multipart/mixed; boundary=a', '', '--a', 'x'.repeat(1_200), '');
  const raw = Buffer.concat([before, lines('--a--', '')]);
  for (const sizes of [[raw.length], [before.length - 1], [1]]) {
    const { tree, warnings } = read(raw, sizes);
    expect(tree.parts![0]!.end).toBe(before.length - 2);
    expect(warnings.join()).not.toContain('bare LF');
  }
});

test.each([1_098, 1_099, 1_100, 1_101, 1_102])('a line like a boundary of %i octets in a header is one or not, whatever the chunks are', (length) => {
  const raw = Buffer.from(`Content-Type: multipart/mixed; boundary=a\r\n${'--a'.padEnd(length - 2)}\r\n\r\nx\r\n--a--\r\n`);
  const whole = read(raw).tree;
  for (let at = raw.indexOf('--a'); at < raw.length; at++) expect(read(raw, [at, raw.length]).tree).toEqual(whole);
});

test.each([[998, false], [999, true], [5_000, true]])('a line of %i octets is said to be too long: %s, wherever it stands', (length, tooLong) => {
  const long = 'x'.repeat(length - 3);
  for (const text of [`a: ${long}\r\n\r\n`, `\r\n...${long}\r\n`, `\r\n...${long}\n`, `\r\n...${long}`]) {
    for (const sizes of [[text.length], [64], [1], [length], [length + 1], [length + 2]]) {
      expect(read(Buffer.from(text), sizes).warnings.some((one) => one.includes('998 octets'))).toBe(tooLong);
    }
  }
});

type Made = { type: string; body?: string; boundary?: string; parts?: Made[] };
const made = fc.letrec<{ part: Made }>((tie) => ({
  part: fc.oneof({ depthSize: 'small', withCrossShrink: true },
    fc.record({ type: fc.constantFrom('text/plain', 'text/html', 'image/png'), body: fc.string({ maxLength: 30 }).map((body) => body.replace(/[\r\n]/g, '').replaceAll('-', '')) }),
    fc.record({ type: fc.constantFrom('multipart/mixed', 'multipart/alternative'), boundary: fc.constantFrom('a', 'ab', 'abc', 'a b', "x'y"), parts: fc.array(tie('part'), { minLength: 1, maxLength: 3 }) })),
})).part;

function compose(part: Made, eol: string, used: string): string {
  if (!part.parts) return `Content-Type: ${part.type}${eol}${eol}${part.body}`;
  const boundary = `${part.boundary}${used}`;
  return `Content-Type: ${part.type}; boundary="${boundary}"${eol}${eol}${part.parts.map((one, i) => `--${boundary}${eol}${compose(one, eol, `${used}${i}`)}${eol}`).join('')}--${boundary}--`;
}
const shape = (part: Made): unknown => (part.parts ? { type: part.type, parts: part.parts.map(shape) } : { type: part.type, body: part.body });

test('what was composed is read back, in whatever pieces it comes', () => {
  fc.assert(fc.property(made, fc.constantFrom('\r\n', '\n'), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), (message, eol, sizes) => {
    const raw = Buffer.from(compose(message, eol, ''));
    const { tree } = read(raw, sizes);
    const seen = (part: MimePart): unknown => (part.parts ? { type: part.type, parts: part.parts.map(seen) } : { type: part.type, body: raw.toString('utf8', part.bodyStart, part.end) });
    expect(seen(tree)).toEqual(shape(message));
  }), { numRuns: 300 });
});

test('mangled messages give consistent offsets, the same for any division into chunks', () => {
  const noise = fc.oneof(fc.constantFrom('\r\n', '\n', '\r', '\0', '--a', '--a--', '--ab\r\n', '\r\n\r\n', '\n\n', 'Content-Type: multipart/mixed; boundary=a\r\n', 'Content-Type: message/rfc822\r\n\r\n', 'From x', ': ', ' ', '-', 'x'.repeat(1_200), ' '.repeat(1_095)), fc.string({ unit: 'binary', maxLength: 10 }));
  fc.assert(fc.property(made, fc.array(noise, { maxLength: 25 }), fc.array(fc.nat(10_000), { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }), (message, noises, cuts, sizes) => {
    let text = compose(message, '\r\n', '');
    for (const [i, cut] of cuts.entries()) {
      const at = cut % (text.length + 1);
      text = text.slice(0, at) + (noises[i] ?? '') + text.slice(at + (cut % 7));
    }
    const raw = Buffer.from(text + noises.join(''), 'latin1');
    const said = ({ tree, fields, warnings }: ReturnType<typeof read>) => ({ tree, fields, warnings });
    const whole = said(read(raw));
    expect(said(read(raw, sizes))).toEqual(whole);
    expect(said(read(raw, [1]))).toEqual(whole);
  }), { numRuns: 500 });
});
