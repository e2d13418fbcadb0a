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
import type { StoreStats } from '../port.ts';
import { Body, type PieceSink } from './body.ts';
import { fromWire } from './fault.ts';
import type { Line } from './line.ts';
import { capturedSummary, fixedOf } from './row.ts';
import type { Batch, BatchOutcome, Item, Piece, Unit, UnitOutcome } from './wire.ts';
import type { Writer } from './writer.ts';

/** What one commit carries at most: messages, octets of bodies, octets of pieces. Beyond that others would wait too long for it. */
const ITEMS_MOST = 512;
const BYTES_MOST = 4 * 1024 * 1024;
const PIECES_BYTES_MOST = 2 * 1024 * 1024;
/**
 * Batches that are with the writer at once. One of small messages: the next
 * fills meanwhile, so fewer syncs carry the same mail. Pieces of large bodies
 * go out two at a time: the second is there when the first is done.
 */
const IN_FLIGHT_MOST = { messages: 1, pieces: 2 } as const;
/** Milliseconds for which a fault counts when no mail was taken since: a probe's small row may fit where a message does not. */
const RECENT = 10_000;
/** Seconds. */
const BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

type Ready = { submission: Submission; rest: Uint8Array[]; length: number; upload: { id: number; pieces: number } | undefined };
type Asked = { ready: Ready[]; idempotency: Idempotency | undefined; resolve(outcome: AcceptOutcome): void; reject(error: unknown): void };
type Flying = { piece: Piece; resolve(): void; reject(error: unknown): void };

export type Intake = PieceSink & {
  accept(submissions: Submission[], idempotency?: Idempotency): Promise<AcceptOutcome>;
  stats(): StoreStats;
  /** What kept the last mail from being taken, when that was just now. */
  lately(): StoreFault | undefined;
  /** Resolves when nothing is on its way. */
  quiet(): Promise<void>;
};

export type IntakeOptions = { line: Line<Writer>; clock: Clock; firstUpload: number; tell(events: PosternEvent[]): void };

export function createIntake({ line, clock, firstUpload, tell }: IntakeOptions): Intake {
  let asked: Asked[] = [];
  let pieces: Flying[] = [];
  let drops: number[] = [];
  let inFlight = 0;
  let scheduled = false;
  let nextUpload = firstUpload;
  let whenQuiet: (() => void)[] = [];
  let failed: { at: number; fault: StoreFault } | undefined;
  let spoilt: number | undefined;
  const stats: StoreStats = { commits: 0, submissions: 0, lastBatch: 0, commitSeconds: BUCKETS.map((le) => ({ le, count: 0 })), commitSecondsSum: 0 };

  const waits = () => asked.length > 0 || pieces.length > 0 || drops.length > 0;

  function schedule(): void {
    if (scheduled || !waits() || inFlight >= (pieces.length > 0 ? IN_FLIGHT_MOST.pieces : IN_FLIGHT_MOST.messages)) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      void flush();
    });
  }

  async function flush(): Promise<void> {
    const units = takeUnits();
    const parts = takePieces();
    const batch = pack(units, parts);
    drops = [];
    inFlight++;
    try {
      const outcome = await line.hand([batch.bytes.buffer as ArrayBuffer, ...parts.map(({ piece }) => piece.data.buffer as ArrayBuffer)], 'commit', batch);
      settle(units, parts, batch, outcome);
    } catch (error) {
      for (const one of units) one.reject(error);
      for (const one of parts) one.reject(error);
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

  function takePieces(): Flying[] {
    let bytes = 0;
    let n = 0;
    while (n < pieces.length && bytes < PIECES_BYTES_MOST) bytes += pieces[n++]!.piece.data.length;
    return pieces.splice(0, n);
  }

  function pack(units: Asked[], parts: Flying[]): Batch {
    let length = 0;
    for (const { ready } of units) for (const one of ready) length += one.length;
    const bytes = new Uint8Array(length);
    let at = 0;
    const wired = units.map(({ ready, idempotency }): Unit => ({
      items: ready.map((one) => {
        const start = at;
        for (const chunk of one.rest) {
          bytes.set(chunk, at);
          at += chunk.length;
        }
        return itemOf(one, start);
      }),
      ...(idempotency ? { idempotency } : {}),
    }));
    return { at: clock.now(), units: wired, bytes, pieces: parts.map(({ piece }) => piece), drops };
  }

  function settle(units: Asked[], parts: Flying[], batch: Batch, outcome: BatchOutcome): void {
    count(batch, outcome);
    const events: PosternEvent[] = [];
    outcome.units.forEach((unit, i) => {
      if (unit.kind === 'accepted') captured(units[i]!.ready, unit, batch.at, events);
    });
    if (events.length > 0) tell(events);
    outcome.units.forEach((unit, i) => answer(units[i]!, unit));
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

  /** What the disk said; that the thread died is no reason of its own, since it comes back. */
  function failing(error: unknown, upload?: number): unknown {
    // Of a large body the first piece that fails says why; those behind it only miss the ones before.
    if (error instanceof StoreFault && (upload === undefined || upload !== spoilt)) failed = { at: clock.now(), fault: error };
    spoilt = upload ?? spoilt;
    return error;
  }

  function count({ units }: Batch, { seconds }: BatchOutcome): void {
    if (units.length === 0) return;
    stats.commits++;
    stats.lastBatch = units.reduce((sum, unit) => sum + unit.items.length, 0);
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
    async accept(submissions, idempotency) {
      const ready: Ready[] = [];
      for (const submission of submissions) {
        const body = submission.body as Body;
        ready.push({ submission, ...(body.flying ? await body.finish() : body.rest()) });
      }
      return new Promise((resolve, reject) => {
        asked.push({ ready, idempotency, resolve, reject });
        schedule();
      });
    },
    stats: () => ({ ...stats, commitSeconds: stats.commitSeconds.map((bucket) => ({ ...bucket })) }),
    lately: () => (failed && clock.now() - failed.at < RECENT ? failed.fault : undefined),
    quiet: () => new Promise((resolve) => {
      if (inFlight === 0 && !waits()) resolve();
      else whenQuiet.push(resolve);
    }),
  };
}

function itemOf({ submission, length, upload }: Ready, start: number): Item {
  const { id, stream, receivedAt, envelope, header, tags, metadata, session, body } = submission;
  return {
    id, stream, receivedAt,
    size: body.size,
    summary: JSON.stringify(fixedOf(submission)),
    detail: JSON.stringify({ envelope, session, metadata }),
    subject: header.subject,
    messageId: header.messageId,
    tags,
    sender: envelope.from,
    recipients: envelope.recipients.map((one) => one.address),
    from: header.from.map((one) => one.address),
    to: header.to.map((one) => one.address),
    cc: header.cc.map((one) => one.address),
    start, length,
    ...(upload ? { upload } : {}),
  };
}

function captured(ready: Ready[], first: { seq: number; event: number }, at: number, events: PosternEvent[]): void {
  ready.forEach(({ submission }, i) => {
    const { id, stream, receivedAt, body } = submission;
    const summary = capturedSummary({ id, seq: first.seq + i, stream, receivedAt, size: body.size }, fixedOf(submission));
    events.push({ id: first.event + i, at, type: 'message.captured', stream, message: id, summary });
  });
}
