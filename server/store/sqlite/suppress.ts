/**
 * The writing side of suppressions, and the strikes that lead to one: N soft
 * bounces within a window, or a doubtful hard one that is confirmed. All of
 * it runs inside the transaction of what led to it.
 */
import type { Database } from 'better-sqlite3';
import type { EventBody, PosternEvent } from '../../events/event.ts';
import { addressKey } from '../../mail/address.ts';
import type { Suppression, SuppressionReason } from '../../mail/suppression.ts';
import { deliveryOf } from './lanes.ts';
import type { Ledger, StreamBook } from './ledger.ts';

/** At most one strike of an address and kind counts within this; a confirmation comes after it. */
const DAY = 24 * 60 * 60_000;

export type Strike = { address: string; kind: 'soft' | 'confirm'; at: number };
/** What a suppression that follows from strikes says and tells of. */
export type Cause = { detail: string; message: string | null };

type Found = { address: string; stream: number; reason: SuppressionReason; detail: string; message: string | null; createdAt: number; expiresAt: number | null };

const FOUND = 'SELECT address, stream, reason, detail, message, created_at AS createdAt, expires_at AS expiresAt FROM suppressions';

/** What stands for an address in a stream, its own before the global one, the address before its domain. */
export function suppressionFinder(db: Database): (stream: { id: number; name: string }, address: string, now: number) => Suppression | undefined {
  const find = db.prepare(`${FOUND} WHERE address IN (?, ?) AND stream IN (?, 0) AND (expires_at IS NULL OR expires_at > ?) ORDER BY stream = 0, substr(address, 1, 1) = '@' LIMIT 1`);
  const any = db.prepare('SELECT 1 FROM suppressions LIMIT 1');
  return (stream, address, now) => {
    if (!any.get()) return undefined;
    const key = addressKey(address);
    const found = find.get(key, domainKey(key), stream.id, now) as Found | undefined;
    return found && { ...found, stream: found.stream === 0 ? null : stream.name };
  };
}

/** `@domain` of an address; one without a domain is only itself. */
const domainKey = (key: string): string => (key.includes('@') ? key.slice(key.lastIndexOf('@')) : key);

/** What a person said, or a recipient complained of, is not undone by what an engine concludes; of its own reasons the stronger stays. */
const STRENGTH: Record<SuppressionReason, number> = { manual: 4, complaint: 3, unsubscribe: 2, hard_bounce: 1, soft_bounces: 0 };

/** `@domain` stays one; an address becomes its key. */
export const suppressionKey = (address: string): string => addressKey(address);

export function createSuppress(db: Database, ledger: Ledger) {
  const find = db.prepare('SELECT reason, expires_at AS expiresAt FROM suppressions WHERE address = ? AND stream = ?');
  const put = db.prepare('INSERT OR REPLACE INTO suppressions (address, stream, reason, detail, message, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const drop = db.prepare('DELETE FROM suppressions WHERE address = ? AND stream = ?');
  const strikeNear = db.prepare('SELECT 1 FROM strikes WHERE address = ? AND stream = ? AND kind = ? AND at > ? AND at < ?');
  const strikesWithin = db.prepare('SELECT count(*) FROM strikes WHERE address = ? AND stream = ? AND kind = ? AND at > ? AND at <= ?').pluck();
  const addStrike = db.prepare('INSERT OR IGNORE INTO strikes (address, stream, kind, at) VALUES (?, ?, ?, ?)');
  const dropStrikes = db.prepare('DELETE FROM strikes WHERE address = ? AND stream = ?');

  const idOf = (stream: string | null): number | undefined => (stream === null ? 0 : ledger.stream(stream)?.id);

  /** Adds or replaces. False when it stood already, or its stream is gone. The engine replaces only a weaker one, and tells of it. */
  function suppress({ address, stream, reason, detail, message, createdAt, expiresAt }: Suppression, by: string, at: number, events: PosternEvent[]): boolean {
    const id = idOf(stream);
    if (id === undefined) return false;
    const key = suppressionKey(address);
    const before = find.get(key, id) as Pick<Found, 'reason' | 'expiresAt'> | undefined;
    const stands = before !== undefined && (before.expiresAt === null || before.expiresAt > createdAt);
    if (stands && by === 'engine' && STRENGTH[before.reason] >= STRENGTH[reason]) return false;
    put.run(key, id, reason, detail, message, createdAt, expiresAt);
    if (stands && by !== 'engine') return false;
    events.push(ledger.tell(at, { type: 'suppression.added', stream: stream ?? '', address: key, global: stream === null, reason, detail, by, message, expiresAt }));
    return true;
  }

  return {
    suppress,
    unsuppress(address: string, stream: string | null, by: string, at: number, events: PosternEvent[]): boolean {
      const id = idOf(stream);
      const key = suppressionKey(address);
      if (id === undefined || drop.run(key, id).changes === 0) return false;
      // Whoever lets it have mail again does not want it back at the next failure.
      if (id !== 0) dropStrikes.run(key, id);
      const told: EventBody = { type: 'suppression.removed', stream: stream ?? '', address: key, global: stream === null, by };
      events.push(ledger.tell(at, told));
      return true;
    },
    clear(stream: StreamBook, address: string): void {
      dropStrikes.run(suppressionKey(address), stream.id);
    },
    strike(stream: StreamBook, strike: Strike, cause: Cause, at: number, events: PosternEvent[]): void {
      const key = suppressionKey(strike.address);
      const { kind } = strike;
      if (strikeNear.get(key, stream.id, kind, strike.at - DAY, strike.at + DAY)) return;
      addStrike.run(key, stream.id, kind, strike.at);
      const rule = ruleOf(kind, stream);
      if (!rule || (strikesWithin.get(key, stream.id, kind, strike.at - rule.within, strike.at) as number) < rule.count) return;
      const detail = cause.detail === '' ? rule.why : `${rule.why}: ${cause.detail}`;
      suppress({ address: key, stream: stream.name, reason: rule.reason, detail, message: cause.message, createdAt: strike.at, expiresAt: null }, 'engine', at, events);
      dropStrikes.run(key, stream.id);
    },
  };
}

type StrikeRule = { count: number; within: number; reason: SuppressionReason; why: string };

function ruleOf(kind: Strike['kind'], stream: StreamBook): StrikeRule | undefined {
  if (kind === 'confirm') return { count: 2, within: Infinity, reason: 'hard_bounce', why: 'Refused again a day or more later' };
  const policy = deliveryOf(stream.delivery).softBounces;
  if (!policy) return undefined;
  return { ...policy, reason: 'soft_bounces', why: `${policy.count} soft bounces within ${Math.round(policy.within / DAY)} days` };
}
