import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { start } from '../../sdk/index.ts';
import { ready } from '../../server/cli/ready.ts';
import { send } from '../../server/cli/send.ts';
import { say } from '../support/verbs.ts';

const dir = mkdtempSync(join(tmpdir(), 'postern-send-'));
const sandbox = await start({ dataDir: dir, streams: ['billing'] });
afterAll(async () => {
  await sandbox.close();
  rmSync(dir, { recursive: true });
});
const env = { POSTERN_DATA_DIR: dir };
const file = (name: string, content: string) => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};

test('a mail goes to the sandbox that the data folder names', async () => {
  const inbox = await sandbox.inbox();
  expect(await say(send, ['--to', inbox.address, '--subject', 'Grüße', '--text', 'Hi.'], { env })).toMatchObject({ code: 0, out: expect.stringMatching(/^250 2\.6\.0 /), err: '' });
  expect(await inbox.waitFor('Grüße')).toMatchObject({ stream: 'default', envelope: { from: 'postern@example.test' } });
});

test('the sandbox of POSTERN_URL is asked where its SMTP is; what is said on the command line comes first', async () => {
  await using other = await start();
  const inbox = await other.inbox('ann@shop.test');
  expect(await say(send, ['--to', inbox.address, '--subject', 'By URL'], { env: { ...env, POSTERN_URL: other.http } })).toMatchObject({ code: 0, err: '' });
  expect(await inbox.waitFor('By URL')).toMatchObject({ stream: 'default', session: { protocol: 'smtp' } });
  expect(await say(send, ['--to', 'said@shop.test', '--smtp', `${sandbox.smtp.host}:${sandbox.smtp.port}`], { env: { ...env, POSTERN_URL: other.http } })).toMatchObject({ code: 0 });
  await sandbox.waitFor({ to: 'said@shop.test' });
  expect(await say(send, ['--to', inbox.address], { env: { ...env, POSTERN_URL: 'http://127.0.0.1:2' } })).toMatchObject({ code: 69, err: expect.stringContaining('cannot be reached at http://127.0.0.1:2') });
});

test.each([[[]], [['--http', sandbox.http]]])('everything of a mail can be said (%j)', async (how) => {
  const inbox = await sandbox.inbox();
  const attached = file('note.txt', 'Be kind.');
  const { code, err } = await say(send, ['--to', inbox.address, '--cc', 'c@shop.test', '--bcc', 'b@shop.test', '--from', 'Shop <shop@app.test>', '--subject', 'All', '--text', '-', '--html', '<b>x</b>', '--attach', attached, '--header', 'X-Campaign: spring', '--stream', 'billing', ...how], { env, input: 'From stdin\n' });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const message = await inbox.waitFor('All');
  expect(message).toMatchObject({ stream: 'billing', from: { name: 'Shop', address: 'shop@app.test' } });
  expect(message.text.trim()).toBe('From stdin');
  expect(message.header('x-campaign')).toBe('spring');
  expect(message.envelope.bcc).toEqual(['b@shop.test']);
  expect(await message.attachment('note.txt').text()).toBe('Be kind.');
});

test('a finished message is sent; over HTTP it is kept byte for byte', async () => {
  const inbox = await sandbox.inbox();
  const text = `From: a@app.test\nTo: ${inbox.address}\nSubject: Finished\n\nbare LF\n`;
  const eml = file('a.eml', text);
  expect((await say(send, ['--eml', eml], { env })).code).toBe(0);
  expect((await say(send, ['--eml', eml, '--http', sandbox.http], { env })).code).toBe(0);
  const [overSmtp, overHttp] = await inbox.waitForCount(2, 'Finished');
  expect(Buffer.from(await overSmtp!.raw()).toString()).toBe(text.replaceAll('\n', '\r\n'));
  expect(Buffer.from(await overHttp!.raw()).toString()).toBe(text);
  expect(overSmtp!.envelope.from).toBe('a@app.test');
  expect((await say(send, ['--eml', '-', '--to', inbox.address], { env, input: 'Subject: Piped\n\nx\n' })).code).toBe(0);
  expect((await inbox.waitFor('Piped')).envelope.to).toEqual([inbox.address]);
});

