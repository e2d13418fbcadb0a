/**
 * A mail, written out, to what the checks say of it: parsed and examined as
 * the worker does, without a store. `goodMail` is one that no check finds
 * anything on; tests break one thing of it at a time.
 */
import type { Check, Compat } from '../../sdk/contract.ts';
import { examiner } from '../../server/inbox/checks/examine.ts';
import { messageReader } from '../../server/inbox/parse/read-message.ts';
import type { Envelope } from '../../server/mail/envelope.ts';
import { headerCollector } from '../../server/mail/header.ts';

export const NOW = Date.UTC(2026, 5, 1, 12, 0, 0);

export type Examined = { checks: Check[]; compat: Compat | null; check(id: string): Check; verdict(id: string): string | undefined; /** All that a check says, in one text. */ says(id: string): string };

export async function examine(raw: string | Buffer, envelope: Partial<Envelope> & { to?: string[] } = {}, piece = 70_000): Promise<Examined> {
  const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw;
  const { to = ['ann@reader.test'], from = 'bounces@mail.shop.test', ...rest } = envelope;
  const reader = messageReader({ id: 'm', envelopeFrom: from, recipients: to });
  const collector = headerCollector();
  reader.push(bytes);
  collector.push(bytes);
  const { parsed } = await reader.end();
  const examination = examiner({ envelope: { from, recipients: to.map((address) => ({ address })), ...rest }, header: collector.summary(), parsed, receivedAt: NOW, now: NOW });
  for (let at = 0; at < bytes.length; at += piece) examination.push(bytes.subarray(at, at + piece));
  const { checks, compat } = examination.end();
  const find = (id: string) => checks.find((check) => check.id === id);
  const check = (id: string): Check => {
    const found = find(id);
    if (!found) throw new Error(`No check "${id}" among ${checks.map((one) => one.id).join(', ')}`);
    return found;
  };
  return {
    checks, compat, check,
    verdict: (id) => find(id)?.verdict,
    says: (id) => [check(id).summary, ...check(id).details.map(({ text }) => text)].join('\n'),
  };
}

const TEXT = `Hello Ann,

your order 4711 was sent this morning and will be with you on Friday.
Follow the parcel here: https://shop.test/orders/4711

Kind regards
The Shop`;

const HTML = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Your order</title></head>
<body>
<p>Hello Ann,</p>
<p>your order 4711 was sent this morning and will be with you on Friday.</p>
<p><a href="https://shop.test/orders/4711">Follow the parcel</a></p>
<p><img src="https://shop.test/logo.png" alt="The Shop" width="120" height="40"></p>
<p>Kind regards<br>The Shop</p>
</body>
</html>`;

export type MailParts = {
  /** Instead of, or beside, the usual ones; null leaves one out; a list writes it several times. */
  headers?: Record<string, string | string[] | null>;
  text?: string | null;
  html?: string | null;
  /** MIME parts with their headers, written out. */
  more?: string[];
  textHeaders?: string[];
  htmlHeaders?: string[];
};

export function goodMail({ headers = {}, text = TEXT, html = HTML, more = [], textHeaders, htmlHeaders }: MailParts = {}): string {
  const parts = [
    ...(text === null ? [] : [[...(textHeaders ?? ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit']), '', text].join('\n')]),
    ...(html === null ? [] : [[...(htmlHeaders ?? ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: 8bit']), '', html].join('\n')]),
    ...more,
  ];
  const fields: Record<string, string | string[] | null> = {
    From: 'The Shop <orders@shop.test>', To: 'Ann <ann@reader.test>', Subject: 'Your order is on its way', Date: 'Mon, 1 Jun 2026 12:00:00 +0000', 'Message-ID': '<4711.1@shop.test>', 'MIME-Version': '1.0',
    'Content-Type': `multipart/${more.length > 0 ? 'mixed' : 'alternative'}; boundary="edge"`,
    ...headers,
  };
  const header = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${one}`)));
  return [...header, '', ...parts.map((part) => `--edge\n${part}`), '--edge--', ''].join('\n').replace(/\r?\n/g, '\r\n');
}

/** A file as a MIME part; its content is short, whatever its name says. */
export const filePart = (name: string, type: string, content = 'content'): string =>
  `Content-Type: ${type}\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n${Buffer.from(content).toString('base64')}`;
