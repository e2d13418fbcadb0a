import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REPLY_LIMITS, replyReader, type Malformed, type Said } from './reply-reader.ts';

function readAll(...chunks: (string | Uint8Array)[]): (Said | Malformed)[] {
  const reader = replyReader();
  const found: (Said | Malformed)[] = [];
  for (const chunk of chunks) {
    reader.push(Buffer.from(chunk as string));
    for (let said = reader.next(); said !== undefined; said = reader.next()) {
      found.push(said);
      if ('malformed' in said) return found;
    }
  }
  return found;
}

/** Cuts octets at these places, wherever they are. */
function cut(octets: Uint8Array, places: number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (octets.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => octets.subarray(from, at[i] ?? octets.length));
}

test('replies are read whole, whatever their lines end in', () => {
  expect(readAll('220 hi\r\n250-a\r\n250-b\r\n250 c\n354\r\n')).toEqual([
    { code: 220, lines: ['220 hi'] },
    { code: 250, lines: ['250-a', '250-b', '250 c'] },
    { code: 354, lines: ['354'] },
  ]);
});

test('text that is not ASCII is read as UTF-8, also when a chunk ends within a letter', () => {
  const octets = Buffer.from('550 5.1.1 Empfänger unbekannt: 收件人\r\n');
  for (let i = 1; i < octets.length; i++) expect(readAll(octets.subarray(0, i), octets.subarray(i))).toEqual([{ code: 550, lines: ['550 5.1.1 Empfänger unbekannt: 收件人'] }]);
});

test.each([
  ['a line without a code', 'hello\r\n'],
  ['an empty line', '\r\n'],
  ['a code of two digits', '25 ok\r\n'],
  ['a code of four digits', '2500 ok\r\n'],
  ['a code below 200', '199 ok\r\n'],
  ['a code above 599', '600 ok\r\n'],
  ['a comma behind the code', '421,4.7.0 later\r\n'],
  ['codes that differ', '250-ok\r\n550 no\r\n'],
  ['a NUL', '250 o\0k\r\n'],
  ['a line without an end', `250 ${'x'.repeat(REPLY_LIMITS.line)}`],
  ['a line that is too long', `250 ${'x'.repeat(REPLY_LIMITS.line)}\r\n`],
  ['too many lines', '250-x\r\n'.repeat(REPLY_LIMITS.lines)],
  ['too many octets', `250-${'x'.repeat(4_000)}\r\n`.repeat(17)],
])('%s is malformed, and stays so', (_name, text) => {
  const reader = replyReader();
  reader.push(Buffer.from(text));
  const first = reader.next();
  expect(first).toMatchObject({ malformed: expect.any(String) });
  expect((first as Malformed).heard.length).toBeLessThanOrEqual(200);
  reader.push(Buffer.from('250 ok\r\n'));
  expect(reader.next()).toBe(first);
});

test('the longest line and the most lines are read', () => {
  expect(readAll(`250 ${'x'.repeat(REPLY_LIMITS.line - 5)}\r\n`)).toHaveLength(1);
  expect(readAll(`${'250-x\r\n'.repeat(REPLY_LIMITS.lines - 1)}250 x\r\n`)).toEqual([{ code: 250, lines: expect.objectContaining({ length: 200 }) }]);
});

test('what is ahead of the last reply is known', () => {
  const reader = replyReader();
  reader.push(Buffer.from('250 ok\r\n250-mo'));
  reader.next();
  expect(reader.ahead).toBe(true);
  expect(reader.peek()).toBe('250-mo');
  reader.push(Buffer.from('re\r\n250 end\r\n'));
  reader.next();
  expect(reader.ahead).toBe(false);
});

const line = fc.record({ code: fc.integer({ min: 200, max: 599 }), text: fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n\0]/g, ' ')) });

test('replies come out as they were said, however they are cut', () => {
  fc.assert(fc.property(fc.array(fc.tuple(line, fc.array(fc.string({ maxLength: 9 }).map((text) => text.replace(/[\r\n\0]/g, '.')), { maxLength: 3 }))), fc.array(fc.nat(), { maxLength: 20 }), (said, places) => {
    const replies = said.map(([{ code, text }, more]) => ({ code, lines: [...more.map((part) => `${code}-${part}`), `${code} ${text}`] }));
    const octets = Buffer.from(replies.flatMap(({ lines }) => lines.map((one) => `${one}\r\n`)).join(''));
    expect(readAll(...cut(octets, places))).toEqual(replies);
  }));
});

test('any octets, cut anywhere: it neither throws nor loops, and cutting changes nothing', () => {
  const likely = fc.array(fc.oneof(fc.constantFrom('2', '250', '5', '-', ' ', '\r', '\n', '\r\n', '\0', '250 ok\r\n', '250-', 'é'), fc.string({ maxLength: 3 }))).map((parts) => Buffer.from(parts.join('')));
  fc.assert(fc.property(fc.oneof(likely, fc.uint8Array({ maxLength: 300 })), fc.array(fc.nat(), { maxLength: 20 }), (octets, places) => {
    const whole = readAll(octets);
    expect(readAll(...cut(octets, places))).toEqual(whole);
    expect(whole.length).toBeLessThanOrEqual(octets.length);
  }));
});
