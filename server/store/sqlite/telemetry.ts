/**
 * Counts what became of mail, by the hour, in the transaction that settles it.
 * Summed up in memory until that transaction ends, so that a commit of a
 * hundred outcomes of one site writes two rows; a transaction that fails
 * leaves nothing. Sites that come up after the first 2,000 of a stream within
 * an hour are counted together: a list with a domain for each address must
 * not fill the disk with numbers.
 */
import type { Database } from 'better-sqlite3';
import type { PosternEvent } from '../../events/event.ts';
import type { RecipientState } from '../../mail/recipient.ts';
import type { Outcome } from '../../queue/port.ts';
import { DELIVERY_BOUNDS, HOUR, MEASURES, type Measure, OTHERS } from '../../telemetry/port.ts';
import { createFormer } from './former.ts';
import { decompress } from './frame.ts';
import type { Ledger } from './ledger.ts';
import { keysOf, MODE, STATE } from './recipient-row.ts';

/** What is counted of an outcome, as it crosses to the writer: site, class, and when it ended (the recipient's own clock). */
export type Counted = [site: string, kind: string, ended: number];

const SITES_MOST = 2_000;
const PLACE = Object.fromEntries(MEASURES.map((measure, i) => [measure, i])) as Record<Measure, number>;
const OF_STATE: Partial<Record<RecipientState, number>> = { delivered: PLACE.delivered, deferred: PLACE.deferred, bounced: PLACE.bounced, expired: PLACE.expired, suppressed: PLACE.suppressed };
/** Of what comes in after an end. */
const OF_EVENT: Partial<Record<PosternEvent['type'], number>> = { 'complaint.received': PLACE.complained, 'unsubscribe.received': PLACE.unsubscribed, 'bounce.received': PLACE.returned };

/** On the main thread. Undefined for what is not counted: given back, held, cancelled. */
export function countedOf({ state, attempt, events, last }: Outcome): Counted | undefined {
  if (OF_STATE[state] === undefined) return undefined;
  if (attempt) return [attempt.site, attempt.verdict.class, attempt.at + attempt.took];
  if (state === 'suppressed') return ['', 'suppressed', 0];
  if (state !== 'expired') return undefined;
  const told = events.find((event) => event.type === 'recipient.expired');
  return [told?.site ?? '', told?.class ?? last?.class ?? 'expired', 0];
}

type Of = { stream: number; mode: number };
type CountRow = Of & { hour: number; site: string; kind: string; measure: number; count: number };
type TimeRow = Of & { hour: number; bound: number; count: number };

