/** Mail from the clients that people really use, in the inbox as it was sent. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageDetail } from '../../sdk/contract.ts';
import { running, type House } from '../support/running.ts';
import { program } from '../support/programs.ts';

const run = promisify(execFile);
let house: House;
beforeAll(async () => { house = await running(); });
afterAll(async () => { await house.close(); });

const arrived = async (inbox: string): Promise<MessageDetail> => {
  const result = await house.get<{ messages: MessageDetail[] }>(`/v1/wait?inbox=${encodeURIComponent(inbox)}&timeout=15s`);
  return result.messages[0]!;
};

test('nodemailer: nothing to set but host and port; and TLS for who asks for it', async () => {
  const settings = { host: house.smtp.host, port: house.smtp.port };
  const plain = nodemailer.createTransport(settings);
  await plain.sendMail({ from: 'app@app.test', to: 'plain@inbox.test', subject: 'Plain', text: 'x' });
  expect((await arrived('plain@inbox.test')).session.tls).toBeNull();
  const asking = nodemailer.createTransport({ ...settings, requireTLS: true, tls: { rejectUnauthorized: false } });
  await asking.sendMail({ from: 'app@app.test', to: 'tls@inbox.test', subject: 'TLS', text: 'x' });
  expect((await arrived('tls@inbox.test')).session.tls).toMatchObject({ version: 'TLSv1.3' });
});

test('nodemailer: a message with html, an attachment and Bcc', async () => {
  const transport = nodemailer.createTransport({ host: house.smtp.host, port: house.smtp.port });
  await transport.sendMail({
    from: '"Ann Bücher" <ann@app.test>', to: 'nodemailer@inbox.test', bcc: 'secret@inbox.test', subject: 'Grüße', text: 'Code: 482913', html: '<p>Click <a href="https://app.test/reset?t=1">here</a></p>',
    attachments: [{ filename: 'a.txt', content: 'attached' }],
  });
  transport.close();
  const message = await arrived('nodemailer@inbox.test');
  expect(message).toMatchObject({ subject: 'Grüße', envelope: { from: 'ann@app.test', bcc: ['secret@inbox.test'] }, codes: ['482913'] });
  expect(message.links.map((link) => link.href)).toContain('https://app.test/reset?t=1');
  expect(message.files).toMatchObject([{ filename: 'a.txt', size: 8 }]);
});

const python = program('python3');
test.skipIf(!python)('Python smtplib: 8-bit text, login and a dot at the beginning of a line', async () => {
  await run(python!, ['-c', `
import smtplib, ssl
from email.message import EmailMessage
m = EmailMessage()
m["From"], m["To"], m["Subject"] = "app@app.test", "python@inbox.test", "From smtplib"
m.set_content("Grüße\\n.\\n..two dots\\n", cte="8bit")
with smtplib.SMTP("${house.smtp.host}", ${house.smtp.port}) as s:
    s.login("default", "anything")
    s.send_message(m)
`]);
  const message = await arrived('python@inbox.test');
  expect(message).toMatchObject({ subject: 'From smtplib', text: 'Grüße\n.\n..two dots\n', session: { login: { user: 'default' } } });
  expect(JSON.stringify(message.session.transcript)).not.toContain('anything');
});

const swaks = program('swaks');
test.skipIf(!swaks)('swaks: three recipients of one message', async () => {
  await run(swaks!, ['--server', house.smtp.host, '--port', `${house.smtp.port}`, '--from', 'app@app.test', '--to', 'swaks@inbox.test,swaks2@inbox.test,swaks3@inbox.test', '--header', 'Subject: From swaks', '--body', 'hello']);
  const message = await arrived('swaks@inbox.test');
  expect(message).toMatchObject({ subject: 'From swaks', envelope: { to: ['swaks@inbox.test', 'swaks2@inbox.test', 'swaks3@inbox.test'] } });
});

const curl = program('curl');
test.skipIf(!curl)('curl: the line of the README', async () => {
  const sent = run(curl!, ['-s', `smtp://${house.smtp.host}:${house.smtp.port}`, '--mail-from', 'app@example.test', '--mail-rcpt', 'you@example.test', '-T', '-']);
  sent.child.stdin!.end('Subject: Hello\n\nIt works.\n');
  await sent;
  expect(await arrived('you@example.test')).toMatchObject({ subject: 'Hello', text: expect.stringMatching(/^It works\.\s*$/) });
});
