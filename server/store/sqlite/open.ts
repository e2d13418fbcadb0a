/**
 * Opens the SQLite store: takes the folder, starts the threads (one writes,
 * one reads; a store in memory has one for both) and puts the port together.
 * Refuses a folder that another process uses or that a newer Postern wrote.
 */
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { StoreFault } from '../../admission/port.ts';
import { type Clock, wallClock } from '../../clock.ts';
import type { PosternEvent } from '../../events/event.ts';
import type { Scope } from '../../inbox/port.ts';
import { addressKey } from '../../mail/address.ts';
import type { MessageDetail } from '../../mail/message.ts';
import type { Queued } from '../../queue/port.ts';
import type { Store } from '../port.ts';
import { Body } from './body.ts';
import { openDirect } from './direct.ts';
import { FILE, MEMORY, type Place } from './database.ts';
import { readDetail } from './detail.ts';
import { hydrate } from './find.ts';
import { type Finding, findingOf } from './indexing.ts';
import { createIntake } from './intake.ts';
import { type Line, openLine } from './line.ts';
import { lockFolder } from './lock.ts';
import { eventOf } from './log.ts';
import { createQueueSide } from './queue-side.ts';
import type { Reader } from './reader.ts';
import { STEP } from './remove.ts';
import { type Fixed, summaryOf } from './row.ts';
import type { Role, ThreadData } from './thread.ts';
import { PIECE, type Told } from './wire.ts';
import type { Writer } from './writer.ts';

export type StoreOptions = {
  /** The data folder, made when missing; or `:memory:`, which is lost at close. */
  dir: string;
  clock?: Clock;
  log?: { warn(fields: object, message: string): void };
  /** Events that the log keeps at least; older ones go at the next prune. */
  keepEvents?: number;
  /** The database may not grow beyond so many pages of 4,096 octets: then the disk counts as full. */
  maxPages?: number;
  /** Octets of the disk that mail leaves free, so that there is room to delete in; 32 MB, or an eighth of a small disk. */
  keepFree?: number;
  /** Where commits are made (of a store on disk). `main` is there to be measured. */
  writer?: 'thread' | 'main';
  /** Called with each thread that is started. */
  started?: (thread: Worker) => void;
};

/** Messages, and octets of findings, that one transaction indexes: intake waits behind it. */
const INDEX_MOST = 32;
const INDEX_BYTES = 512 * 1024;

export async function openStore({ dir, clock = wallClock, log, keepEvents = 200_000, maxPages, keepFree, writer: where = 'thread', started }: StoreOptions): Promise<Store> {
  const inMemory = dir === MEMORY;
  const unlock = inMemory ? () => undefined : lockFolder(dir);
  const place: Place = { file: inMemory ? MEMORY : join(dir, FILE), maxPages };
  const lines: Line<never>[] = [];

  async function line<C extends Writer | Reader>(role: Role, after?: Promise<unknown>): Promise<Line<C>> {
    const data: ThreadData = { role, place, writer: { dir: inMemory ? undefined : dir, now: clock.now(), keepEvents, keepFree } };
    if (role === 'writer' && where === 'main') {
      const direct = await openDirect(data);
      lines.push(direct as unknown as Line<never>);
      return direct as unknown as Line<C>;
    }
    const opened = await openLine<C>({
      name: role === 'both' ? 'store' : role, data, after,
      restarts: inMemory ? 0 : 1, // a thread that takes the whole store with it must not come back empty
      started,
      died: (name, error) => log?.warn({ thread: name, error: error.message }, 'a thread of the store died'),
    });
    lines.push(opened as Line<never>);
    return opened;
  }

  async function close(): Promise<void> {
    for (const one of [...lines].reverse()) await one.close();
    unlock();
  }

  try {
    const writing = line<Writer>(inMemory ? 'both' : 'writer');
    // The reader's thread comes up beside the writer's, which has the file to make first.
    const [writes, reads] = await Promise.allSettled([writing, inMemory ? (writing as Promise<unknown> as Promise<Line<Reader>>) : line<Reader>('reader', writing)]);
    if (writes.status === 'rejected') throw writes.reason;
    if (reads.status === 'rejected') throw reads.reason;
    const writer = writes.value;
    const reader = reads.value;
    const { firstUpload } = await writer.call('ready');
    return assemble({ writer, reader, clock, firstUpload, close });
  } catch (error) {
    await close();
    throw error;
  }
}

