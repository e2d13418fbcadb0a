/**
 * What the pretend remote sends later, although it took the message: bounces,
 * complaints, replies, and the success DSN that the sender asked for. Kept in the store before the 250 goes out, sent when
 * the stream's clock says so, to the envelope sender, and only then forgotten:
 * a crash in between sends it again, with the same Message-ID. One timer a
 * stream, for the earliest; nothing is polled.
 */
import type { Cancel, Clock } from '../../clock.ts';
import { composeLater } from '../../dsn/compose-later.ts';
import type { MakeId } from '../../ids.ts';
import type { Log } from '../../log.ts';
import type { PlannedStore } from '../../queue/port.ts';
import type { Original, Promised } from './desk.ts';

/** What is to be written, and of what. Times are of the stream's clock. */
export type Letter = {
  /** Of the plan; in the Message-ID, so that a repetition can be told. */
  id: string;
  send: Promised['send'];
  /** The envelope sender of the original: whom it goes to. */
  to: string;
  /** Of the original, whom it is about. */
  recipient: string;
  /** Of a success DSN: how the sender's sender wrote it. */
  orcpt?: string;
  reply: Promised['reply'];
  rule: string;
  /** The host that took the original, and when. */
  host: string;
  acceptedAt: number;
  at: number;
  messageId: string;
  envid?: string;
  size: number;
  /** The beginning of the original, at most 64 KB. */
  head: Buffer;
};

/** Kept as JSON. */
type Kept = Omit<Letter, 'id' | 'at' | 'head'> & { head: string };

export type AfterwardsOptions = {
  store: PlannedStore;
  clockOf: (stream: string) => Clock;
  /** All that may have something planned; read at start. */
  streams: () => string[];
  /** The whole letter. Throws only for a bug: then it is given up. */
  compose?: (letter: Letter) => Uint8Array | Promise<Uint8Array>;
  /** Hands a message in with the null sender; throws while that is not possible. */
  handIn: (stream: string, mail: { from: ''; to: string; raw: Uint8Array }) => Promise<void>;
  wall: Clock;
  makeId: MakeId;
  log: Log;
};

export type Afterwards = {
  /** Reads what is planned from before. */
  start(): Promise<void>;
  /** For createPretend: resolves when it is committed. */
  plan(later: Promised[], original: Original): Promise<void>;
  /** The plan was changed in the store (a narrowed advance, a stream removed). */
  look(stream: string): Promise<void>;
  /** Whether something is being sent, of one stream or of any. */
  busy(stream?: string): boolean;
  /** When the next is to be sent; null when nothing is planned. */
  next(stream: string): number | null;
  /** How many were sent since start. */
  sent(stream: string): number;
  /** Resolves when nothing is being sent. */
  quiet(stream?: string): Promise<void>;
  close(): Promise<void>;
};

const BATCH = 20;
const TRIES = 5;
const TRY_AGAIN_MS = 30_000;

type Lane = { due: number | null; timer: Cancel | undefined; working: Promise<void> | undefined; fresh: number; sent: number; tries: Map<string, number> };

