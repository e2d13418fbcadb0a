import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEAD_LIMIT, readHead, valueOf } from './head.ts';
import { readSource } from './source.ts';

const read = (text: string) => {
  const head = readHead(Buffer.from(text, 'latin1'), true)!;
  return { raw: head.fields.map(({ raw }) => raw).join(''), names: head.fields.map(({ name }) => name), body: text.slice(head.length) };
};

test('fields keep their octets and their folds', () => {
  expect(read('Subject: a\r\n\tb  c\r\nTo : x@y.test\r\n\r\nbody')).toEqual({ raw: 'Subject: a\r\n\tb  c\r\nTo : x@y.test\r\n', names: ['subject', 'to'], body: 'body' });
});

test('LF alone and CR CR LF end lines of a header; a bare CR and a NUL become spaces and make no field', () => {
  expect(read('A: 1\nB: 2\r\r\n\nbody')).toEqual({ raw: 'A: 1\r\nB: 2\r\n', names: ['a', 'b'], body: 'body' });
  expect(read('Subject: hello\rBcc: x@y.test\0\r\n\r\n').raw).toBe('Subject: hello Bcc: x@y.test \r\n');
});

test('the first line that is no field begins the body', () => {
  expect(read('Subject: a\r\nno field here\r\nTo: b\r\n\r\nc')).toEqual({ raw: 'Subject: a\r\n', names: ['subject'], body: 'no field here\r\nTo: b\r\n\r\nc' });
  expect(read(' folded first\r\n\r\nc').names).toEqual([]);
  expect(read('just text').body).toBe('just text');
});

test('an mbox line is dropped at the top and nowhere else', () => {
  expect(read('From a@b.test Tue Nov 12\r\nSubject: a\r\n\r\nb').names).toEqual(['subject']);
  expect(read('Subject: a\r\nFrom a@b.test Tue\r\n\r\nb').body).toMatch(/^From a/);
});

test('a line of white space does not end the header, and is not sent', () => {
  expect(read('Subject: a\r\n \t\r\n b\r\nTo: c\r\n\r\nd')).toEqual({ raw: 'Subject: a\r\n b\r\nTo: c\r\n', names: ['subject', 'to'], body: 'd' });
});

test('a message without a body is a header', () => {
  expect(read('Subject: a')).toEqual({ raw: 'Subject: a\r\n', names: ['subject'], body: '' });
  expect(read('')).toEqual({ raw: '', names: [], body: '' });
});

test('a value is unfolded and read as UTF-8', () => {
  const [field] = readHead(Buffer.from('Subject: caf\u00e9\r\n\tau lait\r\n\r\n'), true)!.fields;
  expect(valueOf(field!)).toBe('café\tau lait');
});

async function* inPieces(octets: Buffer, size: number, closed: () => void = () => {}) {
  try {
    for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
  } finally {
    closed();
  }
}

test('wherever the pieces are cut, header and body are the same', async () => {
  const piece = fc.constantFrom('Subject: a', ' b', 'To: x', 'junk', '\r\n', '\n', '\r', '\r\r\n', '\r\n\r\n', '\0');
  await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 9 }), async (parts, size) => {
    const octets = Buffer.from(parts.join(''), 'latin1');
    const all = async (step: number) => {
      const source = (await readSource(inPieces(octets, step)))!;
      const body: Buffer[] = [];
      for await (const one of source.body) body.push(Buffer.from(one));
      return { fields: source.fields, body: Buffer.concat(body).toString('latin1') };
    };
    const cut = await all(size);
    expect(cut).toEqual(await all(octets.length + 1));
    expect(cut.fields.map(({ raw }) => raw).join('')).toMatch(/^(?:[^\r\n\0]*\r\n)*$/);
  }));
});

test('a header that never ends is given up, and its source is closed', async () => {
  let closed = false;
  expect(await readSource(inPieces(Buffer.alloc(HEAD_LIMIT * 3, 'X: y\r\n'), 65_536, () => { closed = true; }))).toBeUndefined();
  expect(closed).toBe(true);
});

test('a source is closed when its body is not wanted to the end', async () => {
  for (const pieces of [0, 1]) {
    let closed = false;
    const source = (await readSource(inPieces(Buffer.from(`A: b\r\n\r\n${'x'.repeat(300_000)}`), 65_536, () => { closed = true; })))!;
    let seen = 0;
    if (pieces > 0) for await (const _ of source.body) if (++seen === pieces) break;
    await source.close();
    expect(closed).toBe(true);
  }
});
