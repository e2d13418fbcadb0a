/** Hosts of one domain in turns: whom the next attempt asks, and that nothing is handed over twice. */
import { afterEach, expect, test } from 'vitest';
import type { Rule } from '../../sdk/contract.ts';
import { brief } from '../support/queue-told.ts';
import { MIN, openSimHouse, type SimHouse, type SimOptions } from '../support/sim-house.ts';

let house: SimHouse | undefined;
const open = async (options?: SimOptions) => (house = await openSimHouse(options));
afterEach(async () => {
  await house?.[Symbol.asyncDispose]();
  house = undefined;
});
const BROKEN = { code: 451, enhanced: '4.3.0', text: 'Local error in processing' };
const first = (what: Rule['what']): Rule => ({ when: { host: 'mx.*' }, ...(what ? { what } : {}) });
const hosts = async (sim: SimHouse, id: string, n = 0) => (await sim.attemptsOf(id, n)).map(({ host }) => host);

test.each([
  ['MAIL', { at: 'mail', reply: BROKEN }], ['RCPT', { at: 'rcpt', reply: BROKEN }], ['DATA', { at: 'data', reply: BROKEN }], ['the message', { at: 'body', reply: BROKEN }],
  ['nothing, for it hangs up', { at: 'mail', fault: 'disconnect' }], ['nonsense', { at: 'rcpt', fault: 'garbage' }],
] satisfies [string, Rule['what']][])('a first host that answers %s with trouble of its own does not keep the mail from the second', async (_, what) => {
  const sim = await open({ rules: [first(what)] });
  const id = await sim.send({ to: 'ann@two.test' });
  await sim.advance({ by: 10 * MIN });
  expect(await hosts(sim, id)).toEqual(['mx.two.test', 'mx2.two.test']);
  expect(sim.told(id)).toEqual(['deferred', 'delivered']);
  expect(sim.taken).toHaveLength(1);
  const [before, after] = await sim.attemptsOf(id);
  expect(before!.transcript.some(({ line }) => line.includes('put it off'))).toBe(false);
  expect(after!.transcript.map(({ line }) => line)).toContain('mx.two.test put it off the last time: the others are asked before it');
});

test('the two are asked in turns for as long as both are in trouble', async () => {
  const sim = await open({ rules: [{ when: { host: '*' }, what: { reply: BROKEN } }] });
  const id = await sim.send({ to: 'ann@two.test' });
  await sim.advance({ by: 20 * MIN });
  expect(await hosts(sim, id)).toEqual(['mx.two.test', 'mx2.two.test', 'mx.two.test', 'mx2.two.test', 'mx.two.test']);
});

test('of one message each recipient ends once: who was taken is not handed over again, who was put off goes to the next host', async () => {
  const sim = await open({ rules: [{ when: { host: 'mx.*', recipient: 'bo@*' }, what: { reply: BROKEN } }, { when: { recipient: 'cy@*' }, what: { reply: { code: 550, enhanced: '5.1.1', text: 'Nobody' } } }] });
  const id = await sim.send({ to: ['ann@two.test', 'bo@two.test', 'cy@two.test'] });
  await sim.advance({ to: 'idle' });
  expect([0, 1, 2].map((n) => sim.told(id, n))).toEqual([['delivered'], ['deferred', 'delivered'], ['bounced']]);
  expect([await hosts(sim, id, 0), await hosts(sim, id, 1), await hosts(sim, id, 2)]).toEqual([['mx.two.test'], ['mx.two.test', 'mx2.two.test'], ['mx.two.test']]);
  expect(sim.taken.map(({ recipients }) => recipients.join())).toEqual(['ann@two.test', 'bo@two.test']);
});

test('a full mailbox and a rate are not carried round to the backup', async () => {
  const sim = await open({ rules: [
    { when: { host: 'mx.*', recipient: 'full@*' }, what: { reply: { code: 452, enhanced: '4.2.2', text: 'Mailbox full' } }, often: { times: 2 } },
    { when: { host: 'mx.*', recipient: 'rate@*' }, what: { says: 'ratelimit', at: 'rcpt' }, often: { times: 2 } },
  ] });
  const ids = [await sim.send({ to: 'full@two.test' }), await sim.send({ to: 'rate@two.test' })];
  await sim.advance({ to: 'idle' });
  for (const id of ids) expect(new Set(await hosts(sim, id))).toEqual(new Set(['mx.two.test']));
});

