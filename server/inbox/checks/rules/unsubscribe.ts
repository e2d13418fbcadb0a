/**
 * List-Unsubscribe (RFC 2369) and one click (RFC 8058): Gmail and Yahoo ask
 * for both from who sends in bulk. A message that does not look like bulk
 * mail needs neither.
 */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import type { Rule, Said } from '../matter.ts';
import { isPlaceholder, localHost } from './written.ts';

const WORDS = /unsubscri|opt[ _-]?out|abmelden|abbestellen|désabonner|desabonner|darse de baja|cancelar suscripci|disiscriv|afmelden|avprenumerera/i;

export const unsubscribe: Rule = {
  id: 'unsubscribe',
  title: 'List-Unsubscribe',
  check({ parsed, field }): Said {
    const list = parsed.listUnsubscribe;
    if (!list) {
      const why = [
        ...(field('list-id').length > 0 ? ['it has a List-Id'] : []),
        ...(field('precedence').some((value) => /\b(bulk|list|junk)\b/i.test(value)) ? ['its Precedence says so'] : []),
        ...(parsed.links.some(({ href, text }) => WORDS.test(text) || WORDS.test(href)) ? ['it holds a link to unsubscribe'] : []),
      ];
      return why.length > 0
        ? { verdict: 'fail', summary: 'It looks like bulk mail but has no List-Unsubscribe field, which Gmail and Yahoo ask of bulk senders.', details: why.map((text) => ({ text })) }
        : { verdict: 'info', summary: 'There is no List-Unsubscribe field, which is right for a message to one person about something of theirs.' };
    }
    const details: CheckDetail[] = [...list.problems.map((text) => ({ text })), ...[...list.urls, ...list.mailto].map((href) => ({ text: href, href }))];
    const odd = [...list.urls, ...list.mailto].filter((href) => isPlaceholder(href) || localHost(href));
    if (odd.length > 0) return { verdict: 'fail', summary: 'An address in List-Unsubscribe cannot work for recipients.', details: [...odd.map((href) => ({ text: `${href} is a leftover of a template or leads to this machine`, href })), ...details] };
    if (list.problems.length > 0) return { verdict: list.urls.length + list.mailto.length === 0 ? 'fail' : 'warn', summary: 'There is a List-Unsubscribe field, with problems.', details };
    if (!list.oneClick) return { verdict: 'warn', summary: 'Unsubscribing works by mail or page only; Gmail and Yahoo ask for one click (RFC 8058).', details };
    return { verdict: 'pass', summary: 'One-click unsubscribing (RFC 8058) is offered.', details };
  },
};
