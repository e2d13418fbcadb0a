/**
 * What is in hand: leased, and not settled yet. A lease whose answer is lost
 * on its way (the store's thread died behind the commit) leaves recipients
 * active that nobody carries. Then no new lease is begun until those that are
 * under way are back, and the store makes eligible again what nobody holds.
 *
 *     lease fails ─▶ no new ones ─▶ the others are back ─▶ recover(held) ─▶ lanes are read again
 */
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RecipientKey } from '../mail/recipient.ts';
import { createPauses } from './pauses.ts';
import type { LeasedMessage, Outcome, QueueStore } from './port.ts';

export type Leasing = Pick<QueueStore, 'lease' | 'overdue'> & {
  /** Committed, or given up: no longer in hand. */
  settled(outcomes: readonly Outcome[]): void;
  /** An answer was lost, and is not made up for yet. */
  readonly mending: boolean;
  close(): void;
};

export function createLeasing({ store, wall, log, mended }: { store: Pick<QueueStore, 'lease' | 'overdue' | 'recover'>; wall: Clock; log: Log; /** Lanes are to be read again. */ mended(): Promise<void> }): Leasing {
  const held = new Set<RecipientKey>();
  /** Leases on their way. */
  let away = 0;
  let closed = false;
  let mending: Promise<void> | undefined;
  let whenBack: (() => void) | undefined;
  const pauses = createPauses(wall);

  async function mend(): Promise<void> {
    while (!closed) {
      if (away > 0) await new Promise<void>((resolve) => { whenBack = resolve; });
      try {
        const found = await store.recover([...held]);
        if (found > 0) log.warn({ recipients: found }, 'A lease was lost; its recipients are tried again');
        await mended();
        break;
      } catch {
        // Whoever asked has said why.
        await pauses.pause();
      }
    }
    mending = undefined;
  }

  async function ask<T>(call: () => Promise<T>, messagesOf: (answer: T) => readonly LeasedMessage[]): Promise<T> {
    while (mending) await mending;
    away++;
    try {
      const answer = await call();
      for (const { recipients } of messagesOf(answer)) for (const { key } of recipients) held.add(key);
      return answer;
    } catch (error) {
      mending ??= Promise.resolve().then(mend);
      throw error;
    } finally {
      if (--away === 0) whenBack?.();
    }
  }

  return {
    lease: (query) => ask(() => store.lease(query), ({ messages }) => messages),
    overdue: (query) => ask(() => store.overdue(query), (messages) => messages),
    settled(outcomes) {
      for (const { key } of outcomes) held.delete(key);
    },
    get mending() { return mending !== undefined; },
    close() {
      closed = true;
      pauses.end();
    },
  };
}
