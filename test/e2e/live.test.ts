import { expect, test } from 'vitest';
import type { AuditPage, Delivery, DeliveryView, DkimList, Stream } from '../../sdk/contract.ts';
import type { LiveHouse } from '../support/live-house.ts';
import { barriersIn, type Room } from './barriers.ts';
import { chrome } from './browser.ts';
import { goneOut, live, outside, remove } from './going-out.ts';
import { ask } from './simulated.ts';
import { row, stage, until } from './stage.ts';

const at = stage(outside);
const { open } = at;
const house = () => at.house as LiveHouse;
const delivery = (id: string) => ask<Delivery>(at.house, 'GET', `/v1/messages/${id}/delivery`);
const gate = () => ask<DeliveryView>(at.house, 'GET', '/v1/delivery');
const make = (name: string) => ask<Stream>(at.house, 'POST', '/v1/streams', { name });

at.tidy(async () => {
  await ask(at.house, 'POST', '/v1/delivery/start', {});
  for (const name of ['shop', 'news']) await remove(house(), name);
});

test.skipIf(!chrome)('a stream goes live after its keys were shown, delivers whom its list allows, and holds the others until they are allowed and released', async () => {
  await make('shop');
  const page = await open('#/live');
  await page.getByRole('listitem', { name: 'shop' }).getByText('Its mail stays here.').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'shop' }).click();
  await page.getByLabel(/Whom its mail may reach/).fill('a.test\nnot a domain');
  await page.getByLabel('Sign what goes out', { exact: false }).waitFor({ state: 'detached' });
  await page.getByRole('navigation').getByRole('link', { name: 'Queue' }).click(); // asks, and is told no
  expect(at.here.complaints.splice(0)).toEqual([expect.stringContaining('not saved yet. Leave it?')]);
  const stays = async (leave: () => Promise<unknown>, says = 'not saved yet. Leave it?') => {
    await leave();
    await expect.poll(() => at.here.complaints.splice(0)).toEqual([expect.stringContaining(says)]);
    expect(await page.getByLabel(/Whom its mail may reach/).inputValue()).toBe('a.test\nnot a domain');
    expect(page.url()).toMatch(/#\/live\/shop$/);
  };
  await page.getByRole('heading', { name: 'shop' }).click(); // out of the field: its keys are letters
  await stays(() => page.keyboard.press('/'));
  await stays(async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('queue');
    await page.keyboard.press('Enter');
  });
  await stays(() => page.evaluate(() => history.back()));
  await stays(() => page.getByLabel('Stream', { exact: true }).selectOption('default'));
  expect(await page.getByLabel('Stream', { exact: true }).inputValue()).toBe('shop');
  await stays(() => page.close({ runBeforeUnload: true }), 'dialog: ');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('1 thing to mend.').waitFor();
  await page.locator('#allow-said').getByText('not a domain').waitFor();
  await page.getByLabel(/Whom its mail may reach/).fill('a.test');
  await page.getByRole('tab', { name: 'Way out' }).click();
  await page.getByLabel(/Sign what goes out/).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByRole('tab', { name: 'Gate' }).click();
  await page.getByRole('radio', { name: /^Deliver/ }).click();
  const sure = page.getByRole('dialog');
  await sure.getByRole('listitem').filter({ hasText: 'It names 1 address or domain' }).waitFor();
  expect((await gate()).streams.find(({ stream }) => stream === 'shop')?.mode).toBe('capture');
  await sure.getByRole('button', { name: 'Switch to deliver' }).click();
  await page.getByText('live', { exact: true }).waitFor();
  const id = await house().send(['ann@a.test', 'cleo@elsewhere.test'], { stream: 'shop', subject: 'For real' });
  await house().until(id, ['ann@a.test delivered', 'cleo@elsewhere.test held not-allowed']);
  await page.goto(`${at.house.http}/#/messages/${id}/delivery`);
  const ann = page.getByRole('region', { name: 'ann@a.test' });
  await ann.getByText('real', { exact: true }).waitFor();
  await ann.locator('summary').click();
  await ann.getByText('Not trusted', { exact: true }).waitFor();
  await page.goto(`${at.house.http}/#/start`);
  await page.getByText('Mail of the stream shop also goes out to real mail servers').waitFor();
  await page.goBack();
  const cleo = page.getByRole('region', { name: 'cleo@elsewhere.test' });
  await cleo.getByText('not on the allow list', { exact: true }).waitFor();
  await cleo.getByRole('button', { name: /^Release/ }).click();
  await page.getByText(/^Still held: cleo@elsewhere\.test is not on the allow list/).waitFor();
  await live(house(), 'shop', { allow: ['a.test', 'b.test', 'elsewhere.test'] });
  house().dns.set('elsewhere.test', { MX: ['10 mx.a.test'] });
  await cleo.getByRole('button', { name: /^Release/ }).click();
  await cleo.locator('header').getByText('delivered').waitFor();
  at.here.complaints.splice(0); // the browser notes the 422
});

