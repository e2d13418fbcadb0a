/**
 * The paths of parts, by which they are asked for, as in IMAP (RFC 3501
 * §6.4.5): the parts of a message are `1`, `2` …, those of part 2 are `2.1` …;
 * a message that is no multipart has the one part `1`. A multipart message
 * itself is `''`, one embedded in part 2 is `2.TEXT`.
 */
import type { MimePart } from '../../mail/message.ts';

/** Of the part that its parent got last; `splits` when it is taken apart as a multipart. */
export function pathOf(parent: MimePart | undefined, splits: boolean): string {
  if (!parent) return splits ? '' : '1';
  if (!parent.type.startsWith('multipart/')) return splits ? `${parent.path}.TEXT` : `${parent.path}.1`;
  const prefix = parent.path.replace(/\.?TEXT$/, '');
  const number = parent.parts!.length;
  return prefix === '' ? `${number}` : `${prefix}.${number}`;
}

/** The part at a path, or undefined. */
export function findPart(tree: MimePart, path: string): MimePart | undefined {
  const open = [tree];
  for (let part = open.pop(); part; part = open.pop()) {
    if (part.path === path) return part;
    if (part.parts) open.push(...part.parts);
  }
  return undefined;
}
