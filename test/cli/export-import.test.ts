import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { start, type StreamHandle } from '../../sdk/index.ts';
import { exportMail } from '../../server/cli/export.ts';
import { importMail } from '../../server/cli/import.ts';
import { say } from '../support/verbs.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-export-'));
const sandbox = await start({ settings: { maxMessageSize: '100k' } });
afterAll(async () => {
  await sandbox.close();
  rmSync(root, { recursive: true });
});
const url = ['--url', sandbox.http];
let dir: string;
let from: StreamHandle;
let into: StreamHandle;
let number = 0;
beforeEach(async () => {
  dir = join(root, String(++number));
  mkdirSync(dir);
  from = await sandbox.stream(`from${number}`);
  into = await sandbox.stream(`into${number}`);
});

const ODD = ['Subject: one\r\n\r\nFrom here\r\n>From there\r\n', 'Subject: two\r\n\r\nno line end', 'Subject: three\n\nbare LF\n\r\n\xff\xfe\0\r\n', 'Subject: four\r\n\r\n\r\n\r\n'];
async function fill(messages = ODD) {
  for (const [i, text] of messages.entries()) await sandbox.api.submitRaw(Buffer.from(text, 'latin1'), { stream: from.name, from: `a${i}@app.test`, to: [`b${i}@shop.test`, 'hidden@shop.test'] });
}
const rawOf = async (stream: StreamHandle) => Promise.all((await stream.messages()).map(async (message) => Buffer.from(await message.raw()).toString('latin1')));

test('eml files are the exact bytes, named by id, and come back with their envelopes', async () => {
  await fill();
  const out = join(dir, 'out');
  expect(await say(exportMail, [...url, '--stream', from.name, '--out', `${out}/`])).toMatchObject({ code: 0, out: '', err: expect.stringContaining('Exported 4 messages') });
  const names = readdirSync(out).sort();
  const ids = (await from.messages()).map(({ id }) => id);
  expect(names).toEqual([...ids.map((id) => `${id}.eml`), 'envelopes.jsonl']);
  expect(ids.map((id) => readFileSync(join(out, `${id}.eml`), 'latin1'))).toEqual(ODD);

  expect(await say(importMail, [...url, '--stream', into.name, out])).toMatchObject({ code: 0, err: expect.stringContaining(`Imported 4 messages into the stream ${into.name}`) });
  expect((await rawOf(into)).sort()).toEqual([...ODD].sort());
  const envelopes = (await into.messages()).map(({ envelope }) => `${envelope.from} ${envelope.to.join()}`);
  expect(envelopes.sort()).toEqual(ODD.map((_, i) => `a${i}@app.test b${i}@shop.test,hidden@shop.test`));
});

const told = async (stream: StreamHandle) => (await stream.messages()).map(({ subject, envelope, tags }) => `${subject}: ${envelope.from} ${envelope.to.join()} ${[...tags].sort().join()}`).sort();
async function fillTagged() {
  await sandbox.api.submit({ from: 'shop@app.test', to: 'b@shop.test', bcc: 'hidden@shop.test', subject: 'one', text: 'x', tags: ['money', 'may'] }, { stream: from.name });
  for (const [i, text] of ODD.entries()) await sandbox.api.submitRaw(Buffer.from(text, 'latin1'), { stream: from.name, from: i === 0 ? '' : `a${i}@app.test`, to: [`b${i}@shop.test`, 'hidden@shop.test'] });
  // The same octets twice, for others.
  await sandbox.api.submitRaw(Buffer.from(ODD[0]!, 'latin1'), { stream: from.name, from: 'a9@app.test', to: ['b9@shop.test'] });
}

test('an mbox has its envelopes and tags beside it, and brings them back', async () => {
  await fillTagged();
  const file = join(dir, 'out.mbox');
  expect((await say(exportMail, [...url, '--stream', from.name, '--out', file])).code).toBe(0);
  expect(readdirSync(dir).sort()).toEqual(['out.mbox', 'out.mbox.envelopes.jsonl']);
  expect((await say(importMail, [...url, '--stream', into.name, file])).code).toBe(0);
  expect(await told(into)).toEqual(await told(from));
  await into.clear();
  expect((await say(importMail, [...url, '--stream', into.name, dir])).code).toBe(0);
  expect(await told(into)).toEqual(await told(from));
  await into.clear();
  expect((await say(importMail, [...url, '--stream', into.name, '--to', 'x@shop.test', file])).code).toBe(0);
  expect(new Set((await into.messages()).map(({ envelope }) => envelope.to.join()))).toEqual(new Set(['x@shop.test']));
});

