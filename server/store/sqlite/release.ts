/**
 * Puts mail on its way for real that is in the inbox already. Its recipients
 * are added behind those that it has (of the envelope, or of an earlier
 * release); the message itself is not copied.
 */
import type { Database } from 'better-sqlite3';
import { StoreFault } from '../../admission/port.ts';
import { PRIORITIES } from '../../mail/recipient.ts';
import type { Released } from '../../queue/port.ts';
import { createPlace } from './enqueue.ts';
import { type CapturedRow, createFreeze } from './freeze.ts';
import type { Ledger } from './ledger.ts';
import { keysOf, MODE, WIDTH } from './recipient-row.ts';
import type { RideContext } from './rides.ts';
import type { Fixed } from './row.ts';

/** As it crosses to the writer, with what a transaction says of it: JSON as text. */
export type ReleaseItem = Omit<Released, 'recipients'> & {
  recipients: (Omit<Released['recipients'][number], 'original'> & { original: string | null; dsn: string | null })[];
  outgoing: string;
  envid: string | null;
};

export function createReleasing(db: Database, ledger: Ledger) {
  const find = db.prepare('SELECT m.seq, m.id, m.stream, m.received_at AS receivedAt, m.size, m.event, m.queued, c.summary AS fixed FROM messages m JOIN contents c ON c.seq = m.seq WHERE m.id = ?');
  const last = db.prepare('SELECT max(key) FROM recipients WHERE key >= ? AND key < ?').pluck();
  const mark = db.prepare('UPDATE messages SET queued = coalesce(queued, 0) + ?, outgoing = coalesce(outgoing, ?), envid = coalesce(envid, ?) WHERE seq = ?');
  const place = createPlace(db, ledger);
  const freeze = createFreeze(db);

  return {
    /** How many wait now, held ones too; null when there is no such message. */
    releaseMessage({ at, events }: RideContext, { message, recipients, queuedAt, expiresAt, priority, by, outgoing, envid }: ReleaseItem): number | null {
      const row = find.get(message) as (Omit<CapturedRow, 'stream'> & { stream: number }) | undefined;
      if (!row) return null;
      const { seq } = row;
      const stream = ledger.streamById(row.stream)!;
      const { recipients: named } = JSON.parse(row.fixed) as Fixed;
      const next = Math.max(named.length, ((last.get(...keysOf(seq)) as number | null) ?? seq * WIDTH - 1) - seq * WIDTH + 1);
      if (next + recipients.length > WIDTH) throw new StoreFault('full', `A message can be delivered to at most ${WIDTH} recipients`);
      freeze({ ...row, stream: stream.name });
      const to = recipients.map(({ address }) => address);
      events.push(ledger.tell(at, { type: 'message.released', stream: stream.name, message, recipients: [...new Set(recipients.flatMap(({ address, original }) => (original === null ? [address] : (JSON.parse(original) as string[]))))], to, by }, seq));
      const plan = { mode: MODE.deliver, rank: PRIORITIES.indexOf(priority), queuedAt, due: queuedAt, expires: expiresAt };
      let waiting = 0;
      recipients.forEach((one, i) => {
        if (place({ ...one, key: seq * WIDTH + next + i, message, seq }, plan, stream, at, events) !== 'suppressed') waiting++;
      });
      mark.run(waiting, outgoing, envid, seq);
      return waiting;
    },
  };
}
