/** What the reading side asks of a store: lists, messages, bodies, the index. */
import type { MessageDetail, MessageSummary, ParsedMessage } from '../mail/message.ts';
import type { Retention } from '../mail/stream.ts';
import type { Filter } from './filter.ts';

export type ListQuery = {
  filter: Filter;
  /** All streams when absent. */
  stream?: string;
  /** Newest first, seq below this. */
  beforeSeq?: number;
  /** Only seq above this (the cursor of a wait). */
  afterSeq?: number;
  order?: 'newest' | 'oldest';
  /** 1 to 500. */
  limit: number;
};

/** A parsed message with the words to find it by (see words.ts: folded, in order). */
export type IndexEntry = {
  id: string;
  parsed: ParsedMessage;
  snippet: string;
  words: { subject: string; addresses: string; text: string; attachments: string; headers: string };
};

/** What a deletion or a change applies to: always scoped. */
export type Scope =
  | { kind: 'message'; id: string }
  /** With a stream, those of them that are in it. */
  | { kind: 'messages'; ids: string[]; stream?: string }
  /** One address, over all streams or in one. Deleting takes a message out of this inbox only; it is gone when the last inbox that it was for lets go of it. */
  | { kind: 'inbox'; address: string; stream?: string; /** Only what it finds there. */ filter?: Filter; /** Only those of these that are there. */ ids?: string[] }
  | { kind: 'stream'; stream: string }
  /** What a filter finds within a stream. */
  | { kind: 'found'; stream: string; filter: Filter };

export type InboxCount = { address: string; messages: number; unread: number; lastAt: number };
export type StreamCount = { stream: string; messages: number; unread: number; bytes: number };

/** What a deletion of a scope would cancel, as of now. */
export type Waiting = {
  /** That would be deleted while recipients of theirs wait. */
  messages: number;
  /** Of these messages: not delivered, and not given up. */
  recipients: number;
  /** Of these recipients: in the midst of an attempt. */
  active: number;
  /** Recipients who wait of messages that another inbox keeps: they go on. */
  kept: number;
};

export interface InboxStore {
  list(query: ListQuery): Promise<MessageSummary[]>;
  read(id: string): Promise<MessageDetail | undefined>;
  /** How it came in, without all that was found in it. */
  trace(id: string): Promise<Pick<MessageDetail, 'session' | 'receivedAt'> | undefined>;
  /** The raw message, exactly as received, in pieces, or the octets [start, end) of it. Undefined when there is no such message. */
  body(id: string, range?: { start: number; end: number }): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Whole raw messages, none larger than `limit` octets in all: for the parser's batches. */
  smallBodies(ids: string[], limit: number): Promise<Map<string, Uint8Array>>;
  /** Oldest first, not yet parsed. */
  unparsed(limit: number): Promise<{ id: string; seq: number; size: number; envelopeFrom: string; recipients: string[] }[]>;
  /** How many wait for the parser. */
  backlog(): Promise<number>;
  /** Saves what the parser found and makes it searchable; messages that are gone by now are passed over. */
  index(entries: IndexEntry[]): Promise<void>;
  change(scope: Scope, change: { read?: boolean; addTags?: string[]; removeTags?: string[]; tags?: string[] }): Promise<number>;
  /** Answers how many. In steps: other commits go between. */
  delete(scope: Scope): Promise<number>;
  waiting(scope: Scope): Promise<Waiting>;
  inboxes(query: { stream?: string; prefix?: string; limit: number }): Promise<InboxCount[]>;
  counts(): Promise<StreamCount[]>;
  tags(stream?: string): Promise<{ tag: string; messages: number }[]>;
}

export interface RetentionStore {
  /** Deletes at most `limit` messages that the streams' retention (and expired inboxes) no longer keep, oldest first, and gives pages back to the file system. Answers whether more is left to do. */
  prune(now: number, limit: number): Promise<{ deleted: number; more: boolean }>;
}

export type { Retention };
