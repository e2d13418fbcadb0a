/** Streams that deliver for real, to a mail server on this machine, with what their rooms have to show: mail that was delivered, held by the allow list and by a canary, intercepted; a key, a pre-flight, a switch that was used. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tlsMaterial } from '../../server/admission/smtp/tls.ts';
import type { DkimList, Stream } from '../../sdk/contract.ts';
import { liveHouse, SITES, type LiveHouse } from '../support/live-house.ts';
import { ask } from './simulated.ts';
import { until } from './stage.ts';

export type LiveStage = LiveHouse & AsyncDisposable;

/** With a folder of its own, so that there can be keys; the remote has a certificate that nobody vouches for. */
export async function outside(): Promise<LiveStage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-live-ui-'));
  const house = await liveHouse({
    settings: { dataDir }, remote: { tls: tlsMaterial({ cert: null, key: null, dir: dataDir, name: 'mx.a.test' }) },
    zone: { ...SITES, 'app.test': { MX: ['10 mx.app.test'], TXT: ['v=spf1 ip4:192.0.2.1 -all'] }, 'mx.app.test': { A: ['127.0.0.1'] }, '_dmarc.app.test': { TXT: ['v=DMARC1; p=none'] } },
  });
  const end = house[Symbol.asyncDispose].bind(house);
  house[Symbol.asyncDispose] = async () => {
    await end();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return house;
}

export const live = (house: LiveHouse, name: string, policy: object, mode = 'deliver') => ask<Stream>(house, 'PATCH', `/v1/streams/${name}`, { mode, delivery: { live: { dkim: null, ...policy } } });
export const remove = (house: LiveHouse, name: string) => ask(house, 'DELETE', `/v1/streams/${name}`).catch(() => {});

/** All of it; answers the message to look at, and one that was only captured. */
export async function goneOut(house: LiveStage): Promise<{ message: string; captured: string }> {
  for (const name of ['billing', 'newsletter', 'staging']) await ask(house, 'POST', '/v1/streams', { name });
  const captured = await house.send('ann@a.test', { stream: 'billing', subject: 'An invoice from before', from: 'billing@app.test' });
  await ask<DkimList>(house, 'POST', '/v1/dkim', { domain: 'app.test', selector: 'post1' });
  await ask<DkimList>(house, 'POST', '/v1/dkim', { domain: 'app.test', selector: 'post2' });
  await live(house, 'billing', { allow: ['a.test', 'ann@b.test'], dkim: { domain: 'app.test' }, warmUp: { caps: [50, 100, 200, 400, 800, 1600, 3200, 5000] } });
  await live(house, 'newsletter', { allow: ['a.test'], canary: { first: 2, share: 0 } });
  await live(house, 'staging', { allow: ['a.test'], intercept: 'qa@a.test', relays: [{ domains: ['*'], host: 'relay.app.test', user: 'staging', password: 'a secret', when: 'fallback' }], sources: [{ ipv4: '127.0.0.1', helo: 'out.app.test' }] });
  const message = await house.send(['ann@a.test', 'bo@a.test', 'ann@b.test', 'cleo@elsewhere.test'], { stream: 'billing', subject: 'Your invoice of May', from: 'billing@app.test' });
  for (const n of [1, 2, 3, 4]) await house.send(`reader${n}@a.test`, { stream: 'newsletter', subject: `News ${n}`, from: 'news@app.test' });
  const staged = await house.send(['cleo@elsewhere.test', 'dan@elsewhere.test'], { stream: 'staging', subject: 'To a customer, from staging', from: 'shop@app.test' });
  for (const [id, delivered] of [[message, 3], [staged, 1]] as const) await until(() => ask<{ tally: Record<string, number> }>(house, 'GET', `/v1/messages/${id}/delivery`), ({ tally }) => (tally['delivered'] ?? 0) === delivered);
  await ask(house, 'POST', '/v1/preflight', { stream: 'billing' });
  await ask(house, 'POST', '/v1/delivery/stop', { reason: 'looking at a strange bounce' });
  await ask(house, 'POST', '/v1/delivery/start', { reason: 'it was a test address' });
  return { message, captured };
}
