/** A reply of the pretend remote, and how it goes over the wire (RFC 5321 §4.2.1): the code, and the enhanced code, on each line. */
export type Said = { code: number; enhanced: string | null; lines: readonly string[]; close?: boolean };

export const said = (code: number, enhanced: string | null, ...lines: string[]): Said => ({ code, enhanced, lines });

/** A line break in a text would begin a reply of its own. */
const BREAK = /[\r\n]+/g;

export function written({ code, enhanced, lines }: Said): string {
  const status = enhanced === null || enhanced === '' ? '' : `${enhanced} `;
  const last = lines.length - 1;
  if (last < 0) return `${code} ${status.trimEnd()}\r\n`;
  let text = '';
  for (let n = 0; n <= last; n++) text += `${code}${n < last ? '-' : ' '}${status}${clean(lines[n]!)}\r\n`;
  return text;
}

const clean = (line: string): string => (line.includes('\n') || line.includes('\r') ? line.replace(BREAK, ' ') : line);
