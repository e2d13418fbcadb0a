/**
 * The long form of limits.test.ts: over TCP, with a process that is killed
 * again and again while it delivers as two streams to providers that count.
 *
 *     npx node test/stories/limits-long.ts [messages] [kills]
 *
 * Says what the sink counted, and fails when a limit was exceeded, mail lost,
 * or taken twice without its delivery being marked as a possible duplicate.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wallClock } from '../../server/clock.ts';
import type { Network } from '../../server/network/network.ts';
import { profileOf, providerOf } from '../../server/queue/profiles/profiles.ts';
import { connectTo } from '../../server/transport/connect.ts';
import { beyond, countingSink } from '../support/counting-sink.ts';
import type { Store } from '../../server/store/port.ts';
import { openSimHouse } from '../support/sim-house.ts';

const STREAMS = ['app', 'shop'];
const KEYS = ['microsoft365', 'google', 'yahoo-japan'] as const;
const hosts: Record<string, string> = { japan: 'mx1.mail.yahoo.co.jp', gmail: 'aspmx.l.google.com' };
const hostOf = (domain: string): string => hosts[domain.split('.')[0]!.replace(/\d+$/, '')] ?? `${domain.replace('.', '-')}.mail.protection.outlook.com`;

/** One life of the process that delivers: until all is delivered, or it is killed. */
async function deliver(dir: string, ports: Record<string, number>, messages: number): Promise<void> {
  const network: Network = {
    destination: (_stream, address) => address.slice(address.lastIndexOf('@') + 1),
    resolve: async (destination) => ({ site: hostOf(destination), hosts: [{ name: hostOf(destination), address: '127.0.0.1', port: ports[providerOf([hostOf(destination)])!]!, preference: 10 }] }),
    dial: (host, { signal }) => new Promise((resolve) => {
      const socket = connect({ host: host.address, port: host.port, noDelay: true, signal });
      socket.once('connect', () => resolve(socket)).once('error', (error) => resolve({ kind: 'fault', stage: 'connect', fault: 'refused', detail: error.message }));
    }),
  };
  const house = await openSimHouse({
    dir, wall: wallClock, real: {}, streams: ['shop'],
    queue: { networkOf: (_stream, mode) => (mode === 'deliver' ? network : undefined), connectOf: () => connectTo(network) },
  });
  for (const stream of STREAMS) await house.streams.change(stream, { mode: 'deliver' });
  const domains = ['japan.test', 'gmail1.test', 'gmail2.test', ...Array.from({ length: 9 }, (_, n) => `tenant${n}.test`)];
  if (messages > 0) await house.sendAll(Array.from({ length: messages }, (_, n) => ({ stream: STREAMS[n % 2]!, subject: `n${n}`, to: `a${n}@${domains[(n >> 1) % domains.length]}` })));
  process.send!('accepted');
  const look = async () => {
    const tallies = await Promise.all(STREAMS.map((stream) => house.store.tally({ stream })));
    if (tallies.every(({ queued = 0, deferred = 0, active = 0 }) => queued + deferred + active === 0)) {
      const marked = await markedOf(house.store);
      await house[Symbol.asyncDispose]();
      process.send!({ marked });
    } else wallClock.after(200, () => void look());
  };
  await look();
}

/** Subjects of what may have been delivered before. */
async function markedOf(store: Pick<Store, 'events'>): Promise<string[]> {
  const subjects = new Map<string, string>();
  const marked: string[] = [];
  for (let after = 0; ;) {
    const page = await store.events({ after, limit: 5_000 });
    for (const event of page) {
      if (event.type === 'message.captured') subjects.set(event.message, event.summary.header.subject!);
      if (event.type === 'recipient.delivered' && event.possibleDuplicate) marked.push(subjects.get(event.message)!);
    }
    if (page.length === 0) return marked;
    after = page.at(-1)!.id;
  }
}

async function main(messages: number, kills: number): Promise<void> {
  const sink = countingSink({ clock: wallClock, takes: 40 });
  const servers = await Promise.all(KEYS.map(async (key) => {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => sink.serve(socket, key));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }));
  const ports = Object.fromEntries(servers.map((server, n) => [KEYS[n]!, (server.address() as { port: number }).port]));
  const dir = mkdtempSync(join(tmpdir(), 'postern-limits-'));
  const begun = wallClock.now();
  const marked = new Set<string>();
  try {
    for (let life = 0; ; life++) {
      const child = fork(import.meta.filename, ['life', dir, JSON.stringify(ports), String(life === 0 ? messages : 0)]);
      const ended = await new Promise<'done' | 'killed'>((resolve, reject) => {
        child.on('message', (said) => {
          if (typeof said === 'object') {
            for (const one of (said as { marked: string[] }).marked) marked.add(one);
            resolve('done');
          } else if (life < kills) wallClock.after(700 + ((life * 397) % 1_300), () => {
            child.kill('SIGKILL');
          });
        });
        child.on('exit', (code, signal) => (signal === 'SIGKILL' ? resolve('killed') : reject(new Error(`It ended by itself: ${code ?? signal}`))));
      });
      if (ended === 'done') {
        child.disconnect();
        break;
      }
    }
  } finally {
    for (const server of servers) server.close();
    rmSync(dir, { recursive: true, force: true });
  }
  const flaws: string[] = [];
  const took = (wallClock.now() - begun) / 1_000;
  const seen = new Set<string>();
  const again = new Set(sink.subjects.filter((subject) => seen.size === seen.add(subject).size));
  console.log(`${messages} messages of two streams in ${took.toFixed(1)} s, ${kills} times killed; ${again.size} came more than once, ${marked.size} are marked as possible duplicates`);
  const unmarked = [...again].filter((one) => !marked.has(one)).length;
  if (unmarked > 0) flaws.push(`${unmarked} came more than once without a mark`);
  if (new Set(sink.subjects).size !== messages) flaws.push(`${messages - new Set(sink.subjects).size} were lost`);
  for (const key of KEYS) {
    const { mostOpen, mostOnOne, messages: moments } = sink.of(key);
    const { connections = 10, messagesPerConnection = 100, rate } = profileOf(key)!.limits;
    const early = rate ? beyond(moments, { per: rate.messages, perMs: rate.perMs, burst: rate.burst }) : undefined;
    console.log(`${key}: ${moments.length} messages, at most ${mostOpen} of ${connections} connections, ${mostOnOne} of ${messagesPerConnection} messages on one${early === undefined ? '' : `, ${early.toFixed(2)} of a message too early at most`}`);
    if (mostOpen > connections) flaws.push(`${key} saw ${mostOpen} connections`);
    if (mostOnOne > messagesPerConnection) flaws.push(`${key} saw ${mostOnOne} messages on one connection`);
    if (early !== undefined && early >= 1) flaws.push(`${key} saw a message too early`);
  }
  for (const flaw of flaws) console.error(flaw);
  process.exitCode = flaws.length > 0 ? 1 : 0;
}

const [what, ...rest] = process.argv.slice(2);
if (what === 'life') await deliver(rest[0]!, JSON.parse(rest[1]!) as Record<string, number>, Number(rest[2]));
else await main(Number(what ?? 6_000), Number(rest[0] ?? 12));
