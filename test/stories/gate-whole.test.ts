/** A live stream as it is put together: signed, with links and return paths of its own, its bounces taken in, its domain looked at. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { newPair } from '../../server/outgoing/keys/changes.ts';
import { readFolder } from '../../server/outgoing/keys/files.ts';
import { recordOf } from '../../server/outgoing/keys/zone.ts';
import { dial } from '../support/dialogue.ts';
import { liveHouse, SITES } from '../support/live-house.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function dataFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'postern-live-'));
  folders.push(dir);
  return dir;
}

async function signedHouse() {
  const dataDir = dataFolder();
  const keys = join(dataDir, 'dkim');
  await newPair(keys, 'app.test', Date.now());
  const [pair] = (await readFolder(keys, 'app.test')).pairs;
  const house = await liveHouse({ settings: { dataDir, publicUrl: 'https://mail.app.test', mxListen: { host: '127.0.0.1', port: 0 } }, zone: SITES });
  for (const key of pair!.keys) {
    const { name, value } = recordOf('app.test', key);
    house.dns.set(name, { TXT: [value] });
  }
  return house;
}

test('what goes out is signed, has a way to unsubscribe, and its bounce finds its way back', async () => {
  await using house = await signedHouse();
  await house.ask('PATCH', '/v1/streams/default', { mode: 'deliver', delivery: { returnPath: 'return.app.test', live: { allow: ['a.test'], unsubscribe: true, feedbackId: 'x:y:z:app' } } });
  const id = await house.send(['ann@a.test', 'bo@a.test']);
  await house.until(id, ['ann@a.test delivered', 'bo@a.test delivered']);
  // A link and a return path for each, so a copy for each.
  expect(house.remote.accepted).toHaveLength(2);
  const one = house.remote.accepted.find(({ envelope }) => envelope.recipients[0]!.address === 'ann@a.test')!;
  const raw = one.raw.toString();
  expect(raw.match(/^DKIM-Signature:/gm)).toHaveLength(2);
  expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  expect(raw.replaceAll(/\r\n[ \t]+/g, ' ')).toMatch(/^List-Unsubscribe: ?<https:\/\/mail\.app\.test\/u\//m);
  expect(raw).toMatch(/^Feedback-ID: x:y:z:app\r$/m);
  expect(one.envelope.from).toMatch(/@return\.app\.test$/);
  // What is kept is as it came.
  expect(await (await fetch(`${house.http}/v1/messages/${id}/raw`)).text()).not.toMatch(/DKIM-Signature|Received:|List-Unsubscribe/);

  const back = await dial(house.running.delivery.mx!);
  await back.expect('EHLO mx.a.test', '250');
  await back.expect('MAIL FROM:<>', '250');
  await back.expect('RCPT TO:<somebody@elsewhere.test>', '550');
  await back.expect(`RCPT TO:<${one.envelope.from}>`, '250');
  await back.expect('DATA', '354');
  await back.send('From: <>\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nGone.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.a.test\r\n\r\nFinal-Recipient: rfc822; ann@a.test\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No such user\r\n\r\n--b--\r\n');
  await back.expect('.', '250');
  back.destroy();
  const { store } = house.running.delivery;
  await expect.poll(async () => (await store.events({ after: 0, limit: 500 })).find(({ type }) => type === 'bounce.received'), { timeout: 10_000 }).toMatchObject({ message: id, recipient: 'ann@a.test', status: '5.1.1' });
});

test('without a key for the domain it is held, not sent unsigned, and goes when there is one', async () => {
  const dataDir = dataFolder();
  await using house = await liveHouse({ settings: { dataDir } });
  await house.live({ allow: ['a.test'], dkim: { domain: null, selector: null } });
  const id = await house.send('ann@a.test');
  await house.until(id, ['ann@a.test held unsigned']);
  expect(house.remote.accepted).toEqual([]);
  await newPair(join(dataDir, 'dkim'), 'app.test', Date.now());
  await house.running.delivery.held.release({ stream: 'default' }, 'ann');
  await house.until(id, ['ann@a.test delivered']);
  expect(house.remote.accepted[0]!.raw.toString()).toMatch(/^DKIM-Signature:/m);
});

test('the domain of a stream is looked at with the keys, the gate and the resolver of the house', async () => {
  await using house = await signedHouse();
  house.dns.set('app.test', { MX: ['10 mx.a.test'], TXT: ['v=spf1 -all'] });
  await house.live({ allow: ['a.test'], dkim: { domain: 'app.test' } });
  const { preflight } = house.running.delivery;
  const found = await preflight.ofStream('default');
  if (typeof found === 'string') throw new Error(found);
  const verdicts = Object.fromEntries(found.findings.map(({ check, verdict }) => [check, verdict]));
  expect(verdicts).toMatchObject({ gate: 'pass', dkim: 'pass' });
  expect(await preflight.last('default')).toMatchObject({ domain: 'app.test' });
  expect(await preflight.ofStream('nobody')).toBe('no-stream');
});

test('a relay takes the mail of the domains that it is for, and their own hosts are not asked for', async () => {
  await using house = await liveHouse({ zone: { ...SITES, 'smart.test': { A: ['127.0.0.1'] }, 'c.test': { MX: ['10 nowhere.test'] } } });
  await house.live({ allow: ['c.test'], relays: [{ domains: ['c.test'], host: 'smart.test', port: house.remote.at.port, tls: 'opportunistic' }] });
  await house.until(await house.send('ann@c.test'), ['ann@c.test delivered']);
  expect(house.dns.asked.map(({ name, type }) => `${name} ${type}`)).not.toContain('nowhere.test A');
});
