/**
 * The wall of bad remotes, end to end: a whole Postern delivers for real to
 * servers that each fail in a way of their own, at default deadlines, in a
 * time that passes faster. Says what became of every recipient and how long
 * an attempt took at most, and counts what is left behind.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { countingTimers } from '../support/counting-timers.ts';
import { liveHouse } from '../support/live-house.ts';
import { quickClock } from '../support/quick-clock.ts';
import { serve, theirs, WAYS } from '../transport/ways.ts';

/** Nobody listens where it is. */
const REFUSES = 'refuses';
export const NAMES = [...Object.keys(WAYS), REFUSES];

export type Wall = {
  /** Ways, with what became of their recipients: `expired 2`. */
  ends: Map<string, Map<string, number>>;
  attempts: number;
  /** Of the clock, in minutes. */
  longestAttempt: number;
  longestLife: number;
  seconds: number;
  /** After all was over. */
  left: { sockets: number; timers: number; resting: number };
  heap: { early: number; late: number };
};

const MINUTE = 60_000;

export async function wall({ each, times, expiresAfter, every, tell = () => {} }: { /** Recipients of each way. */ each: number; times: number; /** Minutes. */ expiresAfter: number; every: number; tell?: (text: string) => void }): Promise<Wall> {
  const clock = countingTimers(quickClock(times));
  const zone = Object.fromEntries(NAMES.map((_, n) => [`*.w${n}.test`, { A: [`127.0.1.${n + 1}`], ttl: 86_400 }]));
  const house = await liveHouse({ clock, zone });
  const servers = await Promise.all(Object.keys(WAYS).map(async (name, n) => {
    const server = createServer({ noDelay: true }, (socket) => serve(socket, name)).listen(house.remote.at.port, `127.0.1.${n + 1}`);
    await once(server, 'listening');
    return server;
  }));
  try {
    await house.ask('PATCH', '/v1/streams/default', { delivery: { schedule: { kind: 'steps', steps: [`${every}m`] }, jitter: 0, expiresAfter: `${expiresAfter}m`, notices: false, delayNotice: null } });
    await house.live({ allow: ['*'] });
    const before = clock.timers;
    const began = performance.now();
    const sent = new Map<string, string>();
    for (let k = 0; k < each; k++) {
      const letters = NAMES.map((_, n) => ({ from: 'shop@app.test', to: `ann@d${k}.w${n}.test`, subject: 'Hi', text: 'Hi.' }));
      const ids = (await house.ask('POST', '/v1/streams/default/messages', letters)) as { results: { id: string }[] };
      for (const [n, { id }] of ids.results.entries()) sent.set(id, NAMES[n]!);
    }
    let early = NaN;
    const { store } = house.running.delivery;
    const waiting = async () => {
      const { streams } = await house.get<{ streams: { tally: Record<string, number> }[] }>('/v1/queue?stream=default');
      const { queued = 0, deferred = 0, active = 0 } = streams[0]?.tally ?? {};
      return queued + deferred + active;
    };
    for (let turn = 0, left = sent.size; left > 0; turn++) {
      await sleep(250);
      left = await waiting();
      if (Number.isNaN(early) && (performance.now() - began) * times > (expiresAfter * MINUTE) / 4) early = heap();
      if (turn % 20 === 19) tell(`${left} of ${sent.size} wait; ${theirs.size} connections`);
      if ((performance.now() - began) * times > (expiresAfter + 24 * 60) * MINUTE) throw new Error(`${left} recipients are stuck`);
    }
    const seconds = (performance.now() - began) / 1000;
    const found: Wall = { ends: new Map(), attempts: 0, longestAttempt: 0, longestLife: 0, seconds, left: { sockets: 0, timers: 0, resting: 0 }, heap: { early, late: 0 } };
    for (const [id, name] of sent) for (const { recipient, attempts } of (await store.delivery(id))!.recipients) {
      const ends = found.ends.get(name) ?? new Map<string, number>();
      found.ends.set(name, ends.set(recipient.state, (ends.get(recipient.state) ?? 0) + 1));
      found.attempts += attempts.length;
      const last = attempts.at(-1);
      found.longestLife = Math.max(found.longestLife, (last ? last.at + last.took - recipient.queuedAt : 0) / MINUTE);
      found.longestAttempt = Math.max(found.longestAttempt, ...attempts.map(({ took }) => took / MINUTE));
    }
    // What rests is closed by itself before long.
    for (let turn = 0; turn < 100 && (theirs.size > 0 || clock.timers > before); turn++) await sleep(50);
    found.left = { sockets: theirs.size, timers: clock.timers - before, resting: clock.timers };
    found.heap.late = heap();
    return found;
  } finally {
    await house[Symbol.asyncDispose]();
    for (const server of servers) server.close();
    for (const socket of theirs) socket.destroy();
  }
}

/** MB; collected first where `--expose-gc` lets it. */
function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 1024 ** 2;
}
