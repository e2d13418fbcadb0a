/**
 * How often a rule answers. Each limit may say no, and then the next rule is
 * asked; what counts, counts only when everything before it said yes. All of
 * it is a function of what was asked before: the same questions in the same
 * order get the same answers.
 */
import type { CountPer } from '../../sdk/contract.ts';
import { chance } from './chance.ts';
import { type CompiledRule, GREYLIST_WAIT, type Speech } from './compiled.ts';
import type { Notes } from './notes.ts';
import type { Asked } from './scenario.ts';
import type { Subject } from './when.ts';

export type Turn = {
  /** Instead of the rule's own; null goes on to the next rule. */
  speech?: Speech;
  /** How long until it would say yes, for `{retry}`. */
  retryMs: number;
};

export type Counting = { notes: Notes; seed: number; asked: Asked; subject: Subject; /** Wait of the persona's greylist. */ wait: number | undefined };

/** Undefined when the rule does not answer this time. `what` keeps apart what one rule counts for its reply and for what follows. */
export function turnOf(rule: CompiledRule, counting: Counting, what: 'act' | 'later'): Turn | undefined {
  const { often } = rule;
  if (!often) return { retryMs: 0 };
  const { notes, asked, subject } = counting;
  const { now } = asked;
  const key = (kind: string, per: string) => `${kind}|${what === 'act' ? asked.side[0] : 'l'}|${rule.id}|${per}`;
  const mine = () => keyOf(often.per ?? 'recipient', asked, subject);
  let retryMs = 0;

  if (often.window && (now < often.window.from || now >= often.window.to)) return undefined;
  if (often.untilMs !== undefined) {
    const left = sinceFirst(notes, key('u', mine()), now) + often.untilMs - now;
    if (left <= 0) return undefined;
    retryMs = left;
  }
  if (often.rate) {
    const { messages, connections, messagesPerConnection } = often.rate;
    const full = (connections !== undefined && (asked.connectionsOpen ?? 0) > connections)
      || (messagesPerConnection !== undefined && (asked.messagesOnConnection ?? 0) >= messagesPerConnection);
    if (!full) {
      if (!messages) return undefined;
      const over = overRate(notes, key('r', keyOf(often.per ?? 'client', asked, subject)), messages, now);
      if (over === 0) return undefined;
      retryMs = over;
    }
  }
  if (often.greylist) {
    const wait = often.greylist.waitMs ?? counting.wait ?? GREYLIST_WAIT;
    const left = greylistedFor(notes, key('g', often.per ? keyOf(often.per, asked, subject) : contactKey(asked, subject)), wait, often.greylist.passForMs, now);
    if (left === 0) return undefined;
    retryMs = left;
  }
  if (often.probability !== undefined && often.probability < 1) {
    // The how-maniest time that the rule was asked for this address: messages to it differ, and a run repeats itself.
    const address = keyOf('address', asked, subject);
    const nth = counted(notes, key('p', address));
    if (chance(counting.seed, rule.id, address, nth) >= often.probability) return undefined;
  }
  if (often.times !== undefined) {
    const place = key('t', mine());
    const used = numberAt(notes, place);
    if (used >= often.times) return undefined;
    if (used === 0) notes.begin(rule.id, rule.from);
    notes.set(place, used + 1);
  }
  if (often.sequence) {
    const nth = counted(notes, key('s', mine()));
    const speech = often.sequence[Math.min(nth, often.sequence.length) - 1] ?? null;
    return speech === null ? undefined : { speech, retryMs };
  }
  return { retryMs };
}

const numberAt = (notes: Notes, key: string): number => {
  const note = notes.get(key);
  return typeof note === 'number' ? note : 0;
};

/** 1 for the first time. */
export function counted(notes: Notes, key: string): number {
  const nth = numberAt(notes, key) + 1;
  notes.set(key, nth);
  return nth;
}

function sinceFirst(notes: Notes, key: string, now: number): number {
  const first = notes.get(key);
  if (typeof first === 'number') return first;
  notes.set(key, now);
  return now;
}

export const contactKey = (asked: Asked, { recipient, domain }: Subject): string => `${asked.client}|${(asked.sender ?? '').toLowerCase()}|${(recipient ?? domain).toLowerCase()}`;

/** Milliseconds that are left to wait; 0 is welcome. First contact, and the last one that was let in. */
export function greylistedFor(notes: Notes, key: string, waitMs: number, passForMs: number, now: number): number {
  const [first, passed] = (notes.get(key) as readonly number[] | undefined) ?? [];
  // Known, but not heard of for too long: a stranger again.
  if (first === undefined || (passed !== undefined && passed >= 0 && now - passed > passForMs)) {
    notes.set(key, [now, -1]);
    return waitMs;
  }
  if (passed === -1 && now < first + waitMs) return first + waitMs - now;
  notes.set(key, [first, now]);
  return 0;
}

/** Up to so many, each one's moment is kept: what a test counts by hand comes out exactly. */
const COUNTED_ONE_BY_ONE = 200;

/**
 * Milliseconds until there is room again; 0 counts this one in. A larger rate
 * is a sliding window of two counters: the one before counts by the share of it that is
 * still in the window, so there is no burst where two windows meet. What is
 * refused does not count, or a sender that insists would never get through.
 */
export function overRate(notes: Notes, key: string, { most, perMs }: { most: number; perMs: number }, now: number): number {
  if (most <= COUNTED_ONE_BY_ONE) return overCounted(notes, key, { most, perMs }, now);
  let [start = now, count = 0, before = 0] = (notes.get(key) as readonly number[] | undefined) ?? [];
  const past = Math.floor((now - start) / perMs);
  if (past !== 0) [start, count, before] = [start + past * perMs, 0, past === 1 ? count : 0];
  const gone = (now - start) / perMs;
  if (count + before * (1 - gone) + 1 <= most) {
    notes.set(key, [start, count + 1, before]);
    return 0;
  }
  notes.set(key, [start, count, before]);
  const room = most - 1 - count;
  // Either the window before fades enough within this one, or this one must fade within the next.
  const share = before > 0 && room >= 0 ? 1 - room / before : most < 1 ? 1 : 2 - (most - 1) / Math.max(count, 1);
  return Math.max(1, Math.ceil(start + share * perMs - now));
}

function overCounted(notes: Notes, key: string, { most, perMs }: { most: number; perMs: number }, now: number): number {
  const kept = (notes.get(key) as readonly number[] | undefined) ?? [];
  // Time of a narrowed advance may be ahead of the others': what lies ahead of now is not over either.
  const within = kept.filter((at) => at > now - perMs);
  if (within.length < most) {
    notes.set(key, [...within, now]);
    return 0;
  }
  if (within.length !== kept.length) notes.set(key, within);
  // Room comes when so many are over that fewer than `most` are left.
  const first = [...within].sort((a, b) => a - b)[within.length - most];
  return Math.max(1, (first ?? now) + perMs - now);
}

/** A message is known by its name, else by its sender: all that a stranger's RCPT tells. */
export function keyOf(per: CountPer, asked: Asked, { recipient, domain }: Subject): string {
  const who = (recipient ?? asked.destinationAddress ?? domain).toLowerCase();
  switch (per) {
    case 'recipient': return `${asked.message ?? asked.sender ?? ''}|${who}`;
    case 'message': return asked.message ?? asked.sender ?? '';
    case 'address': return who;
    case 'domain': return domain;
    case 'sender': return (asked.sender ?? '').toLowerCase();
    case 'client': return asked.client;
    case 'all': return '';
  }
}
