/** Reads the queue: what waits and until when, recipients with their attempts, suppressions, and what a report may be about. */
import { zstdDecompressSync } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import type { Waiting } from '../../inbox/port.ts';
import { addressKey } from '../../mail/address.ts';
import { QUEUE_MODES, type QueueMode, RECIPIENT_STATES, type RecipientState } from '../../mail/recipient.ts';
import { DEFAULT_DELIVERY } from '../../mail/stream.ts';
import type { Suppression } from '../../mail/suppression.ts';
import type { LaneDue, QueueDepth, QueueScope, QueueStore, SentRecipient, SuppressionQuery } from '../../queue/port.ts';
import { createDepartedReading } from './departed.ts';
import { createKnown, nameOf } from './former.ts';
import type { EventRow } from './log.ts';
import { DUE, keysOf, RECIPIENT_COLUMNS, RECIPIENT_JOINS, type RecipientRow, STATE, WAITING, WIDTH } from './recipient-row.ts';
import { ROLE } from './roles.ts';
import { scopeCondition } from './scope.ts';
import { modeNumber, OVER, suppressedMode, suppressionFinder, suppressionKey } from './suppress.ts';

type Values = (string | number)[];
/** JSON of an attempt and its transcript, or where that is. */
export type AttemptText = { recipient: number; number: number; json: string };

/**
 * Since when a recipient r of stream p waits to be sent: what was to be sent later is not late before. After its
 * first attempt that moment is found from its end, as far as its stream's policy tells; the last attempt was not before it.
 */
const LIFE = `coalesce(json_extract(p.delivery, '$.expiresAfter'), ${DEFAULT_DELIVERY.expiresAfter})`;
const FIRST_DUE = `CASE WHEN r.attempts = 0 THEN max(r.queued_at, coalesce(r.due + r.offset, r.queued_at))
  WHEN r.expires + r.offset - ${LIFE} <= r.queued_at THEN r.queued_at
  ELSE min(r.expires + r.offset - ${LIFE}, max(r.queued_at, coalesce(json_extract(r.last, '$.at'), r.queued_at))) END`;

const withMode = <T extends { mode: number }>({ mode, ...row }: T): Omit<T, 'mode'> & { mode: QueueMode } => ({ ...row, mode: QUEUE_MODES[mode]! });

