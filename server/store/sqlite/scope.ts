/**
 * What a person (or an advance) does to all that waits in a scope. In steps:
 * a hundred thousand recipients must not hold up the mail that comes in. Each
 * step takes recipients that it leaves changed, so the next finds others.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { PosternEvent } from '../../events/event.ts';
import type { Held } from '../../mail/recipient.ts';
import type { QueueScope } from '../../queue/port.ts';
import type { Ledger } from './ledger.ts';
import { DUE, IN_MODE, keysOf, MODE, STATE, WAITING, WIDTH } from './recipient-row.ts';
import type { RideContext } from './rides.ts';
import type { Wish } from './settle.ts';

/** Recipients that one step changes. */
const STEP = 500;

/** `more` until a step finds nothing. */
export type StepDone = { changed: number; more: boolean };
type Values = (string | number)[];
type Row = { key: number; stream: number; address: string; state: number; offset: number; id: string };

/** A scope as a condition over recipients r; undefined when it names what is not there. */
export function scopeCondition(scope: QueueScope, ids: { stream(name: string): number | undefined; seq(message: string): number | undefined }): { sql: string; values: Values } | undefined {
  const sql: string[] = [];
  const values: Values = [];
  const add = (part: string, ...more: Values) => {
    sql.push(part);
    values.push(...more);
  };
  if (scope.stream !== undefined) {
    const id = ids.stream(scope.stream);
    if (id === undefined) return undefined;
    // Recipients of a message are found by their keys, not among all that waits in the stream.
    add(scope.message === undefined && scope.key === undefined && scope.keys === undefined ? 'r.stream = ?' : '+r.stream = ?', id);
  }
  if (scope.mode !== undefined) add(scope.message === undefined && scope.key === undefined && scope.keys === undefined ? `r.${IN_MODE}` : `+r.${IN_MODE}`, MODE[scope.mode]);
  if (scope.heldFor !== undefined) add(`r.state = ${STATE.held} AND coalesce(json_extract(r.held, '$.reason'), 'person') = ?`, scope.heldFor);
  if (scope.destination !== undefined) add('r.destination = ?', scope.destination);
  if (scope.message !== undefined) {
    const seq = ids.seq(scope.message);
    if (seq === undefined) return undefined;
    add('r.key >= ? AND r.key < ?', ...keysOf(seq));
  }
  if (scope.key !== undefined) add('r.key = ?', scope.key);
  if (scope.keys !== undefined) add('r.key IN (SELECT value FROM json_each(?))', JSON.stringify(scope.keys));
  if (scope.states) add(`r.state IN (${scope.states.map((state) => STATE[state]).join(', ')})`);
  return { sql: sql.length === 0 ? '1' : sql.join(' AND '), values };
}

