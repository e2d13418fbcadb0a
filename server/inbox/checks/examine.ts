/**
 * All checks of a message that need nothing but the message. Runs in the
 * worker: it loads the tables, and what it reads may be hostile. A check that
 * fails (a bug) is told as such and takes no other with it.
 */
import type { MessageChecks } from '../../../sdk/contract.ts';
import { getDomain } from 'tldts';
import { domainKey } from '../../mail/address.ts';
import { readHtml } from '../extract/html.ts';
import { compatOf } from './compat/report.ts';
import { dkim, hashesAsked } from './dkim/judge.ts';
import { scanHtml } from './html-scan.ts';
import { checkOf, gravestFirst, type Matter, type Rule, short, type Subject } from './matter.ts';
import { rawScanner } from './raw-scan.ts';
import { alignment } from './rules/alignment.ts';
import { attachments } from './rules/attachments.ts';
import { compatCheck } from './rules/compat.ts';
import { charset, eightBit, lines } from './rules/encoding.ts';
import { fields } from './rules/fields.ts';
import { alternatives, imageSources } from './rules/images.ts';
import { leftovers } from './rules/leftovers.ts';
import { links } from './rules/links.ts';
import { markup } from './rules/markup.ts';
import { size } from './rules/size.ts';
import { subject } from './rules/subject.ts';
import { textAndHtml, textPart } from './rules/texts.ts';
import { unsubscribe } from './rules/unsubscribe.ts';

export const RULES: readonly Rule[] = [fields, subject, alignment, dkim, unsubscribe, textPart, textAndHtml, size, links, alternatives, imageSources, markup, leftovers, attachments, lines, eightBit, charset];

/** Of a message that could not be parsed, these would say that it has nothing. */
const OF_THE_BODY: ReadonlySet<Rule> = new Set([textPart, textAndHtml, size, links, alternatives, imageSources, markup, leftovers, attachments]);

export type Examination = Omit<MessageChecks, 'message'>;

export function examiner(given: Subject): { push(chunk: Uint8Array): void; end(): Examination } {
  const field = (name: string) => given.parsed.headers.filter((one) => one.name.toLowerCase() === name).map(({ value }) => value);
  const scanner = rawScanner(hashesAsked(field('dkim-signature')));
  return {
    push: (chunk) => scanner.push(chunk),
    end() {
      const { html: written, attachments: files } = given.parsed;
      const html = written === undefined || written.trim() === '' ? undefined : { text: written, scan: scanHtml(written), shown: readHtml(written).text };
      const matter: Matter = { ...given, raw: scanner.end(), field, organisation, ...(html ? { html } : {}) };
      const rules = given.parsed.error === undefined ? RULES : RULES.filter((rule) => !OF_THE_BODY.has(rule));
      const checks = rules.flatMap((rule) => {
        try {
          const said = rule.check(matter);
          return said ? [checkOf(rule, said)] : [];
        } catch (error) {
          return [checkOf(rule, { verdict: 'info', summary: `This could not be checked: ${short((error as Error).message)}.` })];
        }
      });
      if (given.parsed.error !== undefined) checks.push(checkOf({ id: 'parse', title: 'Readability' }, { verdict: 'fail', summary: 'The message could not be read as mail; only its header and bytes were checked.', details: [{ text: given.parsed.error }] }));
      if (!html) return { checks: gravestFirst(checks), compat: null };
      const typeOfCid = (cid: string) => files.find(({ contentId }) => contentId === cid)?.type;
      const { compat, css } = compatOf(html.scan, typeOfCid);
      return { checks: gravestFirst([...checks, compatCheck(compat, css)]), compat };
    },
  };
}

/** By the public suffix list that tldts holds; an address or a single name is its own. */
function organisation(domain: string): string {
  const key = domainKey(domain.trim().replace(/\.$/, ''));
  return getDomain(key, { allowPrivateDomains: true }) ?? key;
}
