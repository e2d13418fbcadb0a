/**
 * Delivery in words and colours: what a recipient's state is called, what
 * stands on the row of a message, how an answer, a moment and a waiting time
 * are read. Pure. The words are the API's own.
 */
import type { Answer, Attempt, RecipientState } from '../../sdk/contract.ts';
import { countText } from './format.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'busy';

export const TONES: Record<RecipientState, Tone> = {
  queued: 'busy', active: 'busy', deferred: 'warn', held: 'warn', delivered: 'good', bounced: 'bad', expired: 'bad', suppressed: 'quiet', cancelled: 'quiet',
};
/** Nothing happens to it any more. */
export const isOver = (state: RecipientState): boolean => state === 'delivered' || state === 'bounced' || state === 'expired' || state === 'suppressed' || state === 'cancelled';

/** What asks for a look comes first: of many recipients the row of their message shows one word. */
const GRAVEST: readonly RecipientState[] = ['bounced', 'expired', 'deferred', 'held', 'active', 'queued', 'suppressed', 'cancelled', 'delivered'];

export type Tally = Partial<Record<RecipientState, number>>;

/** The state that a message's row shows; null when nothing of it was ever queued. */
export function markOf(tally: Tally | null): RecipientState | null {
  return tally === null ? null : GRAVEST.find((state) => (tally[state] ?? 0) > 0) ?? null;
}

/** `2 bounced, 48 delivered`, the gravest first. */
export const tallyText = (tally: Tally | null): string => GRAVEST.flatMap((state) => (tally?.[state] ? [`${countText(tally[state])} ${state}`] : [])).join(', ');

/** States that there are, the gravest first. */
export const statesOf = (tally: Tally): [RecipientState, number][] => GRAVEST.flatMap((state) => (tally[state] ? [[state, tally[state]] as [RecipientState, number]] : []));

/** `452 4.2.2 Mailbox full`, or what went wrong before anybody answered. Lines stay lines. */
export function answerText(answer: Answer): string {
  if (answer.kind === 'fault') return [answer.fault, answer.detail].filter(Boolean).join(': ');
  const { code, enhanced, text } = answer;
  return [code, enhanced !== null && !text.startsWith(enhanced) ? enhanced : null, text].filter((part) => part !== null && part !== '').join(' ');
}

/** What the server showed, and what it had to fulfil. */
export function tlsFacts(tls: Attempt['tls']): [string, string][] {
  if (!tls) return [];
  const { certificate, unverified, policy } = tls;
  return [
    ...(policy && policy !== 'none' ? [['TLS policy', policy] as [string, string]] : []),
    ...(certificate ? [['Certificate', `${certificate.subject || 'no name'}, by ${certificate.issuer || 'nobody named'}, until ${certificate.validTo}`] as [string, string], ['Fingerprint', certificate.fingerprint256] as [string, string]] : []),
    ...(unverified ? [['Not trusted', unverified] as [string, string]] : certificate ? [['Trusted', 'yes'] as [string, string]] : []),
  ];
}

const UNITS = [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1_000]] as const;

/** `0s`, `1m 30s`, `3h 12m`, `2d 4h`: two parts are enough; what is shorter than a second in milliseconds. */
export function longText(ms: number): string {
  const whole = Math.abs(ms);
  if (whole > 0 && whole < 1_000) return `${Math.round(whole)}ms`;
  const rounded = Math.round(whole / 1_000) * 1_000;
  const parts = UNITS.map(([unit, size], i) => ({ unit, n: Math.floor((i === 0 ? rounded : rounded % UNITS[i - 1]![1]) / size) }));
  const first = parts.findIndex(({ n }) => n > 0);
  return first < 0 ? '0s' : parts.slice(first, first + 2).filter(({ n }) => n > 0).map(({ n, unit }) => `${n}${unit}`).join(' ');
}

/** After the message was accepted: `+1m`. The way to the first attempt takes a part of a second, which is not rounded up. */
export function afterText(ms: number): string {
  const whole = Math.floor((Math.abs(ms) + 50) / 1_000) * 1_000;
  return `${ms < 0 ? '−' : '+'}${longText(whole)}`;
}

/** `in 4m`, `4m ago`, `now`; both times of the same clock. */
export function fromNow(at: string, now: number): string {
  const ms = Date.parse(at) - now;
  if (Math.abs(ms) < 1_000) return 'now';
  return ms > 0 ? `in ${longText(ms)}` : `${longText(ms)} ago`;
}

/** When the next attempt is: `in 4m`, or `due`. */
export const dueText = (at: string, now: number): string => (Date.parse(at) <= now ? 'due' : `in ${longText(Date.parse(at) - now)}`);

/** Milliseconds of `90s`, `1h 30m`, `250`; undefined when it is none. */
export function readSpan(text: string): number | undefined {
  const typed = text.trim().toLowerCase();
  if (/^\d+$/.test(typed)) return Number(typed);
  if (!/^(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$/.test(typed)) return undefined;
  const lengths: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
  return [...typed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * lengths[unit!]!, 0);
}
