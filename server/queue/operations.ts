/**
 * What people do to all that waits in a scope. The store names the
 * recipients; here only the queues are known that it may touch. Real mail
 * that is released is asked of the gate again: what is not let go stays held.
 */
import { type Held, QUEUE_MODES, type QueueMode, type Recipient, type RecipientKey } from '../mail/recipient.ts';
import type { QueueOptions } from './options.ts';
import type { QueueScope, QueueStore } from './port.ts';
import type { Queue } from './queue.ts';
import type { StreamQueue } from './stream-queue.ts';

const PAGE = 500;

export type OperationsDeps = Pick<QueueOptions, 'streams' | 'gate'> & {
  store: Pick<QueueStore, 'retryNow' | 'hold' | 'release' | 'cancel' | 'recipients'>;
  queueOf(stream: string, mode: QueueMode): StreamQueue | undefined;
  /** The lanes are read anew. */
  refresh(scope: { stream: string; mode: QueueMode }): Promise<void>;
};

type Narrowed = QueueScope & { stream: string; mode: QueueMode };

export function createOperations({ store, streams, gate, queueOf, refresh }: OperationsDeps): Pick<Queue, 'retryNow' | 'hold' | 'release' | 'cancel'> {
  /** `now` is of the clock of the mail that is changed. */
  async function each(scope: QueueScope, change: (of: Narrowed, now: number) => Promise<number>): Promise<number> {
    let changed = 0;
    const names = scope.stream !== undefined ? [scope.stream] : streams.all().map(({ name }) => name);
    for (const stream of names) {
      for (const mode of scope.mode === undefined ? QUEUE_MODES : [scope.mode]) {
        const of = queueOf(stream, mode);
        if (!of) continue;
        const some = await of.work(change({ ...scope, stream, mode }, of.clock.now()));
        changed += some;
        of.alarm.lookForOverdueAt(of.clock.now());
        await refresh({ stream, mode });
      }
    }
    return changed;
  }

  async function releaseReal(scope: Narrowed, now: number, by: string): Promise<number> {
    // Being tried, and held when that is over: this is taken back.
    let released = scope.heldFor === undefined && !scope.states ? await store.release({ ...scope, states: ['active'] }, now, by) : 0;
    if (scope.states && !scope.states.includes('held')) return released;
    for (let after: RecipientKey | undefined; ;) {
      const page = await store.recipients({ scope: { ...scope, states: ['held'] }, ...(after === undefined ? {} : { after }), limit: PAGE });
      const letGo: RecipientKey[] = [];
      const refused = new Map<string, { held: Held; keys: RecipientKey[] }>();
      for (const one of page) judge(one, letGo, refused);
      if (letGo.length > 0) released += await store.release({ stream: scope.stream, keys: letGo }, now, by);
      for (const { held, keys } of refused.values()) await store.hold({ stream: scope.stream, keys }, now, 'gate', held);
      if (page.length < PAGE) return released;
      after = page.at(-1)!.key;
    }
  }

  function judge({ key, stream, address }: Recipient, letGo: RecipientKey[], refused: Map<string, { held: Held; keys: RecipientKey[] }>): void {
    const held = gate?.judgeAgain(stream, address) ?? null;
    if (!held) {
      letGo.push(key);
      return;
    }
    const same = refused.get(held.text);
    if (same) same.keys.push(key);
    else refused.set(held.text, { held, keys: [key] });
  }

  return {
    retryNow: (scope) => each(scope, (of, now) => store.retryNow(of, now)),
    hold: (scope, by) => each(scope, (of, now) => store.hold(of, now, by)),
    release: (scope, by) => each(scope, (of, now) => (of.mode === 'deliver' ? releaseReal(of, now, by) : store.release(of, now, by))),
    cancel: (scope, by) => each(scope, (of, now) => store.cancel(of, now, by)),
  };
}
