/**
 * The part of the SDK that only speaks HTTP: no server code is reachable from
 * here, so that it runs on Node 20 and in a browser.
 */
import { openSandbox, type Sandbox } from './sandbox.ts';

export type ConnectOptions = { token?: string | undefined };

/** A sandbox that runs elsewhere. Without a URL: POSTERN_URL, or http://127.0.0.1:8025. */
export async function connect(url?: string, options: ConnectOptions = {}): Promise<Sandbox> {
  const env: Record<string, string | undefined> = globalThis.process?.env ?? {};
  return openSandbox({ url: url ?? (env['POSTERN_URL'] || 'http://127.0.0.1:8025'), token: options.token ?? (env['POSTERN_TOKEN'] || undefined) });
}

export type { Api, Change, RawOptions, SubmitOptions } from './api.ts';
export type * from './contract.ts';
export type { Criteria, Wanted } from './criteria.ts';
export type { Duration } from './duration.ts';
export { NotInMessageError, PosternError, UnexpectedMailError, WaitTimeoutError, type WaitFacts } from './errors.ts';
export type { EventOptions } from './events.ts';
export { ReceivedAttachment, ReceivedMessage } from './message.ts';
export type { ListOptions, NoneOptions, Reader, WaitOptions } from './reader.ts';
export type { Inbox, InboxOptions, Outgoing, Sandbox, StreamHandle } from './sandbox.ts';
export type { SmtpAccess } from './smtp.ts';
