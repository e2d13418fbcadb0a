/**
 * The wall of bad remotes at length: 10,000 attempts (or as many as it is
 * told) over real sockets, 64 at a time, each with a remote that fails in one
 * of some twenty ways, with deadlines of a few dozen milliseconds. Says what
 * became of them, and ends with 1 when one did not end in time, or when a
 * socket, a timer or memory is left behind.
 *
 *     node --expose-gc test/transport/wall-long.ts 10000
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { wallClock } from '../../server/clock.ts';
import type { Answer } from '../../server/mail/reply.ts';
import { wallTalk } from '../../server/network/movable-clock.ts';
import type { Host, TlsDemand } from '../../server/network/network.ts';
import { connectTo } from '../../server/transport/connect.ts';
import { DEADLINES, type Deadlines } from '../../server/transport/deadlines.ts';
import { countingTimers } from '../support/counting-timers.ts';
import { deadPort, sockets } from './sockets.ts';
import { authority, NAME, serve, theirs, WAYS } from './ways.ts';

const ATTEMPTS = Number(process.argv[2] ?? 10_000);
const AT_ONCE = 64;
const deadlines: Deadlines = { ...Object.fromEntries(Object.keys(DEADLINES).map((name) => [name, 100])) as Deadlines, opening: 600, transaction: 400, quit: 50 };
/** What no attempt may take, however slow this machine is. */
const MOST = 5_000;

const VERIFIED: TlsDemand = { kind: 'verified', by: 'mta-sts', names: [NAME], note: 'MTA-STS: enforce' };

let next = 0;
const byPort = new Map<number, string>();
const servers = [];
for (const name of Object.keys(WAYS)) {
  const server = createServer({ noDelay: true }, (socket) => serve(socket, name)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  byPort.set(port, name);
  servers.push(server);
}
byPort.set(await deadPort(), 'refuses');
const targets = [...byPort];

const clock = countingTimers(wallClock);
const ours = new Set<Socket>();
const connect = connectTo({
  authorities: () => [authority.rootPem],
  async dial(host, ask) {
    const found = await sockets.dial(host, ask);
    if (!('kind' in found)) {
      ours.add(found as Socket);
      found.once('close', () => ours.delete(found as Socket));
    }
    return found;
  },
}, { deadlines });

const raw = Buffer.from(`Subject: hi\r\n\r\n${'x'.repeat(76)}\r\n`.repeat(10));
async function* body() { yield raw; }
const tally = new Map<string, number>();
let slowest = 0;

async function one(n: number): Promise<void> {
  const [port, name] = targets[n % targets.length]!;
  const host: Host = { name: NAME, address: '127.0.0.1', port, preference: 10, ...(Math.floor(n / targets.length) % 2 === 1 ? { tls: VERIFIED } : {}) };
  const talk = wallTalk(clock, `talk-${n}`);
  const began = performance.now();
  const found = await connect({ site: 'x', hosts: [host] }, { stream: `s${n % 7}`, destination: `d${n % 997}.test`, talk, heloName: 'client.test', connection: `c-${n}` });
  let answer: Answer;
  if ('carry' in found) {
    const result = await found.carry({ from: 'a@app.test', recipients: [{ address: 'b@x.test' }], size: raw.length, open: async () => body() });
    answer = result.recipients[0]!.answer;
    found.close();
    await found.closed;
  } else ({ answer } = found);
  talk.end();
  slowest = Math.max(slowest, performance.now() - began);
  const told = `${name}${host.tls ? ', TLS demanded' : ''}: ${answer.kind === 'reply' ? answer.code : answer.fault} at ${answer.stage}`;
  tally.set(told, (tally.get(told) ?? 0) + 1);
}

const heap = () => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 1024 ** 2;
};
async function many(most: number): Promise<void> {
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < most) await one(next++);
  }));
  // What closes by itself has closed by then.
  for (let i = 0; i < 50 && (ours.size > 0 || clock.timers > 0); i++) await sleep(20);
}

let warnings = 0;
process.on('warning', (warning) => { warnings++; console.error(warning); });
const warmUp = Math.floor(ATTEMPTS / 4);
await many(warmUp);
const before = heap();
const began = performance.now();
await many(ATTEMPTS);
const took = performance.now() - began;
const after = heap();
for (const server of servers) server.close();
for (const socket of theirs) socket.destroy();
await sleep(100);
const resources = process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout/.test(kind));

for (const [told, count] of [...tally].sort(([a], [b]) => a.localeCompare(b))) console.log(String(count).padStart(6), told);
const counted = [...tally.values()].reduce((sum, count) => sum + count, 0);
console.log(`${counted} attempts; the last ${ATTEMPTS - warmUp} in ${(took / 1000).toFixed(1)} s; slowest ${slowest.toFixed(0)} ms; left: ${ours.size} sockets, ${clock.timers} timers, ${resources.length} other resources; heap ${before.toFixed(1)} → ${after.toFixed(1)} MB; ${warnings} warnings`);
const isFine = counted === ATTEMPTS && slowest < MOST && ours.size === 0 && clock.timers === 0 && resources.length === 0 && after < before + 8 && warnings === 0;
process.exit(isFine ? 0 : 1);
