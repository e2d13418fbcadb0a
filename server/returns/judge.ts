/**
 * From a report that was read and matched to what it leads to: an event, and
 * perhaps something held against the address. Pure. Only a recipient that we
 * know we tried can be suppressed; an automatic reply never holds anything
 * against anybody, and a report that mail is only late neither. Where mail
 * goes out for real with return paths of its own, only a signed one counts:
 * who got the same message knows its Message-ID, and could report for others.
 */
import type { Bounce, BounceRecipient } from '../dsn/bounce.ts';
import type { EventBody } from '../events/event.ts';
import { addressKey } from '../mail/address.ts';
import type { Suppression } from '../mail/suppression.ts';
import type { ReturnStore } from '../queue/port.ts';
import { type Match, wasTried } from './match.ts';

export type Found = Parameters<ReturnStore['report']>[0];
export type Received = Extract<EventBody, { report: string }>;

const DETAIL = 300;
const DIAGNOSTIC = 1_000;

export type Judging = { stream: string; /** The mail that told. */ report: string; /** Of the stream's clock. */ at: number; /** The stream has signed return paths. */ signs?: boolean };

/** What one recipient of a report means; undefined when there is nothing to say of it. */
export function judge(bounce: Bounce, told: BounceRecipient, match: Match | undefined, { stream, report, at, signs = false }: Judging): { event: Received; held: Pick<Found, 'suppress' | 'strikes'> } | undefined {
  const of = { stream, message: match?.sent.message ?? '', recipient: match?.exact ? match.sent.recipient : told.recipient, report, time: at };
  const diagnostic = told.diagnostic.slice(0, DIAGNOSTIC);
  const held = () => (signs && match?.sent.mode === 'deliver' && !match.signed ? NOTHING : heldAgainst(told, match, at));
  switch (bounce.kind) {
    case 'bounce':
      if (told.action === 'delayed') return { event: { type: 'delay.received', ...of, diagnostic }, held: NOTHING };
      if (told.action !== 'failed') return undefined;
      return { event: { type: 'bounce.received', ...of, class: told.class, hard: told.hard, status: told.status ?? '', diagnostic }, held: held() };
    case 'arf':
      // auth-failure, not-spam and virus are reports about mail, not complaints of a person.
      if (told.class !== 'complaint') return undefined;
      return { event: { type: 'complaint.received', ...of, feedback: bounce.feedbackType ?? 'abuse' }, held: held() };
    case 'autoreply':
      return { event: { type: 'autoreply.received', ...of }, held: NOTHING };
    case 'delivered_dsn': case 'not_bounce':
      return undefined;
  }
}

const NOTHING: Pick<Found, 'suppress' | 'strikes'> = { suppress: [], strikes: [] };

function heldAgainst({ verdict, hard, diagnostic }: BounceRecipient, match: Match | undefined, at: number): Pick<Found, 'suppress' | 'strikes'> {
  if (!match?.exact || !wasTried(match.sent)) return NOTHING;
  const { stream, mode, message, recipient } = match.sent;
  const address = addressKey(recipient);
  const strike = (kind: 'soft' | 'confirm') => ({ suppress: [], strikes: [{ stream, mode, address, kind, at }] });
  const complaint = verdict.class === 'complaint';
  switch (verdict.action) {
    case 'suppress': {
      // "User unknown" from a place where that may pass: a second one must confirm it.
      if (!complaint && !hard) return strike('confirm');
      const suppression: Suppression = { address, stream, mode, reason: complaint ? 'complaint' : 'hard_bounce', detail: (diagnostic || (complaint ? 'Called it spam' : 'Came back')).slice(0, DETAIL), message, createdAt: at, expiresAt: null };
      return { suppress: [suppression], strikes: [] };
    }
    case 'strike':
      return strike('confirm');
    case 'fail': case 'fix_config': case 'retry': case 'slow_down': case 'pause': case 'split': case 'ignore':
      return verdict.permanence === 'soft' && verdict.scope === 'recipient' ? strike('soft') : NOTHING;
  }
}
