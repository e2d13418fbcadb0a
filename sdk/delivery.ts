/**
 * The wire of everything beyond capture: delivery, scenarios, suppressions,
 * time, hooks. Types only, as in contract.ts, which exports them all. Times
 * are ISO 8601; those marked virtual are of the stream's (or the recipient's
 * own) clock. Durations in requests are milliseconds or texts like `90s`.
 */
import type { Persona, RuleHits, Scenario } from './scenario-types.ts';

export type { Afterwards, Pattern, Persona, Rule, RuleHits, RuleHowOften, RuleWhat, CountPer, RuleWhen, Scenario, ScenarioFault, ScenarioReply, Situation, SituationReply, Span } from './scenario-types.ts';

export type RecipientState = 'queued' | 'active' | 'deferred' | 'held' | 'delivered' | 'bounced' | 'expired' | 'suppressed' | 'cancelled';
/** The mode that a recipient was accepted under, which never changes. */
export type QueueMode = 'simulate' | 'deliver';
export type HeldReason = 'person' | 'not-allowed' | 'canary' | 'unsigned';
export type Held = { reason: HeldReason; /** What would have to be done. */ text: string };
export type Stage = 'resolve' | 'connect' | 'greeting' | 'ehlo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body';
export type Duration = number | string;

export type Answer =
  | { kind: 'reply'; stage: Stage | null; code: number | null; enhanced: string | null; text: string; host: string | null }
  | { kind: 'fault'; stage: Stage; fault: string; detail: string; host: string | null; /** A fault has none of these: `answer.code` may be asked of either. */ code?: undefined; enhanced?: undefined; text?: undefined };

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
  tls: AttemptTls | null;
  connection: string;
  possibleDuplicate: boolean;
  transcript: { at: string; by: 'C' | 'S' | '*'; line: string }[];
};

export type AttemptTls = {
  version: string;
  cipher: string;
  certificate: { subject: string; issuer: string; validTo: string; fingerprint256: string } | null;
  /** Why the certificate would not be trusted (`CERT_HAS_EXPIRED`); null when it would, or nobody looked. */
  unverified: string | null;
  /** What it had to fulfil: `required`, `mta-sts`, `dane`, `relay`, `requiretls`; with `(testing)` where only tested. Null when nothing was asked of it. */
  policy: string | null;
};

export type Explanation = { state: RecipientState; reason: string; text: string; until: string | null; /** Of a suppressed recipient: what stands against its address now. */ suppression?: Suppression };

export type Recipient = {
  message: string;
  n: number;
  stream: string;
  /** The mode that it was accepted under. */
  mode: QueueMode;
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
  /** Why it is held; null unless it is. */
  held: Held | null;
  /** Whom the mail was for before it was intercepted, or released to another address; null when that is `address`. */
  original: string[] | null;
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

export type SiteLimits = { connections: number; messagesPerConnection: number; rate: { messages: number; perMs: number; burst: number } | null; /** Of new connections. */ connectionRate?: { connections: number; perMs: number; burst: number } | null };
export type Site = {
  stream: string;
  mode: QueueMode;
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
  /** Why it is not faster now, in a sentence; null when nothing holds it up. */
  why: string | null;
};
/** GET /v1/queue. */
export type QueueView = {
  streams: { stream: string; mode: string; tally: Partial<Record<RecipientState, number>>; oldestAt: string | null; nextDue: string | null; now: string; paused: { reason: string; until: string | null } | null }[];
  sites: Site[];
};
/** What POST /v1/queue/{retry,hold,release,cancel} apply to: at least one of stream, message. */
export type QueueScope = { stream?: string; site?: string; domain?: string; message?: string; recipient?: string; mode?: QueueMode; /** Only what is held for this reason. */ heldFor?: HeldReason };
export type QueueChanged = { changed: number };
/** POST /v1/queue/pause and /resume: a stream, or one site of it. */
export type PauseInput = { stream: string; site?: string; /** Of a site: for this kind of mail; else for what the stream takes now (resume: both). */ mode?: QueueMode; reason?: string; for?: Duration };

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
  /** For mode `deliver`. */
  live: LivePolicy;
};
export type DeliveryPolicyInput = Partial<Omit<DeliveryPolicy, 'schedule' | 'expiresAfter' | 'delayNotice' | 'softBounces' | 'limits' | 'live'>> & {
  schedule?: 'transactional' | 'bulk' | RetrySchedule;
  expiresAfter?: Duration;
  delayNotice?: Duration | null;
  softBounces?: { count: number; within: Duration } | null;
  limits?: Partial<SiteLimits>;
  /** Of it, too, only what is said changes. */
  live?: LivePolicyInput;
};

