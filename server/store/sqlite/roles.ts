/**
 * Numbers that stand in rows for words: what an address is to a message, what
 * a message has, how far its parse is. They are on disk: never renumber.
 */
import type { Term } from '../../inbox/filter.ts';
import type { ParsedMessage, ParseState } from '../../mail/message.ts';

/** Bits of addresses.roles. */
export const ROLE = { recipient: 1, to: 2, cc: 4, from: 8, sender: 16 } as const;

/** Bits of messages.has. */
export const HAS: Record<Extract<Term, { kind: 'has' }>['what'], number> = { attachment: 1, link: 2, code: 4, html: 8, calendar: 16 };

export function hasBits(parsed: ParsedMessage): number {
  return (parsed.attachments.length > 0 ? HAS.attachment : 0)
    | (parsed.links.length > 0 ? HAS.link : 0)
    | (parsed.codes.length > 0 ? HAS.code : 0)
    | (parsed.html ? HAS.html : 0)
    | (parsed.calendar.length > 0 ? HAS.calendar : 0);
}

/** messages.parse is the place of the state in this list. */
export const PARSE_STATES: readonly ParseState[] = ['pending', 'done', 'failed'];
