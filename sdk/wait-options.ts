/** What a wait takes beside its criteria. An option that nobody looks at would leave a test waiting for other than it says. */
import type { Duration } from './duration.ts';
import { toMs } from './duration.ts';
import { sayValue } from './message-text.ts';
import { meant } from './nearest.ts';

/** How long a wait takes at most (default 10 s); `signal` ends it early. */
export type WaitOptions = { timeout?: Duration; signal?: AbortSignal };

export const DEFAULT_TIMEOUT = 10_000;

const KNOWN = ['timeout', 'signal'];

/** Milliseconds, and the signal; or a TypeError that says what `verb` takes. */
export function waitOptions(options: WaitOptions | undefined, verb: string): { timeout: number; signal: AbortSignal | undefined } {
  if (options === undefined) return { timeout: DEFAULT_TIMEOUT, signal: undefined };
  if (typeof options !== 'object' || options === null) throw new TypeError(`The options of ${verb} are an object, like { timeout: ${typeof options === 'number' && options >= 0 ? options : '\'30s\''} }, and not ${sayValue(options)}`);
  for (const key of Object.keys(options)) if (!KNOWN.includes(key)) throw new TypeError(`${verb} has no option \`${key}\`; its options are ${KNOWN.join(', ')}, and what it looks for stands before them${meant(key, KNOWN)}`);
  checkSignal(options.signal);
  return { timeout: toMs(options.timeout ?? DEFAULT_TIMEOUT, 'timeout'), signal: options.signal };
}

/** By what it can do: a test's environment may have an AbortSignal of its own. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  const one = signal as Partial<AbortSignal> | null;
  if (typeof one !== 'object' || one === null || typeof one.aborted !== 'boolean' || typeof one.addEventListener !== 'function') throw new TypeError(`\`signal\` is an AbortSignal, like AbortSignal.timeout(500) or the \`signal\` of an AbortController; it is ${sayValue(signal)}`);
}
