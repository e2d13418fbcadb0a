/** The subject: there is one, it fits a list, it is not a false reply. */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import { count, type Rule, type Said, type Verdict, worst } from '../matter.ts';

/** Characters: phones show 35 to 45, desktops 60 to 75. */
const SHOWN = 75;
const LONG = 150;

export const subject: Rule = {
  id: 'subject',
  title: 'Subject',
  check({ field }): Said {
    const [written] = field('subject');
    const text = (written ?? '').replace(/[\p{Cf}\s]+/gu, ' ').trim();
    if (text === '') return { verdict: 'fail', summary: written === undefined ? 'There is no Subject field.' : 'The subject is empty.' };
    const length = [...new Intl.Segmenter().segment(text.slice(0, 2_000))].length;
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    const say = (verdict: Verdict, said: string) => {
      verdicts.push(verdict);
      details.push({ text: said });
    };
    if (length > LONG) say('warn', `It has ${count(length, 'character')}; no client shows so many`);
    else if (length > SHOWN) say('info', `It has ${count(length, 'character')}; lists show 35 (phones) to ${SHOWN}`);
    if (/^(re|aw|sv|fwd?|wg)\s*:/i.test(text) && field('in-reply-to').length === 0 && field('references').length === 0) say('warn', 'It pretends to be a reply: there is neither In-Reply-To nor References');
    if (/[!?¡]{3,}/.test(text)) say('warn', 'A run of exclamation marks is what spam filters look for');
    const letters = text.replace(/[^\p{L}]/gu, '');
    if (letters.length > 10 && letters === letters.toUpperCase() && letters !== letters.toLowerCase()) say('warn', 'It is in capitals only');
    const verdict = worst(verdicts);
    return { verdict, details, summary: verdict === 'pass' ? `${count(length, 'character')}, which most lists show in full.` : verdict === 'info' ? 'The subject is longer than most lists show.' : 'The subject could cost readers or reputation.' };
  },
};
