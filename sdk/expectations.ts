/**
 * The matchers, for any runner that takes `{ pass, message }`: they differ
 * only in how a runner is told about them (vitest.ts, playwright.ts).
 */
import { compile, type Wanted } from './criteria.ts';
import { PosternError, UnexpectedMailError, WaitTimeoutError } from './errors.ts';
import { ReceivedMessage } from './message.ts';
import type { NoneOptions, Reader, WaitOptions } from './reader.ts';
import { waitOptions } from './wait-options.ts';

export type Outcome = { pass: boolean; message: () => string };

/** What is said of an inbox, a stream or a sandbox. Under `.not`, watches (1 s, or `timeout`) instead of waiting. */
export async function toReceive(isNot: boolean, received: unknown, wanted?: Wanted, options: WaitOptions = {}): Promise<Outcome> {
  const reader = readerOf(received, 'toReceive');
  if (isNot) {
    const criteria = typeof wanted === 'string' || wanted instanceof RegExp ? { subject: wanted } : wanted;
    // What is misspelt, or nothing to look for, would be looked at by nobody, and the test would pass.
    waitOptions(options, 'toReceive');
    compile(wanted);
    const none = await outcome(() => reader.expectNone({ ...criteria, ...(options.timeout === undefined ? {} : { for: options.timeout }), ...(options.signal ? { signal: options.signal } : {}) }));
    return { pass: !none.pass, message: none.message };
  }
  return outcome(() => reader.waitFor(wanted, options));
}

export async function toReceiveNothing(isNot: boolean, received: unknown, options: NoneOptions = {}): Promise<Outcome> {
  if (isNot) throw new TypeError('Say toReceive(…) instead of not.toReceiveNothing()');
  return outcome(() => readerOf(received, 'toReceiveNothing').expectNone(options));
}

export function toHaveLink(received: unknown, pattern?: RegExp | string): Outcome {
  return found(() => messageOf(received, 'toHaveLink').link(pattern), (link) => `Expected no link ${pattern === undefined ? '' : `like ${String(pattern)} `}in the message, but it has ${link}`);
}

export function toHaveCode(received: unknown, code?: string | RegExp): Outcome {
  const message = messageOf(received, 'toHaveCode');
  if (code === undefined) return found(() => message.code, (one) => `Expected no one-time code in the message, but it has ${one}`);
  const pass = message.codes.some((one) => (typeof code === 'string' ? one === code : code.test(one)));
  return { pass, message: () => (pass ? `Expected the code ${String(code)} not to be in the message` : `Expected the code ${String(code)}; the message has ${message.codes.join(', ') || 'none'}`) };
}

async function outcome(wait: () => Promise<unknown>): Promise<Outcome> {
  try {
    await wait();
    return { pass: true, message: () => 'It passed' };
  } catch (error) {
    // A sandbox that is gone or a wrong criterion is no outcome of the test.
    if (!(error instanceof WaitTimeoutError) && !(error instanceof UnexpectedMailError)) throw error;
    return { pass: false, message: () => error.message };
  }
}

function found(look: () => string, unwanted: (found: string) => string): Outcome {
  try {
    const value = look();
    return { pass: true, message: () => unwanted(value) };
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    return { pass: false, message: () => error.message };
  }
}

function readerOf(received: unknown, matcher: string): Reader {
  if (received && typeof (received as Reader).waitFor === 'function') return received as Reader;
  throw new TypeError(`${matcher} looks at an inbox, a stream or a sandbox: expect(inbox).${matcher}(…)`);
}

function messageOf(received: unknown, matcher: string): ReceivedMessage {
  if (received instanceof ReceivedMessage) return received;
  throw new TypeError(`${matcher} looks at a message: expect(await inbox.waitFor(…)).${matcher}(…)`);
}