export function createScopeChange(db: Database, ledger: Ledger) {
  const statements = new Map<string, Statement<Values>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare<Values>(sql);
    statements.set(sql, statement);
    return statement;
  };
  const seqById = db.prepare('SELECT seq FROM messages WHERE id = ?').pluck();
  const ids = { stream: (name: string) => ledger.stream(name)?.id, seq: (message: string) => seqById.get(message) as number | undefined };
  const cancelOne = db.prepare(`UPDATE recipients SET state = ${STATE.cancelled}, due = NULL WHERE key = ?`);
  // What it was due at stays, for its release.
  const holdOne = db.prepare(`UPDATE recipients SET state = ${STATE.held}, held = ? WHERE key = ?`);
  const wishFor = db.prepare('UPDATE recipients SET wish = ? WHERE key = ?');
  // Mail that was never tried is not sent before it was to be.
  const again = db.prepare(`UPDATE recipients SET state = CASE WHEN attempts > 0 THEN ${STATE.deferred} ELSE ${STATE.queued} END, due = CASE WHEN attempts > 0 THEN @now ELSE max(coalesce(due, @now), @now) END, held = NULL WHERE key = @key`);
  const makeDue = db.prepare('UPDATE recipients SET due = ? WHERE key = ?');

  /** The next recipients of the scope for which `condition` holds. */
  function next(scope: QueueScope, condition: string, ...more: Values): Row[] {
    const found = scopeCondition(scope, ids);
    if (!found) return [];
    return prepared(`SELECT r.key, r.stream, r.address, r.state, r.offset, m.id FROM recipients r CROSS JOIN messages m ON m.seq = r.key / ${WIDTH} WHERE ${found.sql} AND ${condition} LIMIT ${STEP}`).all(...found.values, ...more) as Row[];
  }
  const done = (rows: readonly Row[], changed = rows.length): StepDone => ({ changed, more: rows.length === STEP });

  function tell(type: 'recipient.held' | 'recipient.released' | 'recipient.cancelled', row: Row, time: number, by: string, { at, events }: RideContext, held?: Held): void {
    const of = { stream: ledger.streamById(row.stream)!.name, message: row.id, recipient: row.address, n: row.key % WIDTH, time: time + row.offset, by };
    events.push(ledger.tell(at, type === 'recipient.held' ? { type, ...of, ...held } : { type, ...of }, Math.floor(row.key / WIDTH)));
  }

  /** Ends (or stops) what waits now; an active one gets its wish when its attempt is over. */
  function stop(kind: Wish['kind'], condition: string, scope: QueueScope, time: number, by: string, context: RideContext, held?: Held): StepDone {
    const wish = JSON.stringify({ kind, at: time, by, ...(held ? { held } : {}) } satisfies Wish);
    const rows = next(scope, condition, ...(held ? [JSON.stringify(held)] : []));
    for (const row of rows) {
      if (row.state === STATE.active) {
        wishFor.run(wish, row.key);
        continue;
      }
      if (kind === 'cancel') cancelOne.run(row.key);
      else holdOne.run(held ? JSON.stringify(held) : null, row.key);
      tell(kind === 'cancel' ? 'recipient.cancelled' : 'recipient.held', row, time, by, context, held);
    }
    return done(rows);
  }

  return {
    retryNow(_context: RideContext, scope: QueueScope, now: number): StepDone {
      const rows = next(scope, `r.${DUE} AND r.due > ?`, now);
      for (const { key } of rows) makeDue.run(now, key);
      return done(rows);
    },
    hold: (context: RideContext, scope: QueueScope, time: number, by: string, held?: Held): StepDone =>
      // What is held already is held for another reason from now on, if one is given.
      stop('hold', `r.${WAITING} AND (r.${DUE} OR (r.state = ${STATE.active} AND r.wish IS NULL)${held ? ` OR (r.state = ${STATE.held} AND coalesce(r.held, '') <> ?)` : ''})`, scope, time, by, context, held),
    cancel: (context: RideContext, scope: QueueScope, time: number, by: string): StepDone =>
      stop('cancel', `r.${WAITING} AND (r.state <> ${STATE.active} OR r.wish IS NULL OR r.wish NOT LIKE '{"kind":"cancel"%')`, scope, time, by, context),
    release(context: RideContext, scope: QueueScope, now: number, by: string): StepDone {
      const rows = next(scope, `r.${WAITING} AND (r.state = ${STATE.held} OR (r.state = ${STATE.active} AND r.wish LIKE '{"kind":"hold"%'))`);
      for (const row of rows) {
        if (row.state === STATE.active) {
          wishFor.run(null, row.key);
          continue;
        }
        again.run({ now, key: row.key });
        tell('recipient.released', row, now, by, context);
      }
      return done(rows);
    },
    /** All at once: a narrowed advance is of one message, and half of it must not be elsewhere in time. Active ones too: their conversation moves along. Real mail is of the wall's time. */
    shift(_context: RideContext, scope: QueueScope, ms: number): null {
      const found = scopeCondition(scope, ids);
      if (found) prepared(`UPDATE recipients AS r SET offset = offset + ?, due = due - ?, expires = expires - ? WHERE ${found.sql} AND r.mode = ${MODE.simulate} AND r.${WAITING}`).run(ms, ms, ms, ...found.values);
      return null;
    },
  };
}

/** Ends what still waits of a message that goes, and takes its rows out. */
export function createForget(db: Database, ledger: Ledger) {
  const waiting = db.prepare(`SELECT key, mode, address, offset FROM recipients NOT INDEXED WHERE key >= ? AND key < ? AND ${WAITING}`);
  const drops = ['DELETE FROM recipients WHERE key >= ? AND key < ?', 'DELETE FROM attempts WHERE recipient >= ? AND recipient < ?'].map((sql) => db.prepare(sql));
  const dropPlanned = db.prepare("DELETE FROM planned WHERE message = ? AND message <> ''");

  /** Inside the transaction of the deletion. Answers how many recipients it had. */
  return function forget(seq: number, message: string, stream: { name: string; clockOffset: number }, by: string, at: number, events: PosternEvent[]): number {
    const keys = keysOf(seq);
    for (const { key, mode, address, offset } of waiting.all(...keys) as { key: number; mode: number; address: string; offset: number }[]) {
      events.push(ledger.tell(at, { type: 'recipient.cancelled', stream: stream.name, message, recipient: address, n: key % WIDTH, time: at + (mode === MODE.simulate ? stream.clockOffset : 0) + offset, by }, seq));
    }
    dropPlanned.run(message);
    return drops.map((drop) => drop.run(...keys).changes)[0]!;
  };
}