test('in an mbox that was changed since, no message gets the envelope of another', async () => {
  await fillTagged();
  const file = join(dir, 'out.mbox');
  await say(exportMail, [...url, '--stream', from.name, '--out', file]);
  const [first, , ...others] = readFileSync(file, 'latin1').split(/^(?=From )/m);
  writeFileSync(file, [first!.replace('Subject: one', 'Subject: another'), ...others].join(''), 'latin1');
  // Its own header says who the first is for; the second is gone.
  expect((await say(importMail, [...url, '--stream', into.name, file])).code).toBe(0);
  const all = await told(from);
  expect(await told(into)).toEqual(['another: shop@app.test b@shop.test ', ...all.filter((one) => !one.startsWith('one: shop@') && !one.startsWith('one:  '))].sort());
});

test('one eml of an exported folder brings its envelope along', async () => {
  await fillTagged();
  const out = join(dir, 'out');
  await say(exportMail, [...url, '--stream', from.name, '--out', `${out}/`]);
  const names = readdirSync(out).filter((name) => name.endsWith('.eml'));
  expect((await say(importMail, [...url, '--stream', into.name, ...names.map((name) => join(out, name))])).code).toBe(0);
  expect(await told(into)).toEqual(await told(from));
});

test('an eml is one message whatever its first line is, and so is a file of a Maildir', async () => {
  const text = 'From the desk of Ann\r\nSubject: odd\r\nTo: b@shop.test\r\n\r\nFrom here\r\n';
  await fill([text]);
  const out = join(dir, 'out');
  expect((await say(exportMail, [...url, '--stream', from.name, '--out', `${out}/`])).code).toBe(0);
  const [name] = readdirSync(out);
  expect((await say(importMail, [...url, '--stream', into.name, out])).code).toBe(0);
  expect((await say(importMail, [...url, '--stream', into.name, '--to', 'b@shop.test', join(out, name!)])).code).toBe(0);
  mkdirSync(join(dir, 'cur'));
  writeFileSync(join(dir, 'cur', '1:2,S'), text);
  expect((await say(importMail, [...url, '--stream', into.name, '--to', 'b@shop.test', join(dir, 'cur')])).code).toBe(0);
  expect(await rawOf(into)).toEqual([text, text, text]);
});

test('tags and the null sender come back', async () => {
  await sandbox.api.submit({ from: 'shop@app.test', to: 'b@shop.test', subject: 'tagged', text: 'x', tags: ['money', 'may'] }, { stream: from.name });
  await sandbox.api.submitRaw('From: Daemon <daemon@app.test>\r\nSubject: bounce\r\n\r\nx\r\n', { stream: from.name, from: '', to: ['b@shop.test'] });
  const toldBriefly = async (stream: StreamHandle) => (await stream.messages()).map(({ subject, envelope, tags }) => `${subject} <${envelope.from}> ${[...tags].sort().join()}`).sort();
  const out = join(dir, 'out');
  await say(exportMail, [...url, '--stream', from.name, '--out', `${out}/`]);
  expect((await say(importMail, [...url, '--stream', into.name, out])).code).toBe(0);
  expect(await toldBriefly(into)).toEqual(['bounce <> ', 'tagged <shop@app.test> may,money']);

  const file = join(dir, 'out.mbox');
  await say(exportMail, [...url, '--stream', from.name, '--subject', 'bounce', '--out', file]);
  await into.clear();
  expect((await say(importMail, [...url, '--stream', into.name, '--to', 'b@shop.test', file])).code).toBe(0);
  expect(await toldBriefly(into)).toEqual(['bounce <> ']);
});

test('an mbox to a slow reader waits for it without piling up listeners', async () => {
  await fill(Array.from({ length: 6 }, (_, i) => `Subject: ${i}\r\n\r\n${'x'.repeat(90_000)}\r\n`));
  const warned: Error[] = [];
  const hear = (warning: Error) => void warned.push(warning);
  process.on('warning', hear);
  let octets = 0;
  const slow = new Writable({ highWaterMark: 1, write: (chunk: Buffer, _encoding, done) => { octets += chunk.length; setImmediate(done); } });
  expect(await exportMail([...url, '--stream', from.name], { stdin: process.stdin, stdout: slow, stderr: new PassThrough(), env: {} })).toBe(0);
  await new Promise((resolve) => { setImmediate(resolve); });
  process.off('warning', hear);
  expect(octets).toBeGreaterThan(540_000);
  expect(warned).toEqual([]);
  for (const event of ['drain', 'close']) expect(slow.listenerCount(event)).toBeLessThan(2);
});

test('exporting again gives the same files', async () => {
  await fill();
  const once = async () => {
    await say(exportMail, [...url, '--stream', from.name, '--format', 'eml', '--out', dir]);
    return readdirSync(dir).sort().map((name) => readFileSync(join(dir, name), 'latin1'));
  };
  expect(await once()).toEqual(await once());
});

test('an mbox comes back with CR LF lines and its senders', async () => {
  await fill([ODD[0]!, ODD[3]!]);
  const file = join(dir, 'out.mbox');
  expect((await say(exportMail, [...url, '--stream', from.name, '--out', file])).code).toBe(0);
  expect(readFileSync(file, 'latin1')).toMatch(/^From a0@app\.test \w{3} \w{3} [^]*\n>From here\n>>From there\n\nFrom a1@app\.test /);
  expect((await say(importMail, [...url, '--stream', into.name, '--to', 'x@shop.test', file])).code).toBe(0);
  expect((await rawOf(into)).sort()).toEqual([ODD[3], ODD[0]]);
  expect((await into.messages()).map(({ envelope }) => envelope.from).sort()).toEqual(['a0@app.test', 'a1@app.test']);
});

