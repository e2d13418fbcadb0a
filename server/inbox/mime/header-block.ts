/**
 * The header of one part while its lines come in: keeps its first octets, and
 * remembers where the body may have begun if the empty line never comes.
 * Says nothing of what the fields mean.
 */
import { readFields } from '../../mail/header.ts';
import { partHeader } from './part-header.ts';

export type HeaderBlock = {
  /** Takes a line, or a piece of a long one. */
  keep(bytes: Buffer): void;
  /** Whether the line is a field, or belongs to one. Only its first octets count. */
  isField(line: Buffer): boolean;
  /** Remembers the first line that is no field. */
  stray(at: number): void;
  readonly strayAt: number | undefined;
  /** The boundary that the fields so far name. */
  boundary(): string | undefined;
  bytes(): Buffer;
  /** Whether more came than was kept. */
  readonly overflows: boolean;
};

const COLON = 0x3a;
/** Octets in which the colon of a field must stand. */
const NAME_LIMIT = 1_000;

export function headerBlock(limit: number): HeaderBlock {
  const pieces: Buffer[] = [];
  let length = 0;
  let strayAt: number | undefined;
  const bytes = () => (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
  return {
    get strayAt() { return strayAt; },
    get overflows() { return length > limit; },
    keep(line) {
      if (length < limit) pieces.push(Buffer.from(line.subarray(0, limit - length)));
      length += line.length;
    },
    isField(line) {
      const continues = length > 0 ? line[0] === 0x20 || line[0] === 0x09 : line.toString('latin1', 0, 5) === 'From '; // of an mbox
      return continues || line.subarray(0, NAME_LIMIT).indexOf(COLON) > 0;
    },
    stray(at) { strayAt ??= at; },
    boundary: () => (pieces.length === 0 ? undefined : partHeader(readFields(bytes())).boundary),
    bytes,
  };
}
