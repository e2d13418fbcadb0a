/**
 * Settle: from a recipient and what was told of it to what becomes of it.
 * Pure and total, and the only author of what the store writes about a
 * recipient that was leased. One terminal state at most, with its one event.
 *
 *     active ──┬─ taken ─────────────────────────────▶ delivered
 *              ├─ suppress · strike · fail · fix ────▶ bounced
 *              ├─ retry · slow down · pause · split ─▶ deferred
 *              │        └─ its time is over ─────────▶ expired
 *              ├─ suppressed by now, not sent ───────▶ suppressed
 *              ├─ overdue, not sent ─────────────────▶ expired
 *              ├─ not let go any more, not signed ───▶ held
 *              └─ given back, not tried ─────────────▶ queued, deferred
 *
 * What was said before MAIL is about the site, so however permanent it sounds
 * it only defers (RFC 5321 §4.5.4.1 leaves the choice; a banner says nothing
 * of a mailbox). All times are of the recipient's own clock.
 */
import type { Verdict } from '../classify/verdict.ts';
import type { AttemptFacts, EventBody } from '../events/event.ts';
import { addressKey } from '../mail/address.ts';
import { chanceOf } from '../mail/chance.ts';
import type { Attempt, Held, Recipient } from '../mail/recipient.ts';
import type { Answer, Stage } from '../mail/reply.ts';
import type { TlsFacts, TranscriptLine } from '../mail/session.ts';
import type { DeliveryPolicy } from '../mail/stream.ts';
import type { LeasedRecipient, Outcome } from './port.ts';
import { nextDue, retryAfterOf } from './retry.ts';
import { heldAgainst } from './suppression.ts';

/** What the sender is to be told in a DSN, if the envelope has one. */
export type NoticeKind = 'failure' | 'delay' | 'success';
export type Settled = { outcome: Outcome; notice: NoticeKind | null };

export type Tried = {
  recipient: LeasedRecipient;
  answer: Answer;
  stage: Stage;
  verdict: Verdict;
  /** The recipient's clock: begun, ended; `wall` is the wall clock at its begin. */
  at: number;
  ended: number;
  wall: number;
  site: string;
  host: string;
  connection: string;
  transcript: TranscriptLine[];
  tls?: TlsFacts;
  /** TLS was offered and did not come about. */
  inPlain?: boolean;
  /** The stream's own relay said it. */
  byRelay?: boolean;
  /** The remote was told what notices are wanted, and answers for them if it takes the mail (RFC 3461 §5.2.2). */
  handedOn?: boolean;
  /** The remote may have taken the mail, and nobody heard it say so. */
  inDoubt?: boolean;
  /** Somebody else of its transaction was taken: what was too many then may be welcome at once. */
  othersTaken: boolean;
};

/** What a relay says of itself and us. */
const SETTING: readonly Verdict['class'][] = ['credentials', 'relay_denied', 'tls'];
const BEFORE_MAIL: readonly Stage[] = ['connect', 'greeting', 'ehlo', 'starttls', 'auth'];

export function settle(tried: Tried, policy: DeliveryPolicy): Settled {
  const { recipient, answer, verdict, ended } = tried;
  const number = recipient.attempts + 1;
  const facts: AttemptFacts = {
    attempt: number, site: tried.site, host: tried.host, answer, class: verdict.class, rule: verdict.rule,
    ...(recipient.uncertain ? { possibleDuplicate: true as const } : {}),
  };
  const attempt: Omit<Attempt, 'outcome'> = {
    number, at: tried.at, wall: tried.wall, took: Math.max(ended - tried.at, 0), site: tried.site, host: tried.host, stage: tried.stage, answer,
    verdict: { class: verdict.class, scope: verdict.scope, permanence: verdict.permanence, action: verdict.action, rule: verdict.rule, facets: { ...verdict.facets } },
    ...(tried.tls ? { tls: tried.tls } : {}),
    connection: tried.connection, transcript: tried.transcript,
    ...(recipient.uncertain ? { possibleDuplicate: true as const } : {}),
  };
  const known = { key: recipient.key, last: { answer, class: verdict.class, rule: verdict.rule, at: ended } };
  const of = ofRecipient(recipient, ended);

  const delivered = (): Settled => ({
    outcome: { ...known, state: 'delivered', attempt: { ...attempt, outcome: 'delivered' }, events: [{ type: 'recipient.delivered', ...of, ...facts }], clears: addressKey(recipient.address) },
    notice: recipient.notify?.includes('SUCCESS') && !tried.handedOn ? 'success' : null,
  });
  const bounced = (): Settled => ({
    outcome: { ...known, state: 'bounced', attempt: { ...attempt, outcome: 'bounced' }, events: [{ type: 'recipient.bounced', ...of, ...facts }], ...heldAgainst(recipient, verdict, answer, ended) },
    notice: failureNotice(recipient, policy),
  });
  const deferred = (due = nextDue({
    policy, attempts: number, at: ended, expiresAt: recipient.expiresAt,
    retryAfter: retryAfterOf(verdict.facets.retryAfter), chance: chanceOf(policy.seed, recipient.message, recipient.n, number),
  })): Settled => {
    if (ended >= recipient.expiresAt) {
      return {
        outcome: { ...known, state: 'expired', attempt: { ...attempt, outcome: 'expired' }, events: [{ type: 'recipient.expired', ...of, ...facts }], ...softStrike(recipient, verdict, answer, ended) },
        notice: failureNotice(recipient, policy),
      };
    }
    return {
      outcome: { ...known, state: 'deferred', due, ...(tried.inDoubt ? { uncertain: true as const } : {}), attempt: { ...attempt, outcome: 'deferred', nextDue: due }, events: [{ type: 'recipient.deferred', ...of, ...facts, nextDue: due }] },
      notice: isLate(recipient, ended, policy) ? 'delay' : null,
    };
  };

  if (verdict.class === 'delivered') return delivered();
  if (BEFORE_MAIL.includes(tried.stage)) return deferred();
  // "TLS first": we would have, and may succeed the next time. A relay that does not know us: the setting is wrong, and may be right in an hour.
  if ((tried.inPlain && verdict.class === 'tls') || (tried.byRelay && SETTING.includes(verdict.class))) return deferred();
  switch (verdict.action) {
    case 'suppress': case 'strike': case 'fail': case 'fix_config':
      return bounced();
    case 'retry': case 'slow_down': case 'pause':
      return deferred();
    case 'split':
      // Whenever one is taken there is one less, so this comes to an end.
      return tried.othersTaken && ended + 1 <= recipient.expiresAt ? deferred(ended + 1) : deferred();
    case 'ignore':
      return answer.kind === 'reply' && answer.code !== undefined && answer.code >= 500 ? bounced() : deferred();
  }
}

