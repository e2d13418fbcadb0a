/**
 * How a message differs from what was looked for, term by term, and how far:
 * so that a wait whose time ran out can name the nearest miss. Pure. It is
 * asked only of messages that did not match.
 */
import { distance as steps } from '../nearest.ts';
import { addressKey } from '../mail/address.ts';
import type { MessageSummary } from '../mail/message.ts';
import type { Filter, Term } from './filter.ts';
import { addressesOf, judge } from './matches.ts';
import { fold } from './words.ts';

export type Difference = { field: string; wanted: string; got: string };
/** `distance` adds up: each term that differs counts 0.1 (nearly) to 1 (not at all alike). */
export type Explanation = { differs: Difference[]; distance: number };

const SHOWN = 200;

export function explain(filter: Filter, summary: MessageSummary): Explanation {
  const known = differing(filter, summary);
  if (known.differs.length > 0) return known;
  // All that can be told from here fits: what the body (or a header field) should hold is what is missing.
  const differs = parseTerms(filter).map((term) => ({ field: fieldOf(term), wanted: wantedBy(term), got: summary.parse === 'pending' ? 'not parsed yet' : 'not found' }));
  return { differs, distance: 0.3 };
}

function differing(filter: Filter, summary: MessageSummary): Explanation {
  if (judge(filter, summary) !== false) return { differs: [], distance: 0 };
  switch (filter.kind) {
    case 'and': {
      const all = filter.all.map((one) => differing(one, summary));
      return { differs: all.flatMap(({ differs }) => differs), distance: all.reduce((sum, { distance }) => sum + distance, 0) };
    }
    case 'or': {
      const any = filter.any.map((one) => differing(one, summary)).sort((a, b) => a.distance - b.distance);
      return any[0] ?? { differs: [], distance: 1 };
    }
    case 'not': return { differs: leaves(filter.not).filter((term) => judge(term, summary) === true).map((term) => ({ field: fieldOf(term), wanted: `not ${wantedBy(term)}`, got: gotFor(term, summary) })), distance: 1 };
    default: return { differs: [{ field: fieldOf(filter), wanted: wantedBy(filter), got: gotFor(filter, summary) }], distance: far(filter, summary) };
  }
}

function leaves(filter: Filter): Term[] {
  switch (filter.kind) {
    case 'and': return filter.all.flatMap(leaves);
    case 'or': return filter.any.flatMap(leaves);
    case 'not': return leaves(filter.not);
    default: return [filter];
  }
}

function parseTerms(filter: Filter): Term[] {
  return leaves(filter).filter(({ kind }) => kind === 'text' || kind === 'header' || kind === 'has' || kind === 'parse-failed');
}

function fieldOf(term: Term): string {
  switch (term.kind) {
    case 'header': return `header ${term.name}`;
    case 'before': case 'since': return 'received';
    case 'larger': case 'smaller': return 'size';
    case 'read': case 'parse-failed': return 'is';
    default: return term.kind;
  }
}

function wantedBy(term: Term): string {
  switch (term.kind) {
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': return term.address === '' ? '<>' : term.address;
    case 'subject': return term.contains;
    case 'message-id': return term.id;
    case 'tag': return term.tag;
    case 'header': return term.value ?? 'any value';
    case 'has': return term.what;
    case 'read': return term.read ? 'read' : 'unread';
    case 'parse-failed': return 'broken';
    case 'before': return `before ${new Date(term.at).toISOString()}`;
    case 'since': return `at or after ${new Date(term.at).toISOString()}`;
    case 'larger': return `more than ${term.than} octets`;
    case 'smaller': return `less than ${term.than} octets`;
    case 'text': return term.words.join(' ') + (term.whole ? '' : '…');
  }
}

function gotFor(term: Term, summary: MessageSummary): string {
  switch (term.kind) {
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': {
      const unique = new Map(addressesOf(term.kind, summary).map((address) => [addressKey(address), address || '<>']));
      return cut([...unique.values()].join(', ')) || 'none';
    }
    case 'subject': return cut(summary.header.subject);
    case 'message-id': return cut(summary.header.messageId) || 'none';
    case 'tag': return cut(summary.tags.join(', ')) || 'none';
    case 'read': return summary.read ? 'read' : 'unread';
    case 'parse-failed': return summary.parse;
    case 'before': case 'since': return new Date(summary.receivedAt).toISOString();
    case 'larger': case 'smaller': return `${summary.size} octets`;
    case 'has': return term.what === 'attachment' ? `${summary.attachments ?? 'unknown'} attachments` : 'not found';
    case 'header': case 'text': return 'not found';
  }
}

const cut = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text);

function far(term: Term, summary: MessageSummary): number {
  switch (term.kind) {
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': {
      const wanted = addressKey(term.address).slice(0, 100);
      let least = 1;
      for (const address of addressesOf(term.kind, summary).slice(0, 20)) {
        const key = addressKey(address).slice(0, 100);
        // Another domain or another name is one thing wrong; a slip of the keyboard is less.
        least = Math.min(least, steps(wanted, key) / Math.max(wanted.length, key.length, 1));
      }
      return Math.max(0.1, least);
    }
    case 'subject': {
      const wanted = new Set(fold(term.contains));
      const got = new Set(fold(summary.header.subject));
      const shared = [...wanted].filter((word) => got.has(word)).length;
      return wanted.size === 0 ? 1 : Math.max(0.1, 1 - shared / wanted.size);
    }
    default: return 1;
  }
}