/** What a stream in mode `deliver` may do, and how. */
export type LivePolicy = {
  /** Addresses, domains (`example.test`), what is below them (`*.example.test`), or `*`. Everybody else's mail is held. */
  allow: string[];
  /** All mail goes to this address instead. */
  intercept: string | null;
  /** The first so many recipients since then go, and this share (0 to 1) of the rest; the others are held. */
  canary: { first: number; share: number; since: string } | null;
  /** Most recipients a day (UTC), by days since then; no cap after the last. */
  warmUp: { since: string; caps: number[] } | null;
  relays: Relay[];
  /** Addresses of this machine that mail goes out from, in turns. */
  sources: Source[];
  family: 'ipv4-first' | 'ipv6-first' | 'ipv4' | 'ipv6';
  tls: 'opportunistic' | 'required';
  /** Null sends unsigned; `domain` null is that of From, `selector` null the one in use. */
  dkim: { domain: string | null; selector: string | null } | null;
  feedbackId: string | null;
  unsubscribe: boolean;
};
/** A smarthost. Its password is kept and never told. */
export type Relay = { domains: string[]; when: 'always' | 'fallback'; host: string; port: number; tls: 'opportunistic' | 'required' | 'verified' | 'implicit'; user: string | null; hasPassword: boolean };
export type Source = { ipv4: string | null; ipv6: string | null; helo: string | null };
/** A canary or warm-up without `since` goes on as it is, or begins now when it is another one. */
export type LivePolicyInput = Partial<Omit<LivePolicy, 'canary' | 'warmUp' | 'relays' | 'sources' | 'dkim'>> & {
  canary?: { first: number; share: number; since?: string } | null;
  warmUp?: { caps: number[]; since?: string } | null;
  /** Replaces those that were there. */
  relays?: RelayInput[];
  sources?: Partial<Source>[];
  dkim?: { domain?: string | null; selector?: string | null } | null;
};
/** Without `password`, one of the same host, port and user keeps its own (unless `hasPassword` is false); null takes it away. */
export type RelayInput = Pick<Relay, 'domains' | 'host'> & Partial<Pick<Relay, 'when' | 'port' | 'tls' | 'user' | 'hasPassword'>> & { password?: string | null };

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
/** `mode`: the mail that it was learnt from and holds for; null is both, as everything that a person said without it. */
export type Suppression = { address: string; stream: string | null; mode: QueueMode | null; reason: SuppressionReason; detail: string; message: string | null; createdAt: string; expiresAt: string | null };
export type SuppressionInput = { address: string; stream?: string | null; mode?: QueueMode | null; reason?: SuppressionReason; detail?: string; lifetime?: Duration };
/** Of POST /v1/suppressions/clear, and its answer. */
export type SuppressionClear = { stream: string; mode: QueueMode };
export type SuppressionCleared = { removed: number };
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
  /** In a row; after five of them calls wait until `pausedUntil`. */
  failures: number; lastError: string | null; pausedUntil: string | null;
};
export type HookCall = {
  id: string; hook: string; event: number; type: string; webhookId: string; state: 'waiting' | 'delivered' | 'failed' | 'lost';
  createdAt: string; due: string | null; body: unknown;
  tries: { at: string; tookMs: number; status: number | null; error: string | null; response: string }[];
};
export type HookCallPage = { calls: HookCall[]; next: string | null };

/** GET /v1/events/wait: the first event after `after` (default 0) that fits; 408 with what did happen when none comes in time. */
export type EventWaitQuery = { stream?: string; message?: string; recipient?: string; types?: string; class?: string; after?: number; timeout?: Duration };
