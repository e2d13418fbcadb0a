/** The text part: it is there beside the HTML, and says what the HTML says. */
import { type Matter, type Rule, type Said } from '../matter.ts';

const has = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';

export const textPart: Rule = {
  id: 'text-part',
  title: 'Text part',
  check({ parsed, html }): Said {
    if (has(parsed.text)) return { verdict: 'pass', summary: html ? 'There is a text part beside the HTML.' : 'The message is plain text.' };
    if (html) return { verdict: 'warn', summary: parsed.text === undefined ? 'There is HTML but no text part: watches, text clients and filters get nothing to read.' : 'The text part is empty.' };
    return { verdict: parsed.attachments.length > 0 ? 'info' : 'warn', summary: parsed.attachments.length > 0 ? 'The message holds attachments only.' : 'The message has no body.' };
  },
};

/** Words; of fewer nothing can be told. */
const ENOUGH = 12;
/** Share of the shorter one's words that the other has too. */
const ALIKE = 0.5;
/** How many times longer one may be. */
const LENGTH = 6;

export const textAndHtml: Rule = {
  id: 'text-html',
  title: 'Text against HTML',
  check({ parsed, html }: Matter): Said | undefined {
    if (!html || !has(parsed.text)) return undefined;
    const text = wordsOf(parsed.text!);
    const shown = wordsOf(html.shown);
    if (text.all < ENOUGH && shown.all < ENOUGH) return { verdict: 'pass', summary: 'Both are too short to differ much.' };
    if (/<(table|td|div|p|br|span)\b[^>]*>/i.test(parsed.text!.slice(0, 20_000))) return { verdict: 'fail', summary: 'The text part holds HTML tags: readers of it see them as they are.' };
    const [less, more] = text.set.size <= shown.set.size ? [text.set, shown.set] : [shown.set, text.set];
    let shared = 0;
    for (const word of less) if (more.has(word)) shared++;
    const share = less.size === 0 ? 0 : shared / less.size;
    const percent = `${Math.round(share * 100)} % of the words of the shorter one are in both (${text.all} words of text, ${shown.all} of HTML)`;
    if (share < ALIKE) return { verdict: 'warn', summary: 'The text part and the HTML say different things; filters compare them.', details: [{ text: percent }] };
    if (Math.max(text.all, shown.all) > LENGTH * Math.max(1, Math.min(text.all, shown.all))) return { verdict: 'warn', summary: text.all < shown.all ? 'The text part says much less than the HTML.' : 'The HTML says much less than the text part; it may be a picture only.', details: [{ text: percent }] };
    return { verdict: 'pass', summary: 'The text part says what the HTML says.', details: [{ text: percent }] };
  },
};

/** Characters of each that are compared. */
const COMPARED = 200_000;

function wordsOf(text: string): { all: number; set: Set<string> } {
  const words = text.slice(0, COMPARED).replace(/https?:\/\/\S+/g, ' ').toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  return { all: words.length, set: new Set(words) };
}
