/**
 * What is known of a mailbox provider: where its hosts are, what it takes
 * from one sender, and what to do about what it says. A rule names phrases,
 * no expressions: nothing in it can be escaped wrongly, and looking for it in
 * a hostile reply costs one pass over at most LONGEST characters.
 */
import { formatEnhanced } from '../../mail/enhanced-status.ts';
import type { Answer } from '../../mail/reply.ts';
import type { SiteLimits } from '../../mail/stream.ts';

/** What a rule does while it lasts: nothing at all is sent, or not more than this. */
export type Act = 'pause' | Partial<SiteLimits>;

export type ProfileRule = {
  /** `yahoo.ts02`: of its profile, and unique. */
  id: string;
  /** Reply codes; any of 400 to 599 when absent. */
  codes?: readonly number[];
  /** Each must be there, in this order; case and kind of white space do not count. */
  says: readonly string[];
  /** So many within an hour; absent, the first one acts. */
  times?: number;
  act: Act;
  /** Milliseconds. */
  lasts: number;
  /** Real replies (addresses made neutral) that it is for. */
  samples: readonly [string, ...string[]];
  /** Replies that come near, and are for another rule or none. */
  others: readonly [string, ...string[]];
};

export type Profile = {
  /** As in `Route.provider` and `siteLimits`. */
  key: string;
  label: string;
  /** A leading dot stands for everything below; else it is the one host. Lower case, no dot at the end. */
  hosts: readonly string[];
  /** `all` sites of the provider together have these limits; else each of its `site`s. */
  shared: 'all' | 'site';
  limits: Partial<Pick<SiteLimits, 'connections' | 'messagesPerConnection' | 'rate' | 'connectionRate'>>;
  /** Whether its hosts offer STARTTLS without exception, so that one without is not theirs. */
  tls: 'always' | 'offered';
  /** Hosts in a row that did not let us in before it rests. Absent, the usual. */
  failures?: number;
  rules: readonly ProfileRule[];
};

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const perMinute = (messages: number): NonNullable<SiteLimits['rate']> => ({ messages, perMs: MINUTE, burst: 1 });

const LONGEST = 2_048;

/** A reply as rules read it: `421 4.7.0 [ts02] messages from …`; undefined when it is no refusal. */
export function readingOf(answer: Answer): { code: number; text: string } | undefined {
  if (answer.kind !== 'reply' || answer.code === undefined || answer.code < 400 || answer.code > 599) return undefined;
  const said = answer.text.slice(0, LONGEST);
  const status = answer.enhanced ? formatEnhanced(answer.enhanced) : '';
  return { code: answer.code, text: `${answer.code} ${status === '' || said.startsWith(status) ? '' : `${status} `}${said}`.replace(/\s+/g, ' ').toLowerCase() };
}

export function isFor({ codes, says }: Pick<ProfileRule, 'codes' | 'says'>, { code, text }: { code: number; text: string }): boolean {
  if (codes && !codes.includes(code)) return false;
  let from = 0;
  for (const phrase of says) {
    const at = text.indexOf(phrase.toLowerCase(), from);
    if (at < 0) return false;
    from = at + phrase.length;
  }
  return true;
}
