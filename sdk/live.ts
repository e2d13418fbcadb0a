/**
 * The wire of real delivery: the gate and its switch, release, the canary,
 * pre-flight, keys, telemetry, the audit log. Types only, as in contract.ts,
 * which exports them all. All times here are of the wall clock.
 */
import type { Problem, StreamMode } from './contract.ts';
import type { Held, HeldReason, QueueMode, RecipientState } from './delivery.ts';

/** GET /v1/delivery?stream; and the answer to stop and start. */
export type DeliveryView = {
  /** POSTERN_DELIVERY: the key of the process, which no request can turn. */
  permitted: boolean;
  /** `since` and `by` are null while it was never used. */
  switch: { on: boolean; since: string | null; by: string | null; reason: string };
  streams: LiveStream[];
};
/** One stream as the gate sees it. */
export type LiveStream = {
  stream: string;
  mode: StreamMode;
  /** Real mail of it is tried now. */
  live: boolean;
  /** What is in the way, the first thing; null when live. */
  shut: { why: 'process' | 'stopped' | 'mode'; text: string } | null;
  allow: string[];
  intercept: string | null;
  canary: { first: number; share: number; since: string; /** Recipients that it let go so far. */ passed: number } | null;
  /** `cap` is null after the schedule's last day; `today` counts the recipients that were tried. */
  warmUp: { cap: number | null; today: number; /** When the next day begins. */ until: string } | null;
  /** Real mail only. */
  tally: Partial<Record<RecipientState, number>>;
  heldFor: Partial<Record<HeldReason, number>>;
  /** The last one; null when none was run. */
  preflight: { at: string; verdict: 'pass' | 'warn' | 'fail' } | null;
};
/** POST /v1/delivery/stop and /start. */
export type SwitchInput = { reason?: string };

/** POST /v1/messages/{id}/release: all of the envelope's recipients, or these; to themselves, or to other addresses instead. */
export type ReleaseInput = { recipients?: string[]; to?: string[]; /** Also to whom it is on its way for real, or was delivered. */ again?: boolean };
export type ReleaseResult = { queued: string[]; /** Nothing is sent to these: they are suppressed. */ suppressed: string[]; /** Why it waits although it is queued: real delivery is stopped. */ waits: string | null };
/** 409 and 422 of a release: whom it is about. Nothing was queued. */
export type ReleaseProblem = Problem & { addresses?: string[] };

/** POST /v1/streams/{s}/canary/approve. With `rest`, what comes from now on is not held back any more. */
export type ApproveInput = { rest?: boolean };
export type Approved = { released: number; /** That are held still, for another reason by now. */ held: number };

/** POST /v1/queue/release. Of those that the gate did not let go, the first 100: they are held still. */
export type QueueReleased = { changed: number; refused: { message: string; address: string; held: Held }[] };

export type PreflightVerdict = 'pass' | 'warn' | 'fail';
export type ZoneRecord = { name: string; type: 'TXT' | 'MX' | 'A' | 'AAAA' | 'PTR' | 'CNAME' | 'TLSA'; value: string; why: string };
export type Finding = { check: string; verdict: PreflightVerdict | 'skip'; text: string; found: string[]; publish: ZoneRecord[]; see: string; /** With `skip`: nobody answered; it may be known in a minute. */ unanswered?: true };
/** POST /v1/preflight, and GET /v1/streams/{s}/preflight (the last one). */
export type Preflight = { domain: string; stream: string | null; at: string; verdict: PreflightVerdict; findings: Finding[] };
export type PreflightInput = { domain?: string; /** Its domain, sources and return path; `domain` is then that of its DKIM key or must be said. */ stream?: string; /** Of a stream: also call the mail server of the first domain that it may send to, to see whether port 25 is open. */ call?: boolean };

/** One of a pair, which is named by the base of both selectors. `superseded`: another signs by now, and its record must still be published. */
export type DkimKey = { domain: string; pair: string; selector: string; algorithm: 'rsa' | 'ed25519'; state: 'prepared' | 'active' | 'superseded' | 'retired'; createdAt: string; activeFrom: string | null; retiredAt: string | null; record: ZoneRecord };
/** GET /v1/dkim?domain; and, with the keys of one pair, the answer to what changes them. */
export type DkimList = { keys: DkimKey[]; /** Sentences: what cannot be used, and why. */ flaws: string[] };
/** POST /v1/dkim: makes a pair (RSA and Ed25519). With a pair in use already it is prepared: publish it, then POST /v1/dkim/{domain}/{selector}/activate. */
export type DkimInput = { domain: string; /** Base of both selectors; made of the month unless said. */ selector?: string };
/** POST …/retire. Forced, the one in use goes too, and what it would sign is held. */
export type RetireInput = { force?: boolean };

/** `returned`: delivered first, bounced later. */
export type Measure = 'delivered' | 'deferred' | 'bounced' | 'expired' | 'suppressed' | 'complained' | 'unsubscribed' | 'returned';
/** GET /v1/telemetry. Times as text, or how long ago (`7d`); without any, the last day. At most 1,000 steps. */
export type TelemetryQuery = { stream?: string; mode?: QueueMode; site?: string; from?: string; to?: string; step?: 'hour' | 'day' | /** Everything in one. */ 'all'; by?: 'total' | 'site' | 'class' };
export type Telemetry = {
  from: string; to: string; step: 'hour' | 'day' | 'all'; by: 'total' | 'site' | 'class';
  /** `key` is the site or class, '' with `total`. Steps without any are not listed. */
  counts: { at: string; key: string; measure: Measure; count: number }[];
  /** How many were delivered within each of `bounds` (milliseconds), the last beyond. Not kept by site: none with `site`. */
  times: { at: string; counts: number[] }[];
  bounds: number[];
  sums: Record<Measure, number>;
  /** Milliseconds to deliver: null when none was; the last bound where it is beyond that. */
  quantiles: { p50: number | null; p90: number | null; p99: number | null };
};
/** GET /v1/telemetry/compare: two periods of whole hours, `2026-05-01T00:00:00Z..2026-05-02T00:00:00Z` or `2d..1d`, the first ending before the second begins. */
export type ComparisonQuery = Pick<TelemetryQuery, 'stream' | 'mode' | 'site'> & { before: string; after: string };
export type Comparison = {
  before: { from: string; to: string }; after: { from: string; to: string };
  /** `share` is of `of` recipients that ended (deferred: of attempts; what came back: of the delivered). `delta` is the difference of the shares. */
  measures: { measure: Measure; before: Share; after: Share; delta: number | null; /** `same`: it may well be chance. */ judgement: 'better' | 'worse' | 'same' | 'too-few' }[];
  times: { quantile: 'p50' | 'p90' | 'p99'; before: number | null; after: number | null }[];
};

type Share = { count: number; of: number; share: number | null };

/** GET /v1/audit?stream&what&cursor&limit, the newest first. `by` is `api 127.0.0.1`, with the name in front that X-Postern-By gave. */
export type AuditEntry = { id: number; at: string; what: string; stream: string | null; by: string; text: string; detail: Record<string, unknown> };
export type AuditPage = { entries: AuditEntry[]; next: string | null };
