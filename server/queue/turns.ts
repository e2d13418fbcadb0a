/**
 * Which host of a route a load asks first (RFC 5321 §5.1: each in order until
 * one takes it). A host that does not let us in is passed over in the same
 * attempt, by connect. One that does, and then puts the mail off, ends the
 * attempt; what it said tells whom the next attempt begins with:
 *
 *   broken, cut off, silent, or the wrong host   the next one in the order
 *   greylisted                                   the same one: it remembers us
 *   anything else                                as ever; it would be said elsewhere, too
 *
 * A full mailbox, a rate or a block is no reason to go round: a backup that
 * knows no better takes the mail and bounces it later, or counts it against
 * us. Fallback relays are for hosts that nobody gets into, and stay last. Pure.
 */
import type { Recipient } from '../mail/recipient.ts';
import type { Stage } from '../mail/reply.ts';
import { isFallback, type Route } from '../network/network.ts';
import type { Load } from './loads.ts';

type Last = NonNullable<Recipient['last']>;

const INSIDE: readonly (Stage | undefined)[] = ['mail', 'rcpt', 'data', 'body'];
/** About the host, and perhaps about no other one. */
const OF_THE_HOST: readonly string[] = ['server_error', 'network', 'protocol', 'routing', 'relay_denied', 'unknown'];

const isOfTheHost = ({ answer, class: is }: Last): boolean => INSIDE.includes(answer.stage) && OF_THE_HOST.includes(is);
const isRemembered = ({ class: is }: Last): boolean => is === 'greylisted';

const hostsOf = ({ recipients }: Load, is: (last: Last) => boolean): Set<string> =>
  new Set(recipients.flatMap(({ last }) => (last?.answer.host && is(last) ? [last.answer.host] : [])));

/** Hosts that are asked by MX, by name and in order. */
const namesOf = ({ hosts }: Route): string[] => [...new Set(hosts.flatMap((host) => (isFallback(host) ? [] : [host.name])))];

/** Whether another host is to be asked before this one. */
export function isToTurnFrom(host: string, load: Load, route: Route | undefined): boolean {
  const away = hostsOf(load, isOfTheHost);
  return away.has(host) && route !== undefined && namesOf(route).some((name) => !away.has(name));
}

/** Whether a domain has any other host than this one. */
export const hasOther = (host: string, route: Route | undefined): boolean => route !== undefined && namesOf(route).some((name) => name !== host);

/** The route as this load takes it. */
export function inTurn(route: Route, load: Load): Route {
  const names = namesOf(route);
  if (names.length < 2) return route;
  const away = hostsOf(load, isOfTheHost);
  const first = names.findIndex((name) => away.has(name));
  const before = hostsOf(load, isRemembered);
  const turned = first < 0 ? names : [...names.slice(first + 1), ...names.slice(0, first + 1)];
  const rank = (name: string) => (away.has(name) ? 2 : before.has(name) ? 0 : 1);
  const order = turned.toSorted((a, b) => rank(a) - rank(b));
  if (order.every((name, i) => name === names[i])) return route;
  const notes = [
    ...names.filter((name) => away.has(name)).map((name) => `${name} put it off the last time: the others are asked before it`),
    ...names.filter((name) => before.has(name) && !away.has(name)).map((name) => `${name} asked for it again: it is asked first`),
  ];
  const place = (host: Route['hosts'][number]) => (isFallback(host) ? Infinity : order.indexOf(host.name));
  return { ...route, hosts: route.hosts.map((host) => ({ host, at: place(host) })).toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map(({ host }) => host), notes: [...(route.notes ?? []), ...notes] };
}
