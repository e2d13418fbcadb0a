/** Tables of delivery: who is on the way, what was tried, what stands in the way, and what the pretend remote has yet to send. */
import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The unit of delivery. Only what waits is in an index: what is done costs
 * none. Times are of the stream's clock (`offset` is taken off due and expires).
 */
export const recipients = sqliteTable('recipients', {
  /** seq × 2^16 + its place in the envelope. */
  key: integer().primaryKey(),
  stream: integer().notNull(),
  /** As written. */
  address: text().notNull(),
  destination: text().notNull(),
  /** Place in RECIPIENT_STATES; 0 to 3 wait. */
  state: integer().notNull(),
  /** Place in PRIORITIES. */
  rank: integer().notNull(),
  /** What an active or held one was due at stays here, for when its attempt is cut off or it is released. */
  due: integer(),
  expires: integer().notNull(),
  queuedAt: integer('queued_at').notNull(),
  offset: integer().notNull().default(0),
  attempts: integer().notNull().default(0),
  /** 1: what came of an attempt is not known (a crash, or no answer to the whole message). */
  uncertain: integer().notNull().default(0),
  /** JSON: what is to be done with an active one once its attempt is over (cancel, hold). */
  wish: text(),
  /** JSON: NOTIFY and ORCPT. */
  dsn: text(),
  /** JSON: the last answer with its class and rule. */
  last: text(),
  /** Place in QUEUE_MODES. */
  mode: integer().notNull().default(0),
  /** JSON: why it is held, other than by a person. */
  held: text(),
  /** 1: it was not let go when it was queued (held, or suppressed). */
  keptBack: integer('kept_back').notNull().default(0),
  /** JSON: whom it was for, when that is somebody else. */
  original: text(),
}, (t) => [
  // With the state, so that lanes and next moments are read off the index.
  index('recipients_lane').on(t.stream, t.mode, t.destination, t.rank, t.due, t.state).where(sql`state in (0, 2)`),
  index('recipients_waiting').on(t.stream, t.mode, t.expires, t.state).where(sql`state < 4`),
  index('recipients_active').on(t.state).where(sql`state = 1`),
  // What a stream sent for real and when: caps and shares are counted over it.
  index('recipients_live').on(t.stream, t.queuedAt, t.keptBack).where(sql`mode = 1`),
]);

export const attempts = sqliteTable('attempts', {
  recipient: integer().notNull(),
  number: integer().notNull(),
  /** zstd of JSON: the attempt and its transcript, or [recipient, number] of the row that holds the same transcript. */
  data: blob('data', { mode: 'buffer' }).notNull(),
}, (t) => [primaryKey({ columns: [t.recipient, t.number] })]);

export const suppressions = sqliteTable('suppressions', {
  /** addressKey, or `@domain`. */
  address: text().notNull(),
  /** 0 is for every stream. */
  stream: integer().notNull(),
  /** Place in QUEUE_MODES; -1 is for both. */
  mode: integer().notNull().default(-1),
  reason: text().notNull(),
  detail: text().notNull(),
  message: text(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at'),
}, (t) => [primaryKey({ columns: [t.address, t.stream, t.mode] }), index('suppressions_expiry').on(t.expiresAt).where(sql`expires_at is not null`)]);

/** Failures that may lead to a suppression, one per address, mode, kind and day. */
export const strikes = sqliteTable('strikes', {
  address: text().notNull(),
  stream: integer().notNull(),
  /** Place in QUEUE_MODES. */
  mode: integer().notNull().default(0),
  kind: text().notNull(),
  at: integer().notNull(),
}, (t) => [primaryKey({ columns: [t.address, t.stream, t.mode, t.kind, t.at] })]);

export const pauses = sqliteTable('pauses', {
  stream: integer().notNull(),
  /** Place in QUEUE_MODES. */
  mode: integer().notNull().default(0),
  site: text().notNull(),
  reason: text().notNull(),
  until: integer(),
  by: text().notNull(),
}, (t) => [primaryKey({ columns: [t.stream, t.mode, t.site] })]);

/** What the pretend remote promised to send. */
export const planned = sqliteTable('planned', {
  id: text().primaryKey(),
  stream: integer().notNull(),
  due: integer().notNull(),
  message: text().notNull(),
  json: text().notNull(),
}, (t) => [index('planned_due').on(t.stream, t.due), index('planned_message').on(t.message).where(sql`message <> ''`)]);
