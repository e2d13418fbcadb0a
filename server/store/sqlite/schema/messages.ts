/** Tables of messages as they came in, and of what is searched and shown of them. */
import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const bytes = (name: string) => blob(name, { mode: 'buffer' });

/** What filters look at. */
export const messages = sqliteTable('messages', {
  seq: integer().primaryKey(),
  id: text().notNull().unique(),
  stream: integer().notNull(),
  receivedAt: integer('received_at').notNull(),
  /** Octets of the raw message. */
  size: integer().notNull(),
  read: integer().notNull().default(0),
  /** 0 pending, 1 done, 2 failed. */
  parse: integer().notNull().default(0),
  /** Bits, see roles.ts. */
  has: integer().notNull().default(0),
  attachments: integer(),
  /** The id of its message.captured event. */
  event: integer().notNull(),
  /** As `comparable` (inbox/words.ts) makes it; older rows are only in lower case. */
  subject: text().notNull(),
  messageId: text('message_id').notNull(),
  /** JSON array. */
  tags: text().notNull(),
  /** Recipients that were put on their way; null when it was only captured. */
  queued: integer(),
  /** JSON: what a transaction says of it (sender, RET, BODY …). */
  outgoing: text(),
  envid: text(),
}, (t) => [
  index('messages_stream').on(t.stream),
  // For what comes back about mail that went out.
  index('messages_sent').on(t.messageId).where(sql`queued is not null`),
  index('messages_envid').on(t.envid).where(sql`envid is not null`),
]);

/** What is shown of a message as it was captured. */
export const contents = sqliteTable('contents', {
  seq: integer().primaryKey(),
  /** JSON: the part of the summary that never changes. */
  summary: text().notNull(),
  /** Octets of the detail (detail.ts) at the start of `data`. */
  detailSize: integer('detail_size').notNull(),
  /** Where the raw bytes are when they are not in `data`. */
  upload: integer(),
  /** The detail, then the raw bytes: as they are until the message is indexed, then zstd (frame.ts). */
  data: bytes('data').notNull(),
});

/** A body that was too large to wait in memory. Without `seq` it belongs to no message (yet). */
export const uploads = sqliteTable('uploads', {
  id: integer().primaryKey(),
  seq: integer(),
  pieces: integer().notNull().default(0),
});

/** Pieces of PIECE octets, the last one shorter. */
export const pieces = sqliteTable('pieces', {
  /** upload × 2^20 + number of the piece. */
  key: integer().primaryKey(),
  /** zstd. */
  data: bytes('data').notNull(),
});

/** One row for each address of a message, whatever it is there. */
export const addresses = sqliteTable('addresses', {
  key: text().notNull(),
  seq: integer().notNull(),
  stream: integer().notNull(),
  /** Bits, see roles.ts. */
  roles: integer().notNull(),
}, (t) => [primaryKey({ columns: [t.key, t.seq] }), index('addresses_seq').on(t.seq, t.roles)]);

export const tags = sqliteTable('tags', {
  tag: text().notNull(),
  seq: integer().notNull(),
  stream: integer().notNull(),
}, (t) => [primaryKey({ columns: [t.tag, t.seq] })]);

export const parsed = sqliteTable('parsed', {
  seq: integer().primaryKey(),
  snippet: text().notNull(),
  /** zstd of JSON. */
  data: bytes('data').notNull(),
});
