import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { goodMail, NOW } from '../../../test/support/check-mail.ts';
import { manualClock, wallClock } from '../../clock.ts';
import { createDesk, DESK_LIMITS } from './desk.ts';
import type { Subject } from './matter.ts';

const subject = (html = '<p>Hello</p>'): Subject => ({
  envelope: { from: 'a@shop.test', recipients: [] }, receivedAt: NOW, now: NOW,
  header: { subject: 'Hello', from: [{ name: '', address: 'a@shop.test' }], to: [], cc: [], replyTo: [], messageId: '', tags: [] },
  parsed: { warnings: [], headers: [{ name: 'From', value: 'a@shop.test' }, { name: 'Subject', value: 'Hello' }], text: 'Hello', html, attachments: [], links: [], codes: [], calendar: [] },
});
async function* pieces(...all: (string | Buffer)[]) { for (const piece of all) yield Buffer.from(piece as string); }
/** A worker of a test: it is written here, and does what a broken one would. */
const worker = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; ${code}`)}`);

test('no worker is there before the first check, and after a while none again', async () => {
  const clock = manualClock();
  const desk = createDesk(clock);
  onTestFinished(() => desk.close());
  expect(desk.staffed).toBe(false);
  expect(await desk.examine(subject(), pieces(goodMail()))).toMatchObject({ compat: { features: expect.any(Array) as unknown[] } });
  expect(desk.staffed).toBe(true);
  clock.advance(DESK_LIMITS.idle);
  expect(desk.staffed).toBe(false);
  expect(await desk.examine(subject(), pieces(goodMail()))).toMatchObject({ checks: expect.any(Array) as unknown[] });
});

test('messages take turns, and each gets its own answer', async () => {
  const desk = createDesk(wallClock);
  onTestFinished(() => desk.close());
  const asked = Array.from({ length: 8 }, (_, index) => desk.examine(subject(`<p>${'<b>'.repeat(index)}</p>`), pieces(goodMail(), 'x'.repeat(index * 100_000))));
  for (const [index, answer] of (await Promise.all(asked)).entries()) {
    const strong = typeof answer === 'string' ? answer : answer.checks.find(({ id }) => id === 'lines')!.verdict;
    expect(strong).toBe(index === 0 ? 'pass' : 'fail'); // one line of 100,000 octets and more
  }
});

test('a worker that hangs is given up with a sentence, and the next message gets a new one', async () => {
  const clock = manualClock();
  const desk = createDesk(clock, { ...DESK_LIMITS, time: 20_000 }, worker('parentPort.on("message", ({ kind }) => { if (kind === "end") { for (;;); } else if (kind === "piece") parentPort.postMessage({ kind: "taken" }); });'));
  onTestFinished(() => desk.close());
  const hangs = desk.examine(subject(), pieces('a'));
  await expect.poll(() => desk.staffed).toBe(true);
  clock.advance(20_000);
  expect(await hangs).toBe('Checking took longer than 20 s and was given up.');
  expect(desk.staffed).toBe(false);
});

test('a worker that dies, or takes too much memory, is told', async () => {
  const dies = createDesk(wallClock, DESK_LIMITS, worker('parentPort.on("message", () => process.exit(3));'));
  onTestFinished(() => dies.close());
  expect(await dies.examine(subject(), pieces('a'))).toContain('Checking failed: its thread ended with code');
  for (const thrown of ['undefined', 'null', '"undefined"']) {
    const odd = createDesk(wallClock, DESK_LIMITS, worker(`parentPort.on("message", () => { throw ${thrown}; });`));
    onTestFinished(() => odd.close());
    expect(await odd.examine(subject(), pieces('a'))).toBe(`Checking failed: ${thrown.replaceAll('"', '')}.`);
  }
  const greedy = createDesk(wallClock, { ...DESK_LIMITS, memory: 16 }, worker('parentPort.on("message", () => { const all = []; for (;;) all.push(Array(10000).fill(all.length)); });'));
  onTestFinished(() => greedy.close());
  expect(await greedy.examine(subject(), pieces('a'))).toContain('more than 16 MB');
});

test('a body that breaks off is thrown to who asked, and harms nobody else', async () => {
  const desk = createDesk(wallClock);
  onTestFinished(() => desk.close());
  const broken = desk.examine(subject(), (async function* () { yield Buffer.from('a'); throw new Error('disk'); })());
  const next = desk.examine(subject(), pieces(goodMail()));
  await expect(broken).rejects.toThrow('disk');
  expect(await next).toMatchObject({ checks: expect.any(Array) as unknown[] });
});

test('closing ends what is asked with a sentence', async () => {
  const desk = createDesk(wallClock);
  const asked = desk.examine(subject(), pieces(goodMail()));
  const also = desk.examine(subject(), pieces(goodMail()));
  await desk.close();
  expect(typeof (await asked)).toMatch(/string|object/);
  expect(await also).toBe('The server is shutting down.');
});

test('every check has its line in docs/checks.md', async () => {
  const { RULES } = await import('./examine.ts');
  const page = readFileSync(new URL('../../../docs/checks.md', import.meta.url), 'utf8');
  const ids = [...RULES.map((rule) => rule.id), 'compat', 'parse', 'spam-rspamd', 'spam-spamassassin', 'link-check'];
  expect(ids.filter((id) => !page.includes(`| \`${id}\` |`))).toEqual([]);
});