test.skipIf(!chrome)('one click stops everything; to start asks why, and both are written down', async () => {
  await make('shop');
  await live(house(), 'shop', { allow: ['a.test'] });
  const page = await open('#/live');
  await page.getByRole('button', { name: 'Stop everything' }).click();
  await page.getByRole('heading', { name: 'Real delivery is stopped' }).waitFor();
  expect((await gate()).switch.on).toBe(false);
  const id = await house().send('ann@a.test', { stream: 'shop' });
  await page.getByRole('listitem', { name: 'shop' }).getByText(/Real delivery was stopped/).waitFor();
  expect((await delivery(id)).tally).toEqual({ queued: 1 });
  await page.getByRole('button', { name: 'Start again …' }).click();
  await page.getByRole('dialog').getByText('1 recipient.').waitFor();
  expect(await page.getByRole('dialog').getByRole('button', { name: 'Start' }).isEnabled()).toBe(false);
  await page.getByLabel('Reason').fill('it was the right list');
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Real delivery is on' }).waitFor();
  await house().until(id, ['ann@a.test delivered']);
  await page.getByText('Real delivery was started: it was the right list').waitFor();
  const { entries } = await ask<AuditPage>(at.house, 'GET', '/v1/audit?limit=2');
  expect(entries.map(({ what }) => what)).toEqual(['delivery.started', 'delivery.stopped']);
});

