/** Mail as applications send it, for stories and for screenshots: a welcome, an invoice, a password reset, a newsletter, an invitation, and some that went wrong. */
import { crc32, deflateSync } from 'node:zlib';
import { createTransport, type SendMailOptions } from 'nodemailer';

export type Smtp = { host: string; port: number };

/** Hands mails in over one SMTP connection, in their order. */
export async function send(smtp: Smtp, mails: readonly SendMailOptions[], login?: { user: string; pass: string }): Promise<void> {
  const transport = createTransport({ host: smtp.host, port: smtp.port, secure: false, ignoreTLS: true, pool: true, maxConnections: 1, maxMessages: Infinity, ...(login ? { auth: login } : {}) });
  try {
    for (const mail of mails) await transport.sendMail(mail);
  } finally {
    transport.close();
  }
}

const frame = (colour: string, body: string) => `<!doctype html><html><head><meta name="viewport" content="width=device-width"><style>
  body { margin: 0; background: #f4f4f2; font: 16px/1.55 -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif; color: #23231f; }
  .card { max-width: 560px; margin: 32px auto; background: #fff; border-radius: 12px; overflow: hidden; border: 1px solid #e6e6e1; }
  .head { background: ${colour}; color: #fff; padding: 22px 32px; font-weight: 700; font-size: 19px; } .body { padding: 26px 32px 34px; }
  .button { display: inline-block; background: ${colour}; color: #fff; padding: 12px 22px; border-radius: 8px; text-decoration: none; font-weight: 600; }
  .code { font: 700 32px/1 ui-monospace, Menlo, monospace; letter-spacing: .18em; padding: 18px 0; } td { padding: 8px 0; border-bottom: 1px solid #eee; } .foot { font-size: 13px; color: #6b6b63; }
  @media (max-width: 480px) { .card { margin: 0; border-radius: 0; border: 0; } .body, .head { padding-left: 20px; padding-right: 20px; } }
  @media (prefers-color-scheme: dark) { body { background: #161615; color: #eee; } .card { background: #20201f; border-color: #33332f; } td { border-color: #33332f; } .foot { color: #a5a59d; } }
</style></head><body>${body}</body></html>`;

/** A picture to look at, drawn here: 240×120 pixels, a hill under a sky (PNG, RFC 2083). */
export const PICTURE = drawPng(240, 120, (x, y) => (y > 80 - 30 * Math.sin(x / 60) ? [70, 96, 47] : [196, 216, 226]));

function drawPng(width: number, height: number, colour: (x: number, y: number) => readonly number[]): Buffer {
  const rows = Buffer.concat(Array.from({ length: height }, (_, y) => Buffer.from([0, ...Array.from({ length: width }, (_, x) => colour(x, y)).flat()])));
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8); // 8 bits a channel, RGB
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

