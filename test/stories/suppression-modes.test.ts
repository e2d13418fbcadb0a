/** What simulated mail has taught of an address keeps no real mail from it, and the other way round. */
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import type { Suppression, SuppressionPage } from '../../sdk/contract.ts';
import { liveHouse } from '../support/live-house.ts';

type Live = Awaited<ReturnType<typeof liveHouse>>;
const LIVE = { allow: ['a.test'] };
const GONE = { rules: [{ what: { says: 'unknown' } }] };
const suppressed = async (house: Live): Promise<string[]> => ((await house.ask('GET', '/v1/suppressions')) as SuppressionPage).suppressions.map(({ address, stream, mode, reason }: Suppression) => `${address} ${stream} ${mode} ${reason}`);

test('an address that bounced for good in the simulation gets its real mail once the stream is live', async () => {
  await using house = await liveHouse();
  await house.live(LIVE, 'simulate');
  await house.ask('PUT', '/v1/streams/default/scenario', GONE);
  const bounced = await house.send('ann@a.test', { subject: 'pretended' });
  await house.until(bounced, ['ann@a.test bounced']);
  expect(await suppressed(house)).toEqual(['ann@a.test default simulate hard_bounce']);
  const again = await house.send('ann@a.test', { subject: 'pretended again' });
  expect(await house.states(again)).toEqual(['ann@a.test suppressed']);

  await house.live(LIVE);
  const real = await house.send('ann@a.test', { subject: 'real' });
  await house.until(real, ['ann@a.test delivered']);
  expect(house.taken()).toEqual(['ann@a.test real']);
  // What was simulated can be released, too: nothing is known against the real address.
  expect(await house.running.delivery.releaseMessage({ message: bounced, by: 'ann' })).toMatchObject({ kind: 'released', queued: 1, suppressed: [] });
  await house.until(bounced, ['ann@a.test bounced', 'ann@a.test delivered']);
});

/** A real mail server at which nobody is known; answers its port. */
async function stranger(): Promise<number> {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('5.1.1 User unknown'), { responseCode: 550 })),
  });
  const listening = server.listen(0, '127.0.0.1');
  onTestFinished(() => new Promise<void>((resolve) => { server.close(() => resolve()); }));
  await new Promise((resolve) => { listening.once('listening', resolve); });
  return (listening.address() as { port: number }).port;
}

test('an address that real mail bounced from can be tested with, and gets no more real mail', async () => {
  await using house = await liveHouse({ settings: { deliveryPort: await stranger() } });
  await house.live(LIVE);
  const bounced = await house.send('ann@a.test', { subject: 'real' });
  await house.until(bounced, ['ann@a.test bounced']);
  expect(await suppressed(house)).toEqual(['ann@a.test default deliver hard_bounce']);

  await house.live(LIVE, 'simulate');
  await house.until(await house.send('ann@a.test', { subject: 'pretended' }), ['ann@a.test delivered']);
  expect(house.pretended).toHaveLength(1);
  expect(await house.ask('GET', `/v1/messages/${bounced}/delivery`)).toMatchObject({ recipients: [{ state: 'bounced' }] });

  // A test that begins anew does not bring it back; only who says so does.
  await house.ask('POST', '/v1/suppressions/clear', { stream: 'default', mode: 'simulate' });
  await house.live(LIVE);
  const refused = await house.send('ann@a.test', { subject: 'real again' });
  expect(await house.states(refused)).toEqual(['ann@a.test suppressed']);
  expect(await house.ask('GET', `/v1/messages/${refused}/delivery`)).toMatchObject({ recipients: [{ explanation: { text: expect.stringContaining('stream default, real mail'), suppression: { mode: 'deliver' } } }] });
  await house.ask('DELETE', '/v1/suppressions?address=ann@a.test&stream=default&mode=deliver');
  expect(await suppressed(house)).toEqual([]);
});

test('what a person says keeps all mail back, unless it is said of one kind', async () => {
  await using house = await liveHouse();
  await house.live(LIVE);
  await house.ask('POST', '/v1/suppressions', { address: 'ann@a.test' });
  await house.ask('POST', '/v1/suppressions', { address: 'bo@a.test', stream: 'default', mode: 'simulate' });
  expect(await suppressed(house)).toEqual(['ann@a.test null null manual', 'bo@a.test default simulate manual']);
  await house.until(await house.send(['ann@a.test', 'bo@a.test']), ['ann@a.test suppressed', 'bo@a.test delivered']);
  await house.live(LIVE, 'simulate');
  expect(await house.states(await house.send(['ann@a.test', 'bo@a.test']))).toEqual(['ann@a.test suppressed', 'bo@a.test suppressed']);
});
