/**
 * A filter against a summary in memory, for waits and for what is live. Says
 * what the store's SQL says (filter.ts is the definition of both). Three
 * answers: what needs the parse is `undefined` until the summary tells.
 */
import { addressKey } from '../mail/address.ts';
import type { MessageSummary } from '../mail/message.ts';
import { patternTest } from './address-pattern.ts';
import type { Filter, Term } from './filter.ts';
import { comparable } from './words.ts';

/** True of those that match for certain. */
export function matches(filter: Filter, summary: MessageSummary): boolean {
  return judge(filter, summary) === true;
}

/** `undefined`: only the parse (or the index) can tell. */
export function judge(filter: Filter, summary: MessageSummary): boolean | undefined {
  switch (filter.kind) {
    case 'and': {
      let all: boolean | undefined = true;
      for (const one of filter.all) {
        const answer = judge(one, summary);
        if (answer === false) return false;
        if (answer === undefined) all = undefined;
      }
      return all;
    }
    case 'or': {
      let any: boolean | undefined = false;
      for (const one of filter.any) {
        const answer = judge(one, summary);
        if (answer === true) return true;
        if (answer === undefined) any = undefined;
      }
      return any;
    }
    case 'not': {
      const answer = judge(filter.not, summary);
      return answer === undefined ? undefined : !answer;
    }
    default: return judgeTerm(filter, summary);
  }
}

function judgeTerm(term: Term, summary: MessageSummary): boolean | undefined {
  switch (term.kind) {
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': {
      const fits = patternTest(term.address);
      return addressesOf(term.kind, summary).some((address) => fits(addressKey(address)));
    }
    case 'subject': return comparable(summary.header.subject).includes(comparable(term.contains));
    case 'message-id': return summary.header.messageId === term.id;
    case 'tag': return summary.tags.includes(term.tag);
    case 'read': return summary.read === term.read;
    case 'before': return summary.receivedAt < term.at;
    case 'since': return summary.receivedAt >= term.at;
    case 'larger': return summary.size > term.than;
    case 'smaller': return summary.size < term.than;
    case 'parse-failed': return summary.parse === 'pending' ? undefined : summary.parse === 'failed';
    case 'has': return term.what === 'attachment' && summary.attachments !== undefined ? summary.attachments > 0 : undefined;
    case 'text': return term.words.length === 0 ? true : undefined;
    case 'header': return undefined;
  }
}

/** The addresses that a term of this kind looks at, as written. */
export function addressesOf(kind: 'to' | 'from' | 'cc' | 'bcc' | 'inbox', { envelopeFrom, recipients, header }: MessageSummary): string[] {
  switch (kind) {
    case 'to': return [...recipients, ...header.to.map(({ address }) => address)];
    case 'from': return [envelopeFrom, ...header.from.map(({ address }) => address)];
    case 'cc': return header.cc.map(({ address }) => address);
    case 'inbox': return recipients;
    case 'bcc': {
      const named = new Set([...header.to, ...header.cc].map(({ address }) => addressKey(address)));
      return recipients.filter((address) => !named.has(addressKey(address)));
    }
  }
}
