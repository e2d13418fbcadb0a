/**
 * The wire: what the HTTP API says and takes, as types. The server answers
 * these, the SDK and the UI read them; nothing here runs. Times are ISO 8601
 * in UTC with milliseconds; sizes are octets; durations in requests are
 * milliseconds or texts like `10s`, `5m`, `72h`, `7d`.
 */

import type { Answer, DeliveryPolicy, DeliveryPolicyInput, Duration, HeldReason, QueueMode, RecipientState, SuppressionReason } from './delivery.ts';
import type { PreflightVerdict } from './live.ts';

export type * from './delivery.ts';
export type * from './live.ts';

export type Mailbox = { name: string; address: string };

export type Message = {
  id: string;
  /** Give it back as `after` (waits) or `cursor` (lists). */
  cursor: string;
  stream: string;
  via: 'smtp' | 'http';
  receivedAt: string;
  size: number;
  subject: string;
  from: Mailbox[];
  to: Mailbox[];
  cc: Mailbox[];
  replyTo: Mailbox[];
  messageId: string;
  /** Of the Date field, null when missing or unreadable. */
  date: string | null;
  envelope: { from: string; to: string[] };
  tags: string[];
  read: boolean;
  parse: 'pending' | 'done' | 'failed';
  attachments: number | null;
  snippet: string | null;
  /** How many recipients are where; null when nothing of it was ever queued. */
  delivery: Partial<Record<RecipientState, number>> | null;
};

export type TranscriptLine = { at: string; by: 'C' | 'S' | '*'; line: string };

export type Attachment = {
  part: string;
  filename: string;
  type: string;
  disposition: 'attachment' | 'inline';
  contentId: string | null;
  size: number;
  sha256: string;
  /** Path of its bytes. */
  url: string;
};

export type Link = { href: string; text: string; from: 'html' | 'text' };
export type ListUnsubscribe = { urls: string[]; mailto: string[]; oneClick: boolean; problems: string[] };
export type CalendarPart = { part: string; method?: string; summary?: string; start?: string; end?: string; organizer?: string; location?: string };

export type EnvelopeDetail = {
  from: string;
  to: string[];
  recipients: { address: string; notify: string[] | null; orcpt: string | null }[];
  ret: 'FULL' | 'HDRS' | null;
  envid: string | null;
  body: '7BIT' | '8BITMIME' | null;
  smtputf8: boolean;
  requireTls: boolean;
  /** Envelope recipients in neither To nor Cc. */
  bcc: string[];
};

export type SessionDetail = {
  id: string;
  protocol: 'smtp' | 'http';
  client: { address: string; port: number };
  hello: string | null;
  tls: { version: string; cipher: string; servername: string | null } | null;
  login: { method: string; user: string } | null;
  transcript: TranscriptLine[];
  times: { opened: string; mail: string | null; data: string | null; received: string };
};

export type MimePart = {
  path: string;
  type: string;
  charset: string | null;
  encoding: string;
  filename: string | null;
  disposition: string | null;
  contentId: string | null;
  /** Octets of the encoded body. */
  size: number;
  parts: MimePart[];
};

export type MessageDetail = Omit<Message, 'envelope'> & {
  envelope: EnvelopeDetail;
  session: SessionDetail;
  metadata: Record<string, string>;
  headers: { name: string; value: string }[];
  /** Null when there is none of that kind; see `/text` and `/html` for whole bodies. */
  text: string | null;
  html: string | null;
  truncated: boolean;
  structure: MimePart | null;
  files: Attachment[];
  links: Link[];
  codes: string[];
  listUnsubscribe: ListUnsubscribe | null;
  calendar: CalendarPart[];
  warnings: string[];
  parseError: string | null;
};

/** A message attached to a message. */
export type AttachedMessage = {
  part: string;
  headers: { name: string; value: string }[];
  text: string | null;
  html: string | null;
  truncated: boolean;
  files: { filename: string; type: string; size: number }[];
  warnings: string[];
  parseError: string | null;
};

