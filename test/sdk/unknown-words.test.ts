/** What a test asks for in words that there are not is told at once: it would hold of nothing, and `not` would pass. */
import { expect, test } from 'vitest';
import type { Sandbox, StreamHandle } from '../../sdk/client.ts';
import '../../sdk/vitest.ts';
import { eachInSdkHouse } from '../support/sdk-house.ts';

let sandbox: Sandbox;
let shop: StreamHandle;
eachInSdkHouse((made) => { ({ sandbox, shop } = made); });

const send = (to: string) => shop.send({ from: 'shop@app.test', to, subject: 'Hello', text: 'Hi.' });

test('an attempt that is described in unknown words is told so', async () => {
  const message = await send('ann@x.test');
  await shop.advance(0);
  await expect(expect(message).toHaveAttempts([{ code: 250 }, { stat: 250 } as never])).rejects.toThrow(/Attempt 2: toHaveAttempts knows no `stat`; it knows at, code, enhanced, stage, fault, class, outcome, text/);
  await expect(expect(message).toHaveAttempts([{ after: '+0s' } as never])).rejects.toThrow(/no `after` \(did you mean `at`\?\)/);
  await expect(expect(message).not.toHaveAttempts([250 as never])).rejects.toThrow(/Attempt 1 must be an object/);
  // Each of these would hold of any mail, with `not`.
  await expect(expect(message).not.toHaveAttempts([{ stage: 'rpct' as never }])).rejects.toThrow('There is no stage "rpct"; did you mean rcpt?');
  await expect(expect(message).not.toHaveAttempts([{ outcome: 'bounce' as never }])).rejects.toThrow('There is no outcome "bounce"; did you mean bounced?');
  await expect(expect(message).not.toHaveAttempts([{ fault: 'timeot' }])).rejects.toThrow('There is no fault "timeot"; did you mean timeout?');
  // Before any mail is there.
  const nobody = await sandbox.inbox();
  await expect(expect(nobody).toBeBounced({ class: 'mailbox_fll' })).rejects.toThrow('There is no class "mailbox_fll"; did you mean mailbox_full?');
  await expect(expect(nobody).not.toHaveAttempts([{ code: 452 }, { class: 'mailbox_fll' }])).rejects.toThrow('There is no class "mailbox_fll"');
  for (const [wrong, says] of [
    [{ code: '250' }, '`code` must be a number, like 250; it is "250"'], [{ code: null }, '`code` must be a number, like 250; it is null'], [{ at: null }, '`at` must be a text like \'+1m\', or milliseconds; it is null'],
    [{ enhanced: 4.2 }, '`enhanced` must be a text, like \'4.2.2\'; it is 4.2'], [{ text: 5 }, '`text` must be a text or a pattern (/…/); it is 5'],
  ] as const) await expect(expect(message).not.toHaveAttempts([wrong as never])).rejects.toThrow(`Attempt 1: ${says}`);
  await expect(expect(message).not.toBeBounced({ clas: 'mailbox_full' } as never)).rejects.toThrow('toBeBounced has no option `clas`; its options are class, recipient, timeout; did you mean class?');
  for (const matcher of ['toBeBounced', 'toBeHeld'] as const) await expect(expect(message).not[matcher](null as never)).rejects.toThrow(`The options of ${matcher} are an object`);
  await expect(expect(message).not.toBeDeferred('twice' as never)).rejects.toThrow(/The options of toBeDeferred are an object, .* they are "twice"/);
  await expect(expect(message).not.toBeDeferred(NaN)).rejects.toThrow('toBeDeferred takes a number of times, like 2; it is NaN');
  await expect(expect(message).not.toBeHeld({ reason: 'canari' as never })).rejects.toThrow(/held for the reason "canari"; .*did you mean canary\?/);
});

test('an event, a class or a key that there is not is told at once, and not waited for', async () => {
  const message = await send('ann@x.test');
  const begun = Date.now();
  for (const [wanted, says] of [
    [{ event: 'deferred', class: 'mailbox_fll' }, /class: "mailbox_fll" is no class; did you mean `mailbox_full`\?/],
    [{ event: 'recipient.deferrd' }, /types: "recipient\.deferrd" is no kind of event; did you mean `recipient\.deferred`\?/],
    [{ event: 'delivred' }, /There is no event "delivred"; they are .*; did you mean delivered\?$/],
    [{ event: 5 }, /There is no event 5; they are delivered/],
    [{ event: 'delivered', recipent: 'ann@x.test' }, /knows no `recipent`; it knows .*; did you mean recipient\?$/],
  ] as const) for (const who of [message, shop, sandbox]) await expect(who.waitFor(wanted as never, { timeout: '60s' })).rejects.toThrow(says);
  expect(Date.now() - begun).toBeLessThan(20_000);
});
