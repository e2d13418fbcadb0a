/** What a scope means: to the server, and for a message. Pure. */
import { sameAddress } from '../../sdk/comparing.ts';
import type { Message, MessageQuery } from '../../sdk/contract.ts';
import type { Scope } from './route.ts';

export const queryOf = ({ stream, inbox, q }: Scope): MessageQuery => ({ ...(stream ? { stream } : {}), ...(inbox ? { inbox } : {}), ...(q ? { q } : {}) });

/** Whether a message belongs to it, as far as that can be told without the server: a search (`q`) cannot. */
export function inScope({ stream, inbox }: Scope, message: Message): boolean {
  if (stream !== undefined && message.stream !== stream) return false;
  return inbox === undefined || message.envelope.to.some((address) => sameAddress(address, inbox));
}
