/**
 * The part of the SDK that only speaks HTTP: no server code is reachable from
 * here, so that it runs on Node 20 and in a browser.
 */
import type { Greeting } from './greeting.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

export type ConnectOptions = Greeting & { token?: string | undefined; /** Who asks, for the audit log of real delivery. */ by?: string | undefined };

/** A sandbox that runs elsewhere. Without a URL: POSTERN_URL, or http://127.0.0.1:8025. */
export async function connect(url?: string, options: ConnectOptions = {}): Promise<Sandbox> {
  const env: Record<string, string | undefined> = globalThis.process?.env ?? {};
  const { by, timeout, signal } = options;
  return openSandbox({ url: url ?? (env['POSTERN_URL'] || 'http://127.0.0.1:8025'), token: options.token ?? (env['POSTERN_TOKEN'] || undefined), by, timeout, signal });
}

export type { Api, Change, RawOptions, SubmitOptions } from './api.ts';
export type * from './contract.ts';
export type { Criteria, Wanted } from './criteria.ts';
export type { AttemptsOptions, AttemptWanted, BouncedOptions, DeliveryOptions, HeldOptions } from './delivery-expectations.ts';
export type { Duration } from './duration.ts';
export { EventTimeoutError, type EventFacts, NotInMessageError, PosternError, UnexpectedMailError, WaitTimeoutError, type WaitFacts } from './errors.ts';
export type { EventOptions } from './events.ts';
export type { DkimDesk, Switchboard } from './going-out.ts';
export type { EventCriteria, EventOf, Happening } from './happenings.ts';
export type { AdvanceOptions, HookHandle, Lane, Playing, ScenarioInput } from './lane.ts';
export { ReceivedAttachment, ReceivedMessage } from './message.ts';
export type { AdvanceBy } from './moving.ts';
export type { ListOptions, NoneOptions, Reader, WaitFor, WaitOptions } from './reader.ts';
export type { Outgoing, OutgoingAttachment } from './outgoing.ts';
export type { Addressee, Inbox, InboxOptions, Sandbox, StreamHandle } from './sandbox.ts';
export { from, on, type ReplyArguments, RuleBuilder, size, tagged } from './scenario.ts';
export { type EventWaitOptions, SentMessage } from './sent.ts';
export type { SmtpAccess } from './smtp.ts';
