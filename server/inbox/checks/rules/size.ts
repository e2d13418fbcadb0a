/** The size of the HTML against what Gmail shows, and of the whole against what servers take. */
import { kilo, type Rule, type Said } from '../matter.ts';

/** Octets of decoded HTML; Gmail hides the rest behind a link. */
export const GMAIL_CLIPS = 102 * 1024;
const NEAR = 0.8;

export const size: Rule = {
  id: 'size',
  title: 'Size in Gmail',
  check({ html, raw }): Said | undefined {
    if (!html) return undefined;
    const octets = raw.parts.filter(({ type, disposition }) => type === 'text/html' && disposition !== 'attachment').reduce((sum, { decodedSize }) => sum + decodedSize, 0);
    const says = `The HTML has ${kilo(octets)}`;
    if (octets > GMAIL_CLIPS) return { verdict: 'fail', summary: `${says}: Gmail clips it at 102 kB and hides the rest, often with the link to unsubscribe.`, details: [{ text: `${octets} octets, ${octets - GMAIL_CLIPS} too many` }] };
    if (octets > GMAIL_CLIPS * NEAR) return { verdict: 'warn', summary: `${says}, close to the 102 kB at which Gmail clips; tracking and personal texts add to it.` };
    return { verdict: 'pass', summary: `${says}; Gmail clips at 102 kB.` };
  },
};
