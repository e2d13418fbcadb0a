/** An answer in words, as it stands in suppressions, explanations and pauses: one line of bounded length. */
import { formatEnhanced } from '../mail/enhanced-status.ts';
import type { Answer } from '../mail/reply.ts';

const LONGEST = 300;

/** `452 4.2.2 The mailbox is full`, or what went wrong before anybody answered. */
export function textOf(answer: Answer): string {
  if (answer.kind === 'fault') return brief(`${answer.detail || answer.fault} (${answer.stage})`);
  const { code, enhanced, text } = answer;
  const status = enhanced ? formatEnhanced(enhanced) : undefined;
  return brief([code, status !== undefined && !text.startsWith(status) ? status : undefined, text].filter((part) => part !== undefined && part !== '').join(' '));
}

function brief(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
