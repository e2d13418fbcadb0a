/**
 * Writes what became of recipients, with everything that follows from it:
 * attempts, events, notices, suppressions. Here it is enforced that each
 * recipient has exactly one terminal event: an outcome counts only while its
 * recipient is active. A wish that came meanwhile (cancel, hold) is granted
 * now if it would wait on; what ended in its attempt ended that way.
 */
import type { Database } from 'better-sqlite3';
import type { PosternEvent } from '../../events/event.ts';
import { type Held, isTerminal, QUEUE_MODES, type RecipientState } from '../../mail/recipient.ts';
import type { Suppression } from '../../mail/suppression.ts';
import { compress } from './frame.ts';
import type { Ledger, StreamBook } from './ledger.ts';
import { seqOf, STATE, WIDTH } from './recipient-row.ts';
import type { RideContext } from './rides.ts';
import type { createSuppress, Strike } from './suppress.ts';
import type { Counted, Telemetry } from './telemetry.ts';
import { type Beside, type Bundle, fromBundle } from './text.ts';

/** An Outcome as it crosses to the writer: what is only stored is JSON already, and goes beside. */
export type OutcomeItem = {
  key: number;
  state: RecipientState;
  due: number | null;
  /** JSON; with state held. */
  held: string | null;
  /** A transcript is shared by the recipients of a transaction. */
  attempt: { number: number; at: number; data: Beside; transcript: Beside } | null;
  uncertain: boolean;
  /** Undefined leaves it. */
  last: Beside | null | undefined;
  /** What was last said, for the detail of a suppression by strikes. */
  said: string;
  events: { type: string; stream: string; data: Beside }[];
  /** The place of its notice among the ride's items. */
  notice: number | null;
  suppress: Suppression | null;
  strike: Strike | null;
  clears: string | null;
  counted: Counted | null;
};

/** The id of its first own event, 0 when it has none; then its notice, then what else was told. Null when its recipient had ended before. */
export type Settled = { first: number; notice: { seq: number; event: number } | null; more: PosternEvent[] } | null;

/** Kept in recipients.wish. */
export type Wish = { kind: 'cancel' | 'hold'; at: number; by: string; held?: Held };

const heldText = ({ held }: Wish): string | null => (held ? JSON.stringify(held) : null);

type Row = { state: number; stream: number; mode: number; queuedAt: number; address: string; offset: number; due: number | null; attempts: number; uncertain: number; wish: string | null };

