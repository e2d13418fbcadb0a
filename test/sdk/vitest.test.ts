/** The Vitest entry point, used as a user would; and what it does when a wait is longer than its test. */
import { describe, vi } from 'vitest';
import { expect, from, on, RuleBuilder, size, tagged, test, within } from '../../sdk/vitest.ts';

const mail = { from: 'shop@app.test', subject: 'Welcome', text: 'Your code is 482913: https://app.test/verify' };

test('an inbox receives, and its message has a link and a code', async ({ inbox, sandbox }) => {
  await sandbox.send({ ...mail, to: inbox.address });
  await expect(inbox).toReceive({ subject: 'Welcome' });
  await expect(inbox).toReceive('Welcome');
  await expect(inbox).not.toReceive('Invoice', { timeout: 20 });
  const message = await inbox.waitFor();
  expect(message).toHaveLink(/verify/);
  expect(message).toHaveLink();
  expect(message).not.toHaveLink(/unsubscribe/);
  expect(message).toHaveCode('482913');
  expect(message).toHaveCode();
  await expect(inbox).toReceiveNothing({ after: message, for: 20 });
});

test('each test has an inbox of its own', async ({ inbox }) => {
  expect(await inbox.messages()).toEqual([]);
  await expect(inbox).toReceiveNothing({ for: 20 });
});

test('a matcher that fails says what arrived instead', async ({ inbox, sandbox }) => {
  await sandbox.send({ ...mail, to: inbox.address });
  const message = await inbox.waitFor();
  await expect(expect(inbox).toReceive('Invoice', { timeout: 20 })).rejects.toThrow(/No message matched[^]*"Welcome"/);
  await expect(expect(inbox).not.toReceive('Welcome')).rejects.toThrow(/Expected no mail, but one message came/);
  await expect(expect(inbox).toReceiveNothing({ for: 20 })).rejects.toThrow(/Expected no mail/);
  expect(() => expect(message).toHaveLink(/invoice/)).toThrow(/No link matches \/invoice\/[^]*https:\/\/app\.test\/verify/);
  expect(() => expect(message).not.toHaveLink(/verify/)).toThrow(/but it has https:\/\/app\.test\/verify/);
  expect(() => expect(message).toHaveCode('1')).toThrow(/Expected the code 1; the message has 482913/);
});

test('a matcher on the wrong thing, or a wrong criterion, is told as such', async ({ inbox }) => {
  await expect(expect('text').toReceive()).rejects.toThrow(/toReceive looks at an inbox/);
  expect(() => expect(inbox).toHaveLink(/x/)).toThrow(/toHaveLink looks at a message/);
  await expect(expect(inbox).toReceive({ sujbect: 'x' } as object)).rejects.toThrow(/knows no `sujbect`/);
  await expect(expect(inbox).not.toReceive('Welcome', { timeOut: 5 } as object)).rejects.toThrow(/toReceive has no option `timeOut`/);
  await expect(expect(inbox).not.toReceive(5 as unknown as string, { timeout: 5 })).rejects.toThrow(/It was given 5/);
});

test('the time-outs of this file are raised by a minute', ({ task }) => {
  expect(task.timeout).toBe(80_000); // 20 s by vite.config.ts
});

describe('a test of its own time-out', { timeout: 1_500 }, () => {
  test('a wait that is longer ends before it, and says what to give the test', async ({ inbox }) => {
    const error = await inbox.waitFor('Never').catch((error: unknown) => error as Error);
    expect((error as Error).message).toMatch(/This wait was to take 10 s, but the test itself ends after 1\.5 s: give it more, test\('…', \{ timeout: 12000 \}/);
  });
});

test('a wait that fits, or a test without time-out, is left alone', () => {
  const now = vi.fn(() => 1_000);
  expect(within(5_000, 0, now)(3_000)).toEqual({ timeout: 3_000 });
  expect(within(0, 0, now)(600_000)).toEqual({ timeout: 600_000 });
  expect(within(5_000, 0, now)(4_000)).toMatchObject({ timeout: 3_500, cutBy: expect.stringContaining('timeout: 9000') });
});

test('the builders of rules come from here, too', async ({ sandbox }) => {
  expect(JSON.parse(JSON.stringify([on('a@*'), from('b@*'), tagged('t'), size('>1mb')]))).toEqual([{ when: { recipient: 'a@*' } }, { when: { sender: 'b@*' } }, { when: { tag: 't' } }, { when: { size: '>1mb' } }]);
  expect(on('*')).toBeInstanceOf(RuleBuilder);
  await sandbox.scenario(on('*').reply(550));
});
