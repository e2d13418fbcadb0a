/** Tables of the store's own business, and of the small things that others keep in it. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Small JSON texts of others. */
export const kept = sqliteTable('kept', {
  kind: text().notNull(),
  name: text().notNull(),
  json: text().notNull(),
}, (t) => [primaryKey({ columns: [t.kind, t.name] })]);

export const idempotency = sqliteTable('idempotency', {
  stream: text().notNull(),
  key: text().notNull(),
  fingerprint: text().notNull(),
  response: text().notNull(),
  expiresAt: integer('expires_at').notNull(),
}, (t) => [primaryKey({ columns: [t.stream, t.key] }), index('idempotency_expiry').on(t.expiresAt)]);

/** One row: the numbers given out last when something was last deleted, which must not be given out again. */
export const counters = sqliteTable('counters', {
  id: integer().primaryKey(),
  seq: integer().notNull(),
  event: integer().notNull(),
  /** Milliseconds since the epoch: when health last wrote. */
  beat: integer().notNull(),
});
