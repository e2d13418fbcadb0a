/**
 * What reports are made of: header fields that nothing can be slipped into,
 * text in the encoding that it needs, the returned message, and the multipart
 * (RFC 6522) around them. Pure; bytes come out. Text from elsewhere (replies,
 * addresses, subjects) never makes a line of its own: CR, LF and all other
 * control characters become a space.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import libmime from 'libmime';
import { encode as encodeQp, wrap as wrapQp } from 'nodemailer/lib/qp';
import type { DsnReturn } from '../mail/envelope.ts';

/** The mail that a report is about. */
export type Original = {
  /** As in its header, without brackets; '' when it has none. */
  messageId: string;
  /** Envelope sender. */
  from: string;
  /** As given in the envelope, xtext. */
  envid?: string;
  /** FULL returns all of it in a failure notice when `raw` is all of it and not large. */
  ret?: DsnReturn;
  receivedAt: number;
  /** Its octets, from the beginning: at least the header. */
  raw: Uint8Array;
  /** `raw` is the whole message. */
  complete?: boolean;
};

const CRLF = '\r\n';
/** Octets of one line: RFC 5322 §2.1.1 has 78 as a wish and 998 as a limit. */
const WIDTH = 76;
const LONGEST = 900;
/** Octets of a returned header, and of a whole message. */
const HEADER_LIMIT = 128 * 1024;
export const WHOLE_LIMIT = 1024 * 1024;

/** One line of text, whatever it was. */
export const plain = (text: string): string => text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();