/** An address that a frame can be given: it opens one page without a token, for a few minutes. */
export type FrameAddress = {
  /** A path on this server; `&remote=1` may be added. */
  url: string;
  expiresAt: string;
};

export type MessagePage = {
  messages: Message[];
  /** Null on the last page. */
  next: string | null;
  /** Messages of the scope that are not yet searchable by their body; 0 nearly always. */
  unindexed: number;
};

/** Query of GET /v1/messages, /v1/wait and DELETE /v1/messages. `to`, `from` match exactly unless they hold `*`. */
export type MessageQuery = {
  stream?: string;
  /** An address that the envelope was for. */
  inbox?: string;
  to?: string;
  from?: string;
  subject?: string;
  tag?: string;
  since?: string;
  before?: string;
  unread?: boolean;
  q?: string;
};

/** What DELETE and PATCH /v1/messages apply to: needs `stream` or `inbox`. `id` are ids separated by commas, and goes with no other filter. */
export type ScopeQuery = MessageQuery & { id?: string };

export type AttachmentInput = {
  filename?: string;
  /** Base64. */
  content: string;
  type?: string;
  /** With it the part is inline and `cid:` links find it. */
  cid?: string;
  disposition?: 'attachment' | 'inline';
};

/** An address as text (`"Ann" <ann@example.test>`) or in parts. */
export type AddressInput = string | { name?: string; address: string };

export type MessageInput = {
  from: AddressInput;
  to?: AddressInput | AddressInput[];
  cc?: AddressInput | AddressInput[];
  bcc?: AddressInput | AddressInput[];
  replyTo?: AddressInput | AddressInput[];
  subject?: string;
  text?: string;
  html?: string;
  attachments?: AttachmentInput[];
  headers?: Record<string, string | string[]>;
  tags?: string[];
  metadata?: Record<string, string>;
  /** Instead of what From, To, Cc and Bcc say. */
  envelope?: { from?: string; to?: string[] };
  /** Where mail is queued: when it is first tried (ISO 8601, the stream's clock), and how long it is tried. */
  sendAt?: string;
  expiresAfter?: Duration;
  priority?: 'high' | 'normal' | 'low';
};

export type SubmitResult = { id: string; messageId: string; recipients: string[] };
/** Answer to a batch, in its order: one or the other of each. */
export type BatchResult = { results: ({ status: 202 } & SubmitResult | { status: number; problem: Problem })[] };

export type Retention = { messages: number | null; age: string | number | null; bytes: number | null };

export type Stream = {
  name: string;
  mode: StreamMode;
  retention: { messages: number | null; age: number | null; bytes: number | null };
  tags: string[];
  createdAt: string;
  messages: number;
  unread: number;
  bytes: number;
  credentials: { id: string; user: string; createdAt: string; expiresAt: string | null }[];
  delivery: DeliveryPolicy;
  /** Milliseconds that its clock is ahead of the wall. */
  clockOffset: number;
  paused: { reason: string; until: string | null } | null;
};

/** `capture` stops at the inbox; `simulate` goes on to the pretend remote; `deliver` to the recipient's own mail server, as far as the gate lets it go. */
export type StreamMode = 'capture' | 'simulate' | 'deliver';
export type StreamInput = { name: string; mode?: StreamMode; retention?: Partial<Retention>; tags?: string[]; delivery?: DeliveryPolicyInput };
export type StreamPatch = { mode?: StreamMode; retention?: Partial<Retention>; tags?: string[]; delivery?: DeliveryPolicyInput };

/** `password` is in this answer and never again. */
export type NewCredential = { id: string; user: string; password: string; stream: string; createdAt: string; expiresAt: string | null };

export type SmtpSettings = {
  host: string;
  port: number;
  /** Null when the login makes no difference. */
  user: string | null;
  password: string | null;
  /** `smtp://user:password@host:port`. */
  url: string;
  /** `starttls` is offered on the plain port; `tls` names the implicit TLS port when there is one. */
  starttls: boolean;
  tlsPort: number | null;
};

