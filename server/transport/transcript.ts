/**
 * What was said on a connection since the last transaction ended, line by
 * line. Bounded, whatever a remote says: the beginning and the end stay, and
 * a note says how much is left out between. What is added is cheap: it is
 * done for every line of every message.
 */
import type { TranscriptLine } from '../mail/session.ts';

export type Transcript = {
  add(by: TranscriptLine['by'], line: string, at: number): void;
  /** All of it; the next transaction starts with nothing. */
  take(): TranscriptLine[];
};

/** Lines at the beginning and at the end that are kept, and characters of one. */
export const TRANSCRIPT_LIMITS = { head: 900, tail: 100, line: 1_024 } as const;

export function createTranscript(): Transcript {
  let head: TranscriptLine[] = [];
  let tail: TranscriptLine[] = [];
  let left = 0;
  return {
    add(by, line, at) {
      const entry = { at, by, line: shown(line) };
      if (head.length < TRANSCRIPT_LIMITS.head) {
        head.push(entry);
        return;
      }
      tail.push(entry);
      if (tail.length >= 2 * TRANSCRIPT_LIMITS.tail) left += tail.splice(0, TRANSCRIPT_LIMITS.tail).length;
    },
    take() {
      const over = Math.max(0, tail.length - TRANSCRIPT_LIMITS.tail);
      const missing = left + over;
      const lines = missing > 0
        ? [...head, { at: tail[over]!.at, by: '*' as const, line: `${missing} lines left out` }, ...tail.slice(over)]
        : tail.length > 0 ? [...head, ...tail] : head;
      head = [];
      tail = [];
      left = 0;
      return lines;
    },
  };
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x1f\x7f]/g;

function shown(line: string): string {
  const kept = line.length > TRANSCRIPT_LIMITS.line ? `${line.slice(0, TRANSCRIPT_LIMITS.line)}… (${line.length} characters)` : line;
  return CONTROL.test(kept) ? kept.replace(CONTROLS, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, '0')}`) : kept;
}
