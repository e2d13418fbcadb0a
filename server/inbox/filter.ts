/**
 * What a list, a search or a wait looks for. Built from query parameters and
 * from the search language (search.ts); answered by a store (in its own
 * terms) and, for waits, by matches.ts on a summary in memory. Both must say
 * the same: test/conformance holds them to it.
 */

/**
 * An address to compare with, always whole. Exact (by addressKey) unless it
 * holds `*`, which stands for any run of characters (also none). One without
 * an `@` is the address that has none (`postmaster`), not half of others:
 * halves that people type become patterns in search.ts.
 */
export type AddressPattern = string;

export type Term =
  /** Envelope recipient or a mailbox of the To field. */
  | { kind: 'to'; address: AddressPattern }
  /** Envelope sender or a mailbox of the From field. */
  | { kind: 'from'; address: AddressPattern }
  | { kind: 'cc'; address: AddressPattern }
  /** Envelope recipients named in neither To nor Cc. */
  | { kind: 'bcc'; address: AddressPattern }
  /** Envelope recipient only: the inbox. */
  | { kind: 'inbox'; address: AddressPattern }
  /** Substring of the decoded subject, as `comparable` (words.ts) makes both. */
  | { kind: 'subject'; contains: string }
  /** Without angle brackets; exact. */
  | { kind: 'message-id'; id: string }
  | { kind: 'tag'; tag: string }
  /** A header field of that name whose value, when given, holds these words in order. Needs the parse. */
  | { kind: 'header'; name: string; value?: string }
  /** Needs the parse. */
  | { kind: 'has'; what: 'attachment' | 'link' | 'code' | 'html' | 'calendar' }
  | { kind: 'read'; read: boolean }
  | { kind: 'parse-failed' }
  /** Milliseconds since the epoch: received before / at or after. */
  | { kind: 'before'; at: number }
  | { kind: 'since'; at: number }
  /** Octets: size > / size <. */
  | { kind: 'larger'; than: number }
  | { kind: 'smaller'; than: number }
  /** Words in order anywhere in subject, addresses, text or attachment names; the last word may be the beginning of one. Needs the parse. */
  | { kind: 'text'; words: string[]; whole: boolean };

export type Filter =
  | Term
  | { kind: 'and'; all: Filter[] }
  | { kind: 'or'; any: Filter[] }
  | { kind: 'not'; not: Filter };

/** True of every message. */
export const EVERYTHING: Filter = { kind: 'and', all: [] };

/** Whether it can only be answered once a message is parsed and indexed. */
export function needsParse(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and': return filter.all.some(needsParse);
    case 'or': return filter.any.some(needsParse);
    case 'not': return needsParse(filter.not);
    case 'header': case 'has': case 'text': case 'parse-failed': return true;
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': case 'subject': case 'message-id': case 'tag':
    case 'read': case 'before': case 'since': case 'larger': case 'smaller': return false;
  }
}
