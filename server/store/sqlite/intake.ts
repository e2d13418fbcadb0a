/**
 * The shared commit, seen from the main thread: gathers what arrives and hands
 * it to the writer in batches. While one batch is being committed the next
 * one fills, so under load a commit (and its sync) is shared by many, and
 * without load nobody waits for company.
 *
 * The events of a commit are told before the promises of its callers resolve.
 */
import { type AcceptOutcome, type Idempotency, StoreFault, type Submission } from '../../admission/port.ts';
import type { Clock } from '../../clock.ts';
import type { PosternEvent } from '../../events/event.ts';
import type { Queued } from '../../queue/port.ts';
import type { StoreStats } from '../port.ts';
import { Body, type PieceSink } from './body.ts';
import { writeDetail } from './detail.ts';
import { fromWire } from './fault.ts';
import { toFlat } from './flat.ts';
import { SEAL } from './frame.ts';
import type { Line } from './line.ts';
import type { Captured, RideAlong } from './queue-side.ts';
import { WIDTH } from './recipient-row.ts';
import type { RideName } from './rides.ts';
import { captured, capturedEvent, itemOf, type Ready, readyOf } from './ready.ts';
import type { Batch, BatchOutcome, Item, Piece, Ride, RideOutcome, Unit, UnitOutcome } from './wire.ts';
import type { Writer } from './writer.ts';

/** What one commit carries at most: messages, octets of bodies, octets of pieces. Beyond that others would wait too long for it. */
const ITEMS_MOST = 512;
const BYTES_MOST = 4 * 1024 * 1024;
const PIECES_BYTES_MOST = 2 * 1024 * 1024;
const RIDES_MOST = 256;
/**
 * Batches that are with the writer at once: the second is there when the first
 * is done. It goes along when it has pieces of a large body, or so many
 * submissions that they are worth a sync of their own; fewer wait for more to
 * come meanwhile, so that fewer syncs carry the same mail.
 */
const IN_FLIGHT_MOST = 2;
const WORTH_A_SYNC = 8;
/** Milliseconds for which a fault counts when no mail was taken since: a probe's small row may fit where a message does not. */
const RECENT = 10_000;
/** Seconds. */
const BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

type Asked = { ready: Ready[]; idempotency: Idempotency | undefined; resolve(outcome: AcceptOutcome): void; reject(error: unknown): void };
type Riding = { op: RideName; args: unknown[]; ready: Ready[]; /** Places of those that were taken in. */ taken: Set<number>; told: ((value: unknown, at: number, captured: Captured) => PosternEvent[]) | undefined; queued: ((value: unknown) => Queued[]) | undefined; resolve(value: unknown): void; reject(error: unknown): void };
type Flying = { piece: Piece; resolve(): void; reject(error: unknown): void };

export type Intake = PieceSink & {
  accept(submissions: Submission[], idempotency?: Idempotency): Promise<AcceptOutcome>;
  /** Other writing that shares the commit: see rides.ts. */
  ride: RideAlong;
  stats(): StoreStats;
  /** What kept the last mail from being taken, when that was just now. */
  lately(): StoreFault | undefined;
  /** Resolves when nothing is on its way. */
  quiet(): Promise<void>;
};

export type IntakeOptions = { line: Line<Writer>; clock: Clock; firstUpload: number; tell(events: PosternEvent[]): void; /** Before the events of the same commit. */ queued(queued: Queued[]): void };

