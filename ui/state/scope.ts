/** Whether a message belongs to a scope, as far as that can be told without the server: a search (`q`) cannot. Pure. */
import type { Message } from '../../sdk/contract.ts';
import type { Scope } from './route.ts';

export function inScope({ stream, inbox }: Scope, message: Message): boolean {
  if (stream !== undefined && message.stream !== stream) return false;
  return inbox === undefined || message.envelope.to.some((address) => address.toLowerCase() === inbox.toLowerCase());
}
