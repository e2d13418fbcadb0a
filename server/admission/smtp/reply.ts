/**
 * A reply of an SMTP server as a value, and as octets on the wire. Every reply
 * has an enhanced code, on each of its lines (RFC 2034 §4); `''` says that it
 * is one of the exceptions: the greeting, the answer to EHLO or HELO, and 3xx.
 * Nothing that a client or an application put into a text can break a line.
 */

export type Reply = { code: number; enhanced: string; text: string | readonly string[]; /** The connection is closed after it, as 421 always does. */ close?: boolean };

export const reply = (code: number, enhanced: string, text: string | readonly string[]): Reply => ({ code, enhanced, text });

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x1f\x7f-\x9f]/g;
const clean = (text: string): string => text.replace(CONTROLS, ' ');

/** The lines of a reply, without CR LF. A 334 with nothing to say keeps its space (RFC 4954 §4). */
export function replyLines({ code, enhanced, text }: Reply): string[] {
  const status = enhanced === '' ? '' : `${enhanced} `;
  if (typeof text === 'string') return [`${code} ${status}${clean(text)}`];
  const last = text.length - 1;
  return text.map((line, i) => `${code}${i < last ? '-' : ' '}${status}${clean(line)}`);
}
