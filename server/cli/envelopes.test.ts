import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { besideMbox, envelopesOf, fingerprint, writeEnvelopes } from './envelopes.ts';
import { fromLine, quoted, readMbox } from './mbox.ts';

const of = (...pieces: Uint8Array[]) => {
  const print = fingerprint('');
  for (const piece of pieces) print.push(piece);
  return print.digest();
};

test('a message is known again after its way through an mbox, however it is cut, and another one is not', async () => {
  const octets = fc.array(fc.constantFrom(...Buffer.from('\r\n\r\n>From x\0\xff', 'latin1')), { maxLength: 40 }).map((all) => Buffer.from(all));
  await fc.assert(fc.asyncProperty(octets, fc.nat(40), async (message, cut) => {
    const file = [Buffer.from(fromLine('a@app.test', new Date(0)))];
    for await (const piece of quoted((async function* () { yield message; })())) file.push(Buffer.from(piece));
    const back: Buffer[] = [];
    for await (const piece of readMbox((async function* () { yield Buffer.concat(file); })())) if (piece.kind === 'bytes') back.push(Buffer.from(piece.bytes));
    expect(of(...back)).toBe(of(message.subarray(0, cut), message.subarray(cut)));
  }), { numRuns: 500 });
  expect(of(Buffer.from('a\rb\r\n'))).not.toBe(of(Buffer.from('ab\r\n')));
  expect(of(Buffer.from('a\r\n\r\n'))).not.toBe(of(Buffer.from('a\r\n')));
});

test('messages that are the same are told apart by their order, and not at all in a file that was changed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-envelopes-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'out.mbox');
  const known = (sha256: string, to: string) => `${JSON.stringify({ sha256, from: 'a@app.test', to: [to] })}\n`;
  await writeEnvelopes(besideMbox(file), [`${JSON.stringify({ octets: 3 })}\n`, known('s', 'b@shop.test'), known('t', 'c@shop.test'), known('s', 'd@shop.test'), 'nonsense\n']);
  const asked = async (text: string) => {
    writeFileSync(file, text);
    const envelopeOf = await envelopesOf(file);
    return ['s', 't', 's', 's'].map((key) => envelopeOf(key)?.to?.join());
  };
  expect(await asked('abc')).toEqual(['b@shop.test', 'c@shop.test', 'd@shop.test', undefined]);
  expect(await asked('ab')).toEqual([undefined, 'c@shop.test', undefined, undefined]);
});
