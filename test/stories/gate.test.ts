/** The gate, from outside: what goes out for real, what does not, and who said so. The remote is a mail server of this machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { AuditEntry } from '../../server/gate/audit.ts';
import { liveHouse } from '../support/live-house.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const folder = () => folders[folders.push(mkdtempSync(join(tmpdir(), 'postern-gate-'))) - 1]!;

type Live = Awaited<ReturnType<typeof liveHouse>>;
const audited = async ({ running }: Live, query: { stream?: string } = {}): Promise<string[]> =>
  (await running.delivery.store.audited({ ...query, limit: 50 })).reverse().map(({ what, by }: AuditEntry) => `${what} ${by}`);
const types = async ({ running }: Live): Promise<string[]> => (await running.delivery.store.events({ after: 0, limit: 500 })).map(({ type }) => type);
/** What can be tried has been tried: a letter that may go, sent after it, has gone. */
async function gone(house: Live): Promise<void> {
  const id = await house.send('last@a.test', { subject: 'last' });
  await house.until(id, ['last@a.test delivered']);
}

test('with all three keys mail goes out for real, and only to whom the allow list names', async () => {
  await using house = await liveHouse();
  await house.live({ allow: ['a.test', 'vip@b.test'] });
  const id = await house.send(['ann@a.test', 'vip@b.test', 'bo@b.test']);
  await house.until(id, ['ann@a.test delivered', 'vip@b.test delivered', 'bo@b.test held not-allowed']);
  expect(house.taken().sort()).toEqual(['ann@a.test Hello', 'vip@b.test Hello']);
  expect(house.pretended).toEqual([]);
});

test('without the key of the process nothing goes, no resolver is asked, and mail waits', async () => {
  await using house = await liveHouse({ settings: { delivery: false } });
  await house.live({ allow: ['*'] });
  const id = await house.send('ann@a.test');
  const other = await house.send('bo@b.test');
  expect([await house.states(id), await house.states(other)]).toEqual([['ann@a.test queued'], ['bo@b.test queued']]);
  await house.running.delivery.gate.start('test', '');
  expect(house.dns.asked).toEqual([]);
  expect(house.remote.accepted).toEqual([]);
  expect(house.running.delivery.gate.shut('default')).toMatchObject({ why: 'process' });
  expect(house.running.live()).toEqual(['default']);
});

test('what waited for the key of the process goes once it is there', async () => {
  await using house = await liveHouse({ settings: { delivery: false, dataDir: folder() } });
  await house.live({ allow: ['*'] });
  const id = await house.send('ann@a.test');
  await house.again({ delivery: true });
  await house.until(id, ['ann@a.test delivered']);
  expect(house.taken()).toEqual(['ann@a.test Hello']);
});

test('without the mode it is simulated, and stays so whatever the mode is later', async () => {
  await using house = await liveHouse();
  await house.live({ allow: ['*'] }, 'simulate');
  const id = await house.send('ann@a.test');
  await house.live({ allow: ['*'] }, 'capture');
  const captured = await house.send('bo@a.test');
  await house.live({ allow: ['*'] });
  await gone(house);
  await house.until(id, ['ann@a.test delivered']);
  expect(house.pretended).toHaveLength(1);
  expect(await house.states(captured)).toEqual([]);
  expect(house.taken()).toEqual(['last@a.test last']);
  expect((await audited(house)).filter((one) => one.startsWith('stream.mode'))).toHaveLength(3);
});

test('an empty allow list holds everything; what is added to it goes when it is released', async () => {
  await using house = await liveHouse();
  await house.live({});
  const id = await house.send(['ann@a.test', 'bo@b.test']);
  await house.until(id, ['ann@a.test held not-allowed', 'bo@b.test held not-allowed']);
  await house.live({ allow: ['a.test'] });
  await house.running.delivery.held.release({ stream: 'default' }, 'ann');
  await house.until(id, ['ann@a.test delivered', 'bo@b.test held not-allowed']);
  expect(house.taken()).toEqual(['ann@a.test Hello']);
  expect(await audited(house)).toContain('queue.released ann');
});

test('the switch stops all of it, over a restart too, and what waited goes when it is on again', async () => {
  await using house = await liveHouse({ settings: { dataDir: folder() } });
  await house.live({ allow: ['*'] });
  await house.running.delivery.gate.stop('ann', 'wrong list');
  const id = await house.send('ann@a.test');
  await house.again();
  expect(house.running.delivery.gate.switch).toMatchObject({ on: false, by: 'ann', reason: 'wrong list' });
  const second = await house.send('bo@a.test');
  expect([await house.states(id), await house.states(second), house.remote.accepted]).toEqual([['ann@a.test queued'], ['bo@a.test queued'], []]);
  await house.running.delivery.gate.start('bo', '');
  await house.until(id, ['ann@a.test delivered']);
  await house.until(second, ['bo@a.test delivered']);
  expect((await audited(house)).filter((one) => one.startsWith('delivery'))).toEqual(['delivery.stopped ann', 'delivery.started bo']);
  expect((await types(house)).filter((type) => type.startsWith('delivery.'))).toEqual(['delivery.stopped', 'delivery.started']);
});

