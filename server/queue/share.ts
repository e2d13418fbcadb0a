/**
 * What a run may carry: messages of its site's rate, and recipients of what
 * the stream may try in a day. Both are taken when the run begins, before
 * anything is leased; what was not used goes back, so that somebody else may.
 */
import type { Carrying } from './carrying.ts';
import type { Seat } from './seats.ts';

const RECIPIENTS_MOST = 1_000;
/** What a run asks of the stream's daily allowance for each message. */
const ALLOWANCE_EACH = 10;

type Asked = { seat: Seat | undefined; askedAt: number; /** Every recipient has a transaction of its own. */ each: boolean; /** A narrowed advance: no limit holds it up. */ narrow: boolean };

export function takeShare(on: Pick<Carrying, 'reserve' | 'unused' | 'sent' | 'goesOn' | 'allow' | 'unallow'>, { seat, askedAt, each, narrow }: Asked) {
  const wanted = on.reserve(seat);
  let allowed = narrow ? Infinity : on.allow(askedAt, wanted * ALLOWANCE_EACH);
  /** Of the site's rate: reserved, and not used so far. */
  let tokens = { seat, left: wanted };
  const messages = Math.min(wanted, allowed);

  const share = {
    wanted,
    /** For the lease. */
    messages,
    recipients: Math.min(each && !narrow ? wanted : RECIPIENTS_MOST, Math.max(Math.floor(allowed / messages), 1)),
    /** Somebody else was faster. */
    isNone: allowed === 0,
    /** The rest of the site's rate goes back, but for so many. */
    giveBack(keep = 0): void {
      on.unused(tokens.seat, Math.max(tokens.left - keep, 0));
      tokens.left = Math.min(tokens.left, keep);
    },
    /** The rest of the day's allowance goes back, but for so many recipients. */
    unallow(keep = 0): void {
      if (!Number.isFinite(allowed)) return;
      on.unallow(Math.max(allowed - keep, 0), askedAt);
      allowed = Math.min(allowed, keep);
    },
    /** It was leased before its site was known. Answers how many that one lets go now. */
    moveTo(found: Seat, most: number): number {
      share.giveBack();
      const left = on.reserve(found, most);
      tokens = { seat: found, left };
      return left;
    },
    /** One goes to the remote now. */
    sent(): void {
      tokens.left--;
      on.sent(tokens.seat);
    },
    /** It did not get there, and goes again. */
    again(): void {
      tokens.left += on.reserve(tokens.seat, 1);
    },
    tried(recipients: number): void {
      allowed -= recipients;
    },
    goesOn: () => on.goesOn(tokens.seat),
  };
  return share;
}
