/**
 * What a verdict holds against an address: a suppression, a strike, or
 * nothing. Only hard classes with a permanent reply ever suppress; what is
 * about the sender, the message or the set-up says nothing of the recipient,
 * and what the pretend remote says nothing of the real address.
 */
import type { Verdict } from '../classify/verdict.ts';
import { addressKey } from '../mail/address.ts';
import type { Recipient } from '../mail/recipient.ts';
import type { Answer } from '../mail/reply.ts';
import type { Suppression } from '../mail/suppression.ts';
import { textOf } from './words.ts';
import type { Outcome } from './port.ts';

/** Towards the outcome of a recipient that ends (bounced or expired) by this verdict. */
export function heldAgainst(recipient: Pick<Recipient, 'address' | 'stream' | 'mode' | 'message'>, verdict: Pick<Verdict, 'action' | 'class' | 'permanence' | 'scope'>, answer: Answer, at: number): Pick<Outcome, 'suppress' | 'strike'> {
  const address = addressKey(recipient.address);
  switch (verdict.action) {
    case 'suppress': {
      const suppress: Suppression = {
        address, stream: recipient.stream, mode: recipient.mode,
        reason: verdict.class === 'complaint' ? 'complaint' : 'hard_bounce',
        detail: textOf(answer), message: recipient.message, createdAt: at, expiresAt: null,
      };
      return { suppress };
    }
    case 'strike':
      return { strike: { address, kind: 'confirm', at } };
    case 'fail': case 'fix_config': case 'retry': case 'slow_down': case 'pause': case 'split': case 'ignore':
      return verdict.permanence === 'soft' && verdict.scope === 'recipient' ? { strike: { address, kind: 'soft', at } } : {};
  }
}
