/**
 * What of a stream's real mail counts although its rows are deleted: those that
 * the canary let go since it began, and those that were tried today, for the
 * warm-up. Without it a restart after a deletion would let the first ones go
 * once more. Summed up while a transaction runs and kept with it; a canary
 * that begins anew, or another day, begins at nothing.
 */
import type { Database } from 'better-sqlite3';
import { warmUpDay } from '../../mail/live.ts';
import { deliveryOf } from './lanes.ts';
import type { Ledger, StreamBook } from './ledger.ts';
import { keysOf, MODE } from './recipient-row.ts';

/** In `kept`, by the number of the stream. */
export const DEPARTED = 'departed';
type Sum = { since: number; count: number };
export type Departed = { queued?: Sum; tried?: Sum };

const plus = (before: Sum | undefined, more: Sum | undefined): Sum | undefined =>
  (more === undefined || before === undefined ? (more ?? before) : before.since === more.since ? { since: more.since, count: before.count + more.count } : more);
const both = (before: Departed, more: Departed): Departed => {
  const [queued, tried] = [plus(before.queued, more.queued), plus(before.tried, more.tried)];
  return { ...(queued ? { queued } : {}), ...(tried ? { tried } : {}) };
};

export function createDeparting(db: Database, ledger: Ledger) {
  const REAL = `FROM recipients NOT INDEXED WHERE key >= ? AND key < ? AND mode = ${MODE.deliver}`;
  const letGo = db.prepare(`SELECT count(*) ${REAL} AND kept_back = 0 AND queued_at >= ?`).pluck();
  const triedSince = db.prepare(`SELECT count(*) ${REAL} AND last IS NOT NULL AND json_extract(last, '$.at') >= ?`).pluck();
  const find = db.prepare('SELECT json FROM kept WHERE kind = ? AND name = ?').pluck();
  const put = db.prepare('INSERT OR REPLACE INTO kept (kind, name, json) VALUES (?, ?, ?)');
  const sums = new Map<number, Departed>();
  /** A policy is read once for each of its versions. */
  const known = new Map<number, { json: string; live: ReturnType<typeof deliveryOf>['live'] }>();

  function liveOf({ id, delivery }: StreamBook) {
    let found = known.get(id);
    if (found?.json !== delivery) known.set(id, (found = { json: delivery, live: deliveryOf(delivery).live }));
    return found.live;
  }

  ledger.atCommit({
    write() {
      for (const [id, sum] of sums) {
        // Those of a stream that goes with them are nobody's.
        if (ledger.streamById(id)) put.run(DEPARTED, String(id), JSON.stringify(both(JSON.parse((find.get(DEPARTED, String(id)) as string | undefined) ?? '{}') as Departed, sum)));
        else known.delete(id);
      }
      sums.clear();
    },
    forget: () => sums.clear(),
  });

  /** Inside the transaction that deletes it, before its rows go. `at` is of the wall. */
  return function departs(seq: number, stream: StreamBook, at: number): void {
    const { canary, warmUp } = liveOf(stream);
    const day = warmUp && warmUpDay(warmUp, at).begins;
    const queued = canary && { since: canary.since, count: letGo.get(...keysOf(seq), canary.since) as number };
    const tried = day !== null && { since: day, count: triedSince.get(...keysOf(seq), day) as number };
    const sum = { ...(queued && queued.count > 0 ? { queued } : {}), ...(tried && tried.count > 0 ? { tried } : {}) };
    if (queued || tried) sums.set(stream.id, both(sums.get(stream.id) ?? {}, sum));
  };
}

/** How many of those since then are deleted. */
export function createDepartedReading(db: Database): (stream: number, what: keyof Departed, since: number) => number {
  const find = db.prepare('SELECT json FROM kept WHERE kind = ? AND name = ?').pluck();
  return (stream, what, since) => {
    const sum = (JSON.parse((find.get(DEPARTED, String(stream)) as string | undefined) ?? '{}') as Departed)[what];
    return sum?.since === since ? sum.count : 0;
  };
}
