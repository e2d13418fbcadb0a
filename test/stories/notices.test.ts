/** Notices that a sender asks for with NOTIFY (RFC 3461), the whole way: SMTP in, the pretend remote, and back to the sender's inbox. */
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Inbox, Sandbox, StreamHandle } from '../../sdk/client.ts';
import { on } from '../../sdk/scenario.ts';
import '../../sdk/vitest.ts';
import { parseBounce } from '../../server/dsn/parse.ts';
import { standingSandbox } from '../scenarios/sandbox.ts';

let sandbox: Sandbox;
let shop: StreamHandle;
beforeAll(async () => {
  sandbox = await standingSandbox();
  shop = await sandbox.stream('shop', { mode: 'simulate', delivery: { jitter: 0, delayNotice: '1h' } });
});
afterAll(() => sandbox.close());

type Notify = 'never' | 'success' | 'failure' | 'delay';

async function mail(inbox: Inbox, to: string, notify: Notify[]): Promise<void> {
  const transport = createTransport(shop.smtp.transport);
  await transport.sendMail({ from: 'shop@app.test', envelope: { from: inbox.address, to: [to] }, to, subject: `Order for ${to}`, text: 'Thank you.', dsn: { id: 'order+7', return: 'headers', notify, recipient: to } });
  transport.close();
}

/** The next notice in the sender's inbox, read. Nothing but notices goes there. */
async function notice(inbox: Inbox): Promise<{ bounce: ReturnType<typeof parseBounce>; text: string; from: string }> {
  const message = await inbox.waitFor();
  const raw = Buffer.from(await message.raw());
  expect(message.envelope.from).toBe('');
  return { bounce: parseBounce(raw), text: raw.toString(), from: message.from.address };
}

const notices = async (inbox: Inbox): Promise<number> => (await inbox.messages()).length;

test('whoever asked to be told of success hears of it from the remote side that delivered', async () => {
  const sender = await shop.inbox({ address: 'asks@app.test' });
  await mail(sender, 'ann@site.test', ['success']);
  await shop.advance('1m');
  const { bounce, text, from } = await notice(sender);
  expect(bounce).toMatchObject({ kind: 'delivered_dsn', recipients: [{ recipient: 'ann@site.test', action: 'delivered', status: '2.0.0' }] });
  expect(text).toMatch(/^Original-Envelope-Id: order\+7\r$/m);
  expect(text).toMatch(/^Original-Recipient: rfc822; ann@site\.test\r$/m);
  expect(from).toBe('MAILER-DAEMON@mx.site.test');
  await shop.advance('72h');
  expect(await notices(sender)).toBe(1);
  expect((await shop.suppressions()).map(({ address }) => address)).not.toContain('ann@site.test');
});

test('where the remote side cannot report, Postern says that it has handed the message on', async () => {
  await shop.scenario({ rules: [{ when: { domain: 'plain.test' }, what: { hide: ['DSN'] } }] });
  const sender = await shop.inbox({ address: 'plain@app.test' });
  await mail(sender, 'ann@plain.test', ['success']);
  await shop.advance('1m');
  expect((await notice(sender)).bounce).toMatchObject({ kind: 'delivered_dsn', recipients: [{ recipient: 'ann@plain.test', action: 'relayed' }] });
  expect(await notices(sender)).toBe(1);
});

test('a message that is late is told of once, and delivered in the end without another word', async () => {
  await shop.scenario(on('*@slow.test').at('rcpt').reply(451, '4.3.0', 'Try again later').until('3h'));
  const sender = await shop.inbox({ address: 'late@app.test' });
  await mail(sender, 'ann@slow.test', ['delay']);
  await shop.advance('50m');
  expect(await notices(sender)).toBe(0);
  await shop.advance('72h');
  const { bounce, text } = await notice(sender);
  expect(bounce).toMatchObject({ kind: 'bounce', recipients: [{ recipient: 'ann@slow.test', action: 'delayed', status: '4.3.0' }] });
  expect(text).toMatch(/^Will-Retry-Until: /m);
  expect(await notices(sender)).toBe(1);
  await expect(shop.recipient('ann@slow.test')).toBeDelivered();
});

test('who asked for nothing, or for failures only, hears nothing of a success or a delay', async () => {
  await shop.scenario(on('*@slow.test').at('rcpt').reply(451, '4.3.0', 'Try again later').until('3h'));
  const sender = await shop.inbox({ address: 'quiet@app.test' });
  await mail(sender, 'ann@site.test', ['never']);
  await mail(sender, 'bob@slow.test', ['failure']);
  await shop.advance('72h');
  expect(await notices(sender)).toBe(0);
});

test('failure is told to whoever asked for it, and never to NOTIFY=NEVER', async () => {
  const [told, silent] = [await shop.inbox({ address: 'told@app.test' }), await shop.inbox({ address: 'silent@app.test' })];
  await mail(told, 'a+unknown@site.test', ['failure']);
  await mail(silent, 'b+unknown@site.test', ['never']);
  await shop.advance('1h');
  expect((await notice(told)).bounce).toMatchObject({ kind: 'bounce', recipients: [{ recipient: 'a+unknown@site.test', action: 'failed', hard: true }] });
  expect(await notices(silent)).toBe(0);
});