const PDF = Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`);

export const welcome: SendMailOptions = {
  from: '"Larkspur" <hello@larkspur.test>', to: '"Ann Ode" <ann@example.test>', subject: 'Welcome to Larkspur, Ann',
  text: 'Hello Ann,\n\nyour account is ready. Confirm your address to begin:\nhttps://larkspur.test/confirm?token=8f1c2\n\nThe Larkspur people',
  html: frame('#35586c', '<div class="card"><div class="head">Larkspur</div><div class="body"><h2>Hello Ann,</h2><p>your account is ready. Confirm your address and plant the first seed.</p><p><a class="button" href="https://larkspur.test/confirm?token=8f1c2">Confirm my address</a></p><p class="foot">You get this because someone signed up with this address. <a href="https://larkspur.test/help">Help</a></p></div></div>'),
};
export const invoice: SendMailOptions = {
  from: '"Larkspur Billing" <billing@larkspur.test>', to: 'accounts@northwind.test', cc: 'ann@example.test', subject: 'Invoice 2026-1184 for November',
  text: 'Invoice 2026-1184 is attached. Amount due: 249.00 EUR by 5 December.',
  html: frame('#4a4a68', '<div class="card"><div class="head">Invoice 2026-1184</div><div class="body"><p>Thank you for staying with us.</p><table width="100%"><tr><td>Team plan, 12 seats</td><td align="right">228.00</td></tr><tr><td>Storage, 210 GB</td><td align="right">21.00</td></tr><tr><td><b>Due by 5 December</b></td><td align="right"><b>249.00 EUR</b></td></tr></table><p><a class="button" href="https://larkspur.test/invoices/2026-1184">See it online</a></p></div></div>'),
  attachments: [{ filename: 'invoice-2026-1184.pdf', content: PDF, contentType: 'application/pdf' }, { filename: 'seats.csv', content: 'seat,person\n1,Ann\n2,Ben\n', contentType: 'text/csv' }],
};
export const reset: SendMailOptions = {
  from: '"Larkspur" <no-reply@larkspur.test>', to: 'ben@example.test', subject: 'Your sign-in code is 482913',
  text: 'Your sign-in code is 482913. It is good for ten minutes.\n\nIf this was not you, change your password: https://larkspur.test/password/reset?k=1b9',
  html: frame('#7a3b2e', '<div class="card"><div class="head">Sign in</div><div class="body"><p>Your verification code is</p><div class="code">482913</div><p>It is good for ten minutes. If this was not you, <a href="https://larkspur.test/password/reset?k=1b9">change your password</a>.</p></div></div>'),
};
export const newsletter: SendMailOptions = {
  from: '"The Weekly Stem" <news@stem.larkspur.test>', to: 'ann@example.test', subject: 'Six bulbs to plant before the frost — The Weekly Stem № 47',
  list: { unsubscribe: { url: 'https://stem.larkspur.test/u/7c1', comment: 'one click' } }, headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click', 'X-Campaign': 'stem-47' },
  text: 'Six bulbs to plant before the frost.\n\nUnsubscribe: https://stem.larkspur.test/u/7c1',
  html: frame('#46602f', '<div class="card"><div class="head">The Weekly Stem</div><div class="body"><img src="https://img.larkspur.test/bulbs.jpg" width="496" height="140" alt="Tulip bulbs in a crate"><h2>Six bulbs to plant before the frost</h2><p>The ground is still soft. These six forgive a late start, and one of them will flower in February.</p><p><a class="button" href="http://stem.larkspur.test/47">Read on</a></p><p class="foot"><a href="https://stem.larkspur.test/u/7c1">Unsubscribe</a></p></div></div>'),
};
export const invitation: SendMailOptions = {
  from: 'cleo@northwind.test', to: ['ann@example.test', 'ben@example.test'], bcc: 'audit@northwind.test', replyTo: 'calendar@elsewhere.test', subject: 'Planting plan, Thursday at ten',
  text: 'Shall we meet on Thursday?',
  icalEvent: { method: 'REQUEST', content: ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y', 'METHOD:REQUEST', 'BEGIN:VEVENT', 'UID:1@northwind.test', 'DTSTAMP:20261120T080000Z', 'DTSTART:20261126T100000Z', 'DTEND:20261126T104500Z', 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;COUNT=6', 'EXDATE:20261224T100000Z', 'SUMMARY:Planting plan', 'LOCATION:Greenhouse 2', 'ORGANIZER:mailto:cleo@northwind.test', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n') },
  attachments: [{ filename: 'bed.png', content: PICTURE }, { filename: 'yesterday.eml', contentType: 'message/rfc822', content: 'From: a@x.test\r\nTo: b@x.test\r\nSubject: Yesterday\r\n\r\nThe old plan.\r\n' }],
};
/** A template that was not filled in, links that cannot work, no text part. */
export const broken: SendMailOptions = {
  from: 'shop@larkspur.test', to: 'dora@example.test', subject: 'Hi {{first_name}}, your order undefined is on its way',
  html: '<p>Hi {{first_name}},</p><p><img src="http://img.larkspur.test/van.png"> Your parcel: <a href="/track/undefined">track it</a> or <a href="#">ask us</a>.</p><form action="https://larkspur.test"><input></form>',
};
/** Bytes that are no proper MIME at all. */
export const garbled: SendMailOptions = {
  envelope: { from: 'cron@db1.test', to: ['ops@example.test'] },
  raw: 'From: cron@db1.test\r\nTo: ops@example.test\r\nSubject: =?utf-8?Q?nightly_dump_=28=E2=9A=A0=29?=\r\nContent-Type: multipart/mixed; boundary=never\r\n\r\n--other\r\n\xff\xfe half a part',
};
export const plain = (i: number, to = 'team@example.test'): SendMailOptions => ({ from: `"Build ${i % 7}" <ci@northwind.test>`, to, subject: `Build ${1000 + i} ${i % 5 === 0 ? 'failed' : 'passed'} on main`, text: `Build ${1000 + i}\nhttps://ci.northwind.test/builds/${1000 + i}\n` });

export const all: readonly SendMailOptions[] = [garbled, broken, invitation, newsletter, invoice, reset, welcome];
