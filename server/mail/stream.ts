/**
 * A stream: a sending lane with its own mode, credentials, retention and tags.
 * `default` always exists. Its name is its key: it stands in URLs and in SMTP
 * user names, so it is short and plain.
 */

export const DEFAULT_STREAM = 'default';
export const STREAM_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** `simulate` and `deliver` come with the queue. */
export type StreamMode = 'capture';

/** What is kept; `null` is no limit. Messages in number, age in milliseconds, bytes of raw messages. */
export type Retention = { messages: number | null; age: number | null; bytes: number | null };

export type Stream = {
  name: string;
  mode: StreamMode;
  retention: Retention;
  /** Put on every message of this stream. */
  tags: string[];
  createdAt: number;
};

/** A login of a stream. The password itself is shown once, when it is made. */
export type Credential = {
  id: string;
  stream: string;
  /** Unique over all streams. */
  user: string;
  /** See admission/credentials.ts for its form. */
  hash: string;
  createdAt: number;
  /** Milliseconds since the epoch; absent is for ever. */
  expiresAt?: number;
};

export const DEFAULT_RETENTION: Retention = { messages: 100_000, age: null, bytes: 10 * 1024 ** 3 };
