/**
 * The first question to a sandbox: is it there, is it one, where is its SMTP.
 * What answers may be anything that listens on that port, or nothing at all.
 */
import type { Api } from './api.ts';
import type { Info } from './contract.ts';
import { type Duration, sayMs, toMs } from './duration.ts';
import { PosternError } from './errors.ts';
import { checkSignal } from './wait-options.ts';

export type Greeting = {
  /** How long the sandbox may take for its first answer (default 10 s). What is asked of it later takes its own time. */
  timeout?: Duration | undefined;
  /** Gives up before that. */
  signal?: AbortSignal | undefined;
};

const FIRST_ANSWER = 10_000;
/** setTimeout holds 31 bits; what is longer would be over at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export async function greet(api: Api, { timeout = FIRST_ANSWER, signal }: Greeting = {}): Promise<Info> {
  const ms = toMs(timeout, 'timeout');
  checkSignal(signal);
  const late = new AbortController();
  const { http } = api.wire;
  const timer = setTimeout(() => late.abort(new PosternError(`Postern did not answer at ${http} within ${sayMs(ms)}. Is that the HTTP address of a sandbox (not its SMTP port)? connect(url, { timeout: '1m' }) gives a slow one longer.`)), Math.min(ms, LONGEST_TIMER));
  try {
    const info: unknown = await api.info({ signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal });
    if (!isInfo(info)) throw new PosternError(`What answers at ${http} is no Postern: GET /v1/info gave JSON of another kind. A sandbox prints its address when it starts; \`npx postern ready\` asks for it.`);
    return info;
  } finally {
    clearTimeout(timer);
  }
}

function isInfo(said: unknown): said is Info {
  const info = said as Partial<Info> | null;
  return typeof info === 'object' && info !== null && info.name === 'postern' && typeof info.smtp === 'object' && info.smtp !== null;
}
