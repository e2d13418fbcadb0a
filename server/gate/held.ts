/**
 * What is held, let go by a person: some of the queue, or all that the canary
 * of a stream kept back. Who did it is written down. The queue asks the gate
 * again about each; what is still not allowed stays held.
 */
import type { Clock } from '../clock.ts';
import type { EventBody } from '../events/event.ts';
import type { RecipientKey } from '../mail/recipient.ts';
import type { DeliveryPolicy, Stream } from '../mail/stream.ts';
import type { QueueScope, QueueStore } from '../queue/port.ts';
import type { AuditStore } from './audit.ts';

export type HeldOptions = {
  queue: { release(scope: QueueScope, by: string): Promise<number> };
  streams: { get(name: string): Stream | undefined; change(name: string, change: (stands: Stream) => { delivery: DeliveryPolicy } | undefined, by?: string): Promise<Stream | undefined> };
  store: Pick<AuditStore, 'audit'> & Pick<QueueStore, 'recipients'>;
  tell(event: EventBody): Promise<unknown>;
  wall: Clock;
};

const PAGE = 1_000;

export type ReleaseHeld = {
  /** Answers how many were let go. Audited where real mail is among them. */
  release(scope: QueueScope, by: string): Promise<number>;
  /** All that the canary held. With `rest` the canary is over, and what comes is not held either. Undefined when there is no such stream. */
  approveCanary(stream: string, wish: { rest: boolean }, by: string): Promise<{ released: number; /** That are held still, for another reason by now. */ held: number } | undefined>;
};

export function releaseHeld({ queue, streams, store, tell, wall }: HeldOptions): ReleaseHeld {
  async function heldBy(stream: string): Promise<number> {
    for (let count = 0, after: RecipientKey | undefined; ;) {
      const page = await store.recipients({ scope: { stream, mode: 'deliver', heldFor: 'canary', states: ['held'] }, ...(after === undefined ? {} : { after }), limit: PAGE });
      count += page.length;
      if (page.length < PAGE) return count;
      after = page.at(-1)!.key;
    }
  }

  return {
    async release(scope, by) {
      // Apart, because only real mail is written down.
      const real = scope.mode === 'simulate' ? 0 : await queue.release({ ...scope, mode: 'deliver' }, by);
      const simulated = scope.mode === 'deliver' ? 0 : await queue.release({ ...scope, mode: 'simulate' }, by);
      if (real > 0) await store.audit({ at: wall.now(), what: 'queue.released', stream: scope.stream ?? null, by, text: `${count(real)} that ${real === 1 ? 'was' : 'were'} held may go`, detail: { scope, released: real } });
      return real + simulated;
    },
    async approveCanary(name, { rest }, by) {
      const stream = streams.get(name);
      if (!stream) return undefined;
      // First, or mail that comes in between would be held for ever.
      if (rest && stream.delivery.live.canary) await streams.change(name, ({ delivery }) => (delivery.live.canary ? { delivery: { ...delivery, live: { ...delivery.live, canary: null } } } : undefined), by);
      const before = await heldBy(name);
      const released = await queue.release({ stream: name, mode: 'deliver', heldFor: 'canary' }, by);
      await Promise.all([
        store.audit({ at: wall.now(), what: 'canary.approved', stream: name, by, text: `The canary of stream ${name} was approved: ${count(released)} released${rest ? '; it is over' : ''}`, detail: { released, rest } }),
        tell({ type: 'canary.approved', stream: name, recipients: released, by }),
      ]);
      return { released, held: Math.max(before - released, 0) };
    },
  };
}

const count = (recipients: number): string => `${recipients} ${recipients === 1 ? 'recipient' : 'recipients'}`;
