/**
 * The log tells of a message by its row while that is as it was captured.
 * Before the row changes in what the event says of it, or goes, the event is
 * written whole; then it stays as it was told.
 */
import type { Database } from 'better-sqlite3';
import { capturedFields, type Fixed, type Taken, takenOf } from './row.ts';

/** `fixed` is JSON; `event` the id of its message.captured. */
export type CapturedRow = { id: string; seq: number; stream: string; receivedAt: number; size: number; event: number; queued: number | null; fixed: string };

export function createFreeze(db: Database) {
  const keep = db.prepare('UPDATE events SET data = ? WHERE id = ? AND data IS NULL');
  const isLoose = db.prepare('SELECT 1 FROM events WHERE id = ? AND data IS NULL');

  /** Inside a transaction. `taken` where messages.queued does not say it all. */
  return function freeze({ fixed, event, queued, ...row }: CapturedRow, taken?: Taken): void {
    if (!isLoose.get(event)) return;
    const kept = JSON.parse(fixed) as Fixed;
    const { id, seq, stream, receivedAt, size } = row;
    keep.run(JSON.stringify(capturedFields({ id, seq, stream, receivedAt, size, taken: taken ?? takenOf(queued, kept) }, kept)), event);
  };
}
