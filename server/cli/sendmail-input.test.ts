import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finishHead, readHead, recipientsOf, splitHead, untilDot } from './sendmail-input.ts';

async function* pieces(text: string, cuts: number[] = []) {
  const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (let i = 1; i < at.length; i++) yield Buffer.from(text.slice(at[i - 1], at[i]), 'latin1');
}
async function untilDotOf(text: string, cuts?: number[]) {
  let out = '';
  for await (const piece of untilDot(pieces(text, cuts))) out += piece.toString('latin1');
  return out;
}
const field = (raw: string) => ({ name: raw.slice(0, raw.indexOf(':')).toLowerCase(), raw });

test.each([
  ['a\n.\nb\n', 'a\n'],
  ['a\r\n.\r\nb\r\n', 'a\r\n'],
  ['.\nb', ''],
  ['a\n..\n.b\n', 'a\n..\n.b\n'],
  ['a.\n', 'a.\n'],
  ['a\n.', 'a\n'],
  ['a\n.\r', 'a\n'],
  ['a\n.\rb\n', 'a\n.\rb\n'],
  ['a', 'a'],
])('a lone dot ends the input: %j', async (text, kept) => {
  expect(await untilDotOf(text)).toBe(kept);
});

test('wherever the input is cut, a lone dot ends it at the same place', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('.', '\n', '\r', 'a', '\n.\n', '\r\n.\r\n'), { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 8 }), async (parts, cuts) => {
    const text = parts.join('');
    const end = /(?:^|\n)\.\r?(?:\n|$)/.exec(text);
    // A CR at the very end after a lone dot counts as its line's end.
    const kept = end ? text.slice(0, end.index + (end[0].startsWith('\n') ? 1 : 0)) : text;
    expect(await untilDotOf(text, cuts)).toBe(kept);
  }), { numRuns: 500 });
});

test('the header ends at the empty line; folded fields are one', () => {
  const head = splitHead(Buffer.from('From x Thu\nTo: a@b.test,\n c@d.test\nSubject: x\n\nbody\n'), false)!;
  expect(head.fields.map(({ name }) => name)).toEqual(['to', 'subject']);
  expect(head.rest.toString()).toBe('body\n');
});

test('a message that begins with no field has no header', () => {
  const head = splitHead(Buffer.from('hello there\nTo: x\n'), false)!;
  expect(head.fields).toEqual([]);
  expect(head.rest.toString()).toBe('hello there\nTo: x\n');
});

test('more is asked for while the header may go on, and an input of only a header is one', async () => {
  expect(splitHead(Buffer.from('To: a@b.test\nSub'), false)).toBeUndefined();
  const head = await readHead(pieces('To: a@b.test\nSubject: x', [3, 14]));
  expect(head).toMatchObject({ fields: [{ name: 'to' }, { name: 'subject' }] });
});

test('a header without end is given up', async () => {
  const endless = { next: async () => ({ done: false as const, value: Buffer.from(`X: ${'y'.repeat(100_000)}\n`) }) };
  expect(await readHead(endless)).toBe('too-long');
});

test('recipients are those of To, Cc and Bcc, with names, comments, groups and folds', () => {
  const to = field('To: "Doe, Ann" <ann@b.test>,\n bob@b.test (Bob), friends: carl@b.test, dora@b.test;, root\n');
  expect(recipientsOf([to, field('Cc: undisclosed-recipients:;\n'), field('Bcc: =?utf-8?q?Eve?= <eve@b.test>\n'), field('Subject: no@b.test\n')]))
    .toEqual(['ann@b.test', 'bob@b.test', 'carl@b.test', 'dora@b.test', 'root', 'eve@b.test']);
});

test('a resent message goes to whom it is resent', () => {
  expect(recipientsOf([field('To: a@b.test\n'), field('Resent-To: c@d.test\n'), field('Resent-Bcc: e@f.test\n')])).toEqual(['c@d.test', 'e@f.test']);
});

test('a list of ten thousand is read within a moment', () => {
  const list = Array.from({ length: 10_000 }, (_, i) => `"User, ${i}" <u${i}@b.test>`).join(', ');
  const begun = performance.now();
  expect(recipientsOf([field(`To: ${list}\n`)])).toHaveLength(10_000);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('Bcc is taken off and what is missing is added', () => {
  const additions = { from: '"Ann" <a@b.test>', date: 'D', messageId: '<i@b.test>' };
  const fields = [field('To: a@b.test\n'), field('Bcc: b@b.test\n'), field('Date: mine')];
  expect(finishHead(fields, additions, true).toString()).toBe('To: a@b.test\nDate: mine\r\nFrom: "Ann" <a@b.test>\r\nMessage-ID: <i@b.test>\r\n\r\n');
  expect(finishHead(fields, additions, false).toString()).toContain('Bcc: b@b.test\n');
});
