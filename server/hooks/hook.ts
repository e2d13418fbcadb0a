/**
 * Webhooks: who is called, and what became of each call. A hook follows the
 * event log with a cursor of its own, so it misses nothing over a restart and
 * never holds up mail. Signed as in the Standard Webhooks specification.
 * All times are wall time: the receiver is a real program.
 */
import type { EventType } from '../events/event.ts';

export type Hook = {
  id: string;
  stream: string;
  url: string;
  /** `whsec_` and base64, as Standard Webhooks writes it. */
  secret: string;
  /** Empty hears all of its stream but message.parsed and message.updated. */
  types: EventType[];
  /** Sent with each call, beside ours. */
  headers: Record<string, string>;
  createdAt: number;
  /** Off: by a person, or by the breaker after too many failures in a row. */
  disabled: { reason: string; at: number } | null;
  /** The id of the last event that calls were made of. */
  cursor: number;
  /** To test a receiver with: shares (0 to 1) of calls that come twice, late (out of order), or never. Seeded. */
  misbehave: { duplicate: number; reorder: number; lose: number; seed: number } | null;
};

/** What the breaker holds against a hook (breaker.ts). */
export type HookStanding = {
  /** Failed tries in a row. */
  failures: number;
  /** Why the last of them failed. */
  lastError: string | null;
  /** While it is open: when one call tries again. */
  pausedUntil: number | null;
};

export type HookTry = { at: number; tookMs: number; status: number | null; /** When there was no answer: why. */ error: string | null; /** At most 4 KB. */ response: string };

export type HookCall = {
  id: string;
  hook: string;
  /** 0 for a test call, which no event stands behind. */
  event: number;
  type: EventType | 'hook.test';
  /** The webhook-id; the same in each try and replay. */
  webhookId: string;
  body: string;
  state: 'waiting' | 'delivered' | 'failed' | 'lost';
  tries: HookTry[];
  /** Milliseconds since the epoch; null when nothing is to come. */
  due: number | null;
  createdAt: number;
};

export interface HookStore {
  hooks(stream?: string): Promise<Hook[]>;
  saveHook(hook: Hook): Promise<void>;
  deleteHook(id: string): Promise<boolean>;
  /** New calls and the cursor up to which they were made, together. */
  addCalls(hook: string, cursor: number, calls: HookCall[]): Promise<void>;
  saveCall(call: HookCall): Promise<void>;
  /** Due ones of one hook, oldest first. */
  dueCalls(hook: string, now: number, limit: number): Promise<HookCall[]>;
  nextCall(hook: string): Promise<number | null>;
  /** How many are still to be made. */
  waitingCalls(hook: string): Promise<number>;
  /** Newest first. */
  calls(query: { hook?: string; stream?: string; before?: string; limit: number; state?: HookCall['state'] }): Promise<HookCall[]>;
  call(id: string): Promise<HookCall | undefined>;
  /** Keeps the newest so many done calls of each hook. */
  pruneCalls(keep: number): Promise<number>;
}
