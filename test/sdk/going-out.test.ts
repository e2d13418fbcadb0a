/** Real delivery through the SDK: a sandbox that delivers, to a mail server of this machine. Nothing leaves it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, PosternError, start, type Sandbox, type StreamHandle } from '../../sdk/index.ts';
import '../../sdk/vitest.ts';
import { tlsMaterial } from '../../server/admission/smtp/tls.ts';
import { SITES } from '../support/live-house.ts';
import { reception, type Kept, type Reception } from '../support/reception.ts';
import { zones, type Zones } from '../support/zones.ts';

const PUBLIC = 'https://mail.app.test';
let dns: Zones;
let remote: Reception;
let sandbox: Sandbox;
let shop: StreamHandle;
let dkimDir: string;
let nth = 0;
beforeAll(async () => {
  dkimDir = mkdtempSync(join(tmpdir(), 'postern-sdk-dkim-'));
  dns = await zones({ ...SITES, 'app.test': { MX: ['10 mx.a.test'], TXT: ['v=spf1 -all'] } });
  remote = await reception({ hostname: 'mx.a.test', starttls: 'named', tls: tlsMaterial({ cert: null, key: null, dir: null, name: 'mx.a.test' }) });
  sandbox = await start({ delivery: true, resolver: dns.address, deliveryPort: remote.at.port, deliveryPrivate: '127.0.0.0/8', dkimDir, publicUrl: PUBLIC });
});
beforeEach(async () => {
  shop = await sandbox.stream(`shop-${++nth}`, { mode: 'deliver', delivery: { live: { allow: ['a.test'], dkim: null } } });
  remote.accepted.splice(0);
});
afterAll(async () => {
  await sandbox.close();
  await remote[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
  rmSync(dkimDir, { recursive: true });
});

const send = (to: string | string[], stream = shop) => stream.send({ from: 'shop@app.test', to, subject: 'Hello', text: 'Hi.' });
const failing = (assertion: () => Promise<unknown>) => assertion().then(() => { throw new Error('it passed'); }, (error: Error) => error.message);
const taken = () => remote.accepted.flatMap(({ envelope }: Kept) => envelope.recipients.map(({ address }) => address)).sort();

test('what is allowed goes out for real, what is not is held for a reason, and both are asserted', async () => {
  const message = await send(['ann@a.test', 'bo@b.test']);
  await message.waitFor({ event: 'delivered', recipient: 'ann@a.test' });
  await expect(message).toBeDelivered({ recipient: 'ann@a.test' });
  await expect(message).toBeHeld({ recipient: 'bo@b.test', reason: 'not-allowed' });
  await expect(message).not.toBeHeld({ recipient: 'bo@b.test', reason: 'canary' });
  await expect(message).not.toBeHeld({ recipient: 'ann@a.test' });
  await expect(message.waitFor('held')).resolves.toMatchObject({ reason: 'not-allowed' });
  expect(taken()).toEqual(['ann@a.test']);
  const [attempt] = await message.attempts('ann@a.test');
  expect(attempt!.tls).toMatchObject({ version: 'TLSv1.3', certificate: { subject: expect.stringContaining('mx.a.test'), fingerprint256: expect.any(String) }, unverified: expect.any(String), policy: null });
});

test('a matcher that fails on held mail says what would have to be done', async () => {
  const message = await send('bo@b.test');
  await message.waitFor('held');
  expect(await failing(() => expect(message).toBeDelivered())).toMatch(/but it is held \(not-allowed\)\nHistory:\n {2}bo@b\.test: held, never tried\n {4}held \(not-allowed\): bo@b\.test is not on the allow list[^]*To change:\n {2}bo@b\.test is not on the allow list of stream shop-\d+[^]*await sandbox\.api\.release/);
  expect(await failing(() => expect(message).toBeHeld({ reason: 'canary' }))).toMatch(/to be held as canary\nbut it is held \(not-allowed\)/);
  await expect(expect(message).toBeHeld({ reason: 'mood' as 'canary' })).rejects.toThrow(/the reason "mood"; they are person, not-allowed, canary, unsigned/);
});

test('mail of the inbox is released, to others too, and nobody gets it twice by accident', async () => {
  const captured = await sandbox.send({ from: 'shop@app.test', to: 'ann@a.test', subject: 'Hello', text: 'Hi.' });
  await expect(captured.release()).rejects.toThrow(/409.*not in mode deliver/);
  await sandbox.stream('default', { mode: 'deliver', delivery: { live: { allow: ['a.test'], dkim: null } } });
  try {
    expect(await captured.release()).toEqual({ queued: ['ann@a.test'], suppressed: [], waits: null });
    await expect(captured).toBeDelivered();
    await expect(captured.release()).rejects.toMatchObject({ problem: { type: '/problems/already-released' } });
    await expect(captured.release({ to: ['eve@b.test'] })).rejects.toThrow(/allow list.*eve@b\.test/);
    expect(await captured.release({ to: ['qa@a.test'] })).toMatchObject({ queued: ['qa@a.test'] });
    await captured.waitFor({ event: 'delivered', recipient: 'qa@a.test' });
    expect(taken()).toEqual(['ann@a.test', 'qa@a.test']);
  } finally {
    await sandbox.stream('default', { mode: 'capture' });
  }
});

test('what was held and is allowed by now is released; what is still not is named', async () => {
  const message = await send(['bo@b.test', 'eve@elsewhere.test']);
  await expect(message).toBeHeld();
  await sandbox.stream(shop.name, { delivery: { live: { allow: ['b.test'] } } });
  expect(await sandbox.api.release({ message: message.id })).toEqual({ changed: 1, refused: [{ message: message.id, address: 'eve@elsewhere.test', held: { reason: 'not-allowed', text: expect.stringContaining('eve@elsewhere.test') } }] });
  await expect(message).toBeDelivered({ recipient: 'bo@b.test' });
  await expect(message).toBeHeld({ recipient: 'eve@elsewhere.test' });
});

test('one switch stops real mail and starts it again, and the audit log has both with who it was', async () => {
  const ann = await connect(sandbox.http, { by: 'Ann Éx' });
  expect(await ann.delivery.stop('lunch')).toMatchObject({ permitted: true, switch: { on: false, reason: 'lunch', by: expect.stringMatching(/^Ann Éx \(api .+\)$/) } });
  const message = await send('ann@a.test');
  expect(await failing(() => expect(message).toBeDelivered())).toMatch(/It is real mail, which goes as the world lets it: .*stopped by Ann Éx/);
  expect(taken()).toEqual([]);
  expect((await sandbox.delivery.view(shop.name)).streams).toMatchObject([{ live: false, shut: { why: 'stopped' } }]);
  await sandbox.delivery.start();
  await expect(message).toBeDelivered();
  const [started, stopped] = await sandbox.audit({ limit: 2 });
  expect([started!.what, stopped!.what, stopped!.by]).toEqual(['delivery.started', 'delivery.stopped', expect.stringMatching(/^Ann Éx /)]);
  await ann.close();
});

test('a canary lets the first go and holds the rest until it is approved', async () => {
  await sandbox.stream(shop.name, { delivery: { live: { canary: { first: 1, share: 0 } } } });
  const first = await send('ann@a.test');
  await expect(first).toBeDelivered();
  const second = await send('bo@a.test');
  await expect(second).toBeHeld({ reason: 'canary' });
  expect(await shop.approveCanary({ rest: true })).toEqual({ released: 1, held: 0 });
  await expect(second).toBeDelivered();
  expect((await sandbox.delivery.view(shop.name)).streams[0]!.canary).toBeNull();
});

test('what cannot be signed is held, and signed once there is a key', async () => {
  await sandbox.stream(shop.name, { delivery: { live: { dkim: { domain: null, selector: null } } } });
  const message = await send('ann@a.test');
  await expect(message).toBeHeld({ reason: 'unsigned' });
  const keys = await sandbox.dkim.make('app.test');
  expect(keys.map(({ state, algorithm }) => `${algorithm} ${state}`)).toEqual(['rsa active', 'ed25519 active']);
  await sandbox.api.release({ message: message.id });
  await expect(message).toBeDelivered();
  expect(remote.accepted[0]!.raw.toString('latin1').match(/^DKIM-Signature:/gm)).toHaveLength(2);
  expect((await sandbox.dkim.list('app.test')).keys).toEqual(keys);
  await expect(sandbox.dkim.retire('app.test', keys[0]!.pair)).rejects.toThrow(/signs for app\.test/);
  const audit = (await sandbox.audit({ what: 'dkim.created' })).map(({ by }) => by);
  expect(audit).toEqual([expect.stringMatching(/^api /)]);
  // The ring sees the new files as well, and writes nothing down a second time.
  expect(await sandbox.audit({ what: 'dkim.activated' })).toEqual([]);
});

test('a pre-flight of the stream says what to publish, and is the last one', async () => {
  expect(await shop.lastPreflight()).toBeUndefined();
  await expect(shop.preflight()).rejects.toThrow(/names none/);
  const found = await shop.preflight({ domain: 'app.test' });
  expect(found).toMatchObject({ domain: 'app.test', stream: shop.name });
  expect(found.findings.find(({ check }) => check === 'dmarc')).toMatchObject({ publish: [{ type: 'TXT', name: '_dmarc.app.test' }] });
  expect(await shop.lastPreflight()).toEqual(found);
});

test('its telemetry counts real mail apart from simulated', async () => {
  await expect(await send('ann@a.test')).toBeDelivered();
  await sandbox.stream(shop.name, { mode: 'simulate' });
  const simulated = await send('bo@a.test');
  await shop.advance('idle');
  await expect(simulated).toBeDelivered();
  const counted = async (mode?: 'simulate' | 'deliver') => (await shop.telemetry(mode ? { mode } : {})).sums.delivered;
  expect([await counted('deliver'), await counted('simulate'), await counted()]).toEqual([1, 1, 2]);
  const { measures } = await shop.compareTelemetry({ before: '2d..1d', after: '1d..now' });
  expect(measures.find(({ measure }) => measure === 'delivered')).toMatchObject({ before: { count: 0 }, judgement: 'too-few' });
});

test('a recipient unsubscribes by the link in the mail that it got, and gets no more', async () => {
  await sandbox.stream(shop.name, { delivery: { live: { unsubscribe: true, dkim: null } } });
  await expect(await send('reader@a.test')).toBeDelivered();
  const text = remote.accepted.at(-1)!.raw.toString('latin1').replaceAll(/\r\n[ \t]+/g, ' ');
  const link = /^List-Unsubscribe: <(https:\/\/mail\.app\.test\/u\/[\w-]+)>/im.exec(text)![1]!;
  expect(text).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/im);
  const answer = await fetch(link.replace(PUBLIC, sandbox.http), { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  expect(answer.status).toBe(200);
  await expect(await send('reader@a.test')).toBeSuppressed();
  expect(await shop.waitFor({ event: 'unsubscribed' })).toMatchObject({ recipient: 'reader@a.test', via: 'one-click' });
});

test('the time of real mail is nobody\'s to move', async () => {
  await expect(shop.advance('1h')).rejects.toThrow(PosternError);
});

test('real mail runs by itself: an inbox moves the rest, and names the stream where there is only that', async () => {
  const inbox = await sandbox.inbox('held+fail1.451@b.test');
  await send(inbox.address);
  await expect(inbox.advance('1h')).rejects.toThrow(`"${shop.name}" runs on the wall clock`);
  await send(inbox.address, await sandbox.stream('pretended', { mode: 'simulate' }));
  expect(await inbox.advance('1h')).toMatchObject({ delivered: 1 });
});
