/** What happens: each kind of event, as the log, the socket, waits and hooks tell it. */
import type { Answer, HeldReason, QueueMode, SuppressionReason } from '../delivery.ts';
import type { PreflightVerdict } from '../live.ts';
import type { Message } from './messages.ts';
import type { Problem } from './server.ts';
import type { StreamMode } from './streams.ts';

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