/** Its time was over while it waited; the last attempt's facts, as far as they are kept. */
export function settleOverdue(recipient: LeasedRecipient, now: number, policy: DeliveryPolicy, verdict?: Verdict): Settled {
  const { last } = recipient;
  const facts: Partial<AttemptFacts> = last ? {
    attempt: recipient.attempts, answer: last.answer, class: last.class, rule: last.rule,
    ...(last.answer.host === undefined ? {} : { host: last.answer.host }),
  } : {};
  return {
    outcome: { key: recipient.key, state: 'expired', last, events: [{ type: 'recipient.expired', ...ofRecipient(recipient, now), ...facts }], ...(last && verdict ? softStrike(recipient, verdict, last.answer, now) : {}) },
    notice: failureNotice(recipient, policy),
  };
}

/** The address is suppressed by now. No notice: whoever suppressed it knows. */
export function settleSuppressed(recipient: LeasedRecipient, suppression: NonNullable<LeasedRecipient['suppressed']>, now: number): Settled {
  const { reason, detail } = suppression;
  return { outcome: { key: recipient.key, state: 'suppressed', last: recipient.last, events: [{ type: 'recipient.suppressed', ...ofRecipient(recipient, now), reason, detail }] }, notice: null };
}

/** It is not to be sent as things are now: it waits for a person, and for its expiry. */
export function settleHeld(recipient: LeasedRecipient, held: Held, now: number): Settled {
  return { outcome: { key: recipient.key, state: 'held', held, events: [{ type: 'recipient.held', ...ofRecipient(recipient, now), by: 'gate', ...held }] }, notice: null };
}

/** Leased and not tried: it is as it was. */
export function giveBack(recipient: LeasedRecipient, now: number): Outcome {
  return { key: recipient.key, state: recipient.attempts > 0 ? 'deferred' : 'queued', due: recipient.due ?? now, events: [] };
}

const ofRecipient = ({ stream, message, address, n }: Recipient, time: number): Pick<EventBody & { type: 'recipient.delivered' }, 'stream' | 'message' | 'recipient' | 'n' | 'time'> => ({ stream, message, recipient: address, n, time });

/** Expiry is an outcome, not a cause: it never suppresses by itself. */
function softStrike(recipient: Recipient, verdict: Verdict, answer: Answer, at: number): Pick<Outcome, 'strike'> {
  const held = heldAgainst(recipient, { ...verdict, action: 'retry' }, answer, at);
  return held.strike ? { strike: held.strike } : {};
}

/** RFC 3461 §4.1: without NOTIFY, failures are told. */
function failureNotice({ notify }: LeasedRecipient, policy: DeliveryPolicy): NoticeKind | null {
  return (notify ? notify.includes('FAILURE') : policy.notices) ? 'failure' : null;
}

/** Told once: by the first deferral after the limit. Mail that was to be sent later is late from then on. */
function isLate({ notify, queuedAt, expiresAt, last }: LeasedRecipient, now: number, policy: DeliveryPolicy): boolean {
  if (policy.delayNotice === null || (notify ? !notify.includes('DELAY') : !policy.notices)) return false;
  const from = Math.max(queuedAt, expiresAt - policy.expiresAfter) + policy.delayNotice;
  return now >= from && (last === null || last.at < from);
}
