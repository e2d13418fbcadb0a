/**
 * The classifier with a memory: a remote says the same to many, and again at
 * each attempt. A verdict is shared by all who were told the same; nobody
 * changes it. What is long or was a success is quicker judged than looked up.
 */
import type { Answer } from '../mail/reply.ts';
import type { Verdict } from './verdict.ts';

/** Answers that are remembered. */
const MOST = 500;
/** Characters. */
const LONGEST = 1_000;

export function remembering(classify: (answer: Answer) => Verdict, most = MOST): (answer: Answer) => Verdict {
  const verdicts = new Map<string, Verdict>();
  return (answer) => {
    if (answer.kind === 'fault' || answer.text.length > LONGEST || (answer.code !== undefined && answer.code < 300)) return classify(answer);
    const { code, enhanced, stage, host, text } = answer;
    const key = `${code} ${enhanced ? `${enhanced.class}.${enhanced.subject}.${enhanced.detail}` : ''} ${stage} ${host}\n${text}`;
    const known = verdicts.get(key);
    if (known) return known;
    const verdict = classify(answer);
    // The first in is the first out: those that come often are in again at once.
    if (verdicts.size >= most) for (const oldest of verdicts.keys()) {
      verdicts.delete(oldest);
      break;
    }
    verdicts.set(key, verdict);
    return verdict;
  };
}
