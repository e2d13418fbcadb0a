/**
 * Expiry is enforced in every state: what waits in a paused stream or at a
 * paused site, or is held, ends when its time is over like anything else.
 * What is only waiting for its next attempt needs no looking for: that is due
 * at its expiry at the latest.
 */
import type { Verdict } from '../classify/verdict.ts';
import type { Answer } from '../mail/reply.ts';
import type { DeliveryPolicy } from '../mail/stream.ts';
import { sortLoads } from './loads.ts';
import { type ComposeNotice, noticesFor } from './notices.ts';
import type { QueueStore } from './port.ts';
import { settleOverdue } from './settle.ts';
import type { StreamQueue } from './stream-queue.ts';

const AT_ONCE = 200;
/** Between two looks, at least (the stream's clock). */
const AGAIN_MS = 1_000;

export async function endOverdue(of: StreamQueue, on: { store: Pick<QueueStore, 'overdue' | 'nextExpiry'>; policy(): DeliveryPolicy; classify(answer: Answer): Verdict; compose: ComposeNotice | undefined }): Promise<void> {
  const { clock, name, mode } = of;
  for (;;) {
    // What was gathered is still active in the store.
    of.writing.flush();
    const now = clock.now();
    const found = await on.store.overdue({ stream: name, mode, now, limit: AT_ONCE });
    if (found.length === 0) break;
    const sorted = sortLoads(found, now);
    // All that was found is overdue, suppressed by now or not.
    for (const { message, recipients, offset } of [...sorted.overdue, ...sorted.suppressed, ...sorted.loads]) {
      const settled = recipients.map((recipient) => settleOverdue(recipient, now + offset, on.policy(), recipient.last ? on.classify(recipient.last.answer) : undefined));
      await of.endOverdue({ outcomes: settled.map(({ outcome }) => outcome), dues: [], addNotices: noticesFor(on.compose, message, recipients.map((recipient, i) => ({ recipient, settled: settled[i]! })), now + offset) });
    }
  }
  const next = await on.store.nextExpiry({ stream: name, mode });
  // Over, and being tried: it ends or is looked at when it is back.
  if (next !== null) of.lookForOverdueAt(Math.max(next, clock.now() + AGAIN_MS));
}
