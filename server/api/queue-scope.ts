/**
 * What an operation on the queue applies to: as a person names it (stream,
 * site, domain, message, address), in the queue's own terms. Always within a
 * stream or a message; a name that finds nothing changes nothing.
 */
import type { z } from '@hono/zod-openapi';
import { ID_PATTERN } from '../ids.ts';
import { addressKey, domainKey, splitAddress } from '../mail/address.ts';
import type { RecipientKey } from '../mail/recipient.ts';
import type { QueueScope as Scope } from '../queue/port.ts';
import type { ApiDeps } from './deps.ts';
import { noSuchMessage } from './messages.ts';
import { problem } from './problems.ts';
import type { QueueScope } from './schemas/delivery.ts';
import { noSuchStream } from './streams.ts';

/** Recipients read at once. */
const PAGE = 500;

/** One scope for each lane or recipient that is meant; or the problem to answer. */
export async function queueScopesOf(deps: ApiDeps, asked: z.output<typeof QueueScope>): Promise<Scope[] | Response> {
  const { stream, site, domain, message, recipient, mode, heldFor } = asked;
  if (stream === undefined && message === undefined) return problem('unscoped', { detail: 'Say `stream` or `message`; the other parts narrow it.' });
  if (stream !== undefined && !deps.streams.get(stream)) return noSuchStream(stream);
  if (message !== undefined && (!ID_PATTERN.test(message) || !(await deps.store.read(message)))) return noSuchMessage(message);
  const within: Scope = { ...(stream === undefined ? {} : { stream }), ...(message === undefined ? {} : { message }), ...(mode === undefined ? {} : { mode }), ...(heldFor === undefined ? {} : { heldFor }) };

  if (recipient !== undefined) {
    const keys = message === undefined ? await keysIn(deps, stream!, recipient) : await keysOf(deps, message, recipient);
    if (keys instanceof Response) return keys;
    return keys.map((key) => ({ ...within, key }));
  }
  if (site === undefined && domain === undefined) return [within];
  const lanes = stream === undefined ? (await deps.store.delivery(message!))?.recipients.map((one) => one.recipient.destination) ?? [] : (await deps.store.depth({ stream })).map(({ destination }) => destination);
  const ofSite = site === undefined ? undefined : new Set((await deps.queue.sites(stream)).filter((one) => one.site === site.toLowerCase() || one.site === site).flatMap(({ destinations }) => destinations));
  return [...new Set(lanes)]
    .filter((destination) => (ofSite?.has(destination) ?? true) && (domain === undefined || domainOf(destination) === domainKey(domain)))
    .map((destination) => ({ ...within, destination }));
}

/** The recipients of a message with this address: one, as an envelope names none twice, and those that it was released to. */
export async function keysOf(deps: ApiDeps, message: string, address: string): Promise<RecipientKey[] | Response> {
  const delivery = await deps.store.delivery(message);
  const keys = delivery?.recipients.filter((one) => addressKey(one.recipient.address) === addressKey(address)).map((one) => one.recipient.key) ?? [];
  if (keys.length > 0) return keys;
  const names = delivery?.recipients.slice(0, 5).map((one) => one.recipient.address).join(', ');
  return problem('no-such-recipient', { detail: names ? `"${address.slice(0, 100)}" is none of its recipients: ${names}.` : 'The message was only captured: nothing of it was ever queued.' });
}

/** All that wait in a stream for this address; they stand in the lane of its domain, or in one of their own. */
async function keysIn(deps: ApiDeps, stream: string, address: string): Promise<RecipientKey[]> {
  const key = addressKey(address);
  const domain = domainKey(splitAddress(address).domain);
  const lanes = (await deps.store.depth({ stream })).map(({ destination }) => destination).filter((destination) => domainOf(destination) === domain);
  const keys: RecipientKey[] = [];
  for (const destination of lanes) {
    for (let after: RecipientKey | undefined; ;) {
      const page = await deps.store.recipients({ scope: { stream, destination }, limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const one of page) if (addressKey(one.address) === key) keys.push(one.key);
      if (page.length < PAGE) break;
      after = page.at(-1)!.key;
    }
  }
  return keys;
}

const domainOf = (destination: string): string => domainKey(destination.includes('@') ? splitAddress(destination).domain : destination);
