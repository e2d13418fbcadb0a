/** Header fields in the relaxed form of RFC 6376 §3.4.2; white space is space and tab, nothing else. */
import type { Field } from '../head.ts';

export function relaxed({ name, raw }: Field): string {
  const value = raw.slice(raw.indexOf(':') + 1).replace(/\r\n/g, '').replace(/[ \t]+/g, ' ').replace(/^ | $/g, '');
  return `${name}:${value}\r\n`;
}
