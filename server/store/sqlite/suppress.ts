/**
 * The writing side of suppressions, and the strikes that lead to one: N soft
 * bounces within a window, or a doubtful hard one that is confirmed. What
 * simulated mail has taught and what real mail has are kept apart. All of it
 * runs inside the transaction of what led to it.
 */
import type { Database } from 'better-sqlite3';
import type { EventBody, PosternEvent } from '../../events/event.ts';
import { addressKey } from '../../mail/address.ts';
import { QUEUE_MODES, type QueueMode } from '../../mail/recipient.ts';
import type { Suppression, SuppressionReason } from '../../mail/suppression.ts';
import type { SuppressionKey } from '../../queue/port.ts';
import { createFormer, nameOf } from './former.ts';
import { deliveryOf } from './lanes.ts';
import type { Ledger, StreamBook } from './ledger.ts';
import { BOTH, MODE } from './recipient-row.ts';

/** At most one strike of an address and kind counts within this; a confirmation comes after it. */
const DAY = 24 * 60 * 60_000;

export type Strike = { address: string; kind: 'soft' | 'confirm'; at: number };
/** What a suppression that follows from strikes says and tells of. */
export type Cause = { detail: string; message: string | null };

export const modeNumber = (mode: QueueMode | null): number => (mode === null ? BOTH : MODE[mode]);
export const suppressedMode = (mode: number): QueueMode | null => QUEUE_MODES[mode] ?? null;

/**
 * When it is over, as a time of the wall, of a suppression p of the streams s: what holds for simulated mail goes by its
 * stream's clock, which may be ahead; what holds for real mail, or for every stream, by the wall. What holds for both
 * goes by the clock of the mail that its stream has now.
 */
export const OVER = `p.expires_at - CASE WHEN p.mode = ${MODE.deliver} OR (p.mode = ${BOTH} AND s.mode = 'deliver') THEN 0 ELSE coalesce(s.clock_offset, 0) END`;

type Found = { address: string; stream: number; mode: number; reason: SuppressionReason; detail: string; message: string | null; createdAt: number; expiresAt: number | null };

const FOUND = 'SELECT address, stream, mode, reason, detail, message, created_at AS createdAt, expires_at AS expiresAt FROM suppressions';

/** What stands in the way of mail of a stream and mode; its own before the global one, the address before its domain, the mode's before what is of both. */
export function suppressionFinder(db: Database): (stream: { id: number; name: string }, mode: QueueMode, address: string, now: number) => Suppression | undefined {
  const find = db.prepare(`${FOUND} WHERE address IN (?, ?) AND stream IN (?, 0) AND mode IN (?, ${BOTH}) AND (expires_at IS NULL OR expires_at > ?) ORDER BY stream = 0, substr(address, 1, 1) = '@', mode = ${BOTH} LIMIT 1`);
  const any = db.prepare('SELECT 1 FROM suppressions LIMIT 1');
  return (stream, mode, address, now) => {
    if (!any.get()) return undefined;
    const key = addressKey(address);
    const found = find.get(key, domainKey(key), stream.id, MODE[mode], now) as Found | undefined;
    return found && { ...found, stream: found.stream === 0 ? null : stream.name, mode: suppressedMode(found.mode) };
  };
}

/** `@domain` of an address; one without a domain is only itself. */
const domainKey = (key: string): string => (key.includes('@') ? key.slice(key.lastIndexOf('@')) : key);

/** What a person said, or a recipient complained of, is not undone by what an engine concludes; of its own reasons the stronger stays. */
const STRENGTH: Record<SuppressionReason, number> = { manual: 4, complaint: 3, unsubscribe: 2, hard_bounce: 1, soft_bounces: 0 };

/** `@domain` stays one; an address becomes its key. */
export const suppressionKey = (address: string): string => addressKey(address);