type Parts = { writer: Line<Writer>; reader: Line<Reader>; clock: Clock; firstUpload: number; close(): Promise<void> };

function assemble({ writer, reader, clock, firstUpload, close }: Parts): Store {
  const listeners = new Set<(events: PosternEvent[]) => void>();
  const tell = (events: PosternEvent[]) => {
    if (events.length > 0) for (const hear of [...listeners]) hear(events);
  };
  const queues = new Set<(queued: readonly Queued[]) => void>();
  const intake = createIntake({ line: writer, clock, firstUpload, tell, queued: (queued) => {
    for (const hear of [...queues]) hear(queued);
  } });
  let closed = false;
  const queueSide = createQueueSide({
    reader,
    ride: async (op, args, more) => {
      if (closed) throw new StoreFault('closed', 'The store is closed');
      return intake.ride(op, args, more);
    },
  });

  async function told<T>(answer: Promise<Told<T>>): Promise<T> {
    const { value, events } = await answer;
    tell(events);
    return value;
  }

  /** Walks a scope as it is now, oldest first. `each` answers how many of the step it has done. */
  async function walk(scope: Scope, each: (seqs: number[]) => Promise<number>): Promise<number> {
    const upTo = await reader.call('newestSeq');
    let after = 0;
    let done = 0;
    for (;;) {
      const seqs = await reader.call('inScope', scope, after, upTo, STEP);
      if (seqs.length === 0) return done;
      const taken = await each(seqs);
      done += taken;
      after = seqs[taken - 1]!;
    }
  }

  async function* pieces(upload: number, start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end;) {
      const n = Math.floor(at / PIECE);
      const piece = await reader.call('piece', upload, n);
      if (!piece) throw new StoreFault('broken', 'The message was deleted while it was read');
      const part = piece.subarray(at - n * PIECE, end - n * PIECE);
      yield part;
      at += part.length;
    }
  }

  return {
    openBody() {
      if (closed) throw new StoreFault('closed', 'The store is closed');
      const fault = writer.fault();
      if (fault) throw fault;
      return new Body(intake);
    },
    accept(submissions, idempotency) {
      if (closed) return Promise.reject(new StoreFault('closed', 'The store is closed'));
      return intake.accept(submissions, idempotency);
    },
    async idempotent(stream, key, now) {
      const kept = await reader.call('idempotent', stream, key, now);
      return kept && { stream, key, ...kept };
    },

    streams: () => reader.call('streams'),
    createStream: (stream, by) => told(writer.call('createStream', stream, clock.now(), by)),
    changeStream: async (name, change, by) => (await told(writer.call('changeStream', name, change, clock.now(), by))) ?? undefined,
    async deleteStream(name, by) {
      for (;;) {
        const step = await told(writer.call('deleteStream', name, clock.now(), by));
        if (step !== 'more') return step === 'gone';
      }
    },
    credentials: () => reader.call('credentials'),
    createCredential: (credential) => writer.call('createCredential', credential),
    deleteCredential: (stream, id) => writer.call('deleteCredential', stream, id),
    createInbox: (inbox) => told(writer.call('createInbox', inbox, clock.now())),
    inbox: (address) => reader.call('inbox', address),

    events: async ({ after, limit, ...filter }) => (await reader.call('events', after, limit, filter)).map(eventOf),
    latestEvents: async ({ limit, ...filter }) => (await reader.call('latestEvents', limit, filter)).map(eventOf),
    lastEvent: () => reader.call('lastEvent'),
    onCommit(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },

    list: async (query) => hydrate(await reader.call('list', query)),
    async read(id) {
      const row = await reader.call('detail', id);
      if (!row) return undefined;
      return { ...summaryOf(row.summary), ...readDetail(row.detail), ...(row.parsed === undefined ? {} : { parsed: JSON.parse(row.parsed) }) } as MessageDetail;
    },
    async trace(id) {
      const row = await reader.call('trace', id);
      return row && { receivedAt: row.receivedAt, session: readDetail(row.detail).session };
    },
    async body(id, range) {
      const found = await reader.call('place', id);
      if (!found) return undefined;
      const start = Math.max(range?.start ?? 0, 0);
      const end = Math.min(range?.end ?? found.size, found.size);
      if ('upload' in found) return pieces(found.upload, start, end);
      return one(found.bytes.subarray(start, Math.max(end, start)));
    },
    smallBodies: (ids, limit) => reader.call('smallBodies', ids, limit),
    async unparsed(limit) {
      return (await reader.call('unparsed', limit)).map(({ fixed, ...row }) => {
        const { envelopeFrom, recipients } = JSON.parse(fixed) as Fixed;
        return { ...row, envelopeFrom, recipients };
      });
    },
    backlog: () => reader.call('backlog'),
    async index(entries) {
      let batch: Finding[] = [];
      let bytes = 0;
      for (const [i, entry] of entries.entries()) {
        const finding = findingOf(entry);
        batch.push(finding);
        bytes += finding.parsed.length + finding.words.text.length;
        if (batch.length < INDEX_MOST && bytes < INDEX_BYTES && i < entries.length - 1) continue;
        await told(writer.call('index', batch, clock.now()));
        batch = [];
        bytes = 0;
      }
    },
    change(scope, change) {
      return walk(scope, async (seqs) => {
        await told(writer.call('change', seqs, change, clock.now()));
        return seqs.length;
      });
    },
    delete(scope) {
      const key = scope.kind === 'inbox' ? addressKey(scope.address) : undefined;
      return walk(scope, (seqs) => told(key === undefined ? writer.call('remove', seqs, clock.now()) : writer.call('release', key, seqs, clock.now())));
    },
    async waiting(scope) {
      const sum = { messages: 0, recipients: 0, active: 0, kept: 0 };
      // Most mail waits for nothing: then nobody looks through it.
      if (!(await reader.call('anyWaits', 'stream' in scope ? scope.stream : undefined))) return sum;
      const key = scope.kind === 'inbox' ? addressKey(scope.address) : undefined;
      await walk(scope, async (seqs) => {
        const step = await reader.call('waitingAmong', seqs, key);
        for (const what of ['messages', 'recipients', 'active', 'kept'] as const) sum[what] += step[what];
        return seqs.length;
      });
      return sum;
    },
    inboxes: (query) => reader.call('inboxes', query),
    counts: () => reader.call('counts'),
    tags: (stream) => reader.call('tags', stream),

    ...queueSide,
    onQueued(hear) {
      queues.add(hear);
      return () => queues.delete(hear);
    },

    prune: (now, limit) => told(writer.call('prune', now, limit)),

    async health() {
      if (closed) return { ok: false, reason: 'closed', detail: 'The store is closed' };
      try {
        await writer.call('probe', clock.now());
        await reader.call('lastEvent');
        const refused = intake.lately();
        return refused ? { ok: false, reason: refused.reason, detail: refused.message } : { ok: true };
      } catch (error) {
        const { reason, message } = error instanceof StoreFault ? error : new StoreFault('broken', String(error));
        return { ok: false, reason, detail: message };
      }
    },
    stats: () => intake.stats(),
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await intake.quiet();
      await close();
    },
  };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
