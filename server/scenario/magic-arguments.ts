/** The arguments of a magic address: what stands between its dots. Each reader answers undefined for what it cannot read. */
import type { ScenarioReply } from '../../sdk/contract.ts';
import type { Stage } from '../mail/reply.ts';
import { parseDuration } from '../units.ts';

/** Where a time is left out. */
export const DEFAULT_SPAN = 30_000;
const LONGEST = 365 * 86_400_000;

/** Stages of a conversation as a tag names them. */
const TAG_STAGES: Record<string, Stage> = {
  connect: 'connect', greeting: 'greeting', banner: 'greeting', ehlo: 'ehlo', starttls: 'starttls', auth: 'auth',
  mail: 'mail', rcpt: 'rcpt', data: 'data', body: 'body', eod: 'body',
};

/** Undefined for a word that names none. */
export const tagStage = (word: string): Stage | undefined => (Object.hasOwn(TAG_STAGES, word) ? TAG_STAGES[word] : undefined);

/** `90s`, `5m`, `1h30m`; never a bare number, which would be a code. */
export function spanOf(text: string | undefined): number | undefined {
  if (text === undefined || /^\d*$/.test(text)) return undefined;
  const ms = parseDuration(text);
  return ms !== undefined && ms <= LONGEST ? ms : undefined;
}

/** `5-1-1` → `5.1.1`: dots part arguments. */
export const enhancedOf = (text: string | undefined): string | undefined => (text !== undefined && /^[245]-\d{1,3}-\d{1,3}$/.test(text) ? text.replaceAll('-', '.') : undefined);

/** CODE, CODE.E-E-E or nothing at all, which is `otherwise`. */
export function replyOf(args: readonly string[], otherwise?: number, least = 200): ScenarioReply | undefined {
  const [code, enhanced] = args;
  if (args.length > 2) return undefined;
  if (code === undefined) return otherwise === undefined ? undefined : { code: otherwise };
  if (!/^\d{3}$/.test(code) || Number(code) < least || Number(code) > 599) return undefined;
  if (enhanced === undefined) return { code: Number(code) };
  const read = enhancedOf(enhanced);
  return read === undefined ? undefined : { code: Number(code), enhanced: read };
}
