/**
 * What a stream in mode `deliver` may do, and how: to whom, how much, from
 * where, signed with what. Part of its delivery policy; it means nothing in
 * the other modes.
 */

/** A smarthost that takes the mail of some domains. */
export type Relay = {
  /** `example.test`, `*.example.test` (what is below it), or `*` for all that no other relay names. */
  domains: string[];
  /** `always` instead of the recipient's own MX; `fallback` when none of those let us in. */
  when: 'always' | 'fallback';
  host: string;
  port: number;
  /** `verified` is STARTTLS with a certificate that holds; `implicit` the same from the first octet (RFC 8314). */
  tls: 'opportunistic' | 'required' | 'verified' | 'implicit';
  user: string | null;
  /** Kept; never told again. */
  password: string | null;
};

/** An address of this machine that mail goes out from, and the name that it says in EHLO. Null is what the system takes. */
export type Source = { ipv4: string | null; ipv6: string | null; helo: string | null };

export const FAMILIES = ['ipv4-first', 'ipv6-first', 'ipv4', 'ipv6'] as const;
export type Family = (typeof FAMILIES)[number];

export type LivePolicy = {
  /** Addresses, domains (`example.test`), what is below them (`*.example.test`), or `*` for everybody. Nothing is allowed at first. */
  allow: string[];
  /** All mail of the stream goes to this one address instead; whom it was for stands in a header. Null for nobody. */
  intercept: string | null;
  /** The first so many recipients since then are delivered, and of the rest this share (0 to 1); the others are held until somebody approves. */
  canary: { first: number; share: number; since: number } | null;
  /** Recipients a day (UTC), by days since then; after the last one there is no cap. What is above waits for the next day. */
  warmUp: { since: number; caps: number[] } | null;
  relays: Relay[];
  /** In turns, one for each connection; empty is one of the system's choice. */
  sources: Source[];
  family: Family;
  /** `required` sends nothing in plaintext, to anybody. Policies of the receiver (MTA-STS, DANE) hold anyhow. */
  tls: 'opportunistic' | 'required';
  /** Null sends unsigned. `domain` null is that of From; `selector` null is the one in use. What cannot be signed is held. */
  dkim: { domain: string | null; selector: string | null } | null;
  /** Feedback-ID (`campaign:customer:kind:sender`); null for none. */
  feedbackId: string | null;
  /** Adds List-Unsubscribe with one click (RFC 8058), answered by this Postern (`publicUrl`). */
  unsubscribe: boolean;
};

/** Whether each recipient gets a copy of its own, and so a transaction. */
export const isPerRecipient = (policy: LivePolicy): boolean => policy.unsubscribe;

export const DEFAULT_LIVE: LivePolicy = {
  allow: [], intercept: null, canary: null, warmUp: null, relays: [], sources: [],
  family: 'ipv4-first', tls: 'opportunistic', dkim: { domain: null, selector: null }, feedbackId: null, unsubscribe: false,
};

const DAY = 86_400_000;

/** Most recipients of the day (UTC) that `now` is in, and when the next one begins. Null is no cap. */
export function warmUpDay({ since, caps }: NonNullable<LivePolicy['warmUp']>, now: number): { cap: number | null; begins: number; ends: number } {
  const day = Math.floor(now / DAY);
  return { cap: caps[Math.max(day - Math.floor(since / DAY), 0)] ?? null, begins: day * DAY, ends: (day + 1) * DAY };
}

/** Without what only the relay may know: whether there is a password, not which. */
export const withoutSecrets = (live: LivePolicy): Omit<LivePolicy, 'relays'> & { relays: (Omit<Relay, 'password'> & { hasPassword: boolean })[] } => ({
  ...live, relays: live.relays.map(({ password, ...relay }) => ({ ...relay, hasPassword: password !== null })),
});

/** What differs, part by part, to be read and kept: without secrets, of which only is said that they are others. Null when nothing does. */
export function liveChanges(before: LivePolicy | null, after: LivePolicy): Record<string, { was: unknown; is: unknown }> | null {
  const was = before ?? DEFAULT_LIVE;
  const parts = (Object.keys(after) as (keyof LivePolicy)[]).filter((part) => JSON.stringify(was[part]) !== JSON.stringify(after[part]));
  if (parts.length === 0) return null;
  const [shownWas, shownIs] = [withoutSecrets(was), withoutSecrets(after)];
  return Object.fromEntries(parts.map((part) => [part, {
    was: shownWas[part], is: shownIs[part],
    ...(JSON.stringify(shownWas[part]) === JSON.stringify(shownIs[part]) ? { note: 'a password' } : {}),
  }]));
}