export function createIntake({ line, clock, firstUpload, tell, queued }: IntakeOptions): Intake {
  let asked: Asked[] = [];
  let pieces: Flying[] = [];
  let drops: number[] = [];
  let riding: Riding[] = [];
  let inFlight = 0;
  let scheduled = false;
  let nextUpload = firstUpload;
  let whenQuiet: (() => void)[] = [];
  let failed: { at: number; fault: StoreFault } | undefined;
  let spoilt: number | undefined;
  const stats: StoreStats = { commits: 0, submissions: 0, lastBatch: 0, commitSeconds: BUCKETS.map((le) => ({ le, count: 0 })), commitSecondsSum: 0 };

  const waits = () => asked.length > 0 || pieces.length > 0 || drops.length > 0 || riding.length > 0;

  function schedule(): void {
    if (scheduled || !waits() || inFlight >= IN_FLIGHT_MOST) return;
    if (inFlight > 0 && pieces.length === 0 && asked.length < WORTH_A_SYNC) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void flush();
    });
  }

  async function flush(): Promise<void> {
    const units = takeUnits();
    const parts = takePieces();
    const along = takeRides();
    const batch = pack(units, parts, along);
    drops = [];
    inFlight++;
    try {
      const outcome = await line.hand([batch.bytes.buffer as ArrayBuffer, ...parts.map(({ piece }) => piece.data.buffer as ArrayBuffer)], 'commit', batch);
      settle(units, parts, along, batch.at, outcome);
    } catch (error) {
      for (const one of units) one.reject(error);
      for (const one of parts) one.reject(error);
      for (const one of along) one.reject(error);
    } finally {
      inFlight--;
      schedule();
      if (inFlight === 0 && !waits()) {
        for (const wake of whenQuiet) wake();
        whenQuiet = [];
      }
    }
    schedule();
  }

  function takeUnits(): Asked[] {
    let items = 0;
    let bytes = 0;
    let n = 0;
    while (n < asked.length && (n === 0 || (items < ITEMS_MOST && bytes < BYTES_MOST))) {
      for (const one of asked[n]!.ready) bytes += one.length;
      items += asked[n]!.ready.length;
      n++;
    }
    return n === asked.length ? asked.splice(0) : asked.splice(0, n);
  }

  /** In their order. */
  function takeRides(): Riding[] {
    let bytes = 0;
    let n = 0;
    while (n < riding.length && n < RIDES_MOST && bytes < BYTES_MOST) for (const one of riding[n++]!.ready) bytes += one.length;
    return riding.splice(0, n);
  }

  function takePieces(): Flying[] {
    let bytes = 0;
    let n = 0;
    while (n < pieces.length && bytes < PIECES_BYTES_MOST) bytes += pieces[n++]!.piece.data.length;
    return pieces.splice(0, n);
  }

  function pack(units: Asked[], parts: Flying[], along: Riding[]): Batch {
    let length = 0;
    for (const { ready } of [...units, ...along]) {
      for (const one of ready) {
        one.detail = writeDetail(one.submission);
        length += Buffer.byteLength(one.detail) + one.length + SEAL;
      }
    }
    const bytes = Buffer.from(new ArrayBuffer(length));
    let at = 0;
    const packItem = (one: Ready): Item => {
      const start = at;
      const detailSize = bytes.write(one.detail, at);
      at += detailSize;
      if (one.upload) at += SEAL;
      for (const chunk of one.rest) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      if (!one.upload) at += SEAL;
      return itemOf(one, { start, detailSize, end: one.upload ? start + detailSize + SEAL : at });
    };
    const wired = units.map(({ ready, idempotency }): Unit => ({ items: ready.map(packItem), ...(idempotency ? { idempotency } : {}) }));
    const rides = along.map(({ op, args, ready }): Ride => ({ op, args, items: ready.map(packItem) }));
    return { at: clock.now(), units: toFlat(wired), bytes, pieces: parts.map(({ piece }) => piece), drops, rides };
  }

  function settle(units: Asked[], parts: Flying[], along: Riding[], at: number, outcome: BatchOutcome): void {
    count(units, outcome);
    const events: PosternEvent[] = [];
    const waiting: Queued[] = [];
    outcome.units.forEach((unit, i) => {
      if (unit.kind !== 'accepted') return;
      captured(units[i]!.ready, unit, at, events);
      for (const { submission: { stream, queue: plan } } of units[i]!.ready) if (plan) waiting.push({ stream, plan });
    });
    outcome.rides.forEach((ride, i) => {
      if ('error' in ride) return;
      rode(along[i]!, ride, at, events);
      waiting.push(...(along[i]!.queued?.(ride.value) ?? []));
    });
    if (waiting.length > 0) queued(waiting);
    if (events.length > 0) tell(events);
    outcome.units.forEach((unit, i) => answer(units[i]!, unit));
    outcome.rides.forEach((ride, i) => answerRide(along[i]!, ride));
    outcome.pieces.forEach((fault, i) => (fault ? parts[i]!.reject(failing(fromWire(fault), parts[i]!.piece.upload)) : parts[i]!.resolve()));
  }

  function answer({ ready, resolve, reject }: Asked, unit: UnitOutcome): void {
    for (const { submission } of ready) {
      if (unit.kind === 'accepted') (submission.body as Body).kept();
      else submission.body.abort();
    }
    switch (unit.kind) {
      case 'accepted':
        failed = undefined;
        return resolve({ kind: 'accepted' });
      case 'replayed': return resolve({ kind: 'replayed', response: unit.response });
      case 'conflict': return resolve({ kind: 'conflict' });
      case 'fault': return reject(failing(fromWire(unit.error)));
    }
  }

  function rode({ ready, taken, told }: Riding, { value, events: own }: Exclude<RideOutcome, { error: unknown }>, at: number, events: PosternEvent[]): void {
    const captured: Captured = (n, made) => {
      taken.add(n);
      return capturedEvent(ready[n]!, made.seq, made.event, at, null);
    };
    if (told) events.push(...told(value, at, captured));
    events.push(...own);
  }

  function answerRide({ ready, taken, resolve, reject }: Riding, ride: RideOutcome): void {
    ready.forEach(({ submission }, n) => {
      if (taken.has(n)) (submission.body as Body).kept();
      else submission.body.abort();
    });
    if ('error' in ride) reject(fromWire(ride.error));
    else resolve(ride.value);
  }

  async function makeReady(submissions: readonly Submission[]): Promise<Ready[]> {
    const ready: Ready[] = [];
    for (const submission of submissions) {
      const body = submission.body as Body;
      ready.push(readyOf(submission, body.flying ? await body.finish() : body.rest()));
    }
    return ready;
  }

  /** What the disk said; that the thread died is no reason of its own, since it comes back. */
  function failing(error: unknown, upload?: number): unknown {
    if (error instanceof StoreFault && error.reason === 'no-stream') return error;
    // Of a large body the first piece that fails says why; those behind it only miss the ones before.
    if (error instanceof StoreFault && (upload === undefined || upload !== spoilt)) failed = { at: clock.now(), fault: error };
    spoilt = upload ?? spoilt;
    return error;
  }

  function count(units: readonly Asked[], { seconds }: BatchOutcome): void {
    if (units.length === 0) return;
    stats.commits++;
    stats.lastBatch = units.reduce((sum, unit) => sum + unit.ready.length, 0);
    stats.submissions += stats.lastBatch;
    stats.commitSecondsSum += seconds;
    for (const bucket of stats.commitSeconds) if (seconds <= bucket.le) bucket.count++;
  }

  return {
    newUpload: () => nextUpload++,
    writePiece: (upload, n, data) => new Promise((resolve, reject) => {
      pieces.push({ piece: { upload, n, data }, resolve, reject });
      schedule();
    }),
    drop(upload) {
      drops.push(upload);
      schedule();
    },
    accept: (submissions, idempotency) => new Promise((resolve, reject) => {
      for (const { queue, envelope } of submissions) if (queue && Math.max(envelope.recipients.length, queue.destinations.length) > WIDTH) throw new StoreFault('full', `A message can be delivered to at most ${WIDTH} recipients`);
      const ask = (ready: Ready[]) => {
        asked.push({ ready, idempotency, resolve, reject });
        schedule();
      };
      // Nearly all are small and whole by now: each turn less is one less for each message.
      if (submissions.some(({ body }) => (body as Body).flying)) makeReady(submissions).then(ask, reject);
      else ask(submissions.map((submission) => readyOf(submission, (submission.body as Body).rest())));
    }),
    // Without bodies of its own it is in line at once: what is asked in one turn is done in that order.
    ride: ((op: RideName, args: unknown[], more?: { submissions: Submission[]; told: Riding['told']; queued?: Riding['queued'] }) => {
      const board = (ready: Ready[]) => new Promise((resolve, reject) => {
        riding.push({ op, args, ready, taken: new Set(), told: more?.told, queued: more?.queued, resolve, reject });
        schedule();
      });
      return more && more.submissions.length > 0 ? makeReady(more.submissions).then(board) : board([]);
    }) as RideAlong,
    stats: () => ({ ...stats, commitSeconds: stats.commitSeconds.map((bucket) => ({ ...bucket })) }),
    lately: () => (failed && clock.now() - failed.at < RECENT ? failed.fault : undefined),
    quiet: () => new Promise((resolve) => {
      if (inFlight === 0 && !waits()) resolve();
      else whenQuiet.push(resolve);
    }),
  };
}
