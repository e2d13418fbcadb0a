import { expect, on, test } from '../../../sdk/playwright.ts';

test('a mail is received, with its link and code', async ({ inbox, sandbox }) => {
  await sandbox.send({ from: 'a@app.test', to: inbox.address, subject: 'Reset', text: 'Your code is 482913: https://app.test/reset' });
  await expect(inbox).toReceive({ subject: 'Reset' });
  const message = await inbox.waitFor('Reset');
  expect(message).toHaveLink(/reset/);
  expect(message).toHaveCode('482913');
  await expect(inbox).not.toReceive('Invoice', { timeout: 20 });
  await expect(inbox).toReceiveNothing({ after: message, for: 20 });
});

test('each test has an inbox of its own', async ({ inbox }) => {
  expect(await inbox.messages()).toEqual([]);
});

test('a wait raises the time-out of its test', async ({ inbox }, testInfo) => {
  const stop = new AbortController();
  const wait = inbox.waitFor({}, { timeout: '2m', signal: stop.signal });
  expect(testInfo.timeout).toBeGreaterThan(120_000);
  stop.abort(new Error('enough'));
  await expect(wait).rejects.toThrow('enough');
});

test.fail('a mail that does not come is a failure that says so', async ({ inbox }) => {
  await expect(inbox).toReceive({ subject: 'Never' }, { timeout: 20 });
});

test('what became of a mail is asserted', async ({ sandbox }) => {
  const stream = await sandbox.stream('playwright', { mode: 'simulate' });
  const message = await stream.send({ from: 'a@app.test', to: ['ann+fail1.451@site.test', 'bob+unknown@site.test'], text: 'Hi.' });
  await stream.advance('idle');
  await expect({ message, recipient: 'ann+fail1.451@site.test' }).toHaveAttempts([{ at: '+0s', code: 451 }, { at: '+1m', code: 250 }]);
  await expect(message).toBeDeferred(1, { recipient: 'ann+fail1.451@site.test' });
  await expect(message).toBeBounced({ recipient: 'bob+unknown@site.test', class: 'invalid_recipient' });
  await expect(message).not.toBeDelivered({ recipient: 'bob+unknown@site.test' });
  await stream.scenario(on('*').reply(550));
  expect((await stream.scenarioHits()).map(({ id }) => id)).toEqual(['rule-1']);
});
