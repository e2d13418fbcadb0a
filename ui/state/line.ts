/**
 * What a list keeps of a message: what its row shows, and no more. With
 * 100,000 of them loaded every field counts; the whole message is asked for
 * when it is opened. Pure.
 */
import type { Message, PosternEvent, RecipientState } from '../../sdk/contract.ts';
import { whoText } from './format.ts';
import { markOf, tallyText } from './outcome.ts';

export type Line = Pick<Message, 'id' | 'stream' | 'receivedAt' | 'size' | 'subject' | 'tags' | 'read' | 'parse' | 'attachments' | 'snippet'> & {
  /** Who it is from, by name; else by the envelope. */
  from: string;
  /** The first envelope recipient, and how many there are besides. */
  to: string;
  others: number;
  /** What became of it, in the gravest word, and all of it; null when it was only captured. */
  mark: RecipientState | null;
  tally: string;
};

const NONE: string[] = [];
/** Of the snippet a row shows, so many characters. */
const SNIPPET = 120;

export function lineOf({ id, stream, receivedAt, size, subject, from, envelope, tags, read, parse, attachments, snippet, delivery }: Message): Line {
  return {
    id, receivedAt, size, subject, read, parse, attachments,
    stream: shared(stream),
    tags: tags.length === 0 ? NONE : tags,
    snippet: snippet === null ? null : snippet.slice(0, SNIPPET),
    from: shared(whoText(from) || envelope.from || '(nobody)'),
    to: shared(envelope.to[0] ?? '(nobody)'),
    others: Math.max(0, envelope.to.length - 1),
    mark: markOf(delivery),
    tally: shared(tallyText(delivery)),
  };
}

/** What an event changes of its message's row. Of an outcome: where the message has one recipient. */
export function changeBy(event: PosternEvent): Partial<Line> {
  switch (event.type) {
    case 'message.parsed': return { parse: event.parse, attachments: event.attachments };
    case 'message.updated': return { ...(event.read === undefined ? {} : { read: event.read }), ...(event.tags === undefined ? {} : { tags: event.tags }) };
    case 'recipient.released': return { mark: 'queued', tally: '' };
    case 'recipient.delivered': case 'recipient.deferred': case 'recipient.bounced': case 'recipient.expired': case 'recipient.suppressed': case 'recipient.cancelled': case 'recipient.held':
      return { mark: event.type.slice('recipient.'.length) as RecipientState, tally: '' };
    default: return {};
  }
}

/** The same few senders, recipients and streams over and over: one text for each. */
const texts = new Map<string, string>();
function shared(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size > 5_000) texts.clear();
  texts.set(text, text);
  return text;
}
