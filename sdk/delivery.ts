/**
 * The wire of everything beyond capture: delivery, scenarios, suppressions,
 * time, hooks. Types only, as in contract.ts, which exports them all. Times
 * are ISO 8601; those marked virtual are of the stream's (or the recipient's
 * own) clock. Durations in requests are milliseconds or texts like `90s`.
 */
import type { Persona, RuleHits, Scenario } from './scenario-types.ts';

export type { Afterwards, Pattern, Persona, Rule, RuleHits, RuleHowOften, RuleWhat, CountPer, RuleWhen, Scenario, ScenarioFault, ScenarioReply, Situation, SituationReply, Span } from './scenario-types.ts';

export type RecipientState = 'queued' | 'active' | 'deferred' | 'held' | 'delivered' | 'bounced' | 'expired' | 'suppressed' | 'cancelled';
export type Stage = 'resolve' | 'connect' | 'greeting' | 'ehlo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body';
export type Duration = number | string;

export type Answer =
  | { kind: 'reply'; stage: Stage | null; code: number | null; enhanced: string | null; text: string; host: string | null }
  | { kind: 'fault'; stage: Stage; fault: string; detail: string; host: string | null };

export type VerdictFacets = { provider?: string; providerCode?: string; phase?: Stage; blocklist?: string; delistUrl?: string; retryAfter?: number; confidence: string };
export type Verdict = { class: string; scope: string; permanence: string; action: string; rule: string; facets: VerdictFacets };
/** POST /v1/classify: also what Postern would do, in a sentence. */
export type Classified = Verdict & { consequence: string };

/** POST /v1/classify: a pasted reply, and what it means. */
export type ClassifyInput = { text: string; code?: number; enhanced?: string; stage?: Stage; host?: string };
export type Explained = Verdict & { /** The class in a sentence. */ says: string; /** What Postern would do. */ does: string };

export type Attempt = {
  number: number;
  /** Virtual. */
  at: string;
  wall: string;
  /** Milliseconds from the recipient's acceptance, virtual: what `+1m` means in a history. */
  after: number;
  took: number;
  site: string;
  host: string;
  stage: Stage;
  answer: Answer;
  verdict: Verdict;
  outcome: 'delivered' | 'deferred' | 'bounced' | 'expired';
  nextDue: string | null;
  tls: { version: string; cipher: string } | null;
  connection: string;
  possibleDuplicate: boolean;
  transcript: { at: string; by: 'C' | 'S' | '*'; line: string }[];
};

export type Explanation = { state: RecipientState; reason: string; text: string; until: string | null; /** Of a suppressed recipient: what stands against its address now. */ suppression?: Suppression };

export type Recipient = {
  message: string;
  n: number;
  stream: string;
  address: string;
  /** Domain, or the whole address where it is kept apart. */
  destination: string;
  state: RecipientState;
  priority: 'high' | 'normal' | 'low';
  attempts: number;
  /** Virtual. */
  queuedAt: string;
  due: string | null;
  expiresAt: string;
  /** Milliseconds that its own clock is ahead of its stream's. */
  offset: number;
  last: { answer: Answer; class: string; rule: string; at: string } | null;
  /** A crash cut its last attempt off. */
  uncertain: boolean;
};

/** GET /v1/queue/recipients. */
export type RecipientPage = { recipients: Recipient[]; next: string | null };

/** GET /v1/messages/{id}/delivery. Empty `recipients` when it was only captured. */
export type Delivery = {
  message: string;
  stream: string;
  tally: Partial<Record<RecipientState, number>>;
  recipients: (Recipient & { history: Attempt[]; explanation: Explanation })[];
  /** What came back about it (bounces, complaints, replies), oldest first. */
  returns: { type: 'bounce' | 'complaint' | 'autoreply' | 'delay'; at: string; time: string; recipient: string; report: string; class: string | null; diagnostic: string | null }[];
};

export type SiteLimits = { connections: number; messagesPerConnection: number; rate: { messages: number; perMs: number; burst: number } | null };
export type Site = {
  stream: string;
  site: string;
  provider: string | null;
  destinations: string[];
  waiting: number;
  active: number;
  held: number;
  oldestAt: string | null;
  nextDue: string | null;
  connections: { open: number; most: number };
  limits: SiteLimits;
  /** 1 is full speed. */
  pace: number;
  pause: { reason: string; until: string | null; by: 'person' | 'engine' } | null;
  counts: { delivered: number; deferred: number; bounced: number; connectFailures: number };
  lastAnswer: string | null;
};
/** GET /v1/queue. */
export type QueueView = {
  streams: { stream: string; mode: string; tally: Partial<Record<RecipientState, number>>; oldestAt: string | null; nextDue: string | null; now: string; paused: { reason: string; until: string | null } | null }[];
  sites: Site[];
};
/** What POST /v1/queue/{retry,hold,release,cancel} apply to: at least one of stream, message. */
export type QueueScope = { stream?: string; site?: string; domain?: string; message?: string; recipient?: string };
export type QueueChanged = { changed: number };
/** POST /v1/queue/pause and /resume: a stream, or one site of it. */
export type PauseInput = { stream: string; site?: string; reason?: string; for?: Duration };