/** A field, folded at spaces. `width` is larger where a fold would cut an address. */
export function field(name: string, value: string, width = WIDTH): string {
  const lines: string[] = [];
  let line = `${name}:`;
  for (const word of plain(value).split(' ').flatMap(pieces)) {
    if (word === '') continue;
    if (Buffer.byteLength(line) + 1 + Buffer.byteLength(word) > width && line !== `${name}:` && line.trim() !== '') {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join(CRLF) + CRLF;
}

/** For addresses: a local part in quotes may hold spaces. */
export const addressField = (name: string, value: string): string => field(name, value, LONGEST);

/** For people's words: encoded (RFC 2047) where they are not ASCII. */
export const wordsField = (name: string, text: string): string => field(name, libmime.encodeWords(plain(text).slice(0, 400).toWellFormed(), 'Q', 52));

/** What has no space to fold at is cut, so that no line outgrows SMTP. */
function pieces(word: string): string[] {
  if (Buffer.byteLength(word) <= LONGEST) return [word];
  return word.match(/.{1,200}/gsu) ?? [];
}

/** RFC 5322 §3.3, in UTC. */
export const dateOf = (at: number): string => new Date(at).toUTCString().replace(/GMT$/, '+0000');

/** `rfc822; a@b.test`, or `utf-8; ä@b.test` (RFC 6533 §3). */
export const typedAddress = (address: string): string => `${isAscii(Buffer.from(address)) ? 'rfc822' : 'utf-8'}; ${address}`;

/** Undoes xtext (RFC 3461 §4); of UTF-8 as well, `\x{..}` (RFC 6533 §3). */
export function fromXtext(text: string): string {
  const bytes = Buffer.from(text.replace(/\+[0-9A-F]{2}/g, (hex) => String.fromCharCode(parseInt(hex.slice(1), 16))), 'latin1');
  const decoded = isAscii(Buffer.from(text)) && isUtf8(bytes) ? bytes.toString('utf8') : text;
  return decoded.replace(/\\x\{([0-9A-F]{2,6})\}/g, (all, hex: string) => (parseInt(hex, 16) <= 0x10ffff ? String.fromCodePoint(parseInt(hex, 16)) : all));
}

export type Part = { type: string; encoding: '7bit' | '8bit' | 'quoted-printable'; description?: string; body: Uint8Array };

export function textPart(text: string, description?: string): Part {
  const lines = text.toWellFormed().replace(/\r\n?|\n/g, CRLF).replace(/[^\P{Cc}\r\n\t]/gu, ' ');
  const bytes = Buffer.from(lines);
  const simple = isAscii(bytes) && lines.split(CRLF).every((line) => line.length <= LONGEST);
  return {
    type: `text/plain; charset=${simple ? 'us-ascii' : 'utf-8'}`, encoding: simple ? '7bit' : 'quoted-printable', ...(description ? { description } : {}),
    body: simple ? bytes : Buffer.from(wrapQp(encodeQp(bytes))),
  };
}

/** Fields that a machine reads; `types` are the type's names for ASCII and for UTF-8 (RFC 6533). */
export function fieldsPart(fields: string, types: readonly [string, string], description?: string): Part {
  const body = Buffer.from(fields);
  const ascii = isAscii(body);
  return { type: ascii ? types[0] : types[1], encoding: ascii ? '7bit' : '8bit', ...(description ? { description } : {}), body };
}

/** What is returned of a message: its header, or all of it where `whole` allows and it is not large. */
export function originalPart(raw: Uint8Array, { whole }: { whole: boolean }): Part {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const header = headerOf(bytes);
  const international = !isAscii(header) && isUtf8(header);
  if (whole && bytes.length <= WHOLE_LIMIT) return { type: international ? 'message/global' : 'message/rfc822', encoding: isAscii(bytes) ? '7bit' : '8bit', description: 'Message', body: bytes };
  return { type: international ? 'message/global-headers' : 'text/rfc822-headers', encoding: isAscii(header) ? '7bit' : '8bit', description: 'Message header', body: header };
}

/** The header block with its line ends made CRLF and without NUL, cut at a line where it is very long. */
export function headerOf(raw: Buffer): Buffer {
  const text = raw.subarray(0, HEADER_LIMIT + 1).toString('latin1').replaceAll('\0', '').replace(/\r\n?|\n/g, CRLF);
  const end = text.startsWith(CRLF) ? 0 : text.indexOf(CRLF + CRLF);
  let block = end < 0 ? text : text.slice(0, end);
  if (end < 0 && raw.length > HEADER_LIMIT) block = block.slice(0, Math.max(block.lastIndexOf(CRLF), 0));
  return Buffer.from(block === '' ? '' : block.replace(/(?:\r\n)+$/, '') + CRLF, 'latin1');
}

export type Head = { from: string; name: string; to: string; subject: string; at: number; /** Local part of the Message-ID; its domain is that of `host`. */ id: string; host: string; /** Whole fields, as made by field(). */ more: string };

/** The header of a report, without its Content-Type. */
export function headFields({ from, name, to, subject, at, id, host, more }: Head): string {
  return addressField('From', `${name} <${from}>`) + addressField('To', `<${to}>`) + wordsField('Subject', subject) + field('Date', dateOf(at)) + addressField('Message-ID', `<${idPart(id)}@${hostPart(host)}>`) + more + field('MIME-Version', '1.0');
}

/** RFC 5322 §3.6.4: what a msg-id may hold, of whatever was given. */
const idPart = (text: string): string => text.replace(/[^\w.+-]/g, '').slice(0, 200) || 'report';
const hostPart = (text: string): string => text.replace(/[^\p{L}\p{N}.:[\]_-]/gu, '').slice(0, 255) || 'localhost';

/** What may stand between angle brackets without breaking out of them. */
export const isMessageId = (text: string): boolean => /^[^\s<>\p{Cc}]{1,500}$/u.test(text);

/** The report, whole. No part can hold the boundary: it is made longer until none does. */
export function multipartReport(head: string, reportType: string, id: string, parts: readonly Part[]): Uint8Array {
  const bodies = parts.map(({ body }) => Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  let boundary = `=_report_${idPart(id).slice(0, 40)}`;
  for (let n = 1; bodies.some((body) => body.includes(boundary)); n++) boundary = `${boundary.slice(0, 55)}_${n}`;
  const chunks: Uint8Array[] = [Buffer.from(`${head}Content-Type: multipart/report; report-type=${reportType};${CRLF} boundary="${boundary}"${CRLF}${CRLF}`)];
  for (const [n, { type, encoding, description }] of parts.entries()) {
    chunks.push(Buffer.from(`--${boundary}${CRLF}Content-Type: ${type}${CRLF}${description ? field('Content-Description', description) : ''}Content-Transfer-Encoding: ${encoding}${CRLF}${CRLF}`), bodies[n]!, Buffer.from(CRLF));
  }
  chunks.push(Buffer.from(`--${boundary}--${CRLF}`));
  return Buffer.concat(chunks);
}

/** A message of text alone. */
export function textMessage(head: string, text: string): Uint8Array {
  const { type, encoding, body } = textPart(text);
  return Buffer.concat([Buffer.from(`${head}Content-Type: ${type}${CRLF}Content-Transfer-Encoding: ${encoding}${CRLF}${CRLF}`), body]);
}
