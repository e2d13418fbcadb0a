/** Limits of a provider, seen from its side: known by its MX in the DNS, kept by all streams of a whole Postern together, over a restart. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { wallClock } from '../../server/clock.ts';
import { profileOf } from '../../server/queue/profiles/profiles.ts';
import { beyond, countingSink } from '../support/counting-sink.ts';
import { liveHouse } from '../support/live-house.ts';
import { answers } from './looking.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

async function sinkAt(host: string, port: number, takes: number) {
  const sink = countingSink({ clock: wallClock, takes });
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => sink.serve(socket, 'all')).listen(port, host);
  await once(server, 'listening');
  return { sink, async [Symbol.asyncDispose]() { server.close(); } };
}

test('connections, messages on one and the rate of a provider are kept by two streams together, over a restart', { timeout: 60_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-limits-'));
  dirs.push(dataDir);
  const { connections, messagesPerConnection, rate } = profileOf('yahoo-japan')!.limits;
  await using house = await liveHouse({ settings: { dataDir }, zone: { 'one.test': { MX: ['10 mx1.mail.yahoo.co.jp'] }, 'two.test': { MX: ['10 mx1.mail.yahoo.co.jp'] }, 'mx1.mail.yahoo.co.jp': { A: ['127.0.0.5'] } } });
  await using at = await sinkAt('127.0.0.5', house.remote.at.port, 250);
  const { sink } = at;
  await house.ask('POST', '/v1/streams', { name: 'shop' });
  for (const stream of ['default', 'shop']) await house.live({ allow: ['*'] }, 'deliver', stream);
  const subjects = Array.from({ length: 30 }, (_, n) => `n${n}`);
  for (const [n, subject] of subjects.entries()) await house.send(`ann${n}@${n % 3 === 0 ? 'one' : 'two'}.test`, { subject, stream: n % 2 === 0 ? 'default' : 'shop' });
  await expect.poll(() => sink.subjects.length, { timeout: 20_000 }).toBeGreaterThan(10);
  await house.again();
  await expect.poll(() => new Set(sink.subjects).size, { timeout: 30_000 }).toBe(subjects.length);
  expect([...sink.subjects].sort()).toEqual([...subjects].sort());
  const { mostOpen, mostOnOne, messages } = sink.of('all');
  expect(mostOpen).toBe(connections);
  expect(mostOnOne).toBeLessThanOrEqual(messagesPerConnection!);
  // Seen from the other side of a socket: a message may come a little nearer to the one before than it was sent.
  expect(beyond(messages, { per: rate!.messages, perMs: rate!.perMs, burst: rate!.burst })).toBeLessThan(1);
});

test('a provider that is known to take TLS always is not talked to without it', async () => {
  await using house = await liveHouse({ zone: { 'qq.test': { MX: ['10 mx1.qq.com'] }, 'mx1.qq.com': { A: ['127.0.0.6'] }, 'other.test': { MX: ['10 mx.other.test'] }, 'mx.other.test': { A: ['127.0.0.6'] } } });
  await using at = await sinkAt('127.0.0.6', house.remote.at.port, 0);
  await house.live({ allow: ['*'] });
  const [known, other] = [await house.send('ann@qq.test', { subject: 'known' }), await house.send('ann@other.test', { subject: 'other' })];
  await house.until(other, ['ann@other.test delivered']);
  await house.until(known, ['ann@qq.test deferred']);
  expect((await answers(house, known))[0]).toMatch(/^tls: /);
  expect(at.sink.subjects).toEqual(['other']);
});