export function createSuppress(db: Database, ledger: Ledger) {
  const find = db.prepare('SELECT mode, reason, expires_at AS expiresAt FROM suppressions WHERE address = ? AND stream = ?');
  const put = db.prepare('INSERT OR REPLACE INTO suppressions (address, stream, mode, reason, detail, message, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const drop = db.prepare('DELETE FROM suppressions WHERE address = ? AND stream = ? AND mode = ?');
  const strikeNear = db.prepare('SELECT 1 FROM strikes WHERE address = ? AND stream = ? AND mode = ? AND kind = ? AND at > ? AND at < ?');
  const strikesWithin = db.prepare('SELECT count(*) FROM strikes WHERE address = ? AND stream = ? AND mode = ? AND kind = ? AND at > ? AND at <= ?').pluck();
  const addStrike = db.prepare('INSERT OR IGNORE INTO strikes (address, stream, mode, kind, at) VALUES (?, ?, ?, ?, ?)');
  const dropStrikes = db.prepare('DELETE FROM strikes WHERE address = ? AND stream = ? AND mode = ?');
  const dropAllStrikes = db.prepare('DELETE FROM strikes WHERE stream = ? AND mode = ?');
  const some = db.prepare(`SELECT address, mode FROM suppressions WHERE stream = ? AND mode IN (?, ${BOTH}) LIMIT ?`);

  const former = createFormer(db);
  const ended = db.prepare(`SELECT p.address, p.stream, p.mode, ${nameOf('p.stream')} AS name FROM suppressions p LEFT JOIN streams s ON s.id = p.stream
    WHERE p.expires_at <= @now + (SELECT max(clock_offset) FROM streams) AND p.expires_at - CASE WHEN p.mode = ${MODE.simulate} THEN coalesce(s.clock_offset, 0) ELSE 0 END <= @now LIMIT @most`);
  const idOf = (stream: string | null): number | undefined => (stream === null ? 0 : (ledger.stream(stream)?.id ?? former.id(stream)));

  /** Adds or replaces. False when it stood already, or is of mail that is not real and its stream is gone. The engine replaces only a weaker one, and tells of it. */
  function suppress({ address, stream, mode, reason, detail, message, createdAt, expiresAt }: Suppression, by: string, at: number, events: PosternEvent[]): boolean {
    const isGone = stream !== null && !ledger.stream(stream);
    if (isGone && mode !== 'deliver') return false;
    const id = isGone ? former.note(stream) : idOf(stream)!;
    const key = suppressionKey(address);
    const standing = (find.all(key, id) as Pick<Found, 'mode' | 'reason' | 'expiresAt'>[]).filter((one) => one.expiresAt === null || one.expiresAt > createdAt);
    if (by === 'engine' && standing.some((one) => [modeNumber(mode), BOTH].includes(one.mode) && STRENGTH[one.reason] >= STRENGTH[reason])) return false;
    put.run(key, id, modeNumber(mode), reason, detail, message, createdAt, expiresAt);
    if (by !== 'engine' && standing.some((one) => one.mode === modeNumber(mode))) return false;
    events.push(ledger.tell(at, { type: 'suppression.added', stream: stream ?? '', address: key, global: stream === null, ...said(mode), reason, detail, by, message, expiresAt }));
    return true;
  }

  function remove(key: string, id: number, stream: string | null, mode: QueueMode | null, by: string, at: number, events: PosternEvent[]): boolean {
    if (drop.run(key, id, modeNumber(mode)).changes === 0) return false;
    const told: EventBody = { type: 'suppression.removed', stream: stream ?? '', address: key, global: stream === null, ...said(mode), by };
    events.push(ledger.tell(at, told));
    return true;
  }

  return {
    suppress,
    unsuppress({ address, stream, mode }: Omit<SuppressionKey, 'mode'> & { mode?: QueueMode | null }, by: string, at: number, events: PosternEvent[]): boolean {
      const id = idOf(stream);
      if (id === undefined) return false;
      const key = suppressionKey(address);
      const those = mode === undefined ? [null, ...QUEUE_MODES] : [mode];
      if (those.filter((one) => remove(key, id, stream, one, by, at, events)).length === 0) return false;
      // Whoever lets it have mail again does not want it back at the next failure.
      if (id !== 0) for (const one of mode ? [mode] : QUEUE_MODES) dropStrikes.run(key, id, MODE[one]);
      return true;
    },
    /** A step of it; the last one finds fewer than `most`. */
    unsuppressAll(stream: string, mode: QueueMode, most: number, by: string, at: number, events: PosternEvent[]): number {
      const id = idOf(stream);
      if (id === undefined) return 0;
      dropAllStrikes.run(id, MODE[mode]);
      const those = some.all(id, MODE[mode], most) as Pick<Found, 'address' | 'mode'>[];
      for (const one of those) remove(one.address, id, stream, suppressedMode(one.mode), by, at, events);
      return those.length;
    },
    /** Takes out some that are over for all mail that they are about; `now` is of the wall. Answers how many. */
    expire(now: number, most: number, events: PosternEvent[]): number {
      const those = ended.all({ now, most }) as (Pick<Found, 'address' | 'stream' | 'mode'> & { name: string | null })[];
      for (const one of those) remove(one.address, one.stream, one.name, suppressedMode(one.mode), 'expiry', now, events);
      return those.length;
    },
    clear(stream: StreamBook, mode: QueueMode, address: string): void {
      dropStrikes.run(suppressionKey(address), stream.id, MODE[mode]);
    },
    strike(stream: StreamBook, mode: QueueMode, strike: Strike, cause: Cause, at: number, events: PosternEvent[]): void {
      const of = [suppressionKey(strike.address), stream.id, MODE[mode]] as const;
      const { kind } = strike;
      if (strikeNear.get(...of, kind, strike.at - DAY, strike.at + DAY)) return;
      addStrike.run(...of, kind, strike.at);
      const rule = ruleOf(kind, stream);
      if (!rule || (strikesWithin.get(...of, kind, strike.at - rule.within, strike.at) as number) < rule.count) return;
      const detail = cause.detail === '' ? rule.why : `${rule.why}: ${cause.detail}`;
      suppress({ address: strike.address, stream: stream.name, mode, reason: rule.reason, detail, message: cause.message, createdAt: strike.at, expiresAt: null }, 'engine', at, events);
      dropStrikes.run(...of);
    },
  };
}

/** As an event tells it: absent, it is of both. */
const said = (mode: QueueMode | null): { mode?: QueueMode } => (mode === null ? {} : { mode });

type StrikeRule = { count: number; within: number; reason: SuppressionReason; why: string };

function ruleOf(kind: Strike['kind'], stream: StreamBook): StrikeRule | undefined {
  if (kind === 'confirm') return { count: 2, within: Infinity, reason: 'hard_bounce', why: 'Refused again a day or more later' };
  const policy = deliveryOf(stream.delivery).softBounces;
  if (!policy) return undefined;
  return { ...policy, reason: 'soft_bounces', why: `${policy.count} soft bounces within ${Math.round(policy.within / DAY)} days` };
}
