/**
 * What providers said, and what follows from it for a while: the rules of
 * their profiles, counted within the last hour, and what is in force because
 * of them. By key: a site, or a provider that counts all its sites as one.
 * What is in force survives a restart; what was only counted does not.
 */
import type { Answer } from '../mail/reply.ts';
import type { SiteLimits } from '../mail/stream.ts';
import { type Act, profileOf, PROFILES, type ProfileRule, ANY_RULES, rulesFor } from './profiles/profiles.ts';
import { tighter } from './providers.ts';
import { textOf } from './words.ts';

const HOUR = 3_600_000;
/** A rule that is in force is told again and written anew when it lasts so much longer. */
const LONGER_MS = 60_000;
/** Keys whose counts are kept; the one not heard of for longest goes first. */
const COUNTED_MOST = 2_000;

/** In force. */
export type Ruled = { rule: string; act: Act; since: number; until: number; /** What was said. */ reason: string };

/** Where it is kept: a small JSON text for each key. */
export type PacingKeep = { keep(key: string, json: string | null): void; kept?: readonly { key: string; json: string }[] };

export type Rules = {
  /** Answers what is in force from now on, and was not before. */
  heard(key: string, provider: string | null, answer: Answer, now: number): Ruled[];
  /** Within what is in force. */
  within(key: string, limits: SiteLimits, now: number): SiteLimits;
  /** The one that lasts longest. */
  pauseOf(key: string, now: number): Ruled | undefined;
  inForce(key: string, now: number): readonly Ruled[];
};

const KNOWN: ReadonlyMap<string, ProfileRule> = new Map([...PROFILES.flatMap(({ rules }) => rules), ...ANY_RULES].map((rule) => [rule.id, rule]));
const NONE: readonly Ruled[] = [];

/** What all sites of a provider have in common is kept by its name. A site that is one address alone has nothing in common with others. */
export const keyOf = (site: string, provider: string | null): string => (profileOf(provider)?.shared === 'all' && !site.includes('@') ? provider! : site);

export function createRules({ keep, kept = [] }: PacingKeep = { keep() {} }): Rules {
  const inForceAt = new Map<string, Ruled[]>();
  /** Moments of the last matches, as many as the rule asks for. */
  const counts = new Map<string, Map<string, number[]>>();
  /** One answer may be told for each of many recipients. */
  const heardOf = new WeakSet<Answer>();
  for (const { key, json } of kept) inForceAt.set(key, read(json));

  function inForce(key: string, now: number): readonly Ruled[] {
    const all = inForceAt.get(key);
    if (!all) return NONE;
    const still = all.filter(({ until }) => until > now);
    if (still.length === all.length) return all;
    write(key, still);
    return still;
  }

  function write(key: string, ruled: Ruled[]): void {
    if (ruled.length > 0) inForceAt.set(key, ruled);
    else inForceAt.delete(key);
    keep(key, ruled.length > 0 ? JSON.stringify(ruled.map(({ rule, since, until, reason }) => ({ rule, since, until, reason }))) : null);
  }

  /** Whether that makes as many within the hour as the rule asks for. */
  function counted(key: string, { id, times = 1 }: ProfileRule, now: number): boolean {
    if (times === 1) return true;
    const of = counts.get(key) ?? new Map<string, number[]>();
    counts.delete(key);
    counts.set(key, of);
    if (counts.size > COUNTED_MOST) counts.delete(counts.keys().next().value!);
    const moments = [...(of.get(id) ?? []), now].slice(-times);
    of.set(id, moments);
    return moments.length === times && moments[0]! > now - HOUR;
  }

  return {
    inForce,
    heard(key, provider, answer, now) {
      if (heardOf.has(answer)) return [];
      const triggered = rulesFor(answer, provider).filter((rule) => counted(key, rule, now));
      if (answer.kind === 'reply') heardOf.add(answer);
      if (triggered.length === 0) return [];
      const before = inForce(key, now);
      const begun: Ruled[] = [];
      let all = [...before];
      for (const { id, act, lasts } of triggered) {
        const was = before.find(({ rule }) => rule === id);
        const until = now + lasts;
        if (was && until - was.until < LONGER_MS) continue;
        const ruled: Ruled = { rule: id, act, since: was?.since ?? now, until, reason: textOf(answer) };
        all = [...all.filter(({ rule }) => rule !== id), ruled];
        if (!was) begun.push(ruled);
      }
      if (all.some((one) => !before.includes(one))) write(key, all);
      return begun;
    },
    within(key, limits, now) {
      let narrowed = limits;
      for (const { act } of inForce(key, now)) if (act !== 'pause') narrowed = tighter(narrowed, act);
      return narrowed;
    },
    pauseOf: (key, now) => inForce(key, now).reduce<Ruled | undefined>((last, one) => (one.act === 'pause' && (!last || one.until > last.until) ? one : last), undefined),
  };
}

/** What cannot be read, or names a rule that is no more, is passed over. */
function read(json: string): Ruled[] {
  try {
    const said: unknown = JSON.parse(json);
    return (Array.isArray(said) ? said : []).flatMap((one: Partial<Ruled> | null) => {
      const rule = KNOWN.get(one?.rule ?? '');
      return rule && Number.isFinite(one?.until) && Number.isFinite(one?.since) ? [{ rule: rule.id, act: rule.act, since: one!.since!, until: one!.until!, reason: one?.reason ?? '' }] : [];
    });
  } catch {
    return [];
  }
}

/** What a rule does, in words: `pause`, `1 connection, 1 message a minute`. */
export function actText(act: Act): string {
  if (act === 'pause') return 'pause';
  const { connections, messagesPerConnection, rate, connectionRate } = act;
  return [
    connections === undefined ? [] : [plural(connections, 'connection')],
    messagesPerConnection === undefined ? [] : [`${plural(messagesPerConnection, 'message')} on a connection`],
    rate ? [`${plural(rate.messages, 'message')} ${timeText(rate.perMs)}`] : [],
    connectionRate ? [`${plural(connectionRate.connections, 'new connection')} ${timeText(connectionRate.perMs)}`] : [],
  ].flat().join(', ');
}

export const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
export function timeText(ms: number): string {
  for (const [name, span] of [['day', 86_400_000], ['hour', HOUR], ['minute', 60_000], ['second', 1_000]] as const) if (ms === span) return name === 'hour' ? 'an hour' : `a ${name}`;
  return `in ${ms / 1_000} s`;
}
