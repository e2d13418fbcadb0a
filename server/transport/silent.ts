/**
 * Hosts that did not answer in time: half a minute for a connection, minutes
 * for a greeting. For a while they are asked after the others of their route,
 * so that not every connection pays for that again. They are never left out;
 * and what answers at once, a refusal too, costs nothing and is not remembered.
 */
import { type Host, isFallback } from '../network/network.ts';
import { createRemembered, type Remembered } from './remembered.ts';

export type Silent = Remembered<true>;

export const createSilent = ({ lifetime = 300_000 } = {}): Silent => createRemembered({ lifetime });

/** In the order in which they are asked, with a line for each that was put back. Fallback relays stay behind all others. */
export function inOrder(hosts: readonly Host[], isSilent: (host: Host) => boolean): { hosts: readonly Host[]; notes: string[] } {
  const silent = new Set(hosts.filter(isSilent));
  const rank = (host: Host) => (isFallback(host) ? 2 : 0) + (silent.has(host) ? 1 : 0);
  const order = hosts.toSorted((a, b) => rank(a) - rank(b));
  if (order.every((host, i) => host === hosts[i])) return { hosts, notes: [] };
  return { hosts: order, notes: [...silent].map(({ name, address }) => `${name} [${address}] did not answer in time a short while ago: the others are asked before it`) };
}
