import { encode } from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf, VALUES } from './reading.ts';
import { question, read } from './packet.ts';

const asked = { name: 'example.test', kind: 'MX' } as const;
const answer = (id: number): Buffer => encode({
  type: 'response', id, questions: [{ type: 'MX', name: 'example.test' }],
  answers: [{ type: 'CNAME', name: 'example.test', ttl: 60, data: 'other.test' }, { type: 'MX', name: 'other.test', ttl: 30, data: { preference: 10, exchange: 'mx.other.test' } }, { type: 'TXT', name: 'other.test', ttl: 30, data: 'text' }],
  authorities: [{ type: 'SOA', name: 'test', ttl: 60, data: { mname: 'a.test', rname: 'b.test', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1 } }],
});

test('a question asks for recursion, for what DNSSEC says and for large answers', () => {
  const raw = question(asked, 0xabcd, true);
  expect(raw.readUInt16BE(0)).toBe(0xabcd);
  expect(raw.readUInt16BE(2)).toBe(0x0120); // RD, AD
  const opt = raw.subarray(-11);
  expect([opt.readUInt16BE(1), opt.readUInt16BE(3), opt.readUInt16BE(7)]).toEqual([41, 1232, 0x8000]); // OPT, size, DO
  expect(question(asked, 1, false)).toHaveLength(raw.length - 11);
});

test('only an answer with the id and the question that were sent is one', () => {
  expect(read(answer(7), asked, 7)).toMatchObject({ kind: 'answer', rcode: 'NOERROR', authentic: false, truncated: false });
  expect(read(answer(7), asked, 8)).toEqual({ kind: 'foreign' });
  expect(read(answer(7), { name: 'example.tes', kind: 'MX' }, 7)).toEqual({ kind: 'foreign' });
  expect(read(answer(7), { name: 'example.test', kind: 'TXT' }, 7)).toEqual({ kind: 'foreign' });
  expect(read(question(asked, 7, true), asked, 7)).toEqual({ kind: 'foreign' });
  // One label with a dot inside is another name than two labels.
  const dotted = encode({ type: 'response', id: 7, questions: [{ type: 'MX', name: 'exampleXtest' }] });
  dotted[dotted.indexOf('X')] = 0x2e;
  expect(read(dotted, asked, 7)).toEqual({ kind: 'foreign' });
});

test('whatever octets come, they are read or they are not; nothing breaks and nothing hangs', () => {
  const whole = answer(7);
  // Whose octets of the id or of the question change is foreign, and read no further: the flags and counts change, and what is behind the question.
  const behind = encode({ type: 'query', id: 0, questions: [{ type: 'MX', name: 'example.test' }] }).length;
  const at = fc.oneof({ weight: 1, arbitrary: fc.integer({ min: 2, max: 11 }) }, { weight: 8, arbitrary: fc.integer({ min: behind, max: whole.length - 1 }) });
  const end = fc.oneof({ weight: 3, arbitrary: fc.constant(whole.length) }, { weight: 1, arbitrary: fc.integer({ min: 12, max: whole.length }) });
  let answers = 0;
  let unreadable = 0;
  fc.assert(fc.property(fc.array(fc.tuple(at, fc.nat(255)), { maxLength: 12 }), end, fc.uint8Array({ maxLength: 40 }), (changes, end, more) => {
    const raw = Buffer.concat([Buffer.from(whole.subarray(0, end)), more]);
    for (const [at, octet] of changes) if (at < raw.length) raw[at] = octet;
    const told = read(raw, asked, 7);
    expect(['answer', 'unreadable', 'foreign']).toContain(told.kind);
    if (told.kind === 'unreadable') unreadable++;
    if (told.kind !== 'answer') return;
    answers++;
    expect(outcomeOf({ ...told, from: { host: '127.0.0.1', port: 53 } }, asked).kind).toEqual(expect.any(String));
    for (const one of told.answers) if (Object.hasOwn(VALUES, one.type)) expect(VALUES[one.type as 'MX'](one)).toBeDefined();
  }), { numRuns: 3_000 });
  // Of 3,000 some 900 are answers still, and some 1,500 cannot be read.
  expect(answers).toBeGreaterThan(500);
  expect(unreadable).toBeGreaterThan(800);
});