export function createQueueReading(db: Database) {
  const statements = new Map<string, Statement<Values>>();
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare<Values>(sql);
    statements.set(sql, statement);
    return statement;
  };
  const streamById = db.prepare('SELECT id FROM streams WHERE name = ?').pluck();
  const seqById = db.prepare('SELECT seq FROM messages WHERE id = ?').pluck();
  const ids = { stream: (name: string) => streamById.get(name) as number | undefined, seq: (message: string) => seqById.get(message) as number | undefined };
  const conditionOf = (scope: QueueScope) => scopeCondition(scope, ids);

  const message = db.prepare('SELECT m.id, s.name AS stream, m.queued FROM messages m JOIN streams s ON s.id = m.stream WHERE m.id = ?');
  const attemptsOf = db.prepare('SELECT recipient, number, data FROM attempts WHERE recipient >= ? AND recipient < ? ORDER BY recipient, number');
  const inMessage = db.prepare(`SELECT ${RECIPIENT_COLUMNS} FROM recipients r ${RECIPIENT_JOINS} WHERE r.key >= ? AND r.key < ? ORDER BY r.key`);
  const returned = db.prepare("SELECT id AS event, at, type, stream, data, seq, NULL AS id, NULL AS receivedAt, NULL AS size, NULL AS fixed, NULL AS queued FROM events WHERE seq = ? AND seq IS NOT NULL AND type <> 'message.captured' AND type LIKE '%.received' ORDER BY id");
  const bySent = (column: string, index: string) => db.prepare(`SELECT m.seq FROM messages m INDEXED BY ${index} WHERE m.${column} = ? AND m.stream = ? AND m.queued IS NOT NULL AND m.${column} IS NOT NULL ORDER BY m.seq DESC LIMIT ?`).pluck();
  const byMessageId = bySent('message_id', 'messages_sent');
  const byEnvid = bySent('envid', 'messages_envid');
  const queuedSince = db.prepare('SELECT count(*) FROM recipients INDEXED BY recipients_live WHERE mode = 1 AND stream = ? AND queued_at >= ? AND kept_back = 0').pluck();
  const triedSince = db.prepare("SELECT count(*) FROM recipients INDEXED BY recipients_live WHERE mode = 1 AND stream = ? AND last IS NOT NULL AND json_extract(last, '$.at') >= ?").pluck();
  const waitingOf = db.prepare(`SELECT count(*) AS recipients, count(*) FILTER (WHERE state = ${STATE.active}) AS active FROM recipients NOT INDEXED WHERE key >= ? AND key < ? AND ${WAITING}`);
  const otherInbox = db.prepare(`SELECT 1 FROM addresses WHERE seq = ? AND roles & ${ROLE.recipient} AND key <> ? LIMIT 1`);
  const departed = createDepartedReading(db);
  const suppressionOf = suppressionFinder(db);
  const known = createKnown(db);

  /** With those that are deleted since. */
  function real(count: Statement, what: 'queued' | 'tried', name: string, since: number): number {
    const stream = ids.stream(name);
    return stream === undefined ? 0 : (count.get(stream, since) as number) + departed(stream, what, since);
  }

  const sent = (row: RecipientRow): SentRecipient => ({
    message: row.message, stream: row.stream, mode: QUEUE_MODES[row.mode]!, recipient: row.address, n: row.key % WIDTH, state: RECIPIENT_STATES[row.state]!,
    at: row.last === null ? row.queuedAt : (JSON.parse(row.last) as { at: number }).at,
  });

  return {
    lanes(scope: Pick<QueueScope, 'stream' | 'mode' | 'destination'>): LaneDue[] {
      const found = conditionOf(scope);
      if (!found) return [];
      return prepared(`SELECT s.name AS stream, l.mode, l.destination, l.due FROM (SELECT r.stream, r.mode, r.destination, min(r.due) AS due FROM recipients r WHERE r.${DUE} AND ${found.sql} GROUP BY r.stream, r.mode, r.destination) l JOIN streams s ON s.id = l.stream`)
        .all(...found.values).map((row) => withMode(row as { mode: number })) as LaneDue[];
    },
    nextMoment({ after = Number.MIN_SAFE_INTEGER, ...scope }: Parameters<QueueStore['nextMoment']>[0]): number | null {
      const found = conditionOf(scope);
      if (!found) return null;
      const least = (sql: string, ...more: Values) => prepared(sql).pluck().get(...found.values, ...more) as number | null;
      const due = least(`SELECT min(r.due) FROM recipients r WHERE r.${DUE} AND ${found.sql} AND r.due > ?`, after);
      const expires = least(`SELECT min(r.expires) FROM recipients r WHERE r.${WAITING} AND r.state <> ${STATE.active} AND ${found.sql}`);
      return due === null || expires === null ? (due ?? expires) : Math.min(due, expires);
    },
    nextExpiry(scope: Parameters<QueueStore['nextExpiry']>[0]): number | null {
      const found = conditionOf(scope);
      return found ? (prepared(`SELECT min(r.expires) FROM recipients r WHERE r.${WAITING} AND ${found.sql}`).pluck().get(...found.values) as number | null) : null;
    },
    depth(stream: string | undefined): QueueDepth[] {
      const found = conditionOf(stream === undefined ? {} : { stream });
      if (!found) return [];
      const count = (state: RecipientState) => `count(*) FILTER (WHERE r.state = ${STATE[state]}) AS ${state}`;
      return prepared(`SELECT s.name AS stream, d.* FROM (SELECT r.stream AS id, r.mode, r.destination, ${count('queued')}, ${count('deferred')}, ${count('active')}, ${count('held')},
        min(${FIRST_DUE}) AS oldestAt, min(r.due) FILTER (WHERE r.${DUE}) AS nextDue FROM recipients r JOIN streams p ON p.id = r.stream WHERE r.${WAITING} AND ${found.sql} GROUP BY r.stream, r.mode, r.destination) d JOIN streams s ON s.id = d.id`)
        .all(...found.values).map((row) => {
          const { id: _id, ...depth } = row as Omit<QueueDepth, 'mode'> & { id: number; mode: number };
          return withMode(depth);
        });
    },
    recipients(scope: QueueScope, after: number, limit: number): RecipientRow[] {
      const found = conditionOf(scope);
      if (!found) return [];
      const waits = scope.states ? '1' : `r.${WAITING}`;
      return prepared(`SELECT ${RECIPIENT_COLUMNS} FROM (SELECT r.key FROM recipients r WHERE r.key > ? AND ${found.sql} AND ${waits} ORDER BY r.key LIMIT ?) k CROSS JOIN recipients r ON r.key = k.key ${RECIPIENT_JOINS} ORDER BY r.key`).all(after, ...found.values, limit) as RecipientRow[];
    },
    deliveryTally(scope: Pick<QueueScope, 'stream' | 'mode' | 'message' | 'heldFor'>): [RecipientState, number][] {
      const found = conditionOf(scope);
      if (!found) return [];
      return (prepared(`SELECT r.state, count(*) AS n FROM recipients r WHERE ${found.sql} GROUP BY r.state`).all(...found.values) as { state: number; n: number }[]).map(({ state, n }) => [RECIPIENT_STATES[state]!, n]);
    },
    anyWaits(stream: string | undefined): boolean {
      const found = conditionOf(stream === undefined ? {} : { stream });
      return found !== undefined && prepared(`SELECT 1 FROM recipients r WHERE r.${WAITING} AND ${found.sql} LIMIT 1`).get(...found.values) !== undefined;
    },
    /** What of these messages waits, when they are deleted, or (with `inbox`, its key) taken out of one inbox. */
    waitingAmong(seqs: readonly number[], inbox: string | undefined): Waiting {
      const sum: Waiting = { messages: 0, recipients: 0, active: 0, kept: 0 };
      for (const seq of seqs) {
        const { recipients, active } = waitingOf.get(...keysOf(seq)) as { recipients: number; active: number };
        if (recipients === 0) continue;
        if (inbox !== undefined && otherInbox.get(seq, inbox)) {
          sum.kept += recipients;
          continue;
        }
        sum.messages++;
        sum.recipients += recipients;
        sum.active += active;
      }
      return sum;
    },
    queuedSince: (stream: string, since: number): number => real(queuedSince, 'queued', stream, since),
    triedSince: (stream: string, since: number): number => real(triedSince, 'tried', stream, since),
    delivery(id: string): { message: string; stream: string; recipients: RecipientRow[]; attempts: AttemptText[] } | undefined {
      const row = message.get(id) as { id: string; stream: string; queued: number | null } | undefined;
      if (!row) return undefined;
      const keys = keysOf(ids.seq(id)!);
      if (row.queued === null) return { message: id, stream: row.stream, recipients: [], attempts: [] };
      return {
        message: id, stream: row.stream, recipients: inMessage.all(...keys) as RecipientRow[],
        attempts: (attemptsOf.all(...keys) as { recipient: number; number: number; data: Buffer }[]).map(({ recipient, number, data }) => ({ recipient, number, json: zstdDecompressSync(data).toString() })),
      };
    },

    isKnown: (stream: string): boolean => known(stream) !== undefined,
    suppressions({ now, stream, mode, q, reason, after, limit }: SuppressionQuery): Suppression[] {
      const sql: string[] = [];
      const values: Values = [];
      const add = (part: string, ...more: Values) => {
        sql.push(part);
        values.push(...more);
      };
      const idOf = (name: string | null) => (name === null ? 0 : (known(name) ?? -1));
      if (stream !== undefined) add('p.stream = ?', idOf(stream));
      if (mode !== undefined) add('p.mode = ?', modeNumber(mode));
      if (q !== undefined && q !== '') add('instr(p.address, ?) > 0', suppressionKey(q));
      if (reason !== undefined) add('p.reason = ?', reason);
      // Of a stream that was deleted meanwhile: those of the address once more, rather than some never.
      if (after !== undefined) add('(p.address, p.stream, p.mode) > (?, ?, ?)', after.address, idOf(after.stream), modeNumber(after.mode));
      add(`(p.expires_at IS NULL OR ${OVER} > ?)`, now);
      const found = prepared(`SELECT p.address, ${nameOf('p.stream')} AS stream, p.mode, p.reason, p.detail, p.message, p.created_at AS createdAt, p.expires_at AS expiresAt FROM suppressions p LEFT JOIN streams s ON s.id = p.stream WHERE ${sql.join(' AND ')} ORDER BY p.address, p.stream, p.mode LIMIT ?`);
      return (found.all(...values, limit) as (Omit<Suppression, 'mode'> & { mode: number })[]).map((row) => ({ ...row, mode: suppressedMode(row.mode) }));
    },
    suppressionOf: (stream: string, mode: QueueMode, address: string, now: number): Suppression | undefined => suppressionOf({ id: known(stream) ?? -1, name: stream }, mode, address, now),

    sentByToken(id: string, n: number): SentRecipient | undefined {
      const seq = ids.seq(id);
      const row = seq === undefined ? undefined : (inMessage.get(seq * WIDTH + n, seq * WIDTH + n + 1) as RecipientRow | undefined);
      return row && sent(row);
    },
    sentBy({ stream, messageId, envid, recipient, limit }: { stream: string; messageId?: string; envid?: string; recipient?: string; limit: number }): SentRecipient[] {
      const id = ids.stream(stream);
      if (id === undefined) return [];
      const seqs = new Set<number>();
      if (envid !== undefined) for (const seq of byEnvid.all(envid, id, limit) as number[]) seqs.add(seq);
      if (messageId !== undefined && messageId !== '') for (const seq of byMessageId.all(messageId, id, limit) as number[]) seqs.add(seq);
      const key = recipient === undefined ? undefined : addressKey(recipient);
      const found: SentRecipient[] = [];
      for (const seq of [...seqs].sort((a, b) => b - a)) {
        for (const row of inMessage.iterate(...keysOf(seq)) as Iterable<RecipientRow>) {
          if (key !== undefined && addressKey(row.address) !== key) continue;
          found.push(sent(row));
          if (found.length >= limit) return found;
        }
      }
      return found;
    },
    returned(id: string): EventRow[] {
      const seq = ids.seq(id);
      return seq === undefined ? [] : (returned.all(seq) as EventRow[]);
    },
  };
}
