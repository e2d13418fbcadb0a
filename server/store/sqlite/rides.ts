/**
 * What shares a commit with the mail that comes in, beside it: all that the
 * queue, its suppressions, promises and hooks write. One sync carries the
 * work of many, so a delivery costs none of its own.
 */
import type { Database } from 'better-sqlite3';
import type { EventBody, PosternEvent } from '../../events/event.ts';
import type { QueueMode } from '../../mail/recipient.ts';
import type { Suppression } from '../../mail/suppression.ts';
import type { LeaseQuery, SuppressionStore } from '../../queue/port.ts';
import { createAuditWriting } from './audit.ts';
import { createHookWriting } from './hook-rows.ts';
import { createKeeping } from './keeping.ts';
import type { Ledger } from './ledger.ts';
import { createLease, type LeaseRows } from './lease.ts';
import { createReleasing } from './release.ts';
import { createScopeChange, type StepDone } from './scope.ts';
import { createSettle, type OutcomeItem, type Settled } from './settle.ts';
import { createSuppress, type Strike } from './suppress.ts';
import { createTelemetry } from './telemetry.ts';
import { type Bundle, type Text, toText } from './text.ts';

export type RideContext = {
  /** Milliseconds since the epoch. */
  at: number;
  /** What it tells, in order. */
  events: PosternEvent[];
  /** Takes the n-th message that came along into the store. */
  add(n: number): { seq: number; event: number };
};

/** Suppressions that one transaction takes back. */
const UNSUPPRESS_STEP = 500;

export type Found = { events: EventBody[]; suppress: Suppression[]; strikes: ({ stream: string; mode: QueueMode } & Strike)[] };

function createOps(db: Database, ledger: Ledger) {
  const suppressing = createSuppress(db, ledger);
  const telemetry = createTelemetry(db, ledger);
  const leasing = createLease(db, ledger);
  const settling = createSettle(db, ledger, suppressing, telemetry);
  const seqById = db.prepare('SELECT seq FROM messages WHERE id = ?').pluck();
  return {
    ...leasing,
    ...settling,
    lease: (context: RideContext, query: LeaseQuery): Text<LeaseRows> => toText(leasing.lease(context, query)),
    settle: (context: RideContext, item: Bundle<OutcomeItem[]>): Text<Settled[]> => toText(settling.settle(context, item)),
    ...createScopeChange(db, ledger),
    ...createReleasing(db, ledger),
    ...createKeeping(db, ledger),
    ...createHookWriting(db, ledger),
    audit: createAuditWriting(db).audit,
    pruneTelemetry: telemetry.pruneTelemetry,
    suppress: ({ at, events }: RideContext, suppressions: readonly Suppression[], by: string): number =>
      suppressions.filter((one) => suppressing.suppress(one, by, at, events)).length,
    unsuppress: ({ at, events }: RideContext, key: Parameters<SuppressionStore['unsuppress']>[0], by: string): boolean => suppressing.unsuppress(key, by, at, events),
    unsuppressAll({ at, events }: RideContext, name: string, mode: QueueMode, by: string): StepDone {
      const changed = suppressing.unsuppressAll(name, mode, UNSUPPRESS_STEP, by, at, events);
      return { changed, more: changed === UNSUPPRESS_STEP };
    },
    /** What one report that came back leads to. */
    report({ at, events }: RideContext, found: Found): null {
      for (const body of found.events) {
        const seq = 'message' in body && typeof body.message === 'string' && body.message !== '' ? (seqById.get(body.message) as number | undefined) : undefined;
        const event = ledger.tell(at, body, seq);
        events.push(event);
        telemetry.came(event, seq, at);
      }
      for (const one of found.suppress) suppressing.suppress(one, 'engine', at, events);
      for (const { stream, mode, ...strike } of found.strikes) {
        const book = ledger.stream(stream);
        if (book) suppressing.strike(book, mode, strike, causeOf(found.events), at, events);
      }
      return null;
    },
  };
}

function causeOf(events: readonly EventBody[]): { detail: string; message: string | null } {
  const cause = events.find((event) => event.type === 'bounce.received');
  return { detail: cause?.diagnostic ?? '', message: cause?.message || null };
}

type Ops = ReturnType<typeof createOps>;
export type RideName = keyof Ops;
export type RideArgs<K extends RideName> = Ops[K] extends (context: RideContext, ...args: infer A) => unknown ? A : never;
export type RideValue<K extends RideName> = ReturnType<Ops[K]>;

export type Rides = {
  /** Inside a transaction. */
  run(op: RideName, args: readonly unknown[], context: RideContext): unknown;
  /** Whether it begins something that is better not begun on a disk that is full. */
  begins(op: RideName): boolean;
};

export function createRides(db: Database, ledger: Ledger): Rides {
  const ops: Record<string, (context: RideContext, ...args: never[]) => unknown> = createOps(db, ledger);
  return {
    run: (op, args, context) => ops[op]!(context, ...(args as never[])),
    begins: (op) => op === 'lease' || op === 'plan' || op === 'releaseMessage',
  };
}
