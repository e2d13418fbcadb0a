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
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
const clean = (text: string): string => (CONTROL.test(text) ? text.replace(CONTROLS, ' ') : text);

const STANDING = new Map<Reply, readonly string[]>();

/** A reply that is said over and over: its lines are made once. For what is made with the program only, since it is never forgotten. */
export function standing(code: number, enhanced: string, text: string): Reply {
  const said = Object.freeze(reply(code, enhanced, text));
  STANDING.set(said, linesOf(said));
  return said;
}

/** The lines of a reply, without CR LF and control characters. A 334 with nothing to say keeps its space (RFC 4954 §4). */
export const replyLines = (said: Reply): readonly string[] => STANDING.get(said) ?? linesOf(said);

function linesOf({ code, enhanced, text }: Reply): string[] {
  const status = enhanced === '' ? '' : `${enhanced} `;
  if (typeof text === 'string') return [`${code} ${status}${clean(text)}`];
  const last = text.length - 1;
  return text.map((line, i) => `${code}${i < last ? '-' : ' '}${status}${clean(line)}`);
}
