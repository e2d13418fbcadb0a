/**
 * The gate as it stands: the process's key, the switch (kept, so that what was
 * stopped stays stopped after a restart), and for each stream its mode, its
 * allow list, its intercept address and its canary, read from the policy at
 * every question. To stop counts in memory before it is kept; to start is kept
 * before it counts: when the store fails in between, nothing goes out.
 *
 *     shut?  ──▶ waits where it is (a judgement says nothing of it)
 *     not allowed ──▶ held   canary ──▶ held   else ──▶ goes
 */
import type { Clock } from '../clock.ts';
import type { EventBody } from '../events/event.ts';
import type { Held } from '../mail/recipient.ts';
import type { LivePolicy } from '../mail/live.ts';
import type { Stream } from '../mail/stream.ts';
import type { KeptStore } from '../queue/port.ts';
import { allowKey, allowsOf } from './allow.ts';
import type { AuditStore } from './audit.ts';
import { canaryCount } from './canary.ts';
import type { Gate, Shut, Switch } from './gate.ts';

export type GateOptions = {
  /** POSTERN_DELIVERY. */
  permitted: boolean;
  streams: { get(name: string): Stream | undefined; all(): Stream[]; onChange(hear: (stream: string) => void): () => void };
  kept: Pick<KeptStore, 'kept' | 'keep'>;
  audit: Pick<AuditStore, 'audit'>;
  tell(event: EventBody): Promise<unknown>;
  queuedSince(stream: string, since: number): Promise<number>;
  wall: Clock;
  log: { error(facts: object, message: string): void };
};

const OPEN: Switch = { on: true, since: 0, by: '', reason: '' };

export async function openGate({ permitted, streams, kept, audit, tell, queuedSince, wall, log }: GateOptions): Promise<Gate & { close(): void }> {
  let now = readSwitch(await kept.kept('gate', 'switch'));
  let isKept = true;
  let starting = false;
  /** One use of the switch after the other. */
  let turn: Promise<unknown> = Promise.resolve();
  const hearers = new Set<() => void>();
  const changed = () => {
    for (const hear of [...hearers]) hear();
  };
  const canaries = canaryCount(queuedSince, (error, stream) => log.error({ err: error, stream }, 'how many of a canary went is not known; its mail is held'));
  const liveOf = (stream: string): LivePolicy | undefined => streams.get(stream)?.delivery.live;

  const learn = async (name: string) => {
    const stream = streams.get(name);
    if (!stream) return canaries.forget(name);
    if (stream.mode === 'deliver' && stream.delivery.live.canary) await canaries.learn(name, stream.delivery.live.canary);
  };
  await Promise.all(streams.all().map(({ name }) => learn(name)));
  const unhear = streams.onChange((name) => {
    void learn(name);
    changed();
  });

  const sequence = <T>(use: () => Promise<T>): Promise<T> => {
    const mine = turn.then(use);
    turn = mine.catch(() => {});
    return mine;
  };

  /** The record, the switch and the event share a commit. */
  async function keep(next: Switch): Promise<void> {
    const { on, by, reason, since } = next;
    const what = on ? 'delivery.started' : 'delivery.stopped';
    await Promise.all([
      audit.audit({ at: since, what, stream: null, by, text: `Real delivery was ${on ? 'started' : 'stopped'}${reason === '' ? '' : `: ${reason}`}`, detail: { reason } }),
      kept.keep('gate', 'switch', JSON.stringify(next)),
      tell({ type: what, stream: '', by, reason }),
    ]);
  }

  function notAllowed(stream: string, live: LivePolicy, address: string): Held | null {
    if (allowsOf(live.allow)(address)) return null;
    return { reason: 'not-allowed', text: `${shown(address)} is not on the allow list of stream ${stream}; add it (${suggestion(address)}) and release it` };
  }

  return {
    permitted,
    get switch() { return now; },
    shut(stream): Shut {
      if (!permitted) return { why: 'process', text: 'This Postern may not deliver: it was started without POSTERN_DELIVERY=on' };
      if (!now.on) return { why: 'stopped', text: `Real delivery was stopped by ${now.by}${now.reason === '' ? '' : `: ${now.reason}`}` };
      if (streams.get(stream)?.mode !== 'deliver') return { why: 'mode', text: `Stream ${stream} is not in mode deliver; real mail of it waits until it is` };
      return null;
    },
    allows: (stream, address) => allowsOf(liveOf(stream)?.allow ?? [])(address),
    judge(name, address, key, isSuppressed = false) {
      const stream = streams.get(name);
      if (!stream) return GONE;
      const { live, seed } = stream.delivery;
      const held = notAllowed(name, live, address);
      if (held || !live.canary || (!isSuppressed && canaries.take(name, live.canary, seed, key))) return held;
      return { reason: 'canary', text: `Held by the canary of stream ${name} (the first ${live.canary.first} and ${percent(live.canary.share)} of the rest are delivered) until somebody approves` };
    },
    judgeAgain(name, address) {
      const live = liveOf(name);
      if (!live) return GONE;
      if (live.intercept !== null && allowKey(live.intercept) !== allowKey(address)) {
        return { reason: 'not-allowed', text: `Stream ${name} delivers to ${live.intercept} alone since this was queued for ${shown(address)}; it can be released from the message, or when that has ended` };
      }
      return notAllowed(name, live, address);
    },
    interceptOf: (stream) => liveOf(stream)?.intercept ?? null,
    canaryPassed(name) {
      const canary = liveOf(name)?.canary;
      return canary ? canaries.passed(name, canary) : null;
    },
    async stop(by, reason) {
      // At once, whoever else is at the switch: what is kept follows in its turn.
      if (now.on || starting) {
        now = { on: false, since: wall.now(), by, reason };
        isKept = false;
        changed();
      }
      await sequence(async () => {
        if (isKept || now.on) return;
        await keep(now);
        isKept = true;
      });
    },
    start: (by, reason) => sequence(async () => {
      if (now.on) return;
      const stopped = now;
      const next: Switch = { on: true, since: wall.now(), by, reason };
      starting = true;
      // Should it fail, nobody knows what the disk says: the next stop keeps itself once more.
      isKept = false;
      await keep(next).finally(() => { starting = false; });
      // Stopped once more while this was kept: that counts, and is kept after this.
      if (now !== stopped) return;
      now = next;
      isKept = true;
      changed();
    }),
    onChange(hear) {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    close: unhear,
  };
}

const GONE: Held = { reason: 'not-allowed', text: 'The stream is gone' };

/** What cannot be read was written by something else: then it is safer to be stopped. */
function readSwitch(json: string | undefined): Switch {
  if (json === undefined) return OPEN;
  try {
    const { on, since, by, reason } = JSON.parse(json) as Partial<Switch>;
    if (typeof on === 'boolean' && typeof since === 'number') return { on, since, by: by ?? '', reason: reason ?? '' };
  } catch { /* below */ }
  return { on: false, since: 0, by: 'Postern', reason: 'the switch that was kept cannot be read' };
}

/** Addresses may be of any length; a sentence is not. */
const shown = (address: string): string => (address.length > 120 ? `${address.slice(0, 117)}...` : address);
const suggestion = (address: string): string => {
  const at = address.lastIndexOf('@');
  return at < 0 ? 'the address' : `the address, or its domain ${shown(address.slice(at + 1))}`;
};
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
