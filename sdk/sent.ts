/**
 * A message that is known by its id: what became of it on its way. What
 * `send` answers is one, and every message that is read from an inbox is one
 * too (ReceivedMessage), so that a test asks the same things of both.
 */
import type { Api } from './api.ts';
import { sameAddress } from './comparing.ts';
import type { AdvanceSummary, Attempt, Delivery, ReleaseInput, ReleaseResult } from './contract.ts';
import { NotInMessageError } from './errors.ts';
import { waitForEvent } from './event-waiting.ts';
import type { EventCriteria, EventOf, Happening } from './happenings.ts';
import { targetOf, type AdvanceBy } from './moving.ts';
import { waitOptions, type WaitOptions } from './wait-options.ts';

/** For the matchers, which ask more than a test does. */
const APIS = new WeakMap<SentMessage, Api>();
export const apiOf = (message: SentMessage): Api => APIS.get(message)!;

export type EventWaitOptions = WaitOptions;

export class SentMessage {
  readonly id: string;
  /** Of the header, without angle brackets. */
  readonly messageId: string;
  readonly stream: string;
  /** Of the envelope. */
  readonly recipients: string[];
  readonly #api: Api;

  constructor(api: Api, facts: { id: string; messageId: string; stream: string; recipients: string[] }) {
    this.#api = api;
    APIS.set(this, api);
    this.id = facts.id;
    this.messageId = facts.messageId;
    this.stream = facts.stream;
    this.recipients = facts.recipients;
  }

  /** Each recipient with its attempts, why it waits, and what came back. */
  async delivery(): Promise<Delivery> {
    return this.#api.delivery(this.id);
  }

  /** What was tried for a recipient by now, the first attempt first; waits for nothing (`waitFor('ended')` does). Of the only one unless it is named. */
  async attempts(recipient?: string): Promise<Attempt[]> {
    return recipientOf(await this.delivery(), recipient).history;
  }

  /** The first event of the message that fits, whether it happened already or is to come. */
  async waitFor<H extends Happening>(wanted: H | EventCriteria<H>, options?: EventWaitOptions): Promise<EventOf<H>> {
    const { timeout, signal } = waitOptions(options, 'waitFor');
    const criteria = typeof wanted === 'string' ? { event: wanted } : wanted;
    return waitForEvent<H>({ api: this.#api, criteria, scope: { message: this.id }, timeout, signal });
  }

  /** Moves the time of this message alone: `'72h'`, `{ until }` or `'idle'`. */
  async advance(by: AdvanceBy, { recipient }: { recipient?: string } = {}): Promise<AdvanceSummary> {
    return this.#api.advance(this.stream, { ...targetOf(by), message: this.id, ...(recipient === undefined ? {} : { recipient }) });
  }

  /**
   * Sends it for real, whatever mode it was taken in: to all of its recipients, to some of them, or to other addresses
   * (`to`). Its stream must be in mode `deliver` by now, and each of them on its allow list: else nobody gets it.
   */
  async release(input: ReleaseInput = {}): Promise<ReleaseResult> {
    return this.#api.releaseMessage(this.id, input);
  }

  toJSON(): object {
    const { id, messageId, stream, recipients } = this;
    return { id, messageId, stream, recipients };
  }
}

export function recipientOf(delivery: Delivery, address?: string): Delivery['recipients'][number] {
  const { recipients } = delivery;
  if (recipients.length === 0) throw new NotInMessageError(`Message ${delivery.message} was only captured: nothing of it was queued. Its stream "${delivery.stream}" must be in mode simulate or deliver when it is sent.`);
  const found = address === undefined ? (recipients.length === 1 ? recipients[0] : undefined) : recipients.find((one) => sameAddress(one.address, address));
  if (found) return found;
  const names = recipients.slice(0, 10).map((one) => `\n  ${one.address}  ${one.state}`).join('');
  throw new NotInMessageError(address === undefined ? `Message ${delivery.message} has ${recipients.length} recipients; say which:${names}` : `Message ${delivery.message} has no recipient ${address}. It has:${names}`);
}
