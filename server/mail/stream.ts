/**
 * A stream: a sending lane with its own mode, credentials, retention and tags.
 * `default` always exists. Its name is its key: it stands in URLs and in SMTP
 * user names, so it is short and plain.
 */
import { DEFAULT_LIVE, type LivePolicy } from './live.ts';

export const DEFAULT_STREAM = 'default';
export const STREAM_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
/** Of a login. No spaces or control characters, and it must fit an SMTP URL's user part when encoded. */
export const USER_NAME = /^[^\s\p{C}]{1,128}$/u;
/** Octets. A longer password is not hashed at all: it is wrong. */
export const PASSWORD_LIMIT = 1_024;

/**
 * `capture`: mail stops at the inbox. `simulate`: it is kept there and also
 * queued and delivered to the pretend remote. `deliver`: it is kept there, and
 * what the gate lets out is delivered to the recipient's own MX.
 */
export const STREAM_MODES = ['capture', 'simulate', 'deliver'] as const;
export type StreamMode = (typeof STREAM_MODES)[number];

/** What is kept; `null` is no limit. Messages in number, age in milliseconds, bytes of raw messages. */
export type Retention = { messages: number | null; age: number | null; bytes: number | null };

/** When a deferred recipient is tried again. Milliseconds. */
export type RetrySchedule =
  /** The n-th wait, the last one again and again. */
  | { kind: 'steps'; steps: number[] }
  /** first × factorⁿ, never more than `most`. */
  | { kind: 'growing'; first: number; factor: number; most: number };

/** Of one site, for one stream. `null` is no limit. */
export type SiteLimits = {
  /** Open at the same time. */
  connections: number;
  messagesPerConnection: number;
  /** Messages per second, as GCRA with `burst` (at least 1). */
  rate: { messages: number; perMs: number; burst: number } | null;
  /** New connections in a time, in the same way. Absent or null is no limit. */
  connectionRate?: { connections: number; perMs: number; burst: number } | null;
};

/** How a stream's mail is queued and tried. */
export type DeliveryPolicy = {
  schedule: RetrySchedule;
  /** Share of a wait by which chance moves it, both ways: 0 to 0.5. */
  jitter: number;
  /** Milliseconds after acceptance when what is still waiting expires. */
  expiresAfter: number;
  /** Milliseconds after which the sender gets a notice that mail is late; null for none. */
  delayNotice: number | null;
  /** Whether the sender gets a DSN when a recipient fails; NOTIFY decides where the client gave it. */
  notices: boolean;
  /** Of every site that has no limits of its own. */
  limits: SiteLimits;
  /** By site or domain. */
  siteLimits: Record<string, Partial<SiteLimits>>;
  /** Soft bounces that suppress: `count` of them within `within` ms, one counted per 24 h; null never does. */
  softBounces: { count: number; within: number } | null;
  /** Domain of VERP return paths; null leaves the sender's own. */
  returnPath: string | null;
  /** What acts already while the application hands mail in: magic addresses; rules have their own `side`. */
  magicAtSubmission: boolean;
  /** Seed of all chance of this stream: jitter, probabilities, canary. */
  seed: number;
  /** For mode `deliver`. */
  live: LivePolicy;
};

export type Stream = {
  name: string;
  mode: StreamMode;
  retention: Retention;
  /** Put on every message of this stream. */
  tags: string[];
  createdAt: number;
  delivery: DeliveryPolicy;
  /** Milliseconds by which its clock is ahead of the wall; moved by advance, survives a restart. */
  clockOffset: number;
  /** Set while nothing new is tried for it. */
  paused: { reason: string; until: number | null } | null;
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

const MIN = 60_000;
const HOUR = 60 * MIN;

/** Schedules with a name (facts: what engines and relays do). Transactional mail is worthless after a day. */
export const SCHEDULES = {
  transactional: { schedule: { kind: 'steps', steps: [1, 2, 5, 10, 20, 30, 60, 120, 240].map((min) => min * MIN) }, expiresAfter: 24 * HOUR },
  bulk: { schedule: { kind: 'growing', first: 15 * MIN, factor: 1.7, most: 4 * HOUR }, expiresAfter: 72 * HOUR },
} as const satisfies Record<string, { schedule: RetrySchedule; expiresAfter: number }>;

export const DEFAULT_DELIVERY: DeliveryPolicy = {
  schedule: SCHEDULES.transactional.schedule as RetrySchedule,
  jitter: 0.1,
  expiresAfter: SCHEDULES.transactional.expiresAfter,
  delayNotice: 4 * HOUR,
  notices: true,
  limits: { connections: 10, messagesPerConnection: 100, rate: null },
  siteLimits: {},
  softBounces: { count: 5, within: 7 * 24 * HOUR },
  returnPath: null,
  magicAtSubmission: false,
  seed: 1,
  live: DEFAULT_LIVE,
};
