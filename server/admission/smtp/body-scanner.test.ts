import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyScanner } from './body-scanner.ts';

/** Feeds the pieces; answers the message, or null when it did not end, and what came after the end. */
function scan(...pieces: string[]): { message: string | null; rest: string } {
  const take = bodyScanner();
  const kept: Buffer[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const chunk = Buffer.from(pieces[i]!, 'latin1');
    const after = Buffer.from(chunk); // the scanner may move the octets of its own
    const scanned = take(chunk);
    if (scanned.heldCr) kept.push(Buffer.from('\r'));
    kept.push(scanned.kept);
    if (scanned.end >= 0) {
      const rest = after.subarray(scanned.end).toString('latin1') + pieces.slice(i + 1).join('');
      return { message: Buffer.concat(kept).toString('latin1'), rest };
    }
  }
  return { message: null, rest: '' };
}

/** The rule in one breath: lines end at CR LF only; a line that is `.` ends; a dot before a line is taken off. */
function reference(wire: string): { message: string | null; rest: string } {
  let message = '';
  for (let at = 0; ;) {
    const end = wire.indexOf('\r\n', at);
    if (end < 0) return { message: null, rest: '' };
    const line = wire.slice(at, end);
    at = end + 2;
    if (line === '.') return { message, rest: wire.slice(at) };
    message += `${line.startsWith('.') ? line.slice(1) : line}\r\n`;
  }
}

test.each([
  ['the end alone is an empty message', '.\r\nNOOP', '', 'NOOP'],
  ['a stuffed dot is taken off', 'a\r\n..b\r\n.\r\n', 'a\r\n.b\r\n', ''],
  ['a stuffed first line', '..\r\n.\r\n', '.\r\n', ''],
  ['a dot that was not stuffed is taken off too (RFC 5321 4.5.2)', '.b\r\n.\r\n', 'b\r\n', ''],
  ['only one dot is taken off', '...\r\n.\r\n', '..\r\n', ''],
  ['a dot within a line stays', 'a.\r\n.\r\n', 'a.\r\n', ''],
  ['CRs before the end', 'a\r\r\n.\r\n', 'a\r\r\n', ''],
  ['dot CR CR LF is no end', '.\r\r\n.\r\n', '\r\r\n', ''],
  ['dot CR x is no end', '.\rx\r\n.\r\n', '\rx\r\n', ''],
])('%s', (_name, wire, message, rest) => {
  expect(scan(wire)).toEqual({ message, rest });
  expect(scan(...wire.split(''))).toEqual({ message, rest });
});

test.each(['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r.\r\n', '\r\n.\r', '\n.\r', '\r.\n', '\r\n\n.\r\n', '\n\r.\r\n', '\r\n.\n\r\n', '\n..\n', '\r\n.\0\r\n', '\r\n .\r\n', '\r\n. \r\n'])(
  'a look-alike of the end, %j, ends nothing', (look) => {
    const { message, rest } = scan(`a${look}MAIL FROM:<evil@app.test>\r\n.\r\nQUIT`);
    expect(rest).toBe('QUIT');
    expect(message).toContain('MAIL FROM:<evil@app.test>\r\n');
  },
);

test('a bare LF before a dot takes no dot off', () => {
  expect(scan('a\n..b\r\n.\r\n').message).toBe('a\n..b\r\n');
  expect(scan('a\r..b\r\n.\r\n').message).toBe('a\r..b\r\n');
});

const sign = fc.constantFrom('\r', '\n', '.', '\r\n', '\r\n.', '\r\n.\r\n', 'x', '\0', '\xff');
test('whatever is sent, in whatever pieces, it is read as the rule says', () => {
  fc.assert(fc.property(fc.array(fc.array(sign, { maxLength: 8 }).map((signs) => signs.join('')), { maxLength: 8 }), (pieces) => {
    const wire = pieces.join('');
    const got = scan(...pieces);
    expect(got).toEqual(reference(wire));
  }), { numRuns: 3_000 });
});

test('what a client stuffs comes back as it was', () => {
  fc.assert(fc.property(fc.array(sign, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (signs, size) => {
    const message = signs.join('') + '\r\n';
    const wire = `${message.replace(/(^|\r\n)\./g, '$1..')}.\r\nREST`;
    const pieces = wire.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    expect(scan(...pieces)).toEqual({ message, rest: 'REST' });
  }), { numRuns: 2_000 });
});
