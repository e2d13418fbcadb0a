/**
 * An advance of one message or one recipient: its own clock moves, and with
 * it its conversations and what was promised about it; the stream's time and
 * everybody else's stays. So tests that share a stream do not disturb each
 * other. Site limits are of the stream's time and do not hold it up.
 */
import type { Delivery, PlannedStore, QueueScope, QueueStore } from './port.ts';
import type { AdvanceScope, AdvanceSummary, AdvanceTarget } from './queue.ts';
import { isTerminal, type Recipient } from '../mail/recipient.ts';
import type { AdvanceDeps, Count } from './advance.ts';
import { type Load, moveLoad, splitLoad } from './loads.ts';
import { isParked } from './run.ts';
import type { StreamQueue } from './stream-queue.ts';

const LONGEST_MS = 5 * 365 * 24 * 3_600_000;
const PLANNED_MOST = 10_000;

export function createNarrow({ store, streams, until, wake, later, tell }: Omit<AdvanceDeps, 'store'> & { store: QueueStore & Partial<PlannedStore> }) {
  return async (of: StreamQueue, target: AdvanceTarget, asked: AdvanceScope): Promise<AdvanceSummary> => {
    const { clock, name: stream } = of;
    const scope: QueueScope & { stream: string; mode: 'simulate' } = { stream, mode: 'simulate', ...(asked.message === undefined ? {} : { message: asked.message }), ...(asked.recipient === undefined ? {} : { key: asked.recipient }) };
    const waiting = () => store.recipients({ scope, limit: 1_000 });
    const all = await store.recipients({ scope: { ...scope, states: ['queued', 'active', 'deferred', 'held', 'delivered', 'bounced', 'expired', 'suppressed', 'cancelled'] }, limit: 1_000 });
    const first = all.find(({ state }) => !isTerminal(state)) ?? all[0];
    const message = asked.message ?? first?.message;
    const from = clock.now() + (first?.offset ?? 0);
    const most = 'by' in target ? Math.max(target.by, 0) : 'until' in target ? Math.max(target.until - from, 0) : LONGEST_MS;
    const before = countOf(message === undefined ? undefined : await store.delivery(message), scope);
    const sent = later?.sent(stream) ?? 0;
    const isMeant = ({ key }: { key: number }) => scope.key === undefined || key === scope.key;
    const isMine = (load: Load | undefined): load is Load => load !== undefined && load.message.message === message && load.recipients.some(isMeant);
    const mine = () => [...of.runs].filter(({ load }) => isMine(load));
    /** Nothing happens to it by itself: neither in its own conversation nor behind another's. */
    const isStill = () => [...of.runs].every((run) => isParked(run) || ![run.load, ...run.rest].some(isMine));
    const destinations = new Set(all.map((one) => one.destination));
    /** It may be among what is on its way from the store, in the time that it had. */
    const isLeasing = () => [...of.runs].some(({ leasing }) => leasing?.some((one) => destinations.has(one)));
    let moved = 0;
    let steps = 0;
    let began: Promise<void>[] = [];

    /** Answers until when all that was due has been looked at. */
    async function calm(): Promise<number> {
      const looked = of.catchUp();
      // What begins now begins within this turn, before it is asked whether all is quiet.
      await Promise.resolve();
      await until(() => of.pending === 0 && of.unsettled === 0 && !isLeasing() && isStill() && runsOfMine.every((one) => one.over || mine().some(isParked)));
      await later?.quiet(stream);
      await later?.settled?.(stream);
      return looked;
    }
    const runsOfMine: { over: boolean }[] = [];

    async function planned(): Promise<number | undefined> {
      if (!store.planned || message === undefined) return undefined;
      const rows = (await store.planned({ stream, now: Number.MAX_SAFE_INTEGER, limit: PLANNED_MOST })).filter((one) => one.message === message);
      return rows.length === 0 ? undefined : Math.min(...rows.map(({ due }) => due));
    }

    async function dueNow(): Promise<Recipient[]> {
      const now = clock.now();
      return (await waiting()).filter(({ state, due, offset }) => (state === 'queued' || state === 'deferred') && due !== null && due - offset <= now);
    }

    /** Tries what is due of it now. False when nothing of it may be tried: paused by a person, or in a stream that only captures by now. */
    async function tryDue(): Promise<boolean> {
      if (!of.hasNetwork || streams.get(stream)?.paused) return false;
      const due = await dueNow();
      if (due.length === 0) return false;
      for (const destination of new Set(due.map((one) => one.destination))) {
        const one = { over: false };
        runsOfMine.push(one);
        began.push(of.narrow([destination], scope.key === undefined ? { message: message! } : { key: scope.key }).finally(() => {
          one.over = true;
        }));
        await calm();
      }
      const before = new Map(due.map(({ key, attempts }) => [key, attempts]));
      const now = await dueNow();
      return now.length < due.length || now.some(({ key, attempts }) => before.get(key) !== attempts);
    }

    /** Of the stream's clock: what is still to come of it, after the moment until which was looked. */
    async function coming(now: number): Promise<number[]> {
      const talks = mine().flatMap(({ talk }) => {
        const at = talk?.parked ? talk.nextTimer() : undefined;
        return at === undefined ? [] : [at - talk!.offset];
      });
      return [await store.nextMoment({ ...scope, after: now }), await planned(), ...talks].filter((at) => at !== null && at !== undefined && at > now) as number[];
    }

    /** Leased, and told of in its own time. Who shares a conversation with it goes along; who only waits in the same load does not. */
    function takeApart(): Load[] {
      return [...of.runs].flatMap(({ load, rest }) => {
        for (let at = rest.length - 1; at >= 0; at--) if (isMine(rest[at])) rest.splice(at, 1, ...splitLoad(rest[at]!, isMeant));
        return [load, ...rest].filter(isMine);
      });
    }

    /** Whether something of it began while it was asked what is to come; then that is another thing. */
    async function hasBegun(): Promise<boolean> {
      while (isLeasing()) await until(() => !isLeasing());
      return !isStill();
    }

    async function shift(ms: number): Promise<void> {
      if (ms <= 0) return;
      moved += ms;
      const leased = takeApart();
      await of.work(store.shift(scope, ms));
      for (const load of leased) moveLoad(load, ms);
      // What was moved expires earlier than was known.
      of.alarm.lookForOverdueAt(clock.now());
      for (const { talk } of mine()) talk?.shift(ms);
      if (message !== undefined && store.shiftPlanned) {
        await store.shiftPlanned({ stream, message }, ms);
        await later?.look(stream);
      }
    }

    for (;;) {
      const now = await calm();
      const stored = await store.nextMoment(scope);
      if (stored !== null && stored <= now) {
        of.alarm.lookForOverdueAt(now);
        await calm();
        if (await tryDue()) continue;
      }
      // What has become due meanwhile is to come as well: the clock runs by itself too.
      const next = await coming(now);
      if (await hasBegun()) continue;
      const ms = Math.min(...next) - now;
      if (next.length === 0 || moved + ms > most) break;
      steps++;
      await shift(ms);
    }
    if (!('to' in target)) {
      await shift(most - moved);
      of.alarm.lookForOverdueAt(clock.now());
      await calm();
      if (await tryDue()) await calm();
    }
    began = [];
    for (const destination of destinations) for (const lane of await store.lanes({ stream, mode: 'simulate', destination })) of.lanes.put(destination, lane.due);
    wake(of);
    const to = from + moved;
    tell([{ type: 'clock.advanced', stream, from, to, message: message ?? null, recipient: scope.key === undefined ? null : (first?.address ?? null) }]);
    const after = countOf(message === undefined ? undefined : await store.delivery(message), scope);
    const difference = Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - before[key as keyof typeof before]])) as Omit<Count, 'later'>;
    const rest = await waiting();
    const next = await coming(clock.now());
    return { from, to, steps, ...difference, later: (later?.sent(stream) ?? 0) - sent, waiting: rest.length, next: next.length === 0 ? null : Math.min(...next) + (rest[0]?.offset ?? 0) };
  };
}

function countOf(delivery: Delivery | undefined, { key }: QueueScope): Omit<Count, 'later'> {
  const count = { attempts: 0, delivered: 0, deferred: 0, bounced: 0, expired: 0, suppressed: 0 };
  for (const { recipient, attempts } of delivery?.recipients ?? []) {
    if (key !== undefined && recipient.key !== key) continue;
    count.attempts += attempts.length;
    count.deferred += attempts.filter(({ outcome }) => outcome === 'deferred').length;
    const { state } = recipient;
    if (state === 'delivered' || state === 'bounced' || state === 'expired' || state === 'suppressed') count[state]++;
  }
  return count;
}
