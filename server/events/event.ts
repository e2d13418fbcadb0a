/**
 * Everything that happens, as one append-only list. The union is a public
 * contract: kinds and fields are added, never changed or removed.
 */
import type { MessageSummary } from '../mail/message.ts';
import type { Answer } from '../mail/reply.ts';
import type { HeldReason, QueueMode } from '../mail/recipient.ts';
import type { StreamMode } from '../mail/stream.ts';
import type { SuppressionReason } from '../mail/suppression.ts';

/** What an event of one recipient says. `at` of the event is the wall clock; `time` is the recipient's own. */
type OfRecipient = { stream: string; message: string; /** As written. */ recipient: string; n: number; time: number };

export type AttemptFacts = {
  /** 1 for the first. */
  attempt: number;
  site: string;
  host: string;
  answer: Answer;
  class: string;
  rule: string;
  /** An attempt before was cut off by a crash, or never answered: it may have delivered it. */
  possibleDuplicate?: true;
};

export type PreflightVerdict = 'pass' | 'warn' | 'fail';

export type EventBody =
  /** A submission was accepted and kept. In capture mode the terminal event of each of its recipients; otherwise `queued` says how many are on their way. */
  | { type: 'message.captured'; stream: string; message: string; summary: MessageSummary; queued?: number }
  /** The background parse of a message is done (or failed). */
  | { type: 'message.parsed'; stream: string; message: string; parse: 'done' | 'failed'; attachments: number }
  | { type: 'message.updated'; stream: string; message: string; read?: boolean; tags?: string[] }
  /** By a request (`user`) or by the stream's retention. `messages` holds at most 500 ids; a larger deletion makes several events. */
  | { type: 'messages.deleted'; stream: string; messages: string[]; by: 'user' | 'retention' }
  | { type: 'stream.created' | 'stream.updated' | 'stream.deleted'; stream: string }
  | { type: 'inbox.created'; stream: string; address: string }

  /** Terminal: the remote took it. */
  | ({ type: 'recipient.delivered' } & OfRecipient & AttemptFacts)
  /** Tried, and to be tried again at `nextDue` (the recipient's clock). */
  | ({ type: 'recipient.deferred' } & OfRecipient & AttemptFacts & { nextDue: number })
  /** Terminal: refused for good. */
  | ({ type: 'recipient.bounced' } & OfRecipient & AttemptFacts)
  /** Terminal: its time was over. The last attempt's facts, when there was one. */
  | ({ type: 'recipient.expired' } & OfRecipient & Partial<AttemptFacts>)
  /** Terminal: the address is suppressed; nothing was sent. */
  | ({ type: 'recipient.suppressed' } & OfRecipient & { reason: SuppressionReason; detail: string })
  /** Terminal: by a person. */
  | ({ type: 'recipient.cancelled' } & OfRecipient & { by: string })
  | ({ type: 'recipient.held' } & OfRecipient & { by: string; reason?: HeldReason; text?: string })
  | ({ type: 'recipient.released' } & OfRecipient & { by: string })
  /** Mail of the inbox was put on its way for real. `to` is who gets it, `recipients` whom it was for. */
  | { type: 'message.released'; stream: string; message: string; recipients: string[]; to: string[]; by: string }

  /** Mail that came back. `message` is what it is about, '' when that is not known; `report` is the mail that told. */
  | { type: 'bounce.received'; stream: string; message: string; recipient: string; report: string; time: number; class: string; hard: boolean; status: string; diagnostic: string }
  | { type: 'complaint.received'; stream: string; message: string; recipient: string; report: string; time: number; feedback: string }
  | { type: 'autoreply.received'; stream: string; message: string; recipient: string; report: string; time: number }
  | { type: 'delay.received'; stream: string; message: string; recipient: string; report: string; time: number; diagnostic: string }

  /** `mode` is the mail that it holds for; absent, all. */
  | { type: 'suppression.added'; stream: string; address: string; global: boolean; mode?: QueueMode; reason: SuppressionReason; detail: string; by: string; message: string | null; expiresAt: number | null }
  | { type: 'suppression.removed'; stream: string; address: string; global: boolean; mode?: QueueMode; by: string }

  /** `mode` of a site: of simulated mail or of real mail; absent in events of earlier versions. */
  | { type: 'site.paused'; stream: string; site: string; mode?: QueueMode; reason: string; until: number | null; by: 'person' | 'engine' }
  | { type: 'site.resumed'; stream: string; site: string; mode?: QueueMode; by: 'person' | 'engine' }
  /** It goes slower (or faster again): `pace` 1 is the full limits. */
  | { type: 'site.pace'; stream: string; site: string; mode?: QueueMode; pace: number; reason: string }
  | { type: 'stream.paused'; stream: string; reason: string; until: number | null }
  | { type: 'stream.resumed'; stream: string }
  /** The oldest waiting recipient of a stream is older than the threshold (`raised`), or no longer (`cleared`). */
  | { type: 'alert.queue-age'; stream: string; state: 'raised' | 'cleared'; oldest: number; threshold: number }
  /** The one switch: nothing new is tried for real in this process. `stream` is ''. */
  | { type: 'delivery.stopped' | 'delivery.started'; stream: string; by: string; reason: string }
  | { type: 'stream.mode'; stream: string; from: StreamMode; to: StreamMode; by: string }
  | { type: 'canary.approved'; stream: string; recipients: number; by: string }
  /** A rule of a provider profile has acted: until then the site (or what shares its limits) goes slower, or rests. */
  | { type: 'site.rule'; stream: string; site: string; mode?: QueueMode; rule: string; action: string; reason: string; until: number }
  /** What a receiver would see of a live stream's domain has changed since yesterday. */
  | { type: 'preflight.changed'; stream: string; domain: string; was: PreflightVerdict; now: PreflightVerdict; changes: { check: string; was: string; now: string }[] }
  /** A share of the last hour's mail of a live stream is above the threshold, or no longer. */
  | { type: 'alert.rate'; stream: string; state: 'raised' | 'cleared'; measure: 'bounced' | 'complained'; share: number; threshold: number; of: number }
  | { type: 'unsubscribe.received'; stream: string; message: string; recipient: string; time: number; via: 'one-click' | 'page' }
  | { type: 'clock.advanced'; stream: string; from: number; to: number; message: string | null; recipient: string | null }
  | { type: 'scenario.changed' | 'scenario.reset'; stream: string }
  | { type: 'hook.disabled' | 'hook.enabled'; stream: string; hook: string; reason: string };

export type PosternEvent = {
  /** Grows by at least one with every event, in the order of commit. The cursor. */
  id: number;
  /** Milliseconds since the epoch, the wall clock. */
  at: number;
} & EventBody;

export type EventType = EventBody['type'];
export const TERMINAL_EVENTS = ['recipient.delivered', 'recipient.bounced', 'recipient.expired', 'recipient.suppressed', 'recipient.cancelled'] as const satisfies EventType[];
