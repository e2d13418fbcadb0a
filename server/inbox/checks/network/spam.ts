/** What a spam filter says of a message, whichever filter it is. Only asked where a setting names one. */
import type { Check } from '../../../../sdk/contract.ts';
import type { Envelope } from '../../../mail/envelope.ts';
import { checkOf, short } from '../matter.ts';

export type SpamQuestion = { envelope: Envelope; size: number; body(): Promise<AsyncIterable<Uint8Array> | undefined> };
export type SpamCheck = (question: SpamQuestion) => Promise<Check | undefined>;

export type SpamAnswer =
  | { kind: 'score'; score: number; threshold: number; /** What the filter would do, in its own word. */ action?: string; symbols: { name: string; score: number; says: string }[] }
  | { kind: 'fault'; why: string };

/** Octets of a message that is handed over, and of an answer. */
export const MESSAGE_LIMIT = 10 * 1024 * 1024;
export const ANSWER_LIMIT = 1024 * 1024;
/** Milliseconds. */
export const TIME = 15_000;

export function spamCheck(filter: { id: string; name: string }, ask: (question: SpamQuestion) => Promise<SpamAnswer>): SpamCheck {
  const rule = { id: filter.id, title: `Spam score (${filter.name})` };
  return async (question) => {
    if (question.size > MESSAGE_LIMIT) return checkOf(rule, { verdict: 'info', summary: `The message is larger than the ${MESSAGE_LIMIT / 1024 / 1024} MB that are handed to a spam filter.` });
    const answer = await ask(question);
    if (answer.kind === 'fault') return checkOf(rule, { verdict: 'info', summary: `${filter.name} did not answer: ${short(answer.why, 200)}.` });
    const { score, threshold, action, symbols } = answer;
    // rspamd marks mail long before it refuses it; what it would do says so.
    const refused = score >= threshold || /^(reject|discard)$/.test(action ?? '');
    const marked = (threshold > 0 && score >= threshold / 2) || /^(add header|rewrite subject|quarantine)$/.test(action ?? '');
    return checkOf(rule, {
      verdict: refused ? 'fail' : marked ? 'warn' : 'pass',
      summary: `${filter.name} gives ${round(score)} points; from ${round(threshold)} on it is spam${action === undefined ? '' : ` (it says: ${action})`}.`,
      details: symbols.toSorted((a, b) => b.score - a.score).map(({ name, score: points, says }) => ({ text: `${round(points)} ${name}${says === '' ? '' : `: ${short(says, 200)}`}` })),
    });
  };
}

const round = (points: number): string => String(Math.round(points * 100) / 100);
