/**
 * The message that was opened by its address, as long as a list is loaded
 * down to it: some thousand rows by itself, all the way when somebody asks.
 */
import type { Message } from '../../sdk/contract.ts';
import type { Pile } from './pile.ts';

/** Rows down to which it is looked for unasked. */
const DEPTH = 5_000;

export class Sought {
  #message: Pick<Message, 'id' | 'receivedAt'> | undefined = $state.raw();
  /** Somebody asked for it, however far down it is. */
  asked = $state(false);
  #pile: Pile;

  constructor(pile: Pile) {
    this.#pile = pile;
  }

  set(message: Pick<Message, 'id' | 'receivedAt'> | undefined): void {
    if (message?.id !== this.#message?.id) this.asked = false;
    this.#message = message;
  }

  /** It is further down than what is loaded. */
  get below(): boolean {
    const last = this.#pile.at(this.#pile.count - 1);
    return this.#message !== undefined && last !== undefined && last.receivedAt >= this.#message.receivedAt && !this.#pile.has(this.#message.id);
  }

  /** Below so much that it is loaded down to only when asked for. */
  get further(): 'no' | 'asked' | 'stopped' {
    return !this.below || this.#pile.count < DEPTH ? 'no' : this.asked ? 'asked' : 'stopped';
  }
}
