/**
 * Kills a Postern at random moments while it takes mail in and delivers it to
 * the pretend remote, again and again on the same data folder; then lets what
 * is left come to its end, and holds the remote's own record against ours:
 * nothing is lost, every recipient has exactly one terminal event, what the
 * remote never took is not called delivered, and what it took twice is marked.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TERMINAL_EVENTS } from '../../server/events/event.ts';
import { EVERYTHING } from '../../server/inbox/filter.ts';
import type { Store } from '../../server/store/port.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { type Account, sendUntilCut } from './client.ts';
import { type House, withServer } from './server.ts';

export type DeliveringOptions = { dir: string; kills: number; clients: number; load: [number, number]; each?: (n: number, accepted: number) => void };
export type Delivered = { accepted: number; recipients: number; byEvent: Record<string, number>; duplicates: number; marked: number };

/** Milliseconds: some of it is hours of retries of whatever the kills have left. */
const ADVANCE_MOST = 60_000;
const SERVER = fileURLToPath(new URL('./recorded-server.ts', import.meta.url));

/** Two recipients of one message at one site, a bounce, a retry, a cut after the dot, a slow one: by turns. */
const RECIPIENTS: ((n: number) => string[])[] = [
  (n) => [`a${n}@one.test`],
  (n) => [`a${n}@one.test`, `b${n}@one.test`],
  (n) => [`a${n}@two.test`, `c${n}+unknown@two.test`],
  (n) => [`d${n}+fail1.451@three.test`],
  (n) => [`e${n}@four.test`, `f${n}@five.test`],
  (n) => [`g${n}+rcpt.554@one.test`],
];
const recipientsOf = (n: number): string[] => RECIPIENTS[n % RECIPIENTS.length]!(n);

export async function delivering({ dir, kills, clients, load: [least, most], each }: DeliveringOptions): Promise<Delivered> {
  const account: Account = { kept: new Map(), unknown: new Set() };
  const house: House = { dir, run: [SERVER, dir] };
  for (let n = 1; n <= kills; n++) {
    await withServer(house, 'SIGKILL', async ({ smtp, http }) => {
      const sending = Promise.all(Array.from({ length: clients }, () => sendUntilCut(smtp, account, recipientsOf)));
      const over = pause(least + Math.random() * (most - least));
      // Every other round time moves as well, so that retries are among what is cut off.
      if (n % 2 === 0) void advance(http, { by: '2m' }).catch(() => undefined);
      await over;
      return { after: sending };
    });
    each?.(n, account.kept.size);
  }
  await withServer(house, 'SIGTERM', async ({ http }) => {
    const { waiting } = await advance(http, { to: 'idle' });
    if (waiting > 0) throw new Error(`${waiting} recipients still wait when nothing is left to do`);
    return {};
  });
  const store = await openStore({ dir });
  try {
    return await check(store, account, recordOf(dir));
  } finally {
    await store[Symbol.asyncDispose]();
  }
}

async function advance(http: string, target: object): Promise<{ waiting: number }> {
  const answer = await fetch(`${http}/v1/streams/default/clock/advance`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(target), signal: AbortSignal.timeout(ADVANCE_MOST),
  }).catch((error: unknown) => {
    throw new Error(`The advance ${JSON.stringify(target)} got no answer`, { cause: error });
  });
  if (!answer.ok) throw new Error(`advance: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { waiting: number };
}

/** Message and recipient → how often the remote took it. */
function recordOf(dir: string): Map<string, number> {
  const taken = new Map<string, number>();
  const file = join(dir, 'remote.jsonl');
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    if (line === '') continue;
    const { message, recipients } = JSON.parse(line) as { message: string; recipients: string[] };
    for (const recipient of recipients) taken.set(`${message} ${recipient}`, (taken.get(`${message} ${recipient}`) ?? 0) + 1);
  }
  return taken;
}

/** `record`: message and recipient, as `<id> <address>`, and how often the other side took it. */
export async function check(store: Store, account: Account, record: Map<string, number>): Promise<Delivered> {
  const ends = new Map<string, string[]>();
  const byEvent: Record<string, number> = {};
  for (let after = 0; ;) {
    const page = await store.events({ after, limit: 500 });
    for (const event of page) {
      byEvent[event.type] = (byEvent[event.type] ?? 0) + 1;
      if (!(TERMINAL_EVENTS as readonly string[]).includes(event.type)) continue;
      const { message, recipient } = event as { message: string; recipient: string };
      const key = `${message} ${recipient}`;
      ends.set(key, [...(ends.get(key) ?? []), event.type]);
    }
    if (page.length < 500) break;
    after = page.at(-1)!.id;
  }

  let recipients = 0;
  let duplicates = 0;
  let marked = 0;
  const marks = new Set<string>();
  for (let beforeSeq: number | undefined; ;) {
    const page = await store.list({ filter: EVERYTHING, limit: 500, ...(beforeSeq === undefined ? {} : { beforeSeq }) });
    for (const { id, header, envelopeFrom } of page) {
      if (envelopeFrom === '') continue; // a notice of ours
      marks.add(header.subject);
      const told = await store.delivery(id);
      if (!told || told.recipients.length === 0) throw new Error(`${header.subject} was accepted and never queued`);
      for (const { recipient: { address, state }, attempts } of told.recipients) {
        recipients++;
        const key = `${id} ${address}`;
        const end = ends.get(key) ?? [];
        if (end.length !== 1 || end[0] !== `recipient.${state}`) throw new Error(`${address} of ${header.subject} is ${state}, and its terminal events are: ${end.join(', ') || 'none'}`);
        const times = record.get(key) ?? 0;
        const isMarked = attempts.some((attempt) => attempt.possibleDuplicate);
        if (isMarked) marked++;
        if (state === 'delivered' && times === 0) throw new Error(`${address} of ${header.subject} is called delivered, and the remote never took it`);
        if (state !== 'delivered' && times > 0 && !isMarked) throw new Error(`${address} of ${header.subject} is ${state}, and the remote took it`);
        if (times > 1) {
          duplicates++;
          if (!isMarked) throw new Error(`${address} of ${header.subject} was taken ${times} times by the remote, and no attempt is marked`);
        }
      }
    }
    if (page.length < 500) break;
    beforeSeq = page.at(-1)!.seq;
  }
  for (const mark of account.kept.keys()) if (!marks.has(mark)) throw new Error(`${mark} got its 250 and is gone`);
  return { accepted: account.kept.size, recipients, byEvent, duplicates, marked };
}