test('a host that greylists is asked again, though it is the second', async () => {
  const sim = await open({ rules: [{ when: { host: 'mx.*' }, what: { fault: 'refused' }, often: { times: 1 } }, { when: { host: 'mx2.*' }, often: { greylist: { wait: '1m' } } }] });
  const id = await sim.send({ to: 'ann@two.test' });
  await sim.advance({ by: 10 * MIN });
  expect(await hosts(sim, id)).toEqual(['mx2.two.test', 'mx2.two.test']);
  expect(sim.told(id)).toEqual(['deferred', 'delivered']);
});

test('where the others are not there, the host that put it off is asked all the same, over one connection', async () => {
  const sim = await open({ delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: null } }, rules: [
    { when: { host: 'mx2.*' }, what: { fault: 'refused' } }, { when: { host: 'mx.*', attempt: 1 }, what: { reply: BROKEN } },
  ] });
  const ids = await sim.sendAll(Array.from({ length: 5 }, (_, i) => ({ to: `u${i}@two.test` })));
  await sim.advance({ by: 10 * MIN });
  for (const id of ids) expect(brief(await sim.history(id))).toEqual(['+0s 451', '+1m 250']);
  const connections = new Set(await Promise.all(ids.map(async (id) => (await sim.attemptsOf(id))[1]!.connection)));
  expect(connections.size).toBe(1);
});

test('mail that was not put off rides along to the second host, and the first is asked by what comes later', async () => {
  const sim = await open({ delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: null } }, rules: [{ when: { host: 'mx.*', attempt: 1, recipient: 'off@*' }, what: { reply: BROKEN } }] });
  const off = await sim.send({ to: 'off@two.test' });
  await sim.queue.quiet();
  const later = await sim.send({ to: 'new@two.test', delivery: { sendAt: sim.clockOf('app').now() + MIN } });
  await sim.advance({ by: 30 * MIN });
  const last = await sim.send({ to: 'last@two.test' });
  await sim.queue.quiet();
  expect([await hosts(sim, off), sim.told(later), await hosts(sim, last)]).toEqual([['mx.two.test', 'mx2.two.test'], ['delivered'], ['mx.two.test']]);
});

test('domains that share a site share no host: what one says is about one domain', async () => {
  const sim = await open({
    delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: null } },
    scenario: { personas: { 'one.test': 'gmail', 'two.test': 'gmail' } }, rules: [{ when: { host: 'mx.two.test' }, what: { reply: BROKEN } }],
  });
  const [one, two, more] = await sim.sendAll(['ann@one.test', 'bo@two.test', 'cy@one.test'].map((to) => ({ to })));
  await sim.advance({ by: 10 * MIN });
  expect(new Set((await sim.queue.sites('app')).map(({ site }) => site))).toEqual(new Set(['gmail']));
  expect([await hosts(sim, one!), await hosts(sim, two!), await hosts(sim, more!)]).toEqual([['mx.one.test'], ['mx.two.test', 'mx2.two.test'], ['mx.one.test']]);
});

const EIGHT = { body: 'Größe\r\n' };
const lacking = (host: string): Rule => ({ when: { host }, what: { hide: ['8BITMIME'] } });
const OFF = { when: { host: 'mx.*', attempt: 1 }, what: { reply: BROKEN } } satisfies Rule;

test('a backup without 8BITMIME does not bounce what the first host puts off and takes a minute later', async () => {
  const sim = await open({ rules: [lacking('mx2.*'), OFF] });
  const [id, plain] = [await sim.send({ to: 'ann@two.test', ...EIGHT }), await sim.send({ to: 'bo@other.test' })];
  await sim.advance({ by: 10 * MIN });
  expect([sim.told(id), await hosts(sim, id)]).toEqual([['deferred', 'delivered'], ['mx.two.test', 'mx.two.test']]);
  expect((await sim.attemptsOf(id))[1]!.transcript.map(({ line }) => line)).toContainEqual(expect.stringMatching(/^mx2\.two\.test was passed over: The message .* needs 8BITMIME/));
  expect(await hosts(sim, plain)).toEqual(['mx.other.test', 'mx2.other.test']);
});