test('what is wrong is said, with the exit code of it', async () => {
  expect(await say(send, [], { env })).toMatchObject({ code: 64, err: expect.stringContaining('--to is missing') });
  expect(await say(send, ['--to', 'no address'], { env })).toMatchObject({ code: 64, err: expect.stringContaining('--to must be an address, like ann@shop.test; it is "no address"') });
  expect(await say(send, ['--tp', 'a@b.test'], { env })).toMatchObject({ code: 64, err: expect.stringContaining('there is no option --tp (did you mean --to?)') });
  expect(await say(send, ['--to', 'a@b.test', '--attach', '/nonexistent'], { env })).toMatchObject({ code: 66, err: expect.stringContaining('/nonexistent cannot be read') });
  expect(await say(send, ['--to', 'a@b.test', '--smtp', '127.0.0.1:2'], { env })).toMatchObject({ code: 75, err: expect.stringMatching(/ECONNREFUSED[^]*Is Postern running/) });
  expect(await say(send, ['--to', 'a@b.test', '--smtp', 'nowhere'], { env })).toMatchObject({ code: 64, err: expect.stringContaining('--smtp must be host:port') });
  expect(await say(send, ['--to', 'a@b.test', '--http', 'http://127.0.0.1:2'], { env })).toMatchObject({ code: 69, err: expect.stringContaining('cannot be reached') });
  expect(await say(send, ['--to', 'a@b.test', '--http', sandbox.http, '--stream', 'nope'], { env })).toMatchObject({ code: 1, err: expect.stringContaining('nope') });
  expect(await say(send, ['--eml', 'x', '--subject', 'y'], { env })).toMatchObject({ code: 64, err: expect.stringContaining('--subject cannot be put into it') });
  expect((await say(send, ['--help'])).out).toContain('postern send --to ADDRESS');
});

test('ready says where the sandbox is, and that one is not there', async () => {
  expect(await say(ready, [], { env })).toMatchObject({ code: 0, out: `ready: ${sandbox.http}, SMTP ${sandbox.smtp.host}:${sandbox.smtp.port}\n` });
  expect(await say(ready, ['--url', sandbox.http, '--quiet'])).toMatchObject({ code: 0, out: '' });
  expect(await say(ready, ['--url', 'http://127.0.0.1:2'])).toMatchObject({ code: 1, err: expect.stringMatching(/is not ready: nothing is listening there; `npx postern start` starts one \(--wait waits for it\)/) });
  expect(await say(ready, ['--url', 'http://127.0.0.1:1'])).toMatchObject({ code: 1, err: expect.stringContaining('HTTP clients do not ask port 1') });
  expect(await say(ready, ['--url', `http://${sandbox.smtp.host}:${sandbox.smtp.port}`])).toMatchObject({ code: 1, err: expect.stringContaining('does not match the HTTP/1.1 protocol') });
  expect(await say(ready, ['--url', 'nonsense'])).toMatchObject({ code: 64, err: expect.stringContaining('"nonsense" is no URL of a sandbox') });
  expect(await say(ready, ['--wait', '--timeout', '250ms', '--url', 'http://127.0.0.1:2'])).toMatchObject({ code: 1 });
  expect(await say(ready, ['--timeout', 'soon'])).toMatchObject({ code: 64, err: expect.stringContaining('--timeout must be a duration') });
});

test('ready --wait waits for one that starts meanwhile', async () => {
  const later = mkdtempSync(join(tmpdir(), 'postern-ready-'));
  const waiting = say(ready, ['--wait', '--data-dir', later], { env: { POSTERN_URL: '' } });
  const own = await start({ dataDir: later });
  try {
    expect(await waiting).toMatchObject({ code: 0, out: expect.stringContaining(own.http) });
  } finally {
    await own.close();
    rmSync(later, { recursive: true });
  }
});
