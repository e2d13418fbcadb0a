/** The outbox's retry, held to its word by a server that says what a test tells it to. */
import nodemailer from 'nodemailer';
import { expect, on, test } from 'postern/sdk/vitest';
import { createOutbox } from './outbox.js';
import { receipt } from './receipt.js';

const MINUTE = 60_000;

/** An outbox that sends to the sandbox, and a clock that the test moves. */
async function shop(sandbox, inbox, rules) {
  await sandbox.scenario(rules);
  let time = Date.UTC(2026, 0, 5, 9);
  const mailer = nodemailer.createTransport({ ...inbox.smtp, auth: undefined, tls: { rejectUnauthorized: false } });
  const outbox = createOutbox({ mailer, now: () => time });
  return {
    outbox,
    /** Works through what is due, again and again, until nothing is left to do. Answers the minutes at which it sent. */
    async untilIdle() {
      const began = time;
      const worked = [];
      for (let next = time; next !== null; next = await outbox.work()) {
        time = next;
        worked.push((time - began) / MINUTE);
      }
      return worked;
    },
  };
}

test('a receipt that is deferred twice is sent at the third attempt, once', async ({ sandbox, inbox }) => {
  const { outbox, untilIdle } = await shop(sandbox, inbox, [on(inbox.address).atSubmission().reply(451, '4.3.0', 'Try again later').times(2)]);
  const letter = outbox.put(receipt({ customer: inbox.address, order: 'A-17', total: '12.00 €' }));
  expect(await untilIdle()).toEqual([0, 1, 6]);
  expect(letter).toMatchObject({ state: 'sent', attempts: 3 });
  await expect(inbox).toReceive({ subject: 'Your order A-17' });
  expect(await inbox.messages()).toHaveLength(1);
});

test('a receipt for an address that does not exist is given up at once', async ({ sandbox, inbox }) => {
  const { outbox, untilIdle } = await shop(sandbox, inbox, [on(inbox.address).atSubmission().says('unknown')]);
  const letter = outbox.put(receipt({ customer: inbox.address, order: 'A-18', total: '8.00 €' }));
  expect(await untilIdle()).toEqual([0]);
  expect(letter).toMatchObject({ state: 'failed', attempts: 1 });
  expect(letter.lastError).toContain('550 5.1.1');
  await expect(inbox).toReceiveNothing({ for: 100 });
});

test('a receipt that is never taken is tried six times more, and then given up', async ({ sandbox, inbox }) => {
  const { outbox, untilIdle } = await shop(sandbox, inbox, [on(inbox.address).atSubmission().at('body').reply(452, '4.3.1', 'Out of space')]);
  const letter = outbox.put(receipt({ customer: inbox.address, order: 'A-19', total: '8.00 €' }));
  expect(await untilIdle()).toEqual([0, 1, 6, 36, 96, 216, 456]);
  expect(letter).toMatchObject({ state: 'failed', attempts: 7, lastError: '452 4.3.1 Out of space' });
});

test('when the server says that it is too much, all rest, and nothing is lost', async ({ sandbox, inbox }) => {
  // Three are taken, then one is too many.
  const { outbox, untilIdle } = await shop(sandbox, inbox, [on(inbox.address).atSubmission().sequence(null, null, null, '450 4.7.28 Rate limit, slow down', null).per('all')]);
  for (let n = 1; n <= 8; n++) outbox.put(receipt({ customer: inbox.address, order: `B-${n}`, total: '1.00 €' }));
  const worked = await untilIdle();
  expect(worked[0]).toBe(0);
  // Nobody tried before the rest was over.
  expect(worked.slice(1).every((minute) => minute >= 2)).toBe(true);
  expect(outbox.letters.map(({ state }) => state)).toEqual(Array(8).fill('sent'));
  expect(await inbox.messages()).toHaveLength(8);
});

test('a connection that is cut in the midst is a reason to try again', async ({ sandbox, inbox }) => {
  const { outbox, untilIdle } = await shop(sandbox, inbox, [on(inbox.address).atSubmission().at('body').fault('disconnect').times(1)]);
  const letter = outbox.put(receipt({ customer: inbox.address, order: 'C-1', total: '3.00 €' }));
  expect(await untilIdle()).toEqual([0, 1]);
  expect(letter).toMatchObject({ state: 'sent', attempts: 2 });
  expect(await inbox.messages()).toHaveLength(1);
});
