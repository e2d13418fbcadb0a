/** A real client, nodemailer, in the ways that applications use it. */
import { createTransport } from 'nodemailer';
import { expect, test } from 'vitest';
import { tlsMaterial } from '../../server/admission/smtp/tls.ts';
import type { MadeCredential } from '../../server/admission/streams.ts';
import { reception } from '../support/reception.ts';

const material = tlsMaterial({ cert: null, key: null, dir: null, name: 'postern.test' });

test('nodemailer sends over STARTTLS with a login, and its message is found as it was', async () => {
  await using postern = await reception({ tls: material, requireLogin: true, declared: [{ name: 'shop' }] });
  const { password } = (await postern.streams.createCredential({ stream: 'shop', user: 'ann' })) as MadeCredential;
  const transport = createTransport({ ...postern.at, requireTLS: true, tls: { rejectUnauthorized: false }, auth: { user: 'ann', pass: password } });
  const raw = 'Subject: dots\r\n\r\n.\r\n..\r\n.leading\r\n\r\nÄ end\r\n';
  const info = await transport.sendMail({ envelope: { from: 'ann@app.test', to: ['bob@shop.test', 'carl@shop.test'] }, raw });
  expect(info.response).toBe(`250 2.6.0 Message accepted as ${postern.accepted[0]!.id}`);
  expect(postern.accepted[0]!.raw.toString()).toBe(raw);
  expect(postern.accepted[0]).toMatchObject({ stream: 'shop', envelope: { from: 'ann@app.test', recipients: [{ address: 'bob@shop.test' }, { address: 'carl@shop.test' }] } });
});

test('nodemailer sends attachments over TLS from the first octet, with unicode addresses', async () => {
  await using postern = await reception({ tls: material, implicit: true });
  const transport = createTransport({ ...postern.at, secure: true, tls: { rejectUnauthorized: false } });
  await transport.sendMail({
    from: 'Jos\u00e9 <jos\u00e9@app.test>', to: 'bob@b\u00fccher.test', bcc: 'hidden@shop.test', subject: 'Gr\u00fc\u00dfe', text: 'Hallo',
    attachments: [{ filename: 'a.bin', content: Buffer.alloc(300_000, 7) }],
    dsn: { id: 'x1', return: 'headers', notify: ['failure'], recipient: 'jose@app.test' },
  });
  expect(postern.accepted[0]).toMatchObject({
    header: { subject: 'Gr\u00fc\u00dfe' },
    envelope: { from: 'jos\u00e9@app.test', smtputf8: true, ret: 'HDRS', envid: 'x1' },
  });
  expect(postern.accepted[0]!.envelope.recipients.map(({ address }) => address)).toContain('hidden@shop.test');
});

test('a pool of nodemailer sends 500 messages over 5 connections', async () => {
  await using postern = await reception();
  const transport = createTransport({ ...postern.at, pool: true, maxConnections: 5, maxMessages: Infinity });
  const sent = await Promise.all(Array.from({ length: 500 }, (_, i) =>
    transport.sendMail({ envelope: { from: 'ann@app.test', to: ['bob@shop.test'] }, raw: `Subject: ${i}\r\n\r\n${'x'.repeat(i * 20)}\r\n` })));
  transport.close();
  expect(new Set(sent.map(({ response }) => response)).size).toBe(500);
  expect(new Set(postern.accepted.map(({ header }) => header.subject)).size).toBe(500);
});

test('nodemailer tells of the recipients that were refused, and the rest arrive', async () => {
  await using postern = await reception({ limits: { recipients: 2 } });
  const transport = createTransport({ ...postern.at });
  const info = await transport.sendMail({ envelope: { from: '', to: ['a@shop.test', 'b@shop.test', 'c@shop.test'] }, raw: 'x\r\n' });
  expect(info.rejected).toEqual(['c@shop.test']);
  expect(postern.accepted[0]!.envelope.from).toBe('');
});
