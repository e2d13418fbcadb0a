/**
 * What a stream may deliver for real, as a request says it (laid over what
 * stands; faults with their paths) and as it is answered. A relay's password
 * goes in and never comes out; a request that only repeats what it has read
 * does not lose it.
 */
import type { z } from '@hono/zod-openapi';
import type * as wire from '../../sdk/contract.ts';
import { allowFault, allowKey } from '../gate/allow.ts';
import { addressFault } from '../mail/address.ts';
import { type LivePolicy, type Relay, withoutSecrets } from '../mail/live.ts';
import { shown } from '../shown.ts';
import type { Fault } from './faults.ts';
import type { LivePolicyInput } from './schemas/live.ts';
import { timeOf } from './wire-time.ts';

type Input = z.output<typeof LivePolicyInput>;

export const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
// Names, and addresses of both families: what a relay may be reached under.
const HOST = /^(?:[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45})$/i;
const SELECTOR = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
// One to four fields; nothing that could begin another header line.
const FEEDBACK_ID = /^[\x21-\x39\x3b-\x7e]*(?::[\x21-\x39\x3b-\x7e]*){0,3}$/;

export function livePolicyOf(input: Input, before: LivePolicy, now: number): { live: LivePolicy; faults: Fault[] } {
  const faults: Fault[] = [];
  const fault = (path: string, message: string, said?: string) => void faults.push({ path: `delivery.live.${path}`, message: said === undefined ? message : `${message}; it is ${shown(said)}` });
  const { allow, intercept, canary, warmUp, relays, sources, family, tls, dkim, feedbackId, unsubscribe } = input;

  allow?.forEach((entry, n) => {
    const flaw = allowFault(entry);
    if (flaw !== undefined) fault(`allow.${n}`, flaw, entry);
  });
  if (intercept && (addressFault(intercept) !== undefined || !intercept.includes('@'))) fault('intercept', 'must be an address like qa@example.test', intercept);
  if (dkim?.domain && !DOMAIN.test(dkim.domain)) fault('dkim.domain', 'must be a domain like example.test', dkim.domain);
  if (dkim?.selector && !SELECTOR.test(dkim.selector)) fault('dkim.selector', 'must be a selector: letters, digits, dashes and dots', dkim.selector);
  if (feedbackId && !FEEDBACK_ID.test(feedbackId)) fault('feedbackId', 'must be one to four parts with ":" between them, without spaces', feedbackId);
  sources?.forEach(({ helo }, n) => {
    if (helo && !DOMAIN.test(helo)) fault(`sources.${n}.helo`, 'must be a host name', helo);
  });
  const judged = relays?.map((relay, n) => relayOf(relay, before.relays, (path, message, said) => fault(`relays.${n}.${path}`, message, said)));

  const live: LivePolicy = {
    ...before,
    ...(allow === undefined ? {} : { allow: [...new Map(allow.map((entry) => [allowKey(entry), entry])).values()] }),
    ...(intercept === undefined ? {} : { intercept }),
    ...(canary === undefined ? {} : { canary: canary && { first: canary.first, share: canary.share, since: begin(canary, before.canary, now) } }),
    ...(warmUp === undefined ? {} : { warmUp: warmUp && { caps: warmUp.caps, since: begin(warmUp, before.warmUp, now) } }),
    ...(judged === undefined ? {} : { relays: judged }),
    ...(sources === undefined ? {} : { sources: sources.map(({ ipv4 = null, ipv6 = null, helo = null }) => ({ ipv4, ipv6, helo: helo?.toLowerCase() ?? null })) }),
    ...(family === undefined ? {} : { family }),
    ...(tls === undefined ? {} : { tls }),
    ...(dkim === undefined ? {} : { dkim: dkim && { domain: dkim.domain?.toLowerCase() ?? null, selector: dkim.selector ?? null } }),
    ...(feedbackId === undefined ? {} : { feedbackId }),
    ...(unsubscribe === undefined ? {} : { unsubscribe }),
  };
  return { live, faults };
}

/** As said; or as it stands, when it is the same one; or now. */
function begin<T extends { since?: string | undefined }>({ since, ...wish }: T, before: ({ since: number } & Omit<T, 'since'>) | null, now: number): number {
  if (since !== undefined) return Date.parse(since);
  if (before === null) return now;
  const { since: stands, ...was } = before;
  const same = (Object.keys(wish) as (keyof typeof wish)[]).every((key) => JSON.stringify(wish[key]) === JSON.stringify((was as unknown as typeof wish)[key]));
  return same ? stands : now;
}

function relayOf({ domains, when = 'always', host: written, tls = 'verified', port = tls === 'implicit' ? 465 : 587, user = null, password, hasPassword }: NonNullable<Input['relays']>[number], before: readonly Relay[], fault: (path: string, message: string, said?: string) => void): Relay {
  const host = written.toLowerCase();
  domains.forEach((domain, n) => {
    if (domain !== '*' && (domain.includes('@') || allowFault(domain) !== undefined)) fault(`domains.${n}`, 'must be a domain (example.test, *.example.test) or "*"', domain);
  });
  // With an "@" it was an address with a login in it: the password is no part of a fault.
  if (!HOST.test(host)) fault('host', 'must be a host name or an address', written.includes('@') ? undefined : written);
  const stands = hasPassword === false ? undefined : before.find((one) => one.host === host && one.port === port && one.user === user);
  const known = password === undefined ? (stands?.password ?? null) : password;
  if (known !== null && user === null) fault('user', 'goes with the password: give both or neither');
  // It would be asked to relay without a login, which it refuses.
  if (known === null && user !== null) fault('password', 'goes with the user: give both or neither');
  return { domains: domains.map(allowKey), when, host, port, tls, user, password: known };
}

/** As it is answered. */
export function liveOf(live: LivePolicy): wire.LivePolicy {
  const { canary, warmUp, ...rest } = withoutSecrets(live);
  return { ...rest, canary: canary && { ...canary, since: timeOf(canary.since) }, warmUp: warmUp && { ...warmUp, since: timeOf(warmUp.since) } };
}
