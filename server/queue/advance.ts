/**
 * Moves a stream's time as a discrete-event simulation: from moment to moment
 * at which something happens, each run until it is quiet. Nobody waits for
 * anything but the work itself: a remote that hangs for five minutes parks its
 * conversation, and its deadline is one of the moments.
 *
 *     quiet? ─▶ the next moment within the target ─▶ jump ─▶ what is due runs ─▶ quiet? …
 *
 * What is due within a small share of its own wait goes together, at the last
 * of these moments: nobody is early, and who is alone is exactly on time.
 */
import type { EventBody } from '../events/event.ts';
import type { Recipient } from '../mail/recipient.ts';
import type { Stream } from '../mail/stream.ts';
import { moments } from './heap.ts';
import { createNarrow } from './narrow.ts';
import type { PlannedStore, QueueStore } from './port.ts';
import type { AdvanceScope, AdvanceSummary, AdvanceTarget } from './queue.ts';
import type { StreamQueue } from './stream-queue.ts';

/**
 * Share of its own wait by which a recipient may go later than it is due:
 * never more than the jitter. Of few, each goes close to its moment; of a
 * thousand, a step takes along who would have gone in the next minutes, as a
 * queue runner does that looks every now and then.
 */
const TOGETHER = { least: 0.02, each: 1 / 10_000 } as const;
/** Steps after which the clock's offset is kept. */
const KEEP_EVERY = 25;
/** An advance to idle gives up after so long: then something makes new mail for ever. */
const LONGEST_MS = 5 * 365 * 24 * 3_600_000;

/** What the pretend remote sends later. */
export type LaterWatch = {
  busy(stream: string): boolean;
  next(stream: string): number | null;
  sent(stream: string): number;
  quiet(stream: string): Promise<void>;
  /** The plan was changed in the store. */
  look(stream: string): Promise<void>;
  /** Others that work on what has just happened (reading returns, parsing): the advance waits for them too. */
  settled?(stream: string): Promise<void>;
} & Partial<Pick<PlannedStore, 'shiftPlanned'>>;

export type AdvanceDeps = {
  store: QueueStore;
  streams: { get(name: string): Stream | undefined; change(name: string, change: { clockOffset?: number }): Promise<Stream | undefined> };
  /** Of simulated mail. */
  queueOf(name: string): StreamQueue | undefined;
  nextOf(stream: string): Promise<number | null>;
  until(holds: () => boolean): Promise<void>;
  isQuiet(of: StreamQueue): boolean;
  wake(of: StreamQueue): void;
  later: LaterWatch | undefined;
  tell(events: EventBody[]): void;
  rush: (() => () => void) | undefined;
  makeId(): string;
};

export type Count = Omit<AdvanceSummary, 'from' | 'to' | 'steps' | 'waiting' | 'next'>;

