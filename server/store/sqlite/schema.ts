/**
 * The tables of the SQLite store: what drizzle-kit makes migrations from.
 * Nothing here runs in the server.
 *
 * Shaped by two costs. Intake pays per row and per index, so a message makes
 * few of them and nearly all are appended. Lists pay per page, so `messages`
 * is narrow and what is only shown (`contents`) stands apart from it.
 */
export * from './schema/streams.ts';
export * from './schema/messages.ts';
export * from './schema/queue.ts';
export * from './schema/record.ts';
export * from './schema/house.ts';