test('mail that was captured is released whole, in part, or to somebody else, and not by chance twice', async () => {
  await using house = await liveHouse();
  await house.live({ allow: ['a.test'] }, 'capture');
  const [whole, part, other] = [await house.send(['ann@a.test', 'bo@a.test'], { subject: 'whole' }), await house.send(['ann@a.test', 'bo@a.test'], { subject: 'part' }), await house.send('cy@elsewhere.test', { subject: 'other' })];
  const release = house.running.delivery.releaseMessage;
  expect(await release({ message: whole, by: 'ann' })).toMatchObject({ kind: 'refused', why: 'mode' });
  await house.live({ allow: ['a.test'] });

  expect(await release({ message: whole, by: 'ann' })).toMatchObject({ kind: 'released', queued: 2 });
  await house.until(whole, ['ann@a.test delivered', 'bo@a.test delivered']);
  expect(await release({ message: part, recipients: ['BO@a.test'], by: 'ann' })).toMatchObject({ kind: 'released', queued: 1 });
  await house.until(part, ['bo@a.test delivered']);
  expect(await release({ message: other, by: 'ann' })).toMatchObject({ kind: 'refused', why: 'not-allowed', addresses: ['cy@elsewhere.test'] });
  expect(await release({ message: other, to: ['qa@a.test'], by: 'ann' })).toMatchObject({ kind: 'released', queued: 1 });
  await house.until(other, ['qa@a.test delivered']);
  expect(await release({ message: whole, by: 'ann' })).toMatchObject({ kind: 'refused', why: 'already' });

  expect(house.taken().sort()).toEqual(['ann@a.test whole', 'bo@a.test part', 'bo@a.test whole', 'qa@a.test other']);
  expect(new Set(house.remote.accepted.map(({ envelope }) => envelope.from))).toEqual(new Set(['shop@app.test']));
  expect((await audited(house)).filter((one) => one.startsWith('message'))).toEqual(Array(3).fill('message.released ann'));
  expect((await types(house)).filter((type) => type === 'message.released')).toHaveLength(3);
});

test('under an intercept one address gets all of it, and nobody else', async () => {
  await using house = await liveHouse();
  await house.live({ allow: ['qa@a.test'], intercept: 'qa@a.test' });
  const id = await house.send(['ann@b.test', 'bo@elsewhere.test']);
  await house.until(id, ['qa@a.test delivered']);
  expect(house.taken()).toEqual(['qa@a.test Hello']);
  expect(house.remote.accepted[0]!.raw.toString().replaceAll(/\r\n[ \t]+/g, ' ')).toMatch(/^X-Postern-Original-To: .*ann@b\.test.*bo@elsewhere\.test/m);
  await house.live({ allow: [], intercept: 'qa@a.test' });
  await house.until(await house.send('ann@b.test'), ['qa@a.test held not-allowed']);
});

test('a suppressed recipient takes no place of the canary, beside others or alone', async () => {
  await using house = await liveHouse();
  await house.live({ allow: ['*'], canary: { first: 3, share: 0 } });
  for (const address of ['gone@a.test', '@left.test']) await house.ask('POST', '/v1/suppressions', { address });
  await house.until(await house.send('gone@a.test'), ['gone@a.test suppressed']);
  await house.until(await house.send(['gone@a.test', 'one@a.test', 'ann@left.test', 'two@a.test']), ['gone@a.test suppressed', 'one@a.test delivered', 'ann@left.test suppressed', 'two@a.test delivered']);
  await house.until(await house.send(['three@a.test', 'four@a.test']), ['three@a.test delivered', 'four@a.test held canary']);
  expect(house.taken()).toHaveLength(3);
});

test('a canary lets the first out and holds the rest until somebody approves', async () => {
  await using house = await liveHouse({ settings: { dataDir: folder() } });
  await house.live({ allow: ['*'], canary: { first: 2, share: 0 } });
  const ids: string[] = [];
  for (const who of ['one', 'two', 'three', 'four']) ids.push(await house.send(`${who}@a.test`));
  await house.until(ids[1]!, ['two@a.test delivered']);
  await house.until(ids[2]!, ['three@a.test held canary']);
  // What went before a restart counts.
  await house.again();
  const later = await house.send('five@a.test');
  await house.until(later, ['five@a.test held canary']);
  expect(await house.running.delivery.held.approveCanary('default', { rest: true }, 'ann')).toEqual({ released: 3, held: 0 });
  await house.until(later, ['five@a.test delivered']);
  await house.until(await house.send('six@a.test'), ['six@a.test delivered']);
  expect(house.taken()).toHaveLength(6);
  expect(await audited(house)).toContain('canary.approved ann');
  expect(await types(house)).toContain('canary.approved');
});

test('a list that shrinks while mail waits holds it before it is tried', async () => {
  await using house = await liveHouse();
  await house.live({ allow: ['*'] });
  await house.running.delivery.gate.stop('ann', '');
  const id = await house.send(['ann@a.test', 'bo@b.test']);
  await house.live({ allow: ['a.test'] });
  await house.running.delivery.gate.start('ann', '');
  await house.until(id, ['ann@a.test delivered', 'bo@b.test held not-allowed']);
  expect(house.taken()).toEqual(['ann@a.test Hello']);
});

test('the password of a relay is in no answer, no event and no audit', async () => {
  await using house = await liveHouse();
  const answer = await house.live({ relays: [{ domains: ['*'], host: 'smart.test', user: 'us', password: 'hush-hush' }] }, 'capture');
  const said = [answer, await house.get('/v1/streams'), await house.get('/v1/events?limit=500'), await house.running.delivery.store.audited({ limit: 50 })];
  expect(JSON.stringify(said)).toContain('smart.test');
  expect(JSON.stringify(said)).not.toContain('hush-hush');
});
