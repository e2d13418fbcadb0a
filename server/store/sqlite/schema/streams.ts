/** Tables of where mail comes in: streams, their logins, the addresses that were handed out. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

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
  /** JSON: what differs from DEFAULT_DELIVERY, or all of it. */
  delivery: text().notNull().default('{}'),
  /** Milliseconds ahead of the wall. */
  clockOffset: integer('clock_offset').notNull().default(0),
  /** JSON. */
  paused: text(),
});

/** Streams that are gone and have left something of real mail behind: their numbers stay theirs, and are theirs again when they are made anew. */
export const formerStreams = sqliteTable('former_streams', {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
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
