/** Small things that must survive a restart: JSON texts of others, what the pretend remote will send, pauses of sites. */
import type { Database } from 'better-sqlite3';
import type { PauseRecord, Planned } from '../../queue/port.ts';
import type { Ledger } from './ledger.ts';
import { QUEUE_MODES, type QueueMode } from '../../mail/recipient.ts';
import { MODE } from './recipient-row.ts';
import type { RideContext } from './rides.ts';

export function createKeeping(db: Database, ledger: Ledger) {
  const put = db.prepare('INSERT OR REPLACE INTO kept (kind, name, json) VALUES (?, ?, ?)');
  const drop = db.prepare('DELETE FROM kept WHERE kind = ? AND name = ?');
  const plan = db.prepare('INSERT OR REPLACE INTO planned (id, stream, due, message, json) VALUES (?, ?, ?, ?, ?)');
  const unplan = db.prepare('DELETE FROM planned WHERE id = ?');
  const shift = db.prepare('UPDATE planned SET due = due - ? WHERE stream = ? AND message = ?');
  const pause = db.prepare('INSERT OR REPLACE INTO pauses (stream, mode, site, reason, until, by) VALUES (?, ?, ?, ?, ?, ?)');
  const resume = db.prepare('DELETE FROM pauses WHERE stream = ? AND mode = ? AND site = ?');
  return {
    keep(_context: RideContext, kind: string, name: string, json: string | null): null {
      if (json === null) drop.run(kind, name);
      else put.run(kind, name, json);
      return null;
    },
    /** For a stream that is gone nothing is promised. */
    plan(_context: RideContext, planned: readonly Planned[]): null {
      for (const { id, stream, due, message, json } of planned) {
        const book = ledger.stream(stream);
        if (book) plan.run(id, book.id, due, message, json);
      }
      return null;
    },
    unplan(_context: RideContext, ids: readonly string[]): null {
      for (const id of ids) unplan.run(id);
      return null;
    },
    shiftPlanned(_context: RideContext, scope: { stream: string; message: string }, ms: number): null {
      shift.run(ms, ledger.stream(scope.stream)?.id ?? -1, scope.message);
      return null;
    },
    setPause(_context: RideContext, { stream, mode, site, reason, until, by }: PauseRecord): null {
      const book = ledger.stream(stream);
      if (book) pause.run(book.id, MODE[mode], site, reason, until, by);
      return null;
    },
    clearPause: (_context: RideContext, stream: string, mode: QueueMode, site: string): boolean => resume.run(ledger.stream(stream)?.id ?? -1, MODE[mode], site).changes > 0,
  };
}

export function createKeptReading(db: Database) {
  const one = db.prepare('SELECT json FROM kept WHERE kind = ? AND name = ?').pluck();
  const all = db.prepare('SELECT name, json FROM kept WHERE kind = ? ORDER BY name');
  const planned = db.prepare('SELECT p.id, s.name AS stream, p.due, p.message, p.json FROM planned p JOIN streams s ON s.id = p.stream WHERE s.name = ? AND p.due <= ? ORDER BY p.due, p.id LIMIT ?');
  const nextPlanned = db.prepare('SELECT min(due) FROM planned WHERE stream = (SELECT id FROM streams WHERE name = ?)').pluck();
  const pauses = db.prepare('SELECT s.name AS stream, p.mode, p.site, p.reason, p.until, p.by FROM pauses p JOIN streams s ON s.id = p.stream ORDER BY s.name, p.mode, p.site');
  return {
    kept: (kind: string, name: string) => one.get(kind, name) as string | undefined,
    allKept: (kind: string) => all.all(kind) as { name: string; json: string }[],
    planned: (stream: string, now: number, limit: number) => planned.all(stream, now, limit) as Planned[],
    nextPlanned: (stream: string) => nextPlanned.get(stream) as number | null,
    pauses: () => (pauses.all() as (Omit<PauseRecord, 'mode'> & { mode: number })[]).map(({ mode, ...pause }): PauseRecord => ({ ...pause, mode: QUEUE_MODES[mode]! })),
  };
}