export type Inbox = { address: string; stream: string; createdAt: string; expiresAt: string | null; smtp: SmtpSettings; cursor: string };
export type InboxInput = { stream?: string; prefix?: string; address?: string; lifetime?: string | number };
export type InboxCount = { address: string; messages: number; unread: number; lastAt: string };

/** GET /v1/wait: MessageQuery and these. */
export type WaitQuery = MessageQuery & {
  /** Only what came after this cursor; without it, everything that is there counts. */
  after?: string;
  /** At least so many (default 1). 0 asserts that none comes until the time runs out. */
  count?: number;
  /** Default 10s, at most 10m. */
  timeout?: string | number;
};

export type WaitResult = { messages: MessageDetail[]; cursor: string };

/** One that arrived but was not what the wait looked for. */
export type NearMiss = { id: string; subject: string; from: string; to: string[]; receivedAt: string; differs: { field: string; wanted: string; got: string }[] };

export type Problem = {
  /** A path on this server, e.g. `/problems/message-too-large`. */
  type: string;
  title: string;
  status: number;
  detail?: string;
  /** Which inputs, for 400 and 422. */
  errors?: { path: string; message: string }[];
};

/** 408 of a wait that saw too few. */
export type WaitTimeoutProblem = Problem & { found: number; wanted: number; waited: number; arrived: NearMiss[]; arrivedInAll: number; cursor: string };
/** 409 of a wait with count=0 that saw one. */
export type UnexpectedMailProblem = Problem & { messages: Message[]; cursor: string };

type OfRecipient = { message: string; recipient: string; n: number; /** Virtual. */ time: string };
type AttemptFacts = { attempt: number; site: string; host: string; answer: Answer; class: string; rule: string; possibleDuplicate?: true };
type Returned = { message: string; recipient: string; report: string; time: string };

export type PosternEvent = { id: number; at: string; stream: string } & (
  | { type: 'message.captured'; message: string; summary: Message; queued?: number }
  | { type: 'message.parsed'; message: string; parse: 'done' | 'failed'; attachments: number }
  | { type: 'message.updated'; message: string; read?: boolean; tags?: string[] }
  | { type: 'messages.deleted'; messages: string[]; by: 'user' | 'retention' }
  | { type: 'stream.created' | 'stream.updated' | 'stream.deleted' }
  | { type: 'inbox.created'; address: string }
  | ({ type: 'recipient.delivered' | 'recipient.bounced' } & OfRecipient & AttemptFacts)
  | ({ type: 'recipient.deferred' } & OfRecipient & AttemptFacts & { nextDue: string })
  | ({ type: 'recipient.expired' } & OfRecipient & Partial<AttemptFacts>)
  | ({ type: 'recipient.suppressed' } & OfRecipient & { reason: SuppressionReason; detail: string })
  | ({ type: 'recipient.cancelled' | 'recipient.released' } & OfRecipient & { by: string })
  | ({ type: 'recipient.held' } & OfRecipient & { by: string; reason?: HeldReason; text?: string })
  | { type: 'message.released'; message: string; recipients: string[]; to: string[]; by: string }
  | ({ type: 'bounce.received' } & Returned & { class: string; hard: boolean; status: string; diagnostic: string })
  | ({ type: 'complaint.received' } & Returned & { feedback: string })
  | ({ type: 'autoreply.received' } & Returned)
  | ({ type: 'delay.received' } & Returned & { diagnostic: string })
  | { type: 'suppression.added'; address: string; global: boolean; mode?: QueueMode; reason: SuppressionReason; detail: string; by: string; message: string | null; expiresAt: string | null }
  | { type: 'suppression.removed'; address: string; global: boolean; mode?: QueueMode; by: string }
  | { type: 'site.paused'; site: string; mode?: QueueMode; reason: string; until: string | null; by: 'person' | 'engine' }
  | { type: 'site.resumed'; site: string; mode?: QueueMode; by: 'person' | 'engine' }
  | { type: 'site.pace'; site: string; mode?: QueueMode; pace: number; reason: string }
  | { type: 'stream.paused'; reason: string; until: string | null }
  | { type: 'stream.resumed' }
  | { type: 'alert.queue-age'; state: 'raised' | 'cleared'; oldest: number; threshold: number }
  | { type: 'delivery.stopped' | 'delivery.started'; by: string; reason: string }
  | { type: 'stream.mode'; from: StreamMode; to: StreamMode; by: string }
  | { type: 'canary.approved'; recipients: number; by: string }
  | { type: 'site.rule'; site: string; mode?: QueueMode; rule: string; action: string; reason: string; until: string }
  | { type: 'preflight.changed'; domain: string; was: PreflightVerdict; now: PreflightVerdict; changes: { check: string; was: string; now: string }[] }
  | { type: 'alert.rate'; state: 'raised' | 'cleared'; measure: 'bounced' | 'complained'; share: number; threshold: number; of: number }
  | { type: 'unsubscribe.received'; message: string; recipient: string; time: string; via: 'one-click' | 'page' }
  | { type: 'clock.advanced'; from: string; to: string; message: string | null; recipient: string | null }
  | { type: 'scenario.changed' | 'scenario.reset' }
  | { type: 'hook.disabled' | 'hook.enabled'; hook: string; reason: string }
);
/** 408 of GET /v1/events/wait. */
export type EventTimeoutProblem = Problem & { waited: number; happened: PosternEvent[]; cursor: number };
export type EventPage = { events: PosternEvent[]; cursor: number };

