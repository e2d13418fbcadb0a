/**
 * Looks at the domains of live streams once a day, and at once when a stream
 * goes live. The last result is kept, so that a restart neither forgets what
 * was known nor asks everything again; what has changed since is told as an
 * event. One at a time: nobody waits for it.
 */
import type { Cancel, Clock } from '../clock.ts';
import type { EventBody } from '../events/event.ts';
import type { Stream } from '../mail/stream.ts';
import { changesOf, type KnownChecks, knownOf, verdictOfKnown } from './compare.ts';
import type { Preflight } from './preflight.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Share of a day by which chance moves a look, so that not all streams ask at the same minute. */
const JITTER = 0.1;
/** After one that could not be made. */
const AGAIN = HOUR;
/** What is overdue at start waits within this. */
const SOON = 60_000;
const KIND = 'preflight';

export type DailyDeps = {
  /** Of the queue's KeptStore. */
  kept: { kept(kind: string, name: string): Promise<string | undefined>; keep(kind: string, name: string, json: string | null): Promise<void>; allKept(kind: string): Promise<{ name: string; json: string }[]> };
  streams: { all(): readonly Stream[] };
  wall: Clock;
  /** Undefined where nothing is known to look at: no domain of the stream. */
  run: (stream: Stream) => Promise<Preflight | undefined>;
  /** Kept before it resolves. */
  tell: (events: EventBody[]) => Promise<void>;
  /** In [0, 1), the same for the same words. */
  chance: (...words: (string | number)[]) => number;
  log: { warn(facts: object, text: string): void };
};

export type Daily = {
  /** A stream was made, changed or deleted: one that has become live is looked at now. */
  changed(): void;
  /** The last result; of any stream that was ever looked at. */
  last(stream: string): Preflight | undefined;
  /** Keeps a result that somebody asked for as the last one, and tells what it changed. */
  took(preflight: Preflight & { stream: string }): Promise<void>;
  /** Waits for what is being kept; a look under way is left, and comes to nothing. */
  close(): Promise<void>;
};

type Kept = { last: Preflight; known: KnownChecks };

export async function createDaily({ kept, streams, wall, run, tell, chance, log }: DailyDeps): Promise<Daily> {
  const results = new Map<string, Kept>();
  for (const { name, json } of await kept.allKept(KIND)) {
    const read = readKept(json);
    if (read) results.set(name, read);
  }
  const timers = new Map<string, Cancel>();
  let work: Promise<void> = Promise.resolve();
  let keeping: Promise<void> = Promise.resolve();
  let closed = false;

  const find = (name: string) => streams.all().find((stream) => stream.name === name);
  const isLive = (name: string) => find(name)?.mode === 'deliver';

  function plan(name: string, ms: number): void {
    timers.get(name)?.();
    timers.set(name, wall.after(ms, () => { work = work.then(() => look(name)); }));
  }

  /** A day from the last one, give or take. */
  const nextOf = (name: string, at: number) => at + DAY * (1 + JITTER * (2 * chance(KIND, name, Math.floor(at / DAY)) - 1));

  async function look(name: string): Promise<void> {
    if (closed) return;
    const stream = find(name);
    if (!stream || stream.mode !== 'deliver') {
      timers.delete(name);
      return;
    }
    try {
      const preflight = await run(stream);
      if (preflight && !closed) await keep(name, preflight);
      if (!closed && isLive(name)) plan(name, nextOf(name, wall.now()) - wall.now());
    } catch (error) {
      if (closed) return;
      log.warn({ err: error, stream: name }, 'the daily look at the domain of a live stream could not be made; it will be tried again');
      plan(name, AGAIN);
    }
  }

  const keep = (name: string, last: Preflight): Promise<void> => (keeping = write(name, last));

  async function write(name: string, last: Preflight): Promise<void> {
    const before = results.get(name);
    // Another domain is another story, not a change.
    const comparable = before?.last.domain === last.domain ? before.known : undefined;
    const known = knownOf(last, comparable);
    const changes = comparable ? changesOf(comparable, known) : [];
    const next: Kept = { last, known };
    // The event first: a crash in between tells it twice rather than never.
    if (comparable && changes.length > 0) await tell([{ type: 'preflight.changed', stream: name, domain: last.domain, was: verdictOfKnown(comparable), now: verdictOfKnown(known), changes }]);
    await kept.keep(KIND, name, JSON.stringify(next));
    results.set(name, next);
  }

  function review(first: boolean): void {
    if (closed) return;
    const live = new Set(streams.all().filter(({ mode }) => mode === 'deliver').map(({ name }) => name));
    for (const [name, cancel] of timers) {
      if (live.has(name)) continue;
      cancel();
      timers.delete(name);
    }
    for (const name of live) {
      if (timers.has(name)) continue;
      const last = results.get(name)?.last.at;
      const due = last === undefined || !first ? 0 : nextOf(name, last) - wall.now();
      plan(name, due > 0 ? Math.min(due, DAY * (1 + JITTER)) : first ? SOON * chance(KIND, name) : 0);
    }
    for (const name of results.keys()) {
      if (find(name)) continue;
      results.delete(name);
      void kept.keep(KIND, name, null).catch((error: unknown) => log.warn({ err: error, stream: name }, 'the last look at the domain of a stream that is gone could not be forgotten'));
    }
  }

  review(true);
  return {
    changed: () => review(false),
    last: (stream) => results.get(stream)?.last,
    took(preflight) {
      const done = work.then(() => (closed ? undefined : keep(preflight.stream, preflight)));
      work = done.catch(() => {});
      return done;
    },
    async close() {
      closed = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
      await keeping.catch(() => {});
    },
  };
}

/** What an older version kept, or a damaged text, is as if nothing had been kept. */
function readKept(json: string): Kept | undefined {
  try {
    const { last, known } = JSON.parse(json) as Partial<Kept>;
    return typeof last?.at === 'number' && typeof last.domain === 'string' && Array.isArray(last.findings) && known !== null && typeof known === 'object' ? { last, known } : undefined;
  } catch {
    return undefined;
  }
}
