/** The SDK over the HTTP side in this process: scenarios, time, histories, matchers. No sockets, and time stands still until it is moved. */
import { expect, test } from 'vitest';
import { EventTimeoutError, NotInMessageError, on, PosternError, ReceivedMessage, SentMessage, type Sandbox, type StreamHandle } from '../../sdk/client.ts';
import '../../sdk/vitest.ts';
import type { ApiHouse } from '../support/api-house.ts';
import { eachInSdkHouse } from '../support/sdk-house.ts';

let house: ApiHouse;
let sandbox: Sandbox;
let shop: StreamHandle;
eachInSdkHouse((made) => { ({ house, sandbox, shop } = made); });

const send = (to: string | string[], stream = shop) => stream.send({ from: 'shop@app.test', to, subject: 'Hello', text: 'Hi.' });
const failing = (assertion: () => Promise<unknown>) => assertion().then(() => { throw new Error('it passed'); }, (error: Error) => error.message);

test('a scenario of builders answers; attempts, their codes and times are asserted', async () => {
  await shop.scenario([on('*@full.test').at('rcpt').reply(452, '4.2.2', 'Mailbox full').times(2)]);
  const message = await send('ann@full.test');
  expect(message).toBeInstanceOf(SentMessage);
  await shop.advance('72h');
  await expect(message).toHaveAttempts([{ at: '+0s', code: 452, enhanced: '4.2.2', class: 'mailbox_full', stage: 'rcpt', text: /full/i, outcome: 'deferred' }, { at: '+1m', code: 452 }, { at: '+3m', code: 250 }]);
  await expect(message).toHaveAttempts([{ at: 0 }, { at: '1m' }, { at: '3m' }], { exactly: true });
  await expect(message).toBeDelivered();
  await expect(message).toBeDeferred(2);
  await expect(message).toBeDeferred();
  await expect(message).not.toBeBounced();
  await expect(message).not.toBeSuppressed();
  await expect(message).not.toHaveAttempts([{ code: 250 }]);
  expect((await message.attempts()).map(({ outcome }) => outcome)).toEqual(['deferred', 'deferred', 'delivered']);
  expect(await shop.scenarioHits()).toMatchObject([{ id: 'rule-1', hits: 2, left: 0 }]);
  await shop.resetScenario();
  expect(await shop.scenarioHits()).toMatchObject([{ hits: 0 }]);
});

test('what was read from the inbox is asked the same as what was sent', async () => {
  const inbox = await shop.inbox();
  const sent = await send(inbox.address);
  await inbox.advance('idle');
  const message = await inbox.waitFor('Hello');
  expect(message).toBeInstanceOf(ReceivedMessage);
  expect([message.id, message.messageId, message.recipients, message.stream]).toEqual([sent.id, sent.messageId, sent.recipients, sent.stream]);
  await expect(message).toBeDelivered();
  await expect(inbox).toBeDelivered();
  await expect(shop.recipient(inbox.address.toUpperCase())).toBeDelivered();
  expect((await message.delivery()).tally).toEqual({ delivered: 1 });
});

test('a bounce is asserted by its class, and waited for in an inbox, a stream and a message', async () => {
  const inbox = await shop.inbox({ address: 'ann+unknown@x.test' });
  const message = await send(inbox.address);
  await shop.advance(0);
  await expect(message).toBeBounced({ class: 'invalid_recipient' });
  for (const place of [inbox, shop, message, sandbox]) {
    const event = await place.waitFor({ event: 'bounced' });
    expect(event).toMatchObject({ type: 'recipient.bounced', message: message.id, class: 'invalid_recipient' });
  }
  expect((await message.waitFor('bounced')).type).toBe('recipient.bounced');
  expect((await inbox.waitFor({ event: 'recipient.bounced', class: 'invalid_recipient', recipient: 'ANN+unknown@x.test' })).message).toBe(message.id);
});