test('an mbox goes to standard output, of what a search finds', async () => {
  await fill();
  const { out, code } = await say(exportMail, [...url, '--stream', from.name, '--q', 'subject:two']);
  expect(code).toBe(0);
  expect(out.match(/^From /gm)).toHaveLength(1);
  expect(out).toContain('Subject: two');
});

test('what is refused is told with its place, and the rest goes on', async () => {
  writeFileSync(join(dir, '1.eml'), 'Subject: nobody\r\n\r\nx\r\n');
  writeFileSync(join(dir, '2.eml'), 'To: ann@shop.test\r\nSubject: fine\r\n\r\nx\r\n');
  writeFileSync(join(dir, '3.mbox'), `From a@b.test x\nTo: ann@shop.test\nSubject: large\n\n${'x\n'.repeat(80_000)}\nFrom a@b.test x\nTo: ann@shop.test\nSubject: after\n\nx\n`);
  writeFileSync(join(dir, 'notes.txt'), 'no mail');
  const { code, err } = await say(importMail, [...url, '--stream', into.name, dir]);
  expect(code).toBe(1);
  expect(err).toMatch(/1\.eml: .+/);
  expect(err).toMatch(/3\.mbox, message 1: it is larger than 102400 octets/);
  expect(err).toContain('Imported 2 messages');
  expect((await into.messages()).map(({ subject }) => subject).sort()).toEqual(['after', 'fine']);
});

test('more messages than a page holds are all exported, oldest first', async () => {
  const batch = (n: number) => Array.from({ length: 205 }, (_, i) => ({ from: 'a@app.test', to: 'b@shop.test', subject: `No ${n + i}`, text: 'x' }));
  for (const n of [0, 205]) await sandbox.api.submitBatch(batch(n), { stream: from.name });
  const { out } = await say(exportMail, [...url, '--stream', from.name]);
  expect([...out.matchAll(/^Subject: No (\d+)$/gm)].map(([, n]) => Number(n))).toEqual(Array.from({ length: 410 }, (_, i) => i));
});

test('a message on standard input, with an envelope of its own', async () => {
  expect((await say(importMail, [...url, '--stream', into.name, '--from', '', '--to', 'x@shop.test', '--to', 'y@shop.test', '-'], { input: 'Subject: piped\n\nx\n' })).code).toBe(0);
  expect((await into.waitFor('piped')).envelope).toMatchObject({ to: ['x@shop.test', 'y@shop.test'] });
});

test('what is wrong is said, with the exit code of it', async () => {
  expect(await say(exportMail, [...url, '--format', 'zip'])).toMatchObject({ code: 64, err: expect.stringContaining('--format must be eml or mbox') });
  expect(await say(exportMail, [...url, '--format', 'eml'])).toMatchObject({ code: 64, err: expect.stringContaining('--out must name a folder') });
  expect(await say(exportMail, [...url, '--out', '/proc/nope/x.mbox', '--stream', from.name])).toMatchObject({ code: 73, err: expect.stringContaining('cannot write') });
  // Node's own making of folders never comes back from here.
  expect(await say(exportMail, [...url, '--out', '/proc/nope/', '--stream', from.name])).toMatchObject({ code: 73, err: expect.stringMatching(/cannot write: .*\/proc\/nope/) });
  expect(await say(exportMail, [...url, '--out', '/dev/null/x/', '--stream', from.name])).toMatchObject({ code: 73, err: expect.stringContaining('cannot write') });
  expect(await say(exportMail, [...url, '--q', 'sbuject:x'])).toMatchObject({ code: 1, err: expect.stringContaining('subject') });
  expect(await say(exportMail, ['--url', 'http://127.0.0.1:2'])).toMatchObject({ code: 69, err: expect.stringContaining('cannot be reached') });
  expect(await say(importMail, url)).toMatchObject({ code: 64, err: expect.stringContaining('name a file') });
  expect(await say(importMail, [...url, join(dir, 'none.eml')])).toMatchObject({ code: 66, err: expect.stringContaining('none.eml') });
  writeFileSync(join(dir, '1.eml'), 'Subject: nobody\r\n\r\nx\r\n');
  expect(await say(importMail, [...url, '--stream', into.name, dir])).toMatchObject({ code: 1, err: expect.stringMatching(/To, Cc or Bcc header, or as --to$/m) });
  writeFileSync(join(dir, '1.eml'), 'To: ann@shop.test\r\n\r\nx\r\n');
  expect(await say(importMail, [...url, '--stream', 'nope', dir])).toMatchObject({ code: 1, err: expect.stringContaining('nope') });
});