test.skipIf(!chrome)('captured mail is released for real: who may not get it is named, others can have it in their place', async () => {
  await make('shop');
  const id = await house().send(['ann@a.test', 'cleo@strangers.test'], { stream: 'shop', subject: 'From before' });
  await live(house(), 'shop', { allow: ['a.test'] });
  const page = await open('#/mail?stream=shop');
  await row(page, /From before/).click();
  await page.getByRole('button', { name: 'Release for real' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Release', exact: true }).click();
  await dialog.getByRole('alert').getByText(/not on the allow list.*cleo@strangers\.test/).waitFor();
  expect(house().taken()).not.toContain('ann@a.test From before');
  await dialog.getByLabel('ann@a.test').uncheck();
  await dialog.getByLabel(/To other addresses/).check();
  await dialog.getByLabel(/Other addresses, one to a line/).fill('qa@a.test');
  await dialog.getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByText('Released for real to qa@a.test.').first().waitFor();
  await house().until(id, ['qa@a.test delivered']);
  await page.getByRole('tab', { name: 'Delivery' }).click();
  await page.getByRole('region', { name: 'qa@a.test' }).getByText('cleo@strangers.test').waitFor();
  at.here.complaints.splice(0); // the browser notes the 422
});

test.skipIf(!chrome)('a canary lets the first ones go, shows how far it is, and is approved', async () => {
  await make('news');
  await live(house(), 'news', { allow: ['a.test'], canary: { first: 1, share: 0 } });
  const page = await open('#/live');
  for (const n of [1, 2, 3]) await house().send(`reader${n}@a.test`, { stream: 'news', subject: `News ${n}` });
  const lane = page.getByRole('listitem', { name: 'news' });
  await lane.getByText('2 held').waitFor();
  await lane.getByText('1 went; now all others are held').waitFor();
  await lane.getByRole('button', { name: /^Approve/ }).click();
  await page.getByText('2 recipients of news released.').waitFor();
  const taken = await until(async () => house().taken().filter((one) => /News/.test(one)), (all) => all.length === 3);
  expect(taken.toSorted()).toEqual([1, 2, 3].map((n) => `reader${n}@a.test News ${n}`));
});

test.skipIf(!chrome)('keys are made, and a pre-flight says what to publish, and that it is as it should be once it is', async () => {
  await make('shop');
  await live(house(), 'shop', { allow: ['a.test'], dkim: { domain: 'signed.test' } });
  const page = await open('#/live/shop/keys');
  await page.getByRole('button', { name: 'New pair' }).click();
  await page.getByLabel('Domain').fill('signed.test');
  await page.getByLabel('Selector').fill('k1');
  await page.getByRole('dialog').getByRole('button', { name: 'Make' }).click();
  const pair = page.getByRole('region', { name: 'k1 of signed.test' });
  await pair.getByText('in use', { exact: true }).waitFor();
  await pair.getByText('k1r._domainkey.signed.test', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Pre-flight' }).click();
  await page.getByRole('button', { name: 'Run now' }).click();
  const dkim = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'DKIM' }) });
  await dkim.getByText('fail', { exact: true }).first().waitFor();
  await dkim.getByText('k1r._domainkey.signed.test', { exact: true }).first().waitFor();
  const { keys } = await ask<DkimList>(at.house, 'GET', '/v1/dkim?domain=signed.test');
  for (const { record } of keys) house().dns.set(record.name.replace(/\.$/, ''), { TXT: [record.value] });
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByText(/^Changed since the one before:.*DKIM fail → pass/).waitFor();
  await page.getByRole('tab', { name: 'DKIM keys' }).click();
  await page.getByRole('button', { name: 'Retire k1 of signed.test' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retire' }).click();
  await pair.getByText('retired', { exact: true }).waitFor();
  const left = await ask<DkimList>(at.house, 'GET', '/v1/dkim?domain=signed.test');
  expect(left.keys.map(({ state }) => state)).toEqual(['retired', 'retired']);
});

test.skipIf(!chrome)('a relay keeps the password that nobody sees, and a typed draft is not lost to somebody else\'s change', async () => {
  await make('shop');
  await live(house(), 'shop', { allow: ['a.test'], relays: [{ domains: ['*'], host: 'relay.test', user: 'ann', password: 'a secret', when: 'fallback' }] }, 'capture');
  const page = await open('#/live/shop/way');
  const relay = page.getByRole('group', { name: 'Relay 1' });
  expect(await relay.getByLabel('Password').getAttribute('placeholder')).toMatch(/^kept/);
  await relay.getByLabel('Port').fill('2525');
  await relay.getByText(/type it again/).waitFor();
  await relay.getByLabel('Password').fill('the same secret');
  await live(house(), 'shop', { intercept: 'qa@a.test' }, 'capture');
  await page.getByText(/Somebody else has changed it meanwhile/).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  const { delivery: policy } = await ask<Stream>(at.house, 'GET', '/v1/streams/shop');
  expect([policy.live.relays, policy.live.intercept]).toEqual([[expect.objectContaining({ port: 2525, hasPassword: true })], 'qa@a.test']);
});

test.skipIf(!chrome)('no room of going out has a barrier that axe finds, in either theme, or runs over the edge at 320 pixels', async () => {
  const { message, captured } = await goneOut(at.house as Parameters<typeof goneOut>[0]);
  const relayed = { domains: ['a-domain-with-a-long-name.elsewhere.test'], host: 'relay.test', user: 'ann', password: 'x', when: 'fallback' };
  await live(house(), 'staging', { relays: [relayed], sources: [{ ipv4: '127.0.0.1' }], canary: { first: 5, share: 0.1 } });
  const page = await open('#/live', { colorScheme: 'light' });
  const rooms: Room[] = [
    ['#/live', (one) => one.getByText('kept back by the canary').waitFor()],
    ['#/live/billing', async (one) => { await one.getByLabel(/Whom its mail may reach/).fill('*\ngmail.com\nno domain'); await one.getByRole('button', { name: 'Save' }).click(); await one.getByText('1 thing to mend.').waitFor(); }],
    ['#/live/default', async (one) => { await one.getByRole('radio', { name: /^Deliver/ }).click(); await one.getByRole('dialog').waitFor(); }],
    ['#/live/staging', (one) => one.getByText('of the first 5 went').waitFor()],
    ['#/live/staging/way', async (one) => { await one.getByRole('group', { name: 'Relay 1' }).getByLabel('Port').fill('26'); await one.getByRole('button', { name: 'Add' }).first().click(); }],
    ['#/live/billing/preflight', (one) => one.getByRole('heading', { name: 'SPF' }).waitFor()],
    ['#/live/billing/keys', (one) => one.getByText('prepared', { exact: true }).waitFor()],
    ['#/live/billing/audit', (one) => one.getByText('stream.mode').first().waitFor()],
    [`#/messages/${message}/delivery`, async (one) => { await one.getByText('not on the allow list').first().waitFor(); await one.locator('summary').first().click(); }],
    [`#/messages/${captured}`, async (one) => { await one.getByRole('button', { name: 'Release for real' }).click(); await one.getByLabel(/To other addresses/).check(); }],
    ['#/queue', async (one) => { await one.getByRole('img').first().waitFor(); await one.getByRole('button', { name: /^Details of mx\.a\.test/ }).first().click(); }],
    ['#/streams/billing', (one) => one.getByRole('link', { name: 'Mode and delivery' }).waitFor()],
  ];
  const found = await barriersIn(page, at.house.http, rooms, 320);
  at.here.complaints.splice(0); // pages that were left while they asked, and the 422
  for (const name of ['billing', 'newsletter', 'staging']) await remove(house(), name);
  expect(found).toEqual([]);
}, 120_000);