test('each of several recipients has a history of its own', async () => {
  const message = await send(['ann@x.test', 'bob+unknown@x.test']);
  await shop.advance('idle');
  await expect(message).toBeDelivered({ recipient: 'ann@x.test' });
  await expect({ message, recipient: 'bob+unknown@x.test' }).toBeBounced();
  await expect(message).not.toBeDelivered({ recipient: 'bob+unknown@x.test' });
  expect(await message.attempts('BOB+unknown@x.test')).toHaveLength(1);
  await expect(message.attempts()).rejects.toThrow(/has 2 recipients; say which:\n {2}ann@x\.test {2}delivered\n {2}bob\+unknown@x\.test {2}bounced/);
  await expect(message.attempts('eve@x.test')).rejects.toThrow(NotInMessageError);
});

test('suppressed mail is asserted; suppressions are of the stream', async () => {
  await shop.suppress('ann@x.test', { reason: 'complaint' });
  const message = await send('ann@x.test');
  await shop.advance(0);
  await expect(message).toBeSuppressed();
  await expect(message).toHaveAttempts([]);
  expect(await shop.suppressions()).toMatchObject([{ address: 'ann@x.test', stream: 'shop', reason: 'complaint' }]);
  await shop.unsuppress('ann@x.test');
  expect(await shop.suppressions()).toEqual([]);
});

test('a matcher that fails shows the history that there was', async () => {
  const message = await send('ann+fail9.451@x.test');
  await shop.advance('2m');
  expect(await failing(() => expect(message).toBeDelivered())).toMatch(new RegExp([
    'Expected ann\\+fail9\\.451@x\\.test to be delivered', 'but it is deferred \\(.+\\)', 'History:', '  ann\\+fail9\\.451@x\\.test: deferred \\(.+\\)', ' +time +stage +reply +verdict +next',
    ' +\\+0s +rcpt +451 .* +deferred: .+ +\\+1m', ' +\\+1m +rcpt +451 .* \\+3m', '[^]*To change:', '  It is still on its way \\(deferred\\); the next attempt is due at 2026-.* of its clock: `await message\\.advance',
  ].join('\\n?')));
  expect(await failing(() => expect(message).toHaveAttempts([{ at: '+0s', code: 450 }, { at: '+10m', class: 'greylisted' }]))).toMatch(/to have the attempts\n {2}\+0s {2}code 450\n {2}\+10m {2}class greylisted\nbut attempt 1: code 451, not 450\n {2}attempt 2: at \+1m, not \+10m \(give or take 2m\)\n {2}attempt 2: class .+, not greylisted\nHistory:/);
  expect(await failing(() => expect(message).toHaveAttempts([{}]))).toMatch(/but there were 2 attempts, not 1/);
  expect(await failing(() => expect(message).toBeDeferred(1))).toMatch(/to be deferred once\nbut it was deferred twice/);
  expect(await failing(() => expect(message).toBeBounced({ class: 'mailbox_full' }))).toMatch(/to be bounced as mailbox_full\nbut it is deferred/);
  for (const typo of [() => expect(message).toBeBounced({ class: 'mailbox_fll' }), () => expect(message).not.toBeBounced({ class: 'mailbox_fll' }), () => expect(message).not.toHaveAttempts([{ class: 'mailbox_fll' }])]) expect(await failing(typo)).toMatch(/There is no class "mailbox_fll"; did you mean mailbox_full\?/);
  expect(await failing(() => expect(message).not.toBeDeferred(2))).toMatch(/Expected ann\+fail9\.451@x\.test not to be deferred twice\nHistory:/);
});

test('the times of attempts have room for jitter, unless they are to be exact', async () => {
  await shop.scenario([]);
  const message = await send('ann+fail1.451@x.test');
  await shop.advance('idle');
  await expect(message).toHaveAttempts([{ at: '+2s' }, { at: '+70s' }]);
  await expect(message).not.toHaveAttempts([{ at: '+2s' }, { at: '+70s' }], { exactly: true });
  await expect(message).not.toHaveAttempts([{ at: '+3s' }, { at: '+1m' }]);
});

test('mail that was only captured, and what is no message, are told as such', async () => {
  const message = await sandbox.send({ from: 'a@app.test', to: 'ann@x.test', text: 'Hi.' });
  await expect(expect(message).toBeDelivered()).rejects.toThrow(/only captured.*"default" must be in mode simulate/);
  await expect(expect('ann@x.test').toBeDelivered()).rejects.toThrow(/toBeDelivered looks at a message, at \{ message, recipient \}, at an inbox/);
  await expect(expect(message).toHaveAttempts({} as never)).rejects.toThrow(/takes a list/);
});