export function createAdvance(deps: AdvanceDeps) {
  const turns = new Map<string, Promise<void>>();
  const narrow = createNarrow(deps);

  async function whole(of: StreamQueue, target: AdvanceTarget): Promise<AdvanceSummary> {
    const { clock, name } = of;
    const from = clock.now();
    const end = 'by' in target ? from + Math.max(target.by, 0) : 'until' in target ? Math.max(target.until, from) : from + LONGEST_MS;
    const counted = counter(of, deps.later);
    const book = await readBook(of);
    let steps = 0;
    const calm = deps.rush?.();
    of.writing.gather(true);
    try {
      for (;;) {
        const looked = await quiet(of, deps);
        const next = await nextMoment(of, book, looked);
        if (next === undefined || next > end) break;
        steps++;
        clock.jump(Math.max(Math.min(next, end), clock.now()));
        deps.wake(of);
        // A crash must not take back much of the time that has passed.
        if (steps % KEEP_EVERY === 0) void of.work(deps.streams.change(name, { clockOffset: clock.offset }));
      }
      if (!('to' in target)) {
        // Also when the clock has come there by itself: the last moment was perhaps one that goes with those behind the end.
        clock.jump(Math.max(end, clock.now()));
        deps.wake(of);
        await quiet(of, deps);
      }
    } finally {
      book.close();
      of.writing.gather(false);
      calm?.();
    }
    await deps.until(() => of.unsettled === 0);
    await deps.streams.change(name, { clockOffset: clock.offset });
    const to = clock.now();
    deps.tell([{ type: 'clock.advanced', stream: name, from, to, message: null, recipient: null }]);
    return { from, to, steps, ...counted(), ...(await left(of)) };
  }

  async function left(of: StreamQueue): Promise<Pick<AdvanceSummary, 'waiting' | 'next'>> {
    const tally = await deps.store.tally({ stream: of.name, mode: 'simulate' });
    return { waiting: (tally.queued ?? 0) + (tally.active ?? 0) + (tally.deferred ?? 0) + (tally.held ?? 0), next: await deps.nextOf(of.name) };
  }

  /** What is due and when it is over, of all that waits: so that the last of several due moments can be told. Entries may be out of date; then nothing happens at them. */
  async function readBook(of: StreamQueue) {
    const dues = moments<number>();
    const ends = moments<null>();
    const together = () => Math.min(Math.max(TOGETHER.least, dues.size * TOGETHER.each), Math.max(deps.streams.get(of.name)?.delivery.jitter ?? 0, 0));
    const note = ({ due, expiresAt, offset, last }: Pick<Recipient, 'due' | 'expiresAt' | 'offset' | 'last'>) => {
      // Never tried: at its own moment, to the millisecond.
      if (due !== null) dues.add(due - offset, last === null ? 0 : Math.max(due - last.at, 0) * together());
      ends.add(expiresAt - offset, null);
    };
    for (let after: number | undefined; ;) {
      const page = await deps.store.recipients({ scope: { stream: of.name, mode: 'simulate' }, ...(after === undefined ? {} : { after }), limit: 1_000 });
      for (const one of page) note(one);
      if (page.length < 1_000) break;
      after = page.at(-1)!.key;
    }
    const unhear = of.onOutcome((due, wait) => dues.add(due, wait * together()));
    return { dues, ends, close: unhear };
  }

  /**
   * Of the stream's clock; undefined when nothing is to come. The clock runs by
   * itself too: what has become due since it was `looked` is a moment as well,
   * or time would go on to the next one over its head.
   */
  async function nextMoment(of: StreamQueue, { dues, ends }: Awaited<ReturnType<typeof readBook>>, looked: number): Promise<number | undefined> {
    while (dues.size > 0 && dues.first()!.at <= looked) dues.take();
    while (ends.size > 0 && ends.first()!.at <= looked) ends.take();
    const coming = (at: number | undefined | null): at is number => at !== undefined && at !== null && at > looked;
    const first = dues.first();
    // A lane is never later than what waits there; it may be earlier, and then a lease says so.
    const lane = of.lanes.next();
    let due = Math.min(...[first?.at, lane].filter(coming));
    const over = ends.first()?.at;
    if (over !== undefined) of.alarm.lookForOverdueAt(over);
    const fixed = Math.min(...[deps.later?.next(of.name), of.nextTalk(), of.seats.nextMoment(), of.alarm.resumes, over].filter(coming));
    if (!Number.isFinite(due) && (!Number.isFinite(fixed) || fixed === over)) {
      // Perhaps the store knows of something that came in meanwhile.
      of.writing.flush();
      await deps.until(() => of.unsettled === 0);
      const stored = await deps.store.nextMoment({ stream: of.name, mode: 'simulate' });
      if (stored === null) return coming(deps.later?.next(of.name)) || of.nextTalk() !== undefined ? fixed : undefined;
      if (coming(stored)) due = stored;
    }
    if (due >= fixed) return Number.isFinite(fixed) ? fixed : undefined;
    if (!first || first.at !== due) return due;
    // From the earliest on, what is due before any of them would be later than its share allows.
    let last = due;
    let limit = due + first.of;
    while (dues.size > 0) {
      const one = dues.first()!;
      if (one.at > limit || one.at >= fixed) break;
      limit = Math.min(limit, one.at + one.of);
      last = one.at;
      dues.take();
    }
    return last;
  }

  /** Real mail runs on the wall's time; what was simulated before goes on as it was. */
  async function isReal(stream: string): Promise<boolean> {
    if (deps.streams.get(stream)?.mode !== 'deliver' || deps.later?.next(stream) != null) return false;
    const of = deps.queueOf(stream);
    return of === undefined || (of.runs.size === 0 && of.pending === 0 && (await deps.store.nextMoment({ stream, mode: 'simulate' })) === null);
  }

  return async (stream: string, target: AdvanceTarget, scope?: AdvanceScope): Promise<AdvanceSummary | 'delivers' | 'no-stream'> => {
    if (!deps.streams.get(stream)) return 'no-stream';
    if (await isReal(stream)) return 'delivers';
    const before = turns.get(stream) ?? Promise.resolve();
    const turn = before.then(async (): Promise<AdvanceSummary | 'no-stream'> => {
      const of = deps.queueOf(stream);
      if (!of) return 'no-stream';
      return scope?.message !== undefined || scope?.recipient !== undefined ? narrow(of, target, scope) : whole(of, target);
    });
    const over: Promise<void> = turn.then(() => undefined, () => undefined).finally(() => {
      if (turns.get(stream) === over) turns.delete(stream);
    });
    turns.set(stream, over);
    return turn;
  };
}

/** Until nothing happens any more before time moves. Answers until when all that was due has been looked at. */
async function quiet(of: StreamQueue, { until, isQuiet, later }: Pick<AdvanceDeps, 'until' | 'isQuiet' | 'later'>): Promise<number> {
  for (;;) {
    const looked = of.catchUp();
    await until(() => isQuiet(of));
    await later?.quiet(of.name);
    await later?.settled?.(of.name);
    if (isQuiet(of) && !later?.busy(of.name)) return looked;
  }
}

/** What happened since, by the tallies. */
export function counter(of: StreamQueue, later: LaterWatch | undefined): () => Count {
  const before = { ...of.tally };
  const sent = later?.sent(of.name) ?? 0;
  return () => ({
    attempts: of.tally.attempts - before.attempts, delivered: of.tally.delivered - before.delivered, deferred: of.tally.deferred - before.deferred, bounced: of.tally.bounced - before.bounced,
    expired: of.tally.expired - before.expired, suppressed: of.tally.suppressed - before.suppressed, later: (later?.sent(of.name) ?? 0) - sent,
  });
}
