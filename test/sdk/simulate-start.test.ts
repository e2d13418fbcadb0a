/** A whole simulated sandbox of one's own, as a test has it: SMTP in, the real engine, the pretend remote, time that is moved. */
import { createTransport } from 'nodemailer';
import { afterAll, expect, test } from 'vitest';
import { on, start } from '../../sdk/index.ts';
import '../../sdk/vitest.ts';

const sandbox = await start({ mode: 'simulate' });
afterAll(() => sandbox.close());

const mail = { from: 'shop@app.test', subject: 'Invoice', text: 'Due soon.' };

test('what an application sends over SMTP is deferred, then delivered, and its attempts are asserted', async () => {
  const inbox = await sandbox.inbox({ address: 'ann+fail2.451@site.test' });
  const transport = createTransport(inbox.smtp.transport);
  await transport.sendMail({ ...mail, to: inbox.address });
  transport.close();
  await expect(inbox).toBeDeferred(1);
  expect(await inbox.advance('72h')).toMatchObject({ delivered: 1, waiting: 0 });
  await expect(inbox).toHaveAttempts([{ at: '+0s', code: 451 }, { at: '+1m', code: 451 }, { at: '+3m', code: 250 }]);
  await expect(await inbox.waitFor('Invoice')).toBeDelivered();
});

test('mail that is delivered at once needs no advance, and its matcher waits for it', async () => {
  const message = await sandbox.send({ ...mail, to: 'bob@site.test' });
  await expect(message).toBeDelivered();
  expect((await message.waitFor('delivered')).attempt).toBe(1);
  expect((await message.attempts())[0]!.transcript.map(({ line }) => line)).toEqual(expect.arrayContaining([expect.stringMatching(/^RCPT TO:<bob@site\.test>/)]));
});

test('a remote that never answers is left at the deadline, and nobody waits for it', async () => {
  const begun = Date.now();
  const message = await sandbox.send({ ...mail, to: 'eve+hang.body@site.test' });
  await message.advance('10m30s');
  await expect(message).toBeDeferred(1);
  expect((await message.attempts())[0]!.answer).toMatchObject({ kind: 'fault', fault: 'timeout', stage: 'body' });
  expect(Date.now() - begun).toBeLessThan(5_000);
});

test('what was accepted and comes back later is a bounce, too; so is a complaint told', async () => {
  const lost = await sandbox.send({ ...mail, to: 'carl+dsn.30s.5-1-1@site.test' });
  const annoyed = await sandbox.send({ ...mail, to: 'dora+complaint.60s@site.test' });
  await expect(lost).toBeDelivered();
  await sandbox.advance('2m');
  await expect(lost).toBeBounced({ class: 'invalid_recipient' });
  expect(await lost.waitFor('bounced')).toMatchObject({ type: 'bounce.received', recipient: 'carl+dsn.30s.5-1-1@site.test', hard: true });
  expect(await annoyed.waitFor({ event: 'complaint' })).toMatchObject({ type: 'complaint.received' });
  expect((await annoyed.delivery()).returns).toMatchObject([{ type: 'complaint' }]);
});

test('two streams play different scenarios, each on its own time', async () => {
  const [one, two] = [await sandbox.stream('one', { mode: 'simulate' }), await sandbox.stream('two', { mode: 'simulate', delivery: { schedule: { kind: 'steps', steps: ['10m'] }, jitter: 0 } })];
  await one.scenario([on('*').says('gmail.full').times(1)]);
  await two.scenario([on('*').at('connect').fault('refused').times(1)]);
  const [first, second] = [await one.send({ ...mail, to: 'ann@gmail.com.test' }), await two.send({ ...mail, to: 'ann@other.test' })];
  await Promise.all([one.advance('idle'), two.advance('idle')]);
  await expect(first).toHaveAttempts([{ class: 'mailbox_full' }, { at: '+1m', outcome: 'delivered' }]);
  await expect(second).toHaveAttempts([{ stage: 'connect', fault: 'refused' }, { at: '+10m', code: 250 }], { exactly: true });
});

test('what the remote side was still to send for mail that a reset deleted does not come into the next test', async () => {
  const stream = await sandbox.stream('reset', { mode: 'simulate' });
  const lost = await stream.send({ ...mail, to: 'carl+dsn.1h.5-1-1@site.test' });
  await expect(lost).toBeDelivered();
  await stream.reset();
  await stream.advance('2h');
  expect([await stream.messages(), await stream.suppressions()]).toEqual([[], []]);
});

test('a site that is paused beyond the next try is told, and a reset resumes it', async () => {
  const stream = await sandbox.stream('paused', { mode: 'simulate', delivery: { jitter: 0 } });
  const message = await stream.send({ ...mail, to: 'ann+fail1.451@site.test' });
  await expect(message).toBeDeferred(1);
  await stream.pause({ site: 'site.test', for: '1h', reason: 'lunch' });
  expect((await message.delivery()).recipients[0]!.explanation).toMatchObject({ reason: 'site-paused', text: expect.stringMatching(/second try due at .*, but the site site\.test is paused until .*: lunch\.$/) });
  await stream.reset();
  expect((await stream.queue()).sites.filter(({ pause }) => pause)).toEqual([]);
  const next = await stream.send({ ...mail, to: 'bob@site.test' });
  await expect(next).toBeDelivered();
});
