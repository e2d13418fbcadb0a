/**
 * What a message that came back says: whether it is a bounce at all, and of
 * each recipient what became of it. A bounce that names nobody has no
 * recipients; nothing is made up.
 */
import type { Verdict } from '../classify/verdict.ts';

/** `bounce` is also a notice that mail is late: see `action`. `arf` is a feedback report (RFC 5965), a complaint or not. */
export type BounceKind = 'bounce' | 'delivered_dsn' | 'arf' | 'autoreply' | 'not_bounce';

/** RFC 3464 §2.3.3. */
export type DsnAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

export type BounceRecipient = {
  recipient: string;
  /** As the sender wrote it (ORCPT), where it differs. */
  originalRecipient?: string;
  action: DsnAction | null;
  /** RFC 3463; null where the bounce has none: none is invented. */
  status: string | null;
  replyCode: number | null;
  /** What the other side said, on one line. */
  diagnostic: string;
  remoteMta?: string;
  class: Verdict['class'];
  /** The address (or its domain) is the reason. */
  hard: boolean;
  verdict: Verdict;
};

export type Bounce = {
  kind: BounceKind;
  /** RFC 5965 §3.1: abuse, fraud, not-spam, auth-failure … */
  feedbackType?: string;
  reportingMta?: string;
  /** ENVID of the submission (RFC 3461). */
  envelopeId?: string;
  originalMessageId?: string;
  /** The return paths that the mail is said to have had: Original-Mail-From, or Return-Path of what is enclosed. */
  originalSenders?: string[];
  recipients: BounceRecipient[];
};