export function createTelemetry(db: Database, ledger: Ledger) {
  const add = db.prepare('INSERT INTO telemetry (hour, stream, mode, site, class, measure, count) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count');
  const addTime = db.prepare('INSERT INTO delivery_times (hour, stream, mode, bound, count) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count');
  const find = db.prepare('SELECT key, stream, mode, state FROM recipients WHERE key >= ? AND key < ? AND address = ? ORDER BY key DESC LIMIT 1');
  const lastAttempt = db.prepare('SELECT data FROM attempts WHERE recipient = ? ORDER BY number DESC LIMIT 1').pluck();
  const streamOf = db.prepare("SELECT id, mode = 'deliver' AS live FROM streams WHERE name = ? AND mode <> 'capture'");
  const oldest = db.prepare('SELECT min(hour) FROM (SELECT min(hour) AS hour FROM telemetry UNION ALL SELECT min(hour) FROM delivery_times)').pluck();
  const former = createFormer(db);
  const drops = ['telemetry', 'delivery_times'].map((table) => db.prepare(`DELETE FROM ${table} WHERE hour = ?`));

  const counts = new Map<string, CountRow>();
  const times = new Map<string, TimeRow>();
  /** Of this hour, by stream and mode. */
  const named = new Map<string, Set<string>>();
  let hour = 0;

  ledger.atCommit({
    write() {
      for (const row of counts.values()) add.run(row.hour, row.stream, row.mode, row.site, row.kind, row.measure, row.count);
      for (const row of times.values()) addTime.run(row.hour, row.stream, row.mode, row.bound, row.count);
      this.forget();
    },
    forget() {
      counts.clear();
      times.clear();
    },
  });

  function siteIn({ stream, mode }: Of, site: string): string {
    const lane = `${stream} ${mode}`;
    let sites = named.get(lane);
    if (!sites) named.set(lane, (sites = new Set()));
    if (sites.size >= SITES_MOST && !sites.has(site)) return OTHERS;
    sites.add(site);
    return site;
  }

  function count(of: Of, site: string, kind: string, measure: number, at: number): void {
    const now = at - (at % HOUR);
    if (now !== hour) {
      hour = now;
      named.clear();
    }
    const key = `${of.stream} ${of.mode} ${measure} ${hour} ${kind}\n${site}`;
    const row = counts.get(key);
    if (row) row.count++;
    else counts.set(key, { hour, stream: of.stream, mode: of.mode, site: siteIn(of, site), kind, measure, count: 1 });
  }

  function time({ stream, mode }: Of, ms: number): void {
    const within = DELIVERY_BOUNDS.findIndex((most) => ms <= most);
    const bound = within < 0 ? DELIVERY_BOUNDS.length : within;
    const key = `${stream} ${mode} ${bound} ${hour}`;
    const row = times.get(key);
    if (row) row.count++;
    else times.set(key, { hour, stream, mode, bound, count: 1 });
  }

  /** Where it was tried last; '' when nothing says so any more. */
  function siteOf(key: number): string {
    const data = lastAttempt.get(key) as Buffer | undefined;
    return data === undefined ? '' : (JSON.parse(decompress(data).toString()) as { attempt: { site: string } }).attempt.site;
  }

  return {
    /** Inside the transaction that settles it. */
    settled(key: number, row: Of & { queuedAt: number }, { state, counted }: { state: RecipientState; counted: Counted | null }, at: number): void {
      if (counted === null) return;
      const [site, kind, ended] = counted;
      // What expires while it waits has no attempt of its own: it belongs to where it was tried last.
      count(row, site === '' && state === 'expired' ? siteOf(key) : site, kind, OF_STATE[state]!, at);
      if (state === 'delivered') time(row, ended - row.queuedAt);
    },
    /** Ended when it was taken in. */
    suppressed: (of: Of, at: number): void => count(of, '', 'suppressed', PLACE.suppressed, at),
    /** Of a report: what it tells of mail that had ended. A bounce of what we saw bounce ourselves is the same one. */
    came(event: PosternEvent, seq: number | undefined, at: number): void {
      const measure = OF_EVENT[event.type];
      if (measure === undefined || !('recipient' in event)) return;
      const kind = event.type === 'bounce.received' ? event.class : event.type === 'complaint.received' ? 'complaint' : 'delivered';
      const row = seq === undefined ? undefined : (find.get(...keysOf(seq), event.recipient) as { key: number; stream: number; mode: number; state: number } | undefined);
      if (row) {
        if (measure !== PLACE.returned || row.state === STATE.delivered) count(row, siteOf(row.key), kind, measure, at);
        return;
      }
      // Somebody complained, whoever it was; of a stream that only captures it is just mail that lies there.
      const stream = measure === PLACE.complained ? (streamOf.get(event.stream) as { id: number; live: number } | undefined) : undefined;
      if (stream) count({ stream: stream.id, mode: stream.live ? MODE.deliver : MODE.simulate }, '', kind, measure, at);
    },
    /** Forgets one hour before this. False when there is none; then the names that were kept for it may go, too. */
    pruneTelemetry(_context: unknown, before: number): boolean {
      const first = oldest.get() as number | null;
      if (first === null || first >= before) {
        former.tidy();
        return false;
      }
      for (const drop of drops) drop.run(first);
      return true;
    },
  };
}

export type Telemetry = ReturnType<typeof createTelemetry>;
