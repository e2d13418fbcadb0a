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
  /** JSON: what differs from DEFAULT_DELIVERY, or all of it. */
  delivery: text().notNull().default('{}'),
  /** Milliseconds ahead of the wall. */
  clockOffset: integer('clock_offset').notNull().default(0),
  /** JSON. */
  paused: text(),
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
  /** Recipients that were put on their way; null when it was only captured. */
  queued: integer(),
  /** JSON: what a transaction says of it (sender, RET, BODY …). */
  outgoing: text(),
  envid: text(),
}, (t) => [
  index('messages_stream').on(t.stream),
  index('messages_pending').on(t.parse).where(sql`parse = 0`),
  // For what comes back about mail that went out.
  index('messages_sent').on(t.messageId).where(sql`queued is not null`),
  index('messages_envid').on(t.envid).where(sql`envid is not null`),
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
  data: bytes('data').notNull(),
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
}, (t) => [primaryKey({ columns: [t.address, t.stream, t.mode] })]);

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

/** Small JSON texts of others. */
export const kept = sqliteTable('kept', {
  kind: text().notNull(),
  name: text().notNull(),
  json: text().notNull(),
}, (t) => [primaryKey({ columns: [t.kind, t.name] })]);

/** What the pretend remote promised to send. */
export const planned = sqliteTable('planned', {
  id: text().primaryKey(),
  stream: integer().notNull(),
  due: integer().notNull(),
  message: text().notNull(),
  json: text().notNull(),
}, (t) => [index('planned_due').on(t.stream, t.due), index('planned_message').on(t.message).where(sql`message <> ''`)]);

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
