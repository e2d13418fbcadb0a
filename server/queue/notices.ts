/**
 * What the sender is told: who asks for a notice, and of whom it speaks.
 * Recipients of one transaction that fare alike share one. None for the null
 * sender (RFC 5321 §6.1), whatever NOTIFY says.
 */
import type { Submission } from '../admission/port.ts';
import type { Answer } from '../mail/reply.ts';
import type { LeasedMessage, LeasedRecipient, Outcome } from './port.ts';
import type { NoticeKind, Settled } from './settle.ts';

export type NoticeAsk = {
  kind: NoticeKind;
  message: LeasedMessage;
  recipients: { recipient: LeasedRecipient; /** Null when nobody was asked. */ answer: Answer | null; host: string | null; class: string | null; attempts: number; expired: boolean; /** Of the last attempt. */ at: number }[];
  /** The recipients' own clock. */
  now: number;
};
/** Writes it as a message of the same stream, for the return path; undefined when it cannot be. */
export type ComposeNotice = (ask: NoticeAsk) => Promise<Submission | undefined>;

type Of = { recipient: LeasedRecipient; settled: Settled };

/** Puts each notice to the first of the outcomes that it speaks of. */
export function noticesFor(compose: ComposeNotice | undefined, message: LeasedMessage, of: readonly Of[], now: number): (() => Promise<void>) | undefined {
  if (!compose || message.from === '') return undefined;
  const groups = new Map<NoticeKind, Of[]>();
  for (const one of of) {
    const { notice } = one.settled;
    if (notice) groups.set(notice, [...(groups.get(notice) ?? []), one]);
  }
  if (groups.size === 0) return undefined;
  return async () => {
    for (const [kind, those] of groups) {
      const recipients = those.map(({ recipient, settled: { outcome } }) => factsOf(recipient, outcome, now));
      const submission = await compose({ kind, message, recipients, now });
      if (submission) those[0]!.settled.outcome.notice = submission;
    }
  };
}

function factsOf(recipient: LeasedRecipient, { state, attempt, last }: Outcome, now: number): NoticeAsk['recipients'][number] {
  const answer = attempt?.answer ?? last?.answer ?? null;
  return { recipient, answer, host: attempt?.host ?? answer?.host ?? null, class: last?.class ?? null, attempts: attempt?.number ?? recipient.attempts, expired: state === 'expired', at: attempt?.at ?? last?.at ?? now };
}
