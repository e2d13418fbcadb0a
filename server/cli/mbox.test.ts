import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromLine, quoted, readMbox } from './mbox.ts';

async function* pieces(bytes: Uint8Array, cuts: number[] = []) {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < at.length; i++) yield bytes.subarray(at[i - 1], at[i]);
}
async function write(...messages: string[]) {
  let text = '';
  for (const message of messages) {
    text += fromLine('ann@app.test', new Date('2026-02-03T04:05:06Z'));
    for await (const piece of quoted(pieces(Buffer.from(message, 'latin1')))) text += piece.toString('latin1');
  }
  return text;
}
async function read(text: string, cuts: number[] = []) {
  const messages: { sender: string; text: string }[] = [];
  for await (const piece of readMbox(pieces(Buffer.from(text, 'latin1'), cuts))) {
    if (piece.kind === 'begin') messages.push({ sender: piece.sender, text: '' });
    else messages.at(-1)!.text += piece.bytes.toString('latin1');
  }
  return messages;
}

test('a message stands between its From line and an empty line, quoted in the mboxrd manner', async () => {
  expect(await write('Subject: x\r\n\r\nFrom here\r\n>From there\r\n>>From\r\nfrom\r\n')).toBe(
    'From ann@app.test Tue Feb  3 04:05:06 2026\nSubject: x\n\n>From here\n>>From there\n>>From\nfrom\n\n');
});

test('a sender cannot break out of the From line', () => {
  expect(fromLine('a\nFrom x@evil.test b', new Date(0))).toBe('From aFromx@evil.testb Thu Jan  1 00:00:00 1970\n');
  expect(fromLine('', new Date(0))).toMatch(/^From MAILER-DAEMON /);
});

test('only a From line after an empty line begins a message', async () => {
  expect(await read('noise\n\nFrom a@b.test x\nSubject: 1\n\nbody\nFrom inside\n\nFrom c@d.test x\nSubject: 2\n')).toEqual([
    { sender: 'a@b.test', text: 'Subject: 1\r\n\r\nbody\r\nFrom inside\r\n' },
    { sender: 'c@d.test', text: 'Subject: 2\r\n' },
  ]);
});

test('a line longer than memory should hold goes through in pieces and is not mistaken for another', async () => {
  const long = `${'x'.repeat(70_000)}From y${'z'.repeat(70_000)}\r\n`;
  expect((await read(await write(long, long))).map(({ text }) => text)).toEqual([long, long]);
});

test('whatever is written is read again, message for message, however the file is cut into pieces', async () => {
  const line = fc.oneof(fc.constantFrom('', 'From ', '>From x', '>>From x', '> From', 'From', '.', 'Subject: y', '\r', ' '), fc.string({ maxLength: 12 }).map((text) => Buffer.from(text).toString('latin1').replaceAll('\n', '')));
  const message = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.map((one) => `${one.replace(/\r$/, '')}\r\n`).join(''));
  await fc.assert(fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(400), { maxLength: 6 }), async (messages, cuts) => {
    expect((await read(await write(...messages), cuts)).map(({ text }) => text)).toEqual(messages);
  }), { numRuns: 300 });
});
