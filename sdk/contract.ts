/**
 * The wire: what the HTTP API says and takes, as types. The server answers
 * these, the SDK and the UI read them; nothing here runs. They are sorted by
 * subject in contract/, what goes beyond capture is in delivery.ts and
 * live.ts, and all are had from here. Times are ISO 8601 in UTC with
 * milliseconds; sizes are octets; durations in requests are milliseconds or
 * texts like `10s`, `5m`, `72h`, `7d`.
 */
export type * from './contract/messages.ts';
export type * from './contract/submitting.ts';
export type * from './contract/streams.ts';
export type * from './contract/waiting.ts';
export type * from './contract/events.ts';
export type * from './contract/checks.ts';
export type * from './contract/server.ts';
export type * from './delivery.ts';
export type * from './live.ts';
