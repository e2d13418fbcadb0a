import fc from 'fast-check';
import { expect, test } from 'vitest';
import { disposition, rangeOf, streamOf } from './stream.ts';

test('one range is answered as RFC 9110 says, and nonsense is ignored', () => {
  expect(rangeOf('bytes=0-4', 10)).toEqual({ start: 0, end: 5 });
  expect(rangeOf('bytes=5-', 10)).toEqual({ start: 5, end: 10 });
  expect(rangeOf('bytes=-3', 10)).toEqual({ start: 7, end: 10 });
  expect(rangeOf('bytes=-30', 10)).toEqual({ start: 0, end: 10 });
  expect(rangeOf('bytes=8-99', 10)).toEqual({ start: 8, end: 10 });
  expect(rangeOf('bytes=10-', 10)).toBe('unsatisfiable');
  expect(rangeOf('bytes=-0', 10)).toBe('unsatisfiable');
  for (const ignored of [undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'lines=1-2', 'bytes=0-1,3-4', 'bytes=a-b']) expect(rangeOf(ignored, 10)).toBeUndefined();
});

test('a range never reaches outside the message', () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat({ max: 1_000 }), (from, to, size) => {
    const range = rangeOf(`bytes=${from}-${to}`, size);
    expect(typeof range !== 'object' || (range.start >= 0 && range.start < range.end && range.end <= size)).toBe(true);
  }));
});

test('a file name is written for old clients and new ones', () => {
  expect(disposition('attachment', 'report.pdf')).toBe('attachment; filename="report.pdf"');
  expect(disposition('inline', 'für "dich".png')).toBe('inline; filename="f_r _dich_.png"; filename*=UTF-8\'\'f%C3%BCr%20%22dich%22.png');
  expect(disposition('attachment', '')).toBe('attachment');
});

test('whatever a sender calls a file, it stays inside its header', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => {
    const value = disposition('attachment', name);
    expect(value).toMatch(/^[\x20-\x7e]*$/);
    expect(value.replace(/^attachment(?:; filename="[^"]*")?(?:; filename\*=UTF-8''[\w.~!#$&+^`|%-]*)?$/, '')).toBe('');
  }));
});

test('a client that leaves lets go of the bytes', async () => {
  let left = false;
  async function* endless() {
    try {
      for (;;) yield new Uint8Array(10);
    } finally {
      left = true;
    }
  }
  const reader = streamOf(endless()).getReader();
  await reader.read();
  await reader.cancel();
  expect(left).toBe(true);
});
