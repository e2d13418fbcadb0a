/**
 * An API whose held requests (waits for mail and for events) end when the
 * sandbox is closed. All else is short and comes to its own end: mail that
 * is being sent when a test closes its sandbox is sent.
 */
import type { Api } from './api.ts';
import { PosternError } from './errors.ts';

export const closedError = (http: string): PosternError => new PosternError(`The sandbox at ${http} was closed (close(), or the end of \`await using\`) while something was waited for: await what waits before it.`);

export function heldUntil(api: Api, closing: AbortSignal): Api {
  return {
    ...api,
    wait: (query, options) => api.wait(query, { ...options, signal: either(options?.signal, closing) }),
    waitEvent: (query, options) => api.waitEvent(query, { ...options, signal: either(options?.signal, closing) }),
  };
}

export const either = (signal: AbortSignal | undefined, closing: AbortSignal): AbortSignal => (signal ? AbortSignal.any([signal, closing]) : closing);