test('a wait for an event that runs out tells what did happen, with the history', async () => {
  const message = await send('ann+fail9.451@x.test');
  await shop.advance(0);
  const error = await message.waitFor('delivered', { timeout: 0 }).catch((error: unknown) => error as EventTimeoutError);
  expect(error).toBeInstanceOf(EventTimeoutError);
  expect((error as Error).message).toMatch(/^No such event within[^]*types recipient\.delivered[^]*recipient\.deferred ann\+fail9\.451@x\.test: 451 [^]*History:\n {2}ann[^]*To change:\n {2}The next attempt is due at/);
  expect((error as EventTimeoutError).facts.happened.map(({ type }) => type)).toContain('recipient.deferred');
  await expect(shop.waitFor({ event: 'complaint' }, { timeout: 0 })).rejects.toThrow(EventTimeoutError);
  await expect(message.waitFor('bonced' as 'bounced')).rejects.toThrow(/no event "bonced"; they are delivered, deferred, bounced, .*; did you mean bounced\?$/);
  await expect(message.waitFor({ event: 'bounced', recipent: 'x' } as never)).rejects.toThrow(/knows no `recipent`/);
});

test('a wait for an event is narrowed by what came before', async () => {
  const first = await send('ann@x.test');
  const second = await send('ann@x.test');
  await shop.advance(0);
  const one = await shop.recipient('ann@x.test').waitFor({ event: 'delivered' });
  const two = await shop.waitFor({ event: 'delivered', after: one });
  expect([one.message, two.message].sort()).toEqual([first.id, second.id].sort());
});

test('time is moved for one message, one inbox, or the stream, and is read', async () => {
  const [ann, bob] = [await send('ann+fail1.451@x.test'), await send('bob+fail1.451@x.test')];
  await shop.advance(0);
  expect(await ann.advance('1m')).toMatchObject({ delivered: 1 });
  await expect(bob).not.toBeDelivered();
  expect(await shop.advance('idle', { message: bob })).toMatchObject({ delivered: 1 });
  const before = await shop.now();
  await shop.advance({ until: new Date(before.getTime() + 3_600_000) });
  expect((await shop.now()).getTime() - before.getTime()).toBe(3_600_000);
  for (const by of ['soon', -5, { by: '-5s' }]) await expect(shop.advance(by)).rejects.toThrow(/milliseconds or a text like '90s'.* \(never back\), to a time \(\{ until: .*\}\), or by 'idle'/);
  await expect(shop.advance({ until: 'soon' })).rejects.toThrow(/`until` is no time/);
});

test('a sandbox plays on its default stream, and a stream is changed to what it is asked for', async () => {
  await sandbox.stream('default', { mode: 'simulate' });
  await sandbox.scenario({ rules: [on('*').says('full').times(1)], persona: 'gmail' });
  const message = await sandbox.send({ from: 'a@app.test', to: 'ann@x.test', text: 'Hi.' });
  expect(await sandbox.advance('idle')).toMatchObject({ deferred: 1, delivered: 1 });
  expect(await sandbox.scenarioHits()).toMatchObject([{ hits: 1 }]);
  await expect(message).toBeDeferred(1);
  expect((await (await sandbox.stream()).facts()).mode).toBe('simulate');
  expect((await (await sandbox.stream('shop', { delivery: { seed: 7 } })).facts())).toMatchObject({ mode: 'simulate', delivery: { seed: 7, jitter: 0 } });
  await expect(sandbox.scenario([on('*').says('fool')])).rejects.toThrow(/rules\.0\.what\.says/);
});

test('a queue is looked at, paused and resumed; hooks are added, listed and removed', async () => {
  await send('ann@x.test');
  expect((await shop.queue()).streams).toMatchObject([{ stream: 'shop', tally: { queued: 1 } }]);
  await shop.pause({ reason: 'lunch', for: '1h' });
  expect((await shop.queue()).streams[0]!.paused).toMatchObject({ reason: 'lunch' });
  expect([await shop.resume(), await shop.resume()]).toEqual([true, false]);
  const hook = await shop.hooks.add('http://127.0.0.1:9/hook');
  expect((await hook.change({ types: ['recipient.bounced'] })).types).toEqual(['recipient.bounced']);
  expect((await shop.hooks.list()).map(({ id }) => id)).toEqual([hook.id]);
  expect(await hook.calls()).toEqual([]);
  await hook.remove();
  expect(await shop.hooks.list()).toEqual([]);
});

