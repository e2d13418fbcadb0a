/** The table of caniemail.com in one sentence; the table itself is `compat` of the answer. */
import type { Check, Compat } from '../../../../sdk/contract.ts';
import type { CssReading } from '../compat/css-uses.ts';
import { checkOf, count } from '../matter.ts';

/** Where these are not known, a mail looks plainer and no worse: never more than a note. */
const ADORNMENT = /^(css-(at-(media|supports|keyframes|font-face)|animation|transition|color-scheme|pseudo-class-(hover|focus|active|visited|link)|pseudo-element-(marker|placeholder)|comments|cursor|font-kerning|hyphen|resize|user-select|scroll-snap|accent-color|outline|text-(decoration-|underline-|justify|wrap)|orphans|widows|overflow-wrap|tab-size)|html-(meta-color-scheme|aria-|role|lang|dir|loading|comments|body|doctype|target|srcset))/;

/** Share of the clients that were tested, from which on a missing feature is more than a note. */
const MANY = 0.5;

export function compatCheck(compat: Compat, css: CssReading): Check {
  const lacking = compat.features.filter(({ unsupported, partial }) => unsupported + partial > 0);
  const many = compat.features.filter(({ id, unsupported, supported, partial }) => !ADORNMENT.test(id) && unsupported > 0 && unsupported / (unsupported + supported + partial) >= MANY);
  const worst = many[0] ?? lacking[0];
  const details = lacking.map((feature) => ({
    text: `${feature.title}: ${feature.unsupported > 0 ? `not supported by ${feature.unsupported}` : ''}${feature.unsupported > 0 && feature.partial > 0 ? ', ' : ''}${feature.partial > 0 ? `in part by ${feature.partial}` : ''} of ${count(compat.clients.length - feature.unknown, 'client')}`,
    href: feature.href,
    clients: feature.clients.map(({ client }) => client),
    ...(feature.lines[0] === undefined ? {} : { line: feature.lines[0], in: 'html' as const }),
  }));
  const errors = css.errors.map(({ line, text }) => ({ text: `CSS cannot be read here: ${text}`, line, in: 'html' as const }));
  const cut = css.cut ? [{ text: 'There is more CSS than was looked at' }] : [];
  return checkOf({ id: 'compat', title: 'HTML and CSS support' }, {
    verdict: errors.length > 0 || many.length > 0 ? 'warn' : lacking.length > 0 || css.cut ? 'info' : 'pass',
    summary: errors.length > 0 ? `${count(errors.length, 'place')} where the CSS cannot be read.`
      : many.length > 0 ? `${count(many.length, 'feature')} of ${compat.features.length} used ${many.length === 1 ? 'is' : 'are'} missing in half of the mail clients or more, ${worst!.title} above all.`
        : worst ? `${count(lacking.length, 'feature')} of ${compat.features.length} used ${lacking.length === 1 ? 'is' : 'are'} not supported in full everywhere, ${worst.title} the least.` : `All of ${count(compat.features.length, 'feature')} used ${compat.features.length === 1 ? 'is' : 'are'} supported by every client that was tested.`,
    details: [...errors, ...cut, ...details],
  });
}