export type RetrySchedule = { kind: 'steps'; steps: Duration[] } | { kind: 'growing'; first: Duration; factor: number; most: Duration };
/** Of a stream; in a patch every part may be absent. `schedule` may be a name. */
export type DeliveryPolicy = {
  schedule: { kind: 'steps'; steps: number[] } | { kind: 'growing'; first: number; factor: number; most: number };
  jitter: number;
  expiresAfter: number;
  delayNotice: number | null;
  notices: boolean;
  limits: SiteLimits;
  siteLimits: Record<string, Partial<SiteLimits>>;
  softBounces: { count: number; within: number } | null;
  returnPath: string | null;
  magicAtSubmission: boolean;
  seed: number;
};
export type DeliveryPolicyInput = Partial<Omit<DeliveryPolicy, 'schedule' | 'expiresAfter' | 'delayNotice' | 'softBounces' | 'limits'>> & {
  schedule?: 'transactional' | 'bulk' | RetrySchedule;
  expiresAfter?: Duration;
  delayNotice?: Duration | null;
  softBounces?: { count: number; within: Duration } | null;
  limits?: Partial<SiteLimits>;
};

/** GET /v1/streams/{s}/scenario. */
export type ScenarioView = { scenario: Scenario; hits: RuleHits[]; /** Changed by no request since start: the one of the configuration, or none. */ from: 'none' | 'config' | 'request' };
/** POST /v1/streams/{s}/scenario/try: what would be answered, without counting. */
export type ScenarioTry = { recipient: string; sender?: string; tags?: string[]; headers?: Record<string, string>; size?: number; attempt?: number; /** Instead of the stream's own. */ scenario?: Scenario };
export type ScenarioTried = {
  persona: string;
  site: string;
  /** The first stage that does not go on, or `body` when all do. */
  stages: { stage: Stage; rule: string | null; reply: { code: number; enhanced: string | null; text: string } | null; fault: string | null; delay: number | null }[];
  verdict: Classified | null;
  afterwards: { send: string; after: number; rule: string }[];
  /** The tag of the address does nothing and was probably meant to. */
  hint?: string;
};
export type PersonaList = { personas: (Persona & { builtIn: boolean })[] };

/** GET /v1/magic. `tag` of an alias is what it means in our words. */
export type MagicList = {
  rows: { form: string; example: string; arguments: string; stage: string; says: string }[];
  aliases: { of: string; address: string; tag: string }[];
};

/** POST /v1/streams/{s}/clock/advance: one of by, until, to; narrowed by message, and by recipient (an address) of it. */
export type AdvanceInput = { by?: Duration; until?: string; to?: 'idle'; message?: string; recipient?: string };
export type AdvanceSummary = {
  from: string; to: string; steps: number; attempts: number;
  delivered: number; deferred: number; bounced: number; expired: number; suppressed: number; later: number;
  waiting: number; next: string | null;
};
/** GET /v1/streams/{s}/clock. */
export type StreamClock = { now: string; wall: string; offset: number; next: string | null; movable: boolean };

export type SuppressionReason = 'hard_bounce' | 'complaint' | 'manual' | 'soft_bounces' | 'unsubscribe';
export type Suppression = { address: string; stream: string | null; reason: SuppressionReason; detail: string; message: string | null; createdAt: string; expiresAt: string | null };
export type SuppressionInput = { address: string; stream?: string | null; reason?: SuppressionReason; detail?: string; lifetime?: Duration };
/** Answer to POST /v1/suppressions/import: lines that named an address, and how many of them were new. */
export type SuppressionImport = { read: number; added: number };
export type SuppressionPage = { suppressions: Suppression[]; next: string | null };

export type HookInput = { url: string; types?: string[]; headers?: Record<string, string>; secret?: string; misbehave?: { duplicate?: number; reorder?: number; lose?: number; seed?: number } | null };
export type HookPatch = Partial<HookInput> & { enabled?: boolean };
/** `secret` is in the answer that made it, and in GET of one hook. */
export type Hook = {
  id: string; stream: string; url: string; secret: string | null; types: string[]; headers: Record<string, string>; createdAt: string;
  disabled: { reason: string; at: string } | null; misbehave: { duplicate: number; reorder: number; lose: number; seed: number } | null;
  waiting: number;
};
export type HookCall = {
  id: string; hook: string; event: number; type: string; webhookId: string; state: 'waiting' | 'delivered' | 'failed' | 'lost';
  createdAt: string; due: string | null; body: unknown;
  tries: { at: string; tookMs: number; status: number | null; error: string | null; response: string }[];
};
export type HookCallPage = { calls: HookCall[]; next: string | null };

/** GET /v1/events/wait: the first event after `after` (default 0) that fits; 408 with what did happen when none comes in time. */
export type EventWaitQuery = { stream?: string; message?: string; recipient?: string; types?: string; class?: string; after?: number; timeout?: Duration };
