/** Tables of what happened: the event log and the hooks that follow it, the audit log, the counts by the hour. */
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const events = sqliteTable('events', {
  id: integer().primaryKey(),
  at: integer().notNull(),
  type: text().notNull(),
  stream: text().notNull(),
  /** Of the message it is about, where one is asked for by it. The summary of message.captured is read from there while it exists. */
  seq: integer(),
  /** JSON: the other fields. Null while `seq` tells them. */
  data: text(),
}, (t) => [index('events_message').on(t.seq).where(sql`seq is not null and type <> 'message.captured'`)]);

export const hooks = sqliteTable('hooks', {
  id: text().primaryKey(),
  stream: integer().notNull(),
  /** The id of the last event that calls were made of. */
  cursor: integer().notNull(),
  /** JSON: the rest of it. */
  data: text().notNull(),
});

export const hookCalls = sqliteTable('hook_calls', {
  id: text().primaryKey(),
  hook: text().notNull(),
  /** Place in CALL_STATES; 0 waits. */
  state: integer().notNull(),
  due: integer(),
  /** JSON: what never changes of it, and its tries. */
  data: text().notNull(),
  tries: text().notNull(),
}, (t) => [index('hook_calls_hook').on(t.hook, t.id), index('hook_calls_due').on(t.hook, t.due).where(sql`due is not null`)]);

/** Who changed what about real delivery; only ever added to. */
export const audit = sqliteTable('audit', {
  id: integer().primaryKey(),
  at: integer().notNull(),
  what: text().notNull(),
  /** By name, so that it outlives the stream. Null for the whole process. */
  stream: text(),
  by: text().notNull(),
  text: text().notNull(),
  /** JSON. */
  detail: text().notNull(),
}, (t) => [index('audit_stream').on(t.stream, t.id)]);

/** What became of mail, by the hour. */
export const telemetry = sqliteTable('telemetry', {
  /** Milliseconds since the epoch, of its begin; wall clock. */
  hour: integer().notNull(),
  stream: integer().notNull(),
  /** Place in QUEUE_MODES. */
  mode: integer().notNull(),
  site: text().notNull(),
  /** Of the verdict. */
  class: text().notNull(),
  /** Place in MEASURES. */
  measure: integer().notNull(),
  count: integer().notNull(),
}, (t) => [primaryKey({ columns: [t.hour, t.stream, t.mode, t.site, t.class, t.measure] })]);

/** How long deliveries took, by the hour. */
export const deliveryTimes = sqliteTable('delivery_times', {
  hour: integer().notNull(),
  stream: integer().notNull(),
  mode: integer().notNull(),
  /** Place in DELIVERY_BOUNDS; one more for what is above all. */
  bound: integer().notNull(),
  count: integer().notNull(),
}, (t) => [primaryKey({ columns: [t.hour, t.stream, t.mode, t.bound] })]);
