/**
 * The text and the HTML of a message from its encoded text bodies. Mailparser
 * decodes and joins them: it is given a small message of its own that holds
 * nothing but those bodies, so that boundaries are read in one place (the
 * tree) and attachments never pass through it. Where it refuses, the bodies
 * are decoded here, plainly.
 */
import { randomBytes } from 'node:crypto';
import { MailParser } from 'mailparser';
import { decodeCharset, effectiveCharset, isDecodable } from '../mime/charset.ts';
import { transferDecoder } from '../mime/decode.ts';
import { TEXT_LIMIT, type TextBody } from './collect.ts';

export type Texts = { text?: string; html?: string; truncated: boolean };

export async function readTexts(bodies: readonly TextBody[]): Promise<Texts> {
  const used = bodies.filter((body) => body.encoded.length > 0);
  let read: { text?: string; html?: string };
  try {
    read = used.length === 0 ? {} : await mailparserReads(compose(used));
  } catch {
    read = readPlainly(used);
  }
  const texts: Texts = { truncated: false };
  for (const kind of ['text', 'html'] as const) {
    const whole = read[kind];
    // An empty body is a body: it is shown as such.
    if (!whole && !bodies.some((body) => body.kind === kind)) continue;
    const value = whole ?? '';
    if (value.length > TEXT_LIMIT) texts.truncated = true;
    texts[kind] = value.length > TEXT_LIMIT ? value.slice(0, TEXT_LIMIT) : value;
  }
  return texts;
}

function mailparserReads(message: Buffer[]): Promise<{ text?: string; html?: string }> {
  return new Promise((resolve, reject) => {
    const parser = new MailParser({ skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true, skipTextLinks: true });
    let read: { text?: string; html?: string } | undefined;
    parser.on('data', (data) => {
      if (data.type === 'text') read = { ...(data.text ? { text: data.text } : {}), ...(data.html ? { html: data.html } : {}) };
      else data.release();
    });
    parser.once('error', reject);
    parser.once('end', () => (read ? resolve(read) : reject(new Error('mailparser found no text'))));
    for (const piece of message) parser.write(piece);
    parser.end();
  });
}

// Nobody outside knows it, so that no body can hold it.
const BOUNDARY = `postern-${randomBytes(12).toString('hex')}`;

/** In multipart/alternative, mailparser joins plain with plain and HTML with HTML and makes nothing up. */
function compose(bodies: readonly TextBody[]): Buffer[] {
  if (bodies.length === 1) return [Buffer.from(`${fieldsOf(bodies[0]!)}\r\n`), encodedOf(bodies[0]!)];
  const message: Buffer[] = [Buffer.from(`Content-Type: multipart/alternative; boundary="${BOUNDARY}"\r\n\r\n`)];
  for (const body of bodies) message.push(Buffer.from(`--${BOUNDARY}\r\n${fieldsOf(body)}\r\n`), encodedOf(body), Buffer.from('\r\n'));
  message.push(Buffer.from(`--${BOUNDARY}--\r\n`));
  return message;
}

const MAILPARSER_DECODES = new Set(['base64', 'quoted-printable']);

function fieldsOf({ part, header, kind, encoded }: TextBody): string {
  const unspoken = header.charset === undefined || /^(us-?ascii|utf-?8)$/i.test(header.charset) || !isDecodable(header.charset);
  // Only what may be mislabelled must be decoded to be judged.
  const sample = unspoken && part.encoding !== '7bit' ? decodeWhole(part.encoding, encoded) : encoded;
  const charset = effectiveCharset(header.charset, sample).replace(/[^\w.:+()-]/g, '').slice(0, 60) || 'utf-8';
  const flowed = header.flowed ? `; format=flowed${header.delSp ? '; delsp=yes' : ''}` : '';
  const encoding = MAILPARSER_DECODES.has(part.encoding) ? part.encoding : '8bit';
  return `Content-Type: text/${kind === 'html' ? 'html' : 'plain'}; charset=${charset}${flowed}\r\nContent-Transfer-Encoding: ${encoding}\r\n`;
}

function encodedOf({ part, encoded }: TextBody): Buffer {
  return part.encoding.includes('uu') ? decodeWhole(part.encoding, encoded) : encoded;
}

function decodeWhole(encoding: string, encoded: Buffer): Buffer {
  const decoder = transferDecoder(encoding);
  return Buffer.concat([decoder.push(encoded), decoder.end()]);
}

function readPlainly(bodies: readonly TextBody[]): { text?: string; html?: string } {
  const joined = { text: [] as string[], html: [] as string[] };
  for (const { part, header, kind, encoded } of bodies) joined[kind].push(decodeCharset(decodeWhole(part.encoding, encoded), header.charset).replace(/\r\n/g, '\n'));
  return { ...(joined.text.length ? { text: joined.text.join('\n') } : {}), ...(joined.html.length ? { html: joined.html.join('<br/>\n') } : {}) };
}
