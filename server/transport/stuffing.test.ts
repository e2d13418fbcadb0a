import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unstuff } from '../../test/transport/script.ts';
import { stuffer } from './stuffing.ts';

function sent(...chunks: (string | Uint8Array)[]): Buffer {
  const stuff = stuffer();
  return Buffer.concat([...chunks.map((chunk) => stuff.push(Buffer.from(chunk as string))), stuff.end()]);
}

/** What a strict receiver makes of it: up to the first CR LF . CR LF, dots taken off. */
function received(octets: Buffer): Buffer {
  if (octets.subarray(0, 3).toString() === '.\r\n') return Buffer.alloc(0);
  const end = octets.indexOf('\r\n.\r\n');
  expect(end).toBe(octets.length - 5);
  return unstuff(octets.subarray(0, end + 2));
}

test.each([
  ['', '.\r\n'],
  ['.', '..\r\n.\r\n'],
  ['.\r\n', '..\r\n.\r\n'],
  ['a\r\n.b\r\n', 'a\r\n..b\r\n.\r\n'],
  ['a\r\n.\r\nb\r\n', 'a\r\n..\r\nb\r\n.\r\n'],
  ['a\n.\nb', 'a\n.\nb\r\n.\r\n'],
  ['a\r.\r', 'a\r.\r\r\n.\r\n'],
  ['a\n', 'a\n\r\n.\r\n'],
  ['..\r\n..', '...\r\n...\r\n.\r\n'],
])('%j goes out as %j', (message, wanted) => {
  expect(sent(message).toString()).toBe(wanted);
});

const body = fc.oneof(
  fc.array(fc.constantFrom('.', '\r', '\n', '\r\n', '\r\n.', '..', 'x', 'text')).map((parts) => Buffer.from(parts.join(''))),
  fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
);

test('what is un-stuffed is the message and its last line end, however it is cut; the source is not touched', () => {
  fc.assert(fc.property(body, fc.array(fc.nat(), { maxLength: 12 }), (message, places) => {
    const before = Buffer.from(message);
    const at = [...new Set(places.map((place) => place % (message.length + 1)))].sort((a, b) => a - b);
    const chunks = [0, ...at].map((from, i) => message.subarray(from, at[i] ?? message.length));
    const needsEnd = message.length > 0 && message.subarray(-2).toString('latin1') !== '\r\n';
    expect(received(sent(...chunks))).toEqual(needsEnd ? Buffer.concat([message, Buffer.from('\r\n')]) : message);
    expect(message).toEqual(before);
  }), { numRuns: 1_000 });
});

describe('with a guard for bare line ends', () => {
  const guarded = (...chunks: Uint8Array[]) => {
    const stuff = stuffer({ guardBareLines: true });
    return Buffer.concat([...chunks.map((chunk) => stuff.push(chunk)), stuff.end()]);
  };

  test.each([
    ['a\n.\nb', 'a\n..\nb\r\n.\r\n'],
    ['a\r.\r', 'a\r..\r\r\n.\r\n'],
    ['a\n.\r\nMAIL FROM:<evil@x.test>\r\n', 'a\n..\r\nMAIL FROM:<evil@x.test>\r\n.\r\n'],
    ['a\r\n.\n', 'a\r\n..\n\r\n.\r\n'],
    ['a\r\n.b\r\n', 'a\r\n..b\r\n.\r\n'],
    ['\n.', '\n..\r\n.\r\n'],
    ['.', '..\r\n.\r\n'],
  ])('%j goes out as %j', (message, wanted) => {
    expect(guarded(Buffer.from(message)).toString()).toBe(wanted);
  });

  test('nothing but the end is an end, whatever a remote takes for a line end and however it is cut', () => {
    fc.assert(fc.property(body, fc.array(fc.nat(), { maxLength: 12 }), (message, places) => {
      const at = [...new Set(places.map((place) => place % (message.length + 1)))].sort((a, b) => a - b);
      const out = guarded(...[0, ...at].map((from, i) => message.subarray(from, at[i] ?? message.length)));
      const text = `\r\n${out.toString('latin1')}`;
      expect([...text.matchAll(/[\r\n]\.[\r\n]/g)].map(({ index }) => index)).toEqual([text.length - 4]);
      // Without line ends that stand alone it is what goes out anyhow.
      const clean = Buffer.from(message.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n'), 'latin1');
      expect(guarded(clean)).toEqual(sent(clean));
    }), { numRuns: 1_000 });
  });
});