/** One observation of a check. `line` counts from 1, in the HTML as `/html?raw=1` answers it or in the raw message. */
export type CheckDetail = {
  text: string;
  line?: number;
  in?: 'html' | 'source';
  /** Mail clients it concerns, as ids of `compat.clients`. */
  clients?: string[];
  /** Where to read more, or the address that is meant. */
  href?: string;
};

export type Check = {
  /** Stable; docs/checks.md lists them. */
  id: string;
  title: string;
  /** `info`: nothing is wrong, or it cannot be told. */
  verdict: 'pass' | 'warn' | 'fail' | 'info';
  /** One sentence. */
  summary: string;
  details: CheckDetail[];
};

export type CompatClient = {
  /** Family and platform, e.g. `outlook.windows`. */
  id: string;
  family: string;
  platform: string;
  /** How many of the features that the message uses; `unknown` was never tested. */
  supported: number;
  partial: number;
  unsupported: number;
  unknown: number;
};

export type CompatFeature = {
  /** As caniemail.com names it, e.g. `css-display-flex`. */
  id: string;
  title: string;
  category: 'html' | 'css' | 'image';
  href: string;
  /** How often it is used, and the first lines of the HTML where. */
  uses: number;
  lines: number[];
  supported: number;
  partial: number;
  unsupported: number;
  unknown: number;
  /** Where it does not work in full; `notes` are places in the feature's own `notes`. */
  clients: { client: string; support: 'partial' | 'unsupported'; notes: number[] }[];
  notes: string[];
};

/** What of the HTML and CSS mail clients support, as far as caniemail.com has tested. The least supported feature first. */
export type Compat = { source: string; asOf: string; clients: CompatClient[]; features: CompatFeature[] };

/** GET /v1/messages/{id}/checks. The gravest first. `compat` is null when there is no HTML. */
export type MessageChecks = { message: string; checks: Check[]; compat: Compat | null };

/** GET /v1/info: what a client needs to show settings and copyable lines. */
export type Info = { name: 'postern'; version: string; http: string; smtp: SmtpSettings; loginRequired: boolean; limits: { messageSize: number; recipients: number }; inboxDomain: string };

/** Written to `postern.json` in the data folder once ready. */
export type Addresses = { http: string; smtp: { host: string; port: number }; smtps?: { host: string; port: number }; /** The pretend remote's own port, where it has one. */ remote?: { host: string; port: number }; pid: number };
