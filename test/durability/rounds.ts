/**
 * Kills a Postern at random moments under load, again and again on the same
 * data folder, and holds it to its word: every message that was answered with
 * 250 is there, once, byte by byte; none is there twice.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EVERYTHING } from '../../server/inbox/filter.ts';
import type { Store } from '../../server/store/port.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { type Account, sendUntilCut } from './client.ts';

export type Round = { kept: number; unknown: number; there: number; events: number };
export type RoundsOptions = {
  dir: string;
  kills: number;
  clients: number;
  /** Milliseconds of load before the kill, at least and at most. */
  load: [number, number];
  server?: string;
  each?: (n: number, round: Round) => void;
};

/** What users start. */
const SERVER = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
/** Milliseconds: a start that takes longer has failed. */
const START_MOST = 20_000;

export async function rounds({ dir, kills, clients, load: [least, most], server = SERVER, each }: RoundsOptions): Promise<Round> {
  const account: Account = { kept: new Map(), unknown: new Set() };
  const checked = new Set<string>();
  let last: Round = { kept: 0, unknown: 0, there: 0, events: 0 };
  for (let n = 1; n <= kills; n++) {
    const child = start(server, dir);
    try {
      const smtp = await addressOf(child, dir);
      const sending = Promise.all(Array.from({ length: clients }, () => sendUntilCut(smtp, account)));
      await pause(least + Math.random() * (most - least));
      child.kill('SIGKILL');
      await sending;
    } finally {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    const store = await openStore({ dir });
    try {
      last = await check(store, account, checked, n === kills);
    } finally {
      await store[Symbol.asyncDispose]();
    }
    each?.(n, last);
  }
  return last;
}

function start(server: string, dir: string): ChildProcess {
  rmSync(join(dir, 'postern.json'), { force: true });
  return spawn(process.execPath, [server, 'start'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, POSTERN_SMTP_LISTEN: '127.0.0.1:0', POSTERN_HTTP_LISTEN: '127.0.0.1:0', POSTERN_DATA_DIR: dir, POSTERN_LOG_LEVEL: 'silent' },
  });
}

async function addressOf(child: ChildProcess, dir: string): Promise<{ host: string; port: number }> {
  const until = performance.now() + START_MOST;
  for (;;) {
    try {
      return (JSON.parse(readFileSync(join(dir, 'postern.json'), 'utf8')) as { smtp: { host: string; port: number } }).smtp;
    } catch { /* not yet, or half written */ }
    if (child.exitCode !== null || performance.now() > until) throw new Error(`The server did not start again (exit code ${child.exitCode})`);
    await pause(10);
  }
}

/** Reads bytes of what is new since the last round, and of everything in the last one. */
async function check(store: Store, { kept, unknown }: Account, checked: Set<string>, everything: boolean): Promise<Round> {
  const ids = new Map<string, string>();
  let beforeSeq: number | undefined;
  for (;;) {
    const page = await store.list({ filter: EVERYTHING, limit: 500, ...(beforeSeq === undefined ? {} : { beforeSeq }) });
    for (const { id, header } of page) {
      if (ids.has(header.subject)) throw new Error(`${header.subject} is there twice`);
      if (!kept.has(header.subject) && !unknown.has(header.subject)) throw new Error(`${header.subject} was never sent`);
      ids.set(header.subject, id);
    }
    if (page.length < 500) break;
    beforeSeq = page.at(-1)!.seq;
  }
  for (const [mark, sha256] of kept) {
    const id = ids.get(mark);
    if (id === undefined) throw new Error(`${mark} got its 250 and is gone`);
    if (checked.has(mark) && !everything) continue;
    const hash = createHash('sha256');
    for await (const piece of (await store.body(id))!) hash.update(piece);
    if (hash.digest('hex') !== sha256) throw new Error(`${mark} has other bytes than were sent`);
    checked.add(mark);
  }
  const counted = (await store.counts()).reduce((sum, one) => sum + one.messages, 0);
  if (counted !== ids.size) throw new Error(`The books say ${counted} messages, there are ${ids.size}`);
  return { kept: kept.size, unknown: unknown.size, there: ids.size, events: await store.lastEvent() };
}