test('a connection to a backup without 8BITMIME is left for mail that needs it', async () => {
  const sim = await open({ delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: null } }, rules: [lacking('mx2.*'), { when: { host: 'mx.*', attempt: 1, recipient: 'off@*' }, what: { reply: BROKEN } }] });
  const off = await sim.send({ to: 'off@two.test' });
  await sim.queue.quiet();
  // Right after that the connection rests for the next one.
  await sim.advance({ until: (await sim.recipientOf(off)).due! });
  const before = sim.told(off);
  const eight = await sim.send({ to: 'bo@two.test', ...EIGHT });
  await sim.queue.quiet();
  expect([before, await hosts(sim, off), sim.told(eight), await hosts(sim, eight)]).toEqual([['deferred', 'delivered'], ['mx.two.test', 'mx2.two.test'], ['delivered'], ['mx.two.test']]);
});

test('where no host offers 8BITMIME the mail bounces at once; where the one that may is not there, it waits for it', async () => {
  const sim = await open({ rules: [lacking('*'), { when: { host: 'mx.down.test' }, what: { fault: 'refused' }, often: { times: 1, per: 'all' } }] });
  const none = await sim.send({ to: 'ann@two.test', ...EIGHT });
  await sim.queue.quiet();
  expect([sim.told(none), await hosts(sim, none)]).toEqual([['bounced'], ['mx2.two.test']]);
  const down = await sim.send({ to: 'ann@down.test', ...EIGHT });
  await sim.queue.quiet();
  expect([sim.told(down), await hosts(sim, down)]).toEqual([['deferred'], ['mx.down.test']]);
});

test('a message that waits for the one host that takes what it is made of does not hold up mail that goes elsewhere', async () => {
  const sim = await open({
    delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: null } },
    rules: [lacking('mx2.*'), { when: { host: 'mx.*' }, what: { fault: 'refused' } }],
  });
  const [eight, beside] = await sim.sendAll([{ to: 'ann@two.test', ...EIGHT }, { to: 'bo@two.test' }]);
  await sim.queue.quiet();
  const later = await sim.send({ to: 'cy@two.test' });
  await sim.queue.quiet();
  expect([eight!, beside!, later].map((id) => sim.told(id))).toEqual([['deferred'], ['delivered'], ['delivered']]);
  expect((await sim.queue.sites('app')).map(({ pause }) => pause)).toEqual([null]);
});

test('where no host lets anybody in, the site rests for all of its mail', async () => {
  const sim = await open({ rules: [{ when: { host: '*' }, what: { fault: 'refused' } }] });
  const first = await sim.send({ to: 'ann@two.test', ...EIGHT });
  await sim.queue.quiet();
  const later = await sim.send({ to: 'cy@two.test' });
  await sim.queue.quiet();
  expect([sim.told(first), sim.told(later)]).toEqual([['deferred'], []]);
});

test('a message that no host takes does not keep the next one on a host that lacks what that one needs', async () => {
  const sim = await open({
    delivery: { limits: { connections: 1, messagesPerConnection: 100, rate: null } },
    rules: [{ when: { host: 'mx.*' }, what: { hide: ['SMTPUTF8'] } }, { when: { host: 'mx2.*' }, what: { hide: ['SMTPUTF8', '8BITMIME'] } }],
  });
  const [nobody, eight] = await sim.sendAll([{ to: 'ann@two.test', from: 'größe@shop.test' }, { to: 'bo@two.test', ...EIGHT }]);
  await sim.queue.quiet();
  expect([sim.told(nobody!), await hosts(sim, nobody!)]).toEqual([['bounced'], ['mx2.two.test']]);
  expect([sim.told(eight!), await hosts(sim, eight!)]).toEqual([['delivered'], ['mx.two.test']]);
});
