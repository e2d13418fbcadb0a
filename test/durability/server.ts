/** A Postern in a process of its own, started on its data folder again and again, and ended by a signal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export type House = { dir: string; /** The script and its arguments. */ run: string[]; env?: Record<string, string> };
type Addresses = { smtp: { host: string; port: number }; http: string };

/** Milliseconds that a start may take, with all that it finds to mend, and the end after a signal that lets it close. */
const START_MOST = 20_000;
const END_MOST = 20_000;

/** Starts it, does `work`, ends it with `signal`, and waits for what `work` left behind (clients that are cut off by it). */
export async function withServer({ dir, run, env }: House, signal: NodeJS.Signals, work: (at: Addresses) => Promise<{ after?: Promise<unknown> }>): Promise<void> {
  rmSync(join(dir, 'postern.json'), { force: true });
  const child = spawn(process.execPath, run, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } });
  const gone = once(child, 'exit');
  let left: { after?: Promise<unknown> } = {};
  let isStuck = false;
  try {
    left = await work(await addressOf(child, dir));
  } finally {
    child.kill(signal);
    // One that does not end would hold on to our stderr, and with it whoever waits for the end of that.
    const patience = setTimeout(() => {
      isStuck = true;
      child.kill('SIGKILL');
    }, END_MOST);
    await gone;
    clearTimeout(patience);
  }
  if (isStuck) throw new Error(`The server did not end within ${END_MOST} ms of its ${signal}`);
  await left.after;
}

async function addressOf(child: ChildProcess, dir: string): Promise<Addresses> {
  const until = performance.now() + START_MOST;
  for (;;) {
    try {
      return JSON.parse(readFileSync(join(dir, 'postern.json'), 'utf8')) as Addresses;
    } catch { /* not yet */ }
    if (child.exitCode !== null || performance.now() > until) throw new Error(`The server did not start again (exit code ${child.exitCode})`);
    await pause(10);
  }
}