export function createSettle(db: Database, ledger: Ledger, suppressing: ReturnType<typeof createSuppress>, telemetry: Telemetry) {
  // Without its message, whose id few need: the join took several times as long as the row itself.
  const find = db.prepare('SELECT state, stream, mode, queued_at AS queuedAt, address, offset, due, attempts, uncertain, wish FROM recipients WHERE key = ?');
  const findMessage = db.prepare('SELECT id FROM messages WHERE seq = ?').pluck();
  const update = db.prepare('UPDATE recipients SET state = ?, due = ?, attempts = ?, uncertain = ?, held = ?, wish = NULL WHERE key = ?');
  const updateWithLast = db.prepare('UPDATE recipients SET state = ?, due = ?, attempts = ?, uncertain = ?, held = ?, wish = NULL, last = ? WHERE key = ?');
  const insertAttempt = db.prepare('INSERT OR REPLACE INTO attempts (recipient, number, data) VALUES (?, ?, ?)');
  const cutOff = db.prepare(`SELECT r.key, r.stream, r.address, r.offset, r.attempts, r.due, r.wish FROM recipients r WHERE r.state = ${STATE.active}`);
  const recoverOne = db.prepare('UPDATE recipients SET state = ?, due = ?, held = ?, wish = NULL, uncertain = 1 WHERE key = ?');

  const messageOf = (key: number) => findMessage.get(seqOf(key)) as string;

  /** Grants a wish: tells of it, and answers the state that it leads to. */
  function grant({ kind, at: when, by, held }: Wish, row: Pick<Row, 'address' | 'offset'>, key: number, stream: StreamBook, at: number, events: PosternEvent[]): 'cancelled' | 'held' {
    const of = { stream: stream.name, message: messageOf(key), recipient: row.address, n: key % WIDTH, time: when + row.offset, by };
    events.push(ledger.tell(at, kind === 'cancel' ? { type: 'recipient.cancelled', ...of } : { type: 'recipient.held', ...of, ...held }, seqOf(key)));
    return kind === 'cancel' ? 'cancelled' : 'held';
  }

  function settleOne(outcome: OutcomeItem, text: (place: Beside) => string, holders: Map<string, [number, number]>, context: RideContext): Settled {
    const { at } = context;
    const { key } = outcome;
    const row = find.get(key) as Row | undefined;
    if (row?.state !== STATE.active) return null;
    const stream = ledger.streamById(row.stream)!;
    const wish = row.wish === null ? undefined : (JSON.parse(row.wish) as Wish);
    const settled: NonNullable<Settled> = { first: 0, notice: null, more: [] };

    for (const { type, stream: lane, data } of outcome.events) {
      const id = ledger.log(at, type, lane, text(data), seqOf(key));
      settled.first ||= id;
    }
    // Held already for a reason of its own: it need not be held once more.
    const granted = wish !== undefined && !isTerminal(outcome.state) && !(wish.kind === 'hold' && outcome.state === 'held');
    // A notice would promise that it is tried again.
    if (outcome.notice !== null && !granted) settled.notice = context.add(outcome.notice);
    const state = granted ? grant(wish, row, key, stream, at, settled.more) : outcome.state;
    const due = isTerminal(state) ? null : outcome.due === null ? row.due : outcome.due - row.offset;
    const changed = [STATE[state], due, outcome.attempt?.number ?? row.attempts, outcome.uncertain ? 1 : outcome.attempt ? 0 : row.uncertain, state !== 'held' ? null : granted ? heldText(wish) : outcome.held];
    if (outcome.last === undefined) update.run(...changed, key);
    else updateWithLast.run(...changed, outcome.last === null ? null : text(outcome.last), key);
    if (outcome.attempt) keepAttempt(key, outcome.attempt, text, holders);
    if (outcome.suppress) suppressing.suppress(outcome.suppress, 'engine', at, settled.more);
    const mode = QUEUE_MODES[row.mode]!;
    if (outcome.strike) suppressing.strike(stream, mode, outcome.strike, { detail: outcome.said, message: messageOf(key) }, at, settled.more);
    if (outcome.clears !== null) suppressing.clear(stream, mode, outcome.clears);
    telemetry.settled(key, row, outcome, at);
    return settled;
  }

  function keepAttempt(key: number, { number, data, transcript }: NonNullable<OutcomeItem['attempt']>, text: (place: Beside) => string, holders: Map<string, [number, number]>): void {
    // Recipients of one message go together, so what one of them holds is there for the others.
    const name = `${seqOf(key)} ${transcript}`;
    const holder = holders.get(name);
    if (!holder) holders.set(name, [key, number]);
    insertAttempt.run(key, number, compress(Buffer.from(`{"attempt":${text(data)},"transcript":${holder ? JSON.stringify(holder) : text(transcript)}}`)));
  }

  return {
    settle(context: RideContext, bundle: Bundle<OutcomeItem[]>): Settled[] {
      const holders = new Map<string, [number, number]>();
      const { value: outcomes, at: text } = fromBundle(bundle);
      return outcomes.map((outcome) => settleOne(outcome, text, holders, context));
    },

    /** But for those that somebody still holds. What was cancelled meanwhile is not tried again. */
    recover({ at, events }: RideContext, held: readonly number[]): number {
      const keep = new Set(held);
      let count = 0;
      for (const row of cutOff.all() as (Row & { key: number })[]) {
        if (keep.has(row.key)) continue;
        count++;
        const wish = row.wish === null ? undefined : (JSON.parse(row.wish) as Wish);
        const state = wish && grant(wish, row, row.key, ledger.streamById(row.stream)!, at, events);
        recoverOne.run(STATE[state ?? (row.attempts > 0 ? 'deferred' : 'queued')], state === 'cancelled' ? null : row.due, state === 'held' ? heldText(wish!) : null, row.key);
      }
      return count;
    },
  };
}

