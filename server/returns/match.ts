/**
 * Finds what a report is about, by what is hardest to make up first: the
 * signed return path that it came to, then the envelope id, then the
 * Message-ID, each with the recipient. By the latter two only mail of the
 * report's own stream is found: nobody can bounce somebody else's. Who has a
 * signed return path got the mail, whichever stream's inbox it comes to.
 */
import type { BounceRecipient } from '../dsn/bounce.ts';
import { claimOf, type Verp } from '../dsn/verp.ts';
import { addressKey } from '../mail/address.ts';
import type { ReturnStore, SentRecipient } from '../queue/port.ts';

/** `sent` without an address that we wrote to says only which message it is about. */
export type Match = { sent: SentRecipient; /** It is this recipient, not only this message. */ exact: boolean; /** A return path that we signed says so: nobody who did not get the mail can know it. */ signed?: true };

export type Traces = { stream: string; token: SentRecipient | undefined; envelopeId?: string; messageIds: string[] };

/** Message-IDs of a thread that are asked for; and how often one address of a message is looked at, which may have been released more than once. */
const IDS_MOST = 5;
const RELEASED_MOST = 10;

/** Whom a return path names: it says which message, the message whose stream, and that stream's signature whether it is true. */
export async function byReturnPath(store: Pick<ReturnStore, 'sentByToken'>, verp: (stream: string) => Verp | undefined, addresses: readonly string[]): Promise<SentRecipient | undefined> {
  for (const address of addresses) {
    const claim = claimOf(address);
    const sent = claim && (await store.sentByToken(claim.message, claim.n));
    if (sent && verp(sent.stream)?.read(address)) return sent;
  }
  return undefined;
}

export async function match(store: Pick<ReturnStore, 'sentBy'>, { stream, token, envelopeId, messageIds }: Traces, of: Pick<BounceRecipient, 'recipient' | 'originalRecipient'>): Promise<Match | undefined> {
  // A return path is for one recipient; the report may name where the mail was forwarded to.
  if (token) return { sent: token, exact: true, signed: true };
  const traces = [
    ...(envelopeId === undefined || envelopeId === '' ? [] : [...new Set([xtext(envelopeId), envelopeId])].map((envid) => ({ stream, envid }))),
    ...messageIds.slice(0, IDS_MOST).map((messageId) => ({ stream, messageId })),
  ];
  for (const trace of traces) {
    for (const recipient of [of.recipient, of.originalRecipient]) {
      if (recipient === undefined || recipient === '') continue;
      const sent = latest(await store.sentBy({ ...trace, recipient, limit: RELEASED_MOST }));
      if (sent) return { sent, exact: true };
    }
    // Nobody of this name: of a message with one recipient it is still that one.
    const [sent, other] = await store.sentBy({ ...trace, limit: 2 });
    if (sent) return { sent, exact: other === undefined || other.message !== sent.message };
  }
  return undefined;
}

/** Of the newest message; of one that was released again the last of those that were tried at all. */
function latest([newest, ...others]: readonly SentRecipient[]): SentRecipient | undefined {
  return others.reduce((best, one) => (newest && one.message === newest.message && wasTried(one) ? one : best), newest);
}

/** A message that never left cannot have come back. */
export const wasTried = ({ state }: SentRecipient): boolean => WAS_TRIED.includes(state);
const WAS_TRIED: readonly string[] = ['active', 'deferred', 'delivered', 'bounced', 'expired'];

/** RFC 3461 §4: as a client writes an envelope id. */
const xtext = (text: string): string => text.replace(/[^!-*,-<>-~]/g, (char) => (char <= '\u007f' ? `+${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}` : char));

export const sameAddress = (a: string, b: string): boolean => addressKey(a) === addressKey(b);