test('a reply is explained, and a persona is read', async () => {
  expect(await sandbox.api.classify('452 4.2.2 Mailbox full')).toMatchObject({ class: 'mailbox_full', says: expect.any(String), does: expect.any(String) });
  expect(await sandbox.api.persona('gmail')).toMatchObject({ name: 'gmail', builtIn: true });
  expect(await sandbox.api.tryScenario('shop', { recipient: 'ann+full@x.test' })).toMatchObject({ verdict: { class: 'mailbox_full' } });
});

test('of several recipients, what is half true fails both ways', async () => {
  await shop.suppress('eve@x.test');
  const message = await send(['ann@x.test', 'bob+unknown@x.test', 'eve@x.test', 'zoe+fail9.451@x.test']);
  await shop.advance('2m');
  const none = (who: string) => new RegExp(`^Expected none of the recipients to be .*\nbut ${who.replace('+', '\\+')} is; say \\{ recipient \\}`);
  const all = /^Expected all recipients to be /;
  expect(await failing(() => expect(message).toBeDelivered())).toMatch(all);
  expect(await failing(() => expect(message).not.toBeDelivered())).toMatch(none('ann@x.test'));
  expect(await failing(() => expect(message).toBeBounced())).toMatch(all);
  expect(await failing(() => expect(message).not.toBeBounced())).toMatch(none('bob+unknown@x.test'));
  expect(await failing(() => expect(message).toBeSuppressed())).toMatch(all);
  expect(await failing(() => expect(message).not.toBeSuppressed())).toMatch(none('eve@x.test'));
  expect(await failing(() => expect(message).toBeDeferred())).toMatch(all);
  expect(await failing(() => expect(message).not.toBeDeferred())).toMatch(none('zoe+fail9.451@x.test'));
  await expect(message).not.toBeDelivered({ recipient: 'eve@x.test' });
  const lost = await send(['bob+unknown@y.test', 'carl+unknown@y.test']);
  await shop.advance(0);
  await expect(lost).not.toBeDelivered();
});

test('a suppressed recipient says by which entry, and what to do', async () => {
  await sandbox.api.suppress({ address: '@x.test', reason: 'unsubscribe', detail: 'asked by phone' });
  await shop.suppress('bob@y.test', { reason: 'complaint', detail: 'said so' });
  const message = await send(['ann@x.test', 'bob@y.test']);
  await shop.advance(0);
  const told = await failing(() => expect(message).toBeDelivered());
  expect(told).toMatch(/Not sent: all of @x\.test is suppressed \(@x\.test, every stream, since 20.+\): unsubscribe, asked by phone\./);
  expect(told).toMatch(/Not sent: the address is suppressed \(bob@y\.test, stream shop, since 20.+\): complaint, said so\./);
  expect(told).toMatch(/To change:\n {2}`await sandbox\.api\.unsuppress\('@x\.test'\)`\n {2}`await stream\.unsuppress\('bob@y\.test'\)`\n {2}Suppressions outlive a test: `await stream\.reset\(\)`/);
  expect(await message.waitFor({ event: 'suppressed', recipient: 'bob@y.test' })).toMatchObject({ reason: 'complaint', detail: 'said so' });
  await sandbox.api.unsuppress('@x.test');
  expect((await message.delivery()).recipients[0]!.explanation).toEqual({ state: 'suppressed', reason: 'done', until: null, text: expect.stringContaining('It is no longer') });
});

