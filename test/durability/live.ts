/**
 * Kills a Postern at random moments while it takes mail in and delivers it for
 * real, over TLS, to a real Postfix, again and again on the same data folder;
 * then lets what is left come to its end, and holds Postfix's maildir against
 * what Postern says: nothing is lost, every recipient has exactly one terminal
 * event, what is called delivered is there, and what is there twice is marked.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../server/store/sqlite/open.ts';
import { loopback } from '../support/loopback.ts';
import { pemOf, type Receiver, startReceiver } from '../support/postfix-receiver.ts';
import { zones } from '../support/zones.ts';
import { foundAuthority } from '../transport/authority.ts';
import { type Account, sendUntilCut } from './client.ts';
import { check, type Delivered } from './delivering.ts';
import { type House, withServer } from './server.ts';

export type LiveOptions = { postfix: string; dir: string; kills: number; clients: number; load: [number, number]; each?: (n: number, accepted: number, taken: number) => void };
export type Lived = Delivered & { /** Letters in the maildir. */ letters: number };

/** What users start. */
const SERVER = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
/** Milliseconds without any recipient that comes to its end: then it is stuck. */
const STUCK = 60_000;
const POLICY = { mode: 'deliver', delivery: { schedule: { kind: 'steps', steps: ['1s'] }, jitter: 0, notices: false, softBounces: null, live: { allow: ['a.test', 'b.test'], dkim: null } } };

/** One, two at one host, one that is not known there, one that is greylisted: by turns. */
const RECIPIENTS: ((n: number) => string[])[] = [
  (n) => [`a${n}@a.test`],
  (n) => [`a${n}@a.test`, `b${n}@a.test`],
  (n) => [`c${n}@a.test`, `c${n}@b.test`],
  (n) => [`unknown${n}@a.test`, `d${n}@a.test`],
  (n) => [`grey${n}@b.test`],
];

export async function live({ postfix, dir, kills, clients, load: [least, most], each }: LiveOptions): Promise<Lived> {
  const { addresses: [address], port } = await loopback(1);
  await using dns = await zones({ 'a.test': { MX: ['10 mx.a.test'] }, 'b.test': { MX: ['10 mx.a.test'] }, 'mx.a.test': { A: [address!] } });
  const seen = new Set<string>();
  await using mta = await startReceiver({
    program: postfix, port, domains: ['a.test', 'b.test'], doors: [{ address: address!, tls: pemOf(foundAuthority().selfSigned('mx.a.test')) }],
    judge({ recipient = '' }) {
      if (recipient.startsWith('unknown')) return '550 5.1.1 User unknown in virtual mailbox table';
      if (!recipient.startsWith('grey') || seen.has(recipient)) return 'DUNNO';
      seen.add(recipient);
      return '450 4.2.0 Greylisted';
    },
  });
  const account: Account = { kept: new Map(), unknown: new Set() };
  const house: House = {
    dir, run: [SERVER, 'start'],
    env: {
      POSTERN_SMTP_LISTEN: '127.0.0.1:0', POSTERN_HTTP_LISTEN: '127.0.0.1:0', POSTERN_DATA_DIR: dir, POSTERN_LOG_LEVEL: 'silent',
      POSTERN_DELIVERY: 'on', POSTERN_RESOLVER: dns.address, POSTERN_DELIVERY_PORT: String(port), POSTERN_DELIVERY_PRIVATE: '127.0.0.0/8',
    },
  };

  await withServer(house, 'SIGTERM', async ({ http }) => {
    await ask(http, 'PATCH', '/v1/streams/default', POLICY);
    return {};
  });
  for (let n = 1; n <= kills; n++) {
    await withServer(house, 'SIGKILL', async ({ smtp }) => {
      const sending = Promise.all(Array.from({ length: clients }, () => sendUntilCut(smtp, account, (m) => RECIPIENTS[m % RECIPIENTS.length]!(m))));
      await pause(least + Math.random() * (most - least));
      return { after: sending };
    });
    each?.(n, account.kept.size, mta.count());
  }
  await withServer(house, 'SIGTERM', async ({ http }) => {
    await drained(http);
    return {};
  });
  await emptied(mta);

  const store = await openStore({ dir });
  try {
    const record = new Map<string, number>();
    const letters = mta.heads();
    for (const { message, to } of letters) record.set(`${message} ${to}`, (record.get(`${message} ${to}`) ?? 0) + 1);
    return { ...(await check(store, account, record)), letters: letters.length };
  } finally {
    await store[Symbol.asyncDispose]();
  }
}

async function ask<T>(http: string, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(http + path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Until nobody waits any more. */
async function drained(http: string): Promise<void> {
  let before = Infinity;
  for (let since = performance.now(); ; await pause(200)) {
    const { streams } = await ask<{ streams: { tally: Record<string, number> }[] }>(http, 'GET', '/v1/queue');
    const waiting = streams.reduce((sum, { tally }) => sum + ['queued', 'active', 'deferred', 'held'].reduce((of, state) => of + (tally[state] ?? 0), 0), 0);
    if (waiting === 0) return;
    if (waiting < before) since = performance.now();
    if (performance.now() - since > STUCK) throw new Error(`${waiting} recipients still wait, and none came to its end for ${STUCK / 1000} s: ${JSON.stringify(await ask(http, 'GET', '/v1/queue'))}`);
    before = Math.min(before, waiting);
  }
}

async function emptied(mta: Receiver): Promise<void> {
  for (const until = performance.now() + STUCK; (await mta.queue()).trim() !== ''; await pause(100)) {
    if (performance.now() > until) throw new Error(`Postfix has not delivered all that it took: ${await mta.queue()}`);
  }
}
