/** Hooks and their calls: rows and back, written and read. Calls have ids that grow, so the newest are at the end. */
import type { Database } from 'better-sqlite3';
import type { Hook, HookCall } from '../../hooks/hook.ts';
import type { Ledger } from './ledger.ts';
import type { RideContext } from './rides.ts';

/** hook_calls.state is the place in this list; 0 waits. On disk: never renumber. */
const CALL_STATES: readonly HookCall['state'][] = ['waiting', 'delivered', 'failed', 'lost'];

type HookRow = { id: string; stream: string; cursor: number; data: string };
type CallRow = { id: string; hook: string; state: number; due: number | null; data: string; tries: string };

/** On the main thread. */
export const hookOf = ({ id, stream, cursor, data }: HookRow): Hook => ({ id, stream, cursor, ...(JSON.parse(data) as Omit<Hook, 'id' | 'stream' | 'cursor'>) });
export const callOf = ({ id, hook, state, due, data, tries }: CallRow): HookCall => ({
  id, hook, ...(JSON.parse(data) as Pick<HookCall, 'event' | 'type' | 'webhookId' | 'body' | 'createdAt'>), state: CALL_STATES[state]!, tries: JSON.parse(tries) as HookCall['tries'], due,
});

export function createHookWriting(db: Database, ledger: Ledger) {
  // A cursor never goes back: whoever changes a hook may have read it before calls were made.
  const save = db.prepare('INSERT INTO hooks (id, stream, cursor, data) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET cursor = max(cursor, excluded.cursor), data = excluded.data');
  const drop = db.prepare('DELETE FROM hooks WHERE id = ?');
  const dropCalls = db.prepare('DELETE FROM hook_calls WHERE hook = ?');
  const move = db.prepare('UPDATE hooks SET cursor = max(cursor, ?) WHERE id = ?');
  const saveCall = db.prepare('INSERT INTO hook_calls (id, hook, state, due, data, tries) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, due = excluded.due, tries = excluded.tries');
  const hasHook = db.prepare('SELECT 1 FROM hooks WHERE id = ?');
  const ids = db.prepare('SELECT id FROM hooks').pluck();
  // One transaction takes its part only; the next prune takes the rest.
  const prune = db.prepare('DELETE FROM hook_calls WHERE id IN (SELECT id FROM hook_calls WHERE hook = ? AND state <> 0 ORDER BY id DESC LIMIT 1000 OFFSET ?)');

  const put = ({ id, hook, state, due, tries, event, type, webhookId, body, createdAt }: HookCall) =>
    saveCall.run(id, hook, CALL_STATES.indexOf(state), due, JSON.stringify({ event, type, webhookId, body, createdAt }), JSON.stringify(tries));

  return {
    saveHook(_context: RideContext, { id, stream, cursor, ...rest }: Hook): null {
      const book = ledger.stream(stream);
      if (!book) throw new Error(`There is no stream "${stream}"`);
      save.run(id, book.id, cursor, JSON.stringify(rest));
      return null;
    },
    deleteHook(_context: RideContext, id: string): boolean {
      dropCalls.run(id);
      return drop.run(id).changes > 0;
    },
    /** Of a hook that is gone by now there is nothing to keep. */
    addCalls(_context: RideContext, hook: string, cursor: number, calls: readonly HookCall[]): null {
      if (move.run(cursor, hook).changes > 0) for (const call of calls) put(call);
      return null;
    },
    saveCall(_context: RideContext, call: HookCall): null {
      if (hasHook.get(call.hook)) put(call);
      return null;
    },
    pruneCalls(_context: RideContext, keep: number): number {
      let dropped = 0;
      for (const id of ids.all() as string[]) dropped += prune.run(id, keep).changes;
      return dropped;
    },
  };
}

export function createHookReading(db: Database) {
  const HOOK = 'SELECT h.id, s.name AS stream, h.cursor, h.data FROM hooks h JOIN streams s ON s.id = h.stream';
  const hooks = db.prepare(`${HOOK} WHERE @stream IS NULL OR s.name = @stream ORDER BY h.id`);
  const CALL = 'SELECT c.id, c.hook, c.state, c.due, c.data, c.tries FROM hook_calls c';
  const due = db.prepare(`${CALL} WHERE c.hook = ? AND c.due <= ? AND c.due IS NOT NULL ORDER BY c.due, c.id LIMIT ?`);
  const next = db.prepare('SELECT min(due) FROM hook_calls WHERE hook = ? AND due IS NOT NULL').pluck();
  const waiting = db.prepare('SELECT count(*) FROM hook_calls WHERE hook = ? AND due IS NOT NULL').pluck();
  const one = db.prepare(`${CALL} WHERE c.id = ?`);
  const rest = '(@before IS NULL OR c.id < @before) AND (@state IS NULL OR c.state = @state) ORDER BY c.id DESC LIMIT @limit';
  const ofHook = db.prepare(`${CALL} WHERE c.hook = @hook AND ${rest}`);
  const ofAll = db.prepare(`${CALL} WHERE (@stream IS NULL OR c.hook IN (SELECT h.id FROM hooks h JOIN streams s ON s.id = h.stream WHERE s.name = @stream)) AND ${rest}`);
  return {
    hooks: (stream: string | null) => hooks.all({ stream }) as HookRow[],
    dueCalls: (hook: string, now: number, limit: number) => due.all(hook, now, limit) as CallRow[],
    nextCall: (hook: string) => next.get(hook) as number | null,
    waitingCalls: (hook: string) => waiting.get(hook) as number,
    call: (id: string) => one.get(id) as CallRow | undefined,
    calls({ hook, stream, before, limit, state }: { hook?: string; stream?: string; before?: string; limit: number; state?: HookCall['state'] }): CallRow[] {
      const values = { before: before ?? null, state: state === undefined ? null : CALL_STATES.indexOf(state), limit };
      if (hook === undefined) return ofAll.all({ ...values, stream: stream ?? null }) as CallRow[];
      return ofHook.all({ ...values, hook }) as CallRow[];
    },
  };
}