test('a stream that is reset is as at the beginning, but for its rules and its time', async () => {
  await shop.scenario(on('*@busy.test').says('busy').times(1));
  await send(['ann@busy.test', 'bob+unknown@x.test']);
  await shop.advance('1s');
  await shop.suppress('eve@x.test');
  await sandbox.api.suppress({ address: 'all@x.test' });
  await shop.pause({ reason: 'lunch' });
  const before = await shop.now();
  await shop.reset();
  expect(await shop.messages()).toEqual([]);
  expect(await shop.suppressions()).toEqual([]);
  expect((await sandbox.api.suppressions({ stream: '*' })).suppressions).toMatchObject([{ address: 'all@x.test' }]);
  expect(await shop.scenarioHits()).toMatchObject([{ hits: 0, left: 1 }]);
  expect((await shop.queue()).streams).toMatchObject([{ tally: {}, paused: null }]);
  expect(await shop.now()).toEqual(before);
  const again = await send(['ann@busy.test', 'bob+unknown@x.test']);
  await shop.advance('idle');
  await expect(again).toBeDeferred(1, { recipient: 'ann@busy.test' });
  await expect(again).toBeBounced({ recipient: 'bob+unknown@x.test' });
  await shop.reset();
  await shop.reset(); // of nothing
});

test('a stream that is reset has forgotten soft bounces, but nothing that real mail has taught', async () => {
  const weary = await sandbox.stream('weary', { mode: 'simulate', delivery: { softBounces: { count: 2, within: '30d' } } });
  await weary.suppress('real@x.test', { mode: 'deliver', reason: 'complaint' });
  const softBounce = (day: number) => house.store.report({ events: [], suppress: [], strikes: [{ stream: 'weary', mode: 'simulate', address: 'ann@x.test', kind: 'soft', at: house.clock.now() + day * 86_400_000 }] });
  await softBounce(0);
  await weary.reset();
  await softBounce(2);
  expect(await weary.suppressions()).toMatchObject([{ address: 'real@x.test', mode: 'deliver' }]);
  await softBounce(4);
  expect(await weary.suppressions()).toMatchObject([{ address: 'ann@x.test', mode: 'simulate', reason: 'soft_bounces' }, { address: 'real@x.test' }]);
  await weary.reset();
  expect(await weary.suppressions()).toMatchObject([{ address: 'real@x.test' }]);
});

test('a scenario is a rule, several, or a whole one; what is none is told by the server', async () => {
  await shop.scenario(on('*').says('full'));
  expect(await shop.scenarioHits()).toMatchObject([{ id: 'rule-1' }]);
  await shop.scenario({ id: 'own', what: { reply: { code: 451 } } });
  expect(await shop.scenarioHits()).toMatchObject([{ id: 'own' }]);
  await expect(shop.scenario('full' as never)).rejects.toThrow(PosternError);
});

test('a wait for delivery in a stream that only captures says so, whatever else happened there', async () => {
  const inbox = await sandbox.inbox();
  await sandbox.send({ from: 'a@app.test', to: inbox.address, text: 'Hi.' });
  for (const place of [inbox, await sandbox.stream('default'), await inbox.waitFor()]) {
    const error: Error = await place.waitFor({ event: 'delivered' }, { timeout: 0 }).catch((error: unknown) => error as Error) as Error;
    expect(error.message).toMatch(/To change:[^]*The stream "default" is in mode capture[^]*`await sandbox\.stream\('default', \{ mode: 'simulate' \}\)`/);
  }
  const error = await inbox.waitFor({ event: 'hook.disabled' }, { timeout: 0 }).catch((error: unknown) => error as Error);
  expect((error as Error).message).not.toMatch(/mode capture/);
});

test('what happened instead is told in the order and the time in which it did', async () => {
  const message = await send('ann+fail9.451@x.test');
  await shop.advance('1h');
  const error = await message.waitFor('delivered', { timeout: 0 }).catch((error: unknown) => error as EventTimeoutError) as EventTimeoutError;
  const told = error.message.split('\n').filter((line) => line.includes('recipient.deferred'));
  const times = error.facts.happened.flatMap((event) => (event.type === 'recipient.deferred' ? [event.time] : []));
  expect(told.map((line) => line.trim().split(' ')[0])).toEqual(times.slice(-told.length));
  expect(times).toEqual([...times].sort());
  expect(new Set(times).size).toBe(times.length);
  expect(error.message).toMatch(/^ {2}20\S+Z \(wall\) {2}message\.captured/m);
});
