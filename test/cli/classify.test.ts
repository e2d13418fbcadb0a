import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bounce } from '../../server/cli/bounce.ts';
import { classifierPage } from '../../server/cli/classifier-page.ts';
import { classifyReplies } from '../../server/cli/classify.ts';
import { say } from '../support/verbs.ts';

const dir = mkdtempSync(join(tmpdir(), 'postern-classify-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('a reply is explained to people', async () => {
  const { code, out } = await say(classifyReplies, ['550', '5.1.1', 'User unknown']);
  expect(code).toBe(0);
  expect(out).toMatch(/^class +invalid_recipient: There is no such mailbox\.\n/);
  expect(out).toMatch(/Postern +bounced, and the address is suppressed \(scope: recipient\)/);
  expect(out).toMatch(/rule +unknown-user\.plain \(phrase\)/);
});

test('a reply on standard input is read line by line, and told as JSON', async () => {
  const { out } = await say(classifyReplies, ['--json', '--stage', 'RCPT'], { input: '451-4.7.1 Greylisted,\r\n451 4.7.1 try again in 5 minutes\r\n' });
  expect(JSON.parse(out)).toMatchObject({ class: 'greylisted', action: 'retry', facets: { phase: 'rcpt', retryAfter: 300 } });
});

test('with --jsonl each line gets its verdict, in order, and a line that is none gets an error', async () => {
  const input = [{ reply_code: 552, enhanced: null, text: 'mailbox is full' }, { reply_code: null, enhanced: '5.1.1', text: 'no', phase: null }, { text: '550 5.1.1 User unknown', phase: 'DATA', extra: 1 }].map((line) => JSON.stringify(line)).join('\n');
  const { code, out } = await say(classifyReplies, ['--jsonl'], { input: `${input}\n\nno JSON\n{"text":7}\n` });
  expect(code).toBe(65);
  expect(out.trim().split('\n').map((line) => { const { class: name, action, error } = JSON.parse(line) as Record<string, string>; return [name, action, error]; })).toEqual([
    ['mailbox_full', 'retry', undefined], ['invalid_recipient', 'suppress', undefined], ['invalid_recipient', 'strike', undefined],
    [undefined, undefined, 'not a JSON object with a text'], [undefined, undefined, 'not a JSON object with a text'],
  ]);
});

test.each([[[], 'there is no reply'], [['--stage', 'lunch', 'x'], '--stage must be'], [['--jsonl', 'x'], '--jsonl reads'], [['--jsno'], 'did you mean --json']])('%j is refused with a sentence that teaches', async (args, sentence) => {
  expect(await say(classifyReplies, args)).toMatchObject({ code: 64, err: expect.stringContaining(sentence) });
});

test('a bounce is read from a file or from standard input', async () => {
  const mail = 'From: MAILER-DAEMON@mx.test\nSubject: failure notice\nX-Failed-Recipients: ann@x.test\n\n<ann@x.test>:\n550 5.1.1 User unknown\n';
  const file = join(dir, 'bounce.eml');
  writeFileSync(file, mail);
  const expected = { kind: 'bounce', recipients: [{ recipient: 'ann@x.test', status: '5.1.1', action: 'failed', class: 'invalid_recipient', hard: true }] };
  expect(JSON.parse((await say(bounce, [file])).out)).toMatchObject(expected);
  expect(JSON.parse((await say(bounce, ['-'], { input: mail })).out)).toMatchObject(expected);
});

test('a file that is not there, a folder, and no file at all are told', async () => {
  expect(await say(bounce, [join(dir, 'none.eml')])).toMatchObject({ code: 66, err: expect.stringContaining('there is no file') });
  expect(await say(bounce, [dir])).toMatchObject({ code: 66, err: expect.stringContaining('is a folder') });
  expect(await say(bounce, [])).toMatchObject({ code: 64 });
});

test('docs/classifier.md says what the tables say (`npm run docs` writes it)', () => {
  expect(readFileSync(new URL('../../docs/classifier.md', import.meta.url), 'utf8')).toBe(classifierPage());
});
