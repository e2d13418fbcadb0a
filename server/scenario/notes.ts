/**
 * What a scenario remembers: counters, first contacts and rates by key, and
 * how often each rule answered. Bounded: keys that were not asked for the
 * longest go first, half of them at a time (two generations: a single Map in
 * order of use slows down with every key that it forgets). As JSON it survives a restart. `aside` is a view whose
 * writing is not kept: how "what would it say" is answered without counting.
 */
import type { RuleHits } from '../../sdk/contract.ts';

/** Keys that are kept at most, and magic addresses among the hits. */
const KEPT = 200_000;
const KEPT_TAGS = 2_000;

export type Note = number | readonly number[];
export type Hit = { from: RuleHits['from']; hits: number; lastAt: number; /** Keys that `times` has begun to count for. */ begun: number };

export interface Notes {
  get(key: string): Note | undefined;
  set(key: string, note: Note): void;
  hit(id: string, from: RuleHits['from'], now: number): void;
  begin(id: string, from: RuleHits['from']): void;
  hits(): ReadonlyMap<string, Hit>;
  aside(): Notes;
  clear(): void;
  text(): string;
  /** Grows with every change: whether it is worth keeping again. */
  changes(): number;
}

type Saved = { version: 1; old: [string, Note][]; young: [string, Note][]; hits: [string, Hit][] };

/** Memory of another version or that is no JSON is as good as none. */
export function createNotes(memory?: string, kept = KEPT): Notes {
  const saved = memory === undefined ? undefined : readSaved(memory);
  let old = saved?.old ?? new Map<string, Note>();
  let young = saved?.young ?? new Map<string, Note>();
  const hits = saved?.hits ?? new Map<string, Hit>();
  let tags = [...hits.values()].filter(({ from }) => from === 'magic').length;
  let changes = 0;

  const put = (key: string, note: Note) => {
    if (young.size >= kept / 2 && !young.has(key)) [old, young] = [young, new Map()];
    young.set(key, note);
  };

  const hitOf = (id: string, from: RuleHits['from']): Hit => {
    let hit = hits.get(id);
    if (!hit) {
      hit = { from, hits: 0, lastAt: 0, begun: 0 };
      hits.set(id, hit);
      // Rules and personas are as many as the scenario has; tags are whatever somebody writes.
      if (from === 'magic' && ++tags > KEPT_TAGS) {
        for (const [known, one] of hits) {
          if (one.from !== 'magic') continue;
          hits.delete(known);
          tags--;
          break;
        }
      }
    }
    return hit;
  };

  return {
    get(key) {
      const note = young.get(key);
      if (note !== undefined) return note;
      const before = old.get(key);
      if (before !== undefined) put(key, before);
      return before;
    },
    changes: () => changes,
    set(key, note) {
      changes++;
      put(key, note);
    },
    hit(id, from, now) {
      changes++;
      const hit = hitOf(id, from);
      hit.hits++;
      hit.lastAt = now;
    },
    begin(id, from) {
      hitOf(id, from).begun++;
    },
    hits: () => hits,
    aside() {
      const over = new Map<string, Note>();
      return {
        // Not `get`: looking must not make a key younger.
        get: (key) => over.get(key) ?? young.get(key) ?? old.get(key),
        set: (key, note) => void over.set(key, note),
        hit() {},
        begin() {},
        hits: () => hits,
        aside: () => createNotes(),
        clear: () => over.clear(),
        text: () => '',
        changes: () => 0,
      };
    },
    clear() {
      changes++;
      old = new Map();
      young = new Map();
      hits.clear();
      tags = 0;
    },
    // A key that was taken over into the younger generation need not be told twice.
    text: () => JSON.stringify({ version: 1, old: [...old].filter(([key]) => !young.has(key)), young: [...young], hits: [...hits] } satisfies Saved),
  };
}

function readSaved(memory: string): { old: Map<string, Note>; young: Map<string, Note>; hits: Map<string, Hit> } | undefined {
  try {
    const saved = JSON.parse(memory) as Saved;
    return saved.version === 1 ? { old: new Map(saved.old), young: new Map(saved.young), hits: new Map(saved.hits) } : undefined;
  } catch {
    return undefined;
  }
}