export function createAfterwards(options: AfterwardsOptions): Afterwards {
  const { store, clockOf, log, compose = composeLater } = options;
  const lanes = new Map<string, Lane>();
  let closed = false;

  function laneOf(stream: string): Lane {
    let lane = lanes.get(stream);
    if (!lane) lanes.set(stream, (lane = { due: null, timer: undefined, working: undefined, fresh: Infinity, sent: 0, tries: new Map() }));
    return lane;
  }

  function arm(stream: string, lane: Lane): void {
    lane.timer?.();
    lane.timer = undefined;
    if (closed || lane.due === null || lane.working) return;
    const clock = clockOf(stream);
    lane.timer = clock.after(Math.max(lane.due - clock.now(), 0), () => work(stream, lane));
  }

  function work(stream: string, lane: Lane, first: () => Promise<number> = () => sendDue(stream, lane)): void {
    lane.timer = undefined;
    lane.fresh = Infinity;
    lane.working = first()
      .then(async (notBefore): Promise<void> => {
        const next = await store.nextPlanned(stream);
        lane.due = next === null ? null : Math.max(next, notBefore);
        return undefined;
      })
      .catch((error: unknown) => {
        log.error({ error: String(error), stream }, 'What the pretend remote is to send later could not be read');
        lane.due = clockOf(stream).now() + TRY_AGAIN_MS;
      })
      .finally(() => {
        lane.working = undefined;
        // What was planned meanwhile counts as well.
        if (lane.fresh < (lane.due ?? Infinity)) lane.due = lane.fresh;
        arm(stream, lane);
      });
  }

  /** Answers the moment before which nothing is to be tried. */
  async function sendDue(stream: string, lane: Lane): Promise<number> {
    const clock = clockOf(stream);
    while (!closed) {
      const due = await store.planned({ stream, now: clock.now(), limit: BATCH });
      if (due.length === 0) break;
      for (const one of due) {
        if (closed) break;
        const outcome = await send(stream, one.id, one.json, clock.now());
        if (outcome === 'later') {
          const tries = (lane.tries.get(one.id) ?? 0) + 1;
          lane.tries.set(one.id, tries);
          if (tries < TRIES) return clock.now() + TRY_AGAIN_MS;
        }
        lane.tries.delete(one.id);
        if (outcome === 'sent') lane.sent++;
        await store.unplan([one.id]);
      }
    }
    return -Infinity;
  }

  async function send(stream: string, id: string, json: string, at: number): Promise<'sent' | 'later' | 'never'> {
    let raw: Uint8Array;
    let to: string;
    try {
      const { head, ...kept } = JSON.parse(json) as Kept;
      to = kept.to;
      raw = await compose({ ...kept, id, at, head: Buffer.from(head, 'base64') });
    } catch (error) {
      log.error({ error: error instanceof Error ? error.stack : String(error), stream, planned: id }, 'What was to be sent later could not be written');
      return 'never';
    }
    try {
      await options.handIn(stream, { from: '', to, raw });
      return 'sent';
    } catch (error) {
      log.error({ error: String(error), stream, planned: id }, 'What was to be sent later could not be handed in');
      return 'later';
    }
  }

  async function quiet(stream?: string): Promise<void> {
    for (;;) {
      const working = [...lanes].flatMap(([name, lane]) => (lane.working && (stream === undefined || name === stream) ? [lane.working] : []));
      if (working.length === 0) return;
      await Promise.all(working);
    }
  }

  async function look(stream: string): Promise<void> {
    const lane = laneOf(stream);
    await quiet(stream);
    lane.timer?.();
    work(stream, lane, async () => -Infinity);
    await quiet(stream);
  }

  return {
    async start() {
      await Promise.all(options.streams().map(look));
    },
    async plan(later, original) {
      const kept = (one: Promised): Kept => ({
        send: one.send, to: original.from, recipient: one.recipient, reply: one.reply, rule: one.rule, host: original.host, acceptedAt: original.at,
        messageId: original.messageId, size: original.size, head: original.head.toString('base64'), ...(original.envid === undefined ? {} : { envid: original.envid }), ...(one.orcpt === undefined ? {} : { orcpt: one.orcpt }),
      });
      const rows = later.map((one) => ({
        id: options.makeId(options.wall.now()), stream: original.stream, due: Math.round(original.at + one.afterMs), message: original.message, json: JSON.stringify(kept(one)),
      }));
      await store.plan(rows);
      const lane = laneOf(original.stream);
      const first = Math.min(...rows.map(({ due }) => due));
      lane.fresh = Math.min(lane.fresh, first);
      if (lane.working || (lane.due !== null && lane.due <= first)) return;
      lane.due = first;
      arm(original.stream, lane);
    },
    look,
    busy: (stream) => [...lanes].some(([name, lane]) => lane.working !== undefined && (stream === undefined || name === stream)),
    next: (stream) => lanes.get(stream)?.due ?? null,
    sent: (stream) => lanes.get(stream)?.sent ?? 0,
    quiet,
    async close() {
      closed = true;
      for (const lane of lanes.values()) lane.timer?.();
      await quiet();
    },
  };
}
