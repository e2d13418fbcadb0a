/**
 * The tables of the SQLite store: what drizzle-kit makes migrations from and
 * what the row types come from. Nothing here runs in the server.
 *
 * Shaped by two costs. Intake pays per row and per index, so a message makes
 * few of them and nearly all are appended. Lists pay per page, so `messages`
 * is narrow and what is only shown (`contents`) stands apart from it.
 */
import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const bytes = (name: string) => blob(name, { mode: 'buffer' });

/** Counts are kept here by the writer, so that nobody has to count. */
export const streams = sqliteTable('streams', {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  mode: text().notNull(),
  keepMessages: integer('keep_messages'),
  keepAge: integer('keep_age'),
  keepBytes: integer('keep_bytes'),
  /** JSON array. */
  tags: text().notNull(),
  createdAt: integer('created_at').notNull(),
  messages: integer().notNull().default(0),
  unread: integer().notNull().default(0),
  bytes: integer().notNull().default(0),
});

export const credentials = sqliteTable('credentials', {
  id: text().primaryKey(),
  stream: integer().notNull(),
  user: text().notNull().unique(),
  hash: text().notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at'),
}, (t) => [index('credentials_stream').on(t.stream)]);

/** Addresses that were handed out. An inbox needs no row here to exist. */
export const inboxes = sqliteTable('inboxes', {
  key: text().primaryKey(),
  address: text().notNull(),
  stream: integer().notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at'),
}, (t) => [index('inboxes_expiry').on(t.expiresAt).where(sql`expires_at is not null`)]);

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
  /** Lower case. */
  subject: text().notNull(),
  messageId: text('message_id').notNull(),
  /** JSON array. */
  tags: text().notNull(),
}, (t) => [
  index('messages_stream').on(t.stream),
  index('messages_pending').on(t.parse).where(sql`parse = 0`),
]);

/** What is shown of a message as it was captured. */
export const contents = sqliteTable('contents', {
  seq: integer().primaryKey(),
  /** JSON: the part of the summary that never changes. */
  summary: text().notNull(),
  /** Octets of the detail (JSON: envelope, session, metadata) at the start of `data`. */
  detailSize: integer('detail_size').notNull(),
  /** Where the raw bytes are when they are not in `data`. */
  upload: integer(),
  /** zstd: the detail, then the raw bytes. */
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

export const events = sqliteTable('events', {
  id: integer().primaryKey(),
  at: integer().notNull(),
  type: text().notNull(),
  stream: text().notNull(),
  /** Of the message that message.captured tells of: its summary is read from there while it exists. */
  seq: integer(),
  /** JSON: the other fields. Null while `seq` tells them. */
  data: text(),
});

export const idempotency = sqliteTable('idempotency', {
  stream: text().notNull(),
  key: text().notNull(),
  fingerprint: text().notNull(),
  response: text().notNull(),
  expiresAt: integer('expires_at').notNull(),
}, (t) => [primaryKey({ columns: [t.stream, t.key] }), index('idempotency_expiry').on(t.expiresAt)]);

/** One row: the numbers given out last, which deletion must not make free again. */
export const counters = sqliteTable('counters', {
  id: integer().primaryKey(),
  seq: integer().notNull(),
  event: integer().notNull(),
  /** Milliseconds since the epoch: when health last wrote. */
  beat: integer().notNull(),
});
