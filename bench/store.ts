/**
 * The store alone, driven in one process: `node bench/store.ts [accept|lists|all]`.
 * `accept` compares the writer in a thread with the writer on the main thread;
 * `lists` fills a store with 100,000 messages and times what people ask of it.
 * Prints tables; the figures in docs/decisions/ come from here.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { wallClock } from '../server/clock.ts';
import { createAdmit } from '../server/admission/admit.ts';
import { idMaker } from '../server/ids.ts';
import type { Filter } from '../server/inbox/filter.ts';
import type { IndexEntry } from '../server/inbox/port.ts';
import { fold, headerWords } from '../server/inbox/words.ts';
import type { Session } from '../server/mail/session.ts';
import type { Store } from '../server/store/port.ts';
import { openStore } from '../server/store/sqlite/open.ts';

const WORDS = 'order invoice welcome reset password account confirm delivery shipping update monthly report team project meeting notes release build failed passed review change request support ticket answer question price offer summer winter holiday travel booking flight hotel receipt payment card bank transfer security alert login device location browser'.split(' ');
const word = (n: number) => WORDS[n % WORDS.length]!;

function text(i: number, octets: number): string {
  let out = '';
  for (let n = i * 7; out.length < octets; n += 3) out += `${word(n)} ${word(n + (i % 11))} ${(n * 2654435761) % 1_000_003} ${n % 13 === 0 ? '\r\n' : ''}`;
  return out;
}

function message(i: number): Buffer {
  const head = `From: Shop <shop${i % 50}@sender.test>\r\nTo: User ${i} <user${i % 1000}@inbox.test>\r\nSubject: ${word(i)} ${word(i * 3)} number ${i}\r\nMessage-ID: <${i}.${i * 31}@sender.test>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n`;
  return Buffer.from(head + text(i, 2048 - head.length));
}

function session(i: number): Session {
  const at = Date.now();
  const lines = ['EHLO app.test', '250 ok', `MAIL FROM:<shop${i % 50}@sender.test>`, '250 2.1.0 ok', `RCPT TO:<user${i % 1000}@inbox.test>`, '250 2.1.5 ok', 'DATA', '354 go on', '2048 octets of message', '250 2.0.0 kept'];
  return {
    id: `s${i}`, protocol: 'smtp', client: { address: '127.0.0.1', port: 40000 }, hello: 'app.test',
    transcript: lines.map((line, n) => ({ at, by: n % 2 ? 'S' : 'C', line })), times: { opened: at, mail: at, data: at, received: at },
  };
}

function driver(store: Store) {
  const admit = createAdmit({ store, clock: wallClock, makeId: idMaker(), streamTags: () => [], limits: { messageSize: 1e8, inFlight: 1e9 } });
  return async (i: number): Promise<string> => {
    const intake = admit.open();
    if ('kind' in intake) throw new Error(intake.text);
    await intake.write(message(i));
    const sealed = intake.seal({ stream: 'default', via: 'smtp', envelope: { from: `shop${i % 50}@sender.test`, recipients: [{ address: `user${i % 1000}@inbox.test` }] }, session: session(i) });
    if (sealed.kind === 'refused') throw new Error(sealed.text);
    const outcome = await admit.commit(sealed);
    if (outcome.kind === 'refused') throw new Error(outcome.text);
    return outcome.id;
  };
}

async function many(send: (i: number) => Promise<string>, count: number, acceptors: number, from = 0): Promise<string[]> {
  const ids: string[] = [];
  let next = from;
  await Promise.all(Array.from({ length: acceptors }, async () => {
    while (next < from + count) ids.push(await send(next++));
  }));
  return ids;
}

const ms = (n: number) => n.toFixed(2);

async function withStore<T>(options: { writer?: 'thread' | 'main' }, use: (store: Store, dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  const store = await openStore({ dir, ...options });
  try {
    return await use(store, dir);
  } finally {
    await store[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function accepts(): Promise<void> {
  for (const acceptors of [1, 20, 100]) {
    for (const writer of ['thread', 'main'] as const) {
      await withStore({ writer }, async (store) => {
        const send = driver(store);
        await many(send, 2000, acceptors);
        const before = store.stats();
        const lag = monitorEventLoopDelay({ resolution: 1 });
        lag.enable();
        const cpu = process.cpuUsage();
        const started = performance.now();
        const count = acceptors === 1 ? 4000 : 20_000;
        await many(send, count, acceptors, 2000);
        const seconds = (performance.now() - started) / 1000;
        lag.disable();
        const used = process.cpuUsage(cpu);
        const after = store.stats();
        console.log([
          `${acceptors} acceptors`, `writer ${writer}`, `${Math.round(count / seconds)}/s`, `batch ${((after.submissions - before.submissions) / (after.commits - before.commits)).toFixed(1)}`,
          `commit ${ms((after.commitSecondsSum - before.commitSecondsSum) / (after.commits - before.commits) * 1000)} ms`,
          `loop lag p50 ${ms(lag.percentile(50) / 1e6)} p99 ${ms(lag.percentile(99) / 1e6)} max ${ms(lag.max / 1e6)} ms`,
          `cpu ${((used.user + used.system) / count).toFixed(0)} µs/message`,
        ].join(' · '));
      });
    }
  }
}

function entry(id: string, i: number): IndexEntry {
  const raw = message(i).toString();
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4);
  const headers = raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n').map((line) => ({ name: line.split(':', 1)[0]!, value: line.slice(line.indexOf(':') + 2) }));
  return {
    id, snippet: body.slice(0, 160),
    parsed: { warnings: [], headers, text: body, attachments: [], links: i % 7 ? [] : [{ href: 'https://x.test/', text: 'x', from: 'text' }], codes: [], calendar: [] },
    words: {
      subject: fold(headers[2]!.value).join(' '), addresses: fold(headers[0]!.value + ' ' + headers[1]!.value).join(' '),
      text: fold(body).join(' '), attachments: '', headers: headerWords(headers).join(' '),
    },
  };
}

async function time(name: string, runs: number, work: (i: number) => Promise<{ length: number }>): Promise<void> {
  const times: number[] = [];
  let found = 0;
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    found += (await work(i)).length;
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(`${name.padEnd(44)} p50 ${ms(times[Math.floor(runs / 2)]!)} p95 ${ms(times[Math.floor(runs * 0.95)]!)} max ${ms(times.at(-1)!)} ms · ${(found / runs).toFixed(0)} found`);
}

async function lists(count = 100_000): Promise<void> {
  await withStore({}, async (store, dir) => {
    const send = driver(store);
    let started = performance.now();
    const ids: string[] = [];
    let indexing = 0;
    for (let at = 0; at < count; at += 5000) {
      const some = await many(send, 5000, 50, at);
      ids.push(...some);
      const t = performance.now();
      for (let i = 0; i < some.length; i += 100) await store.index(some.slice(i, i + 100).map((id, n) => entry(id, at + i + n)));
      indexing += performance.now() - t;
    }
    console.log(`filled ${count} in ${((performance.now() - started) / 1000).toFixed(1)} s, of it indexing ${(indexing / 1000).toFixed(1)} s (${Math.round(count / indexing * 1000)}/s)`);
    console.log(`rss ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB · file ${(statSync(join(dir, 'postern.db')).size / 2 ** 20).toFixed(0)} MB`);
    const list = (filter: Filter, more = {}) => store.list({ filter, limit: 50, ...more });
    const all: Filter = { kind: 'and', all: [] };
    const textOf = (...words: string[]): Filter => ({ kind: 'text', words, whole: false });
    const and = (...parts: Filter[]): Filter => ({ kind: 'and', all: parts });
    await time('newest', 200, () => list(all));
    await time('newest of a stream, a page in the middle', 200, (i) => list(all, { stream: 'default', beforeSeq: 100_000 - i * 400 }));
    await time('inbox', 200, (i) => list({ kind: 'inbox', address: `user${i * 5}@inbox.test` }));
    await time('to, no such address', 200, (i) => list({ kind: 'to', address: `nobody${i}@inbox.test` }));
    await time('from, wildcard', 50, (i) => list({ kind: 'from', address: `shop${i}@*` }));
    await time('to, wildcard in front', 20, (i) => list({ kind: 'to', address: `*ser${i + 7}@inbox.test` }));
    await time('to, a whole domain', 20, () => list({ kind: 'to', address: 'inbox.test' }));
    await time('subject, common', 50, (i) => list({ kind: 'subject', contains: word(i) }));
    await time('subject, rare', 50, (i) => list({ kind: 'subject', contains: `number ${i * 1999}` }));
    await time('subject, none', 50, () => list({ kind: 'subject', contains: 'nothing like it' }));
    await time('message-id', 50, (i) => list({ kind: 'message-id', id: `${i * 1000}.${i * 31000}@sender.test` }));
    await time('unread, since', 50, () => list(and({ kind: 'read', read: false }, { kind: 'since', at: 0 })));
    await time('read (none)', 50, () => list({ kind: 'read', read: true }));
    await time('text, common word', 100, (i) => list(textOf(word(i))));
    await time('text, two common words', 100, (i) => list(and(textOf(word(i)), textOf(word(i * 3 + 1)))));
    await time('text, phrase', 100, (i) => list(textOf(word(i), word(i + 3))));
    await time('text, rare', 100, (i) => list(textOf(String((i * 7 * 2654435761) % 1_000_003))));
    await time('text, beginning of two letters', 50, (i) => list(textOf(word(i).slice(0, 2))));
    await time('text, one letter', 20, (i) => list(textOf(word(i).slice(0, 1))));
    await time('text in an inbox', 100, (i) => list(and({ kind: 'inbox', address: `user${i * 5}@inbox.test` }, textOf(word(i)))));
    await time('text or address', 50, (i) => list({ kind: 'or', any: [textOf(word(i)), { kind: 'inbox', address: `user${i}@inbox.test` }] }));
    await time('not text', 50, (i) => list({ kind: 'not', not: textOf(word(i)) }));
    await time('header', 50, () => list({ kind: 'header', name: 'subject', value: 'invoice' }));
    await time('has link', 50, () => list({ kind: 'has', what: 'link' }));
    await time('has calendar (none)', 50, () => list({ kind: 'has', what: 'calendar' }));
    await time('read a message', 200, async (i) => (await store.read(ids[i * 400]!)) ? [1] : []);
    await time('inboxes', 20, () => store.inboxes({ limit: 100 }));
    await time('inboxes by prefix', 20, () => store.inboxes({ prefix: 'user9', limit: 100 }));
    await time('tags', 20, () => store.tags());
    await time('counts', 50, () => store.counts());
    started = performance.now();
    await store.delete({ kind: 'stream', stream: 'default' });
    console.log(`deleted all in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    started = performance.now();
    while ((await store.prune(Date.now(), 500)).more);
    console.log(`pages given back in ${((performance.now() - started) / 1000).toFixed(1)} s · file ${(statSync(join(dir, 'postern.db')).size / 2 ** 20).toFixed(1)} MB`);
  });
}

const what = process.argv[2] ?? 'all';
if (what !== 'lists') await accepts();
if (what !== 'accept') await lists();
