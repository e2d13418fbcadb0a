/**
 * A listener with a gate over a store in memory: the smallest reception there
 * is. What was accepted is in `accepted`; the store can be told to refuse, to
 * wait, or to break.
 */
import { createAdmit } from '../../server/admission/admit.ts';
import { createSmtpListener, type SmtpListener, type SmtpListenerOptions } from '../../server/admission/smtp/listener.ts';
import { openStreams, type Streams } from '../../server/admission/streams.ts';
import type { AdmissionStore, BodyWriter, StreamStore, Submission } from '../../server/admission/port.ts';
import type { Refusal } from '../../server/admission/refusal.ts';
import { type Clock, wallClock } from '../../server/clock.ts';
import { idMaker } from '../../server/ids.ts';
import type { Credential, Stream } from '../../server/mail/stream.ts';

export type Kept = Submission & { raw: Buffer };

/** Bodies stay in memory, as they were written. `before` runs (and may throw, or wait) where a store would. */
export function memoryStore(before: { open?: () => void; write?: (octets: number) => void | Promise<void>; accept?: () => void | Promise<void> } = {}) {
  const accepted: Kept[] = [];
  const bodies = new Map<BodyWriter, Buffer[]>();
  let aborted = 0;
  const store: AdmissionStore = {
    openBody() {
      before.open?.();
      const pieces: Buffer[] = [];
      let size = 0;
      let gone = false;
      const body: BodyWriter = {
        get size() { return size; },
        get held() { return gone ? 0 : size; },
        write(chunk) {
          size += chunk.length;
          pieces.push(chunk as Buffer);
          return before.write?.(size);
        },
        abort() {
          if (!gone) aborted++;
          gone = true;
          bodies.delete(body);
        },
      };
      bodies.set(body, pieces);
      return body;
    },
    async accept(submissions) {
      await before.accept?.();
      for (const one of submissions) accepted.push({ ...one, raw: Buffer.concat(bodies.get(one.body) ?? []) });
      return { kind: 'accepted' };
    },
    idempotent: async () => undefined,
  };
  return { store, accepted, open: bodies, aborted: () => aborted };
}

export function memoryStreams(): StreamStore {
  const streams = new Map<string, Stream>();
  const credentials: Credential[] = [];
  return {
    streams: async () => [...streams.values()],
    async createStream(stream) {
      if (streams.has(stream.name)) return false;
      streams.set(stream.name, stream);
      return true;
    },
    async changeStream(name, change) {
      const stream = streams.get(name);
      if (!stream) return undefined;
      const changed = { ...stream, ...change };
      streams.set(name, changed);
      return changed;
    },
    deleteStream: async (name) => streams.delete(name),
    credentials: async () => [...credentials],
    async createCredential(credential) {
      if (credentials.some(({ user }) => user === credential.user)) return false;
      credentials.push(credential);
      return true;
    },
    async deleteCredential(stream, id) {
      const at = credentials.findIndex((one) => one.id === id && one.stream === stream);
      if (at >= 0) credentials.splice(at, 1);
      return at >= 0;
    },
    createInbox: async () => true,
    inbox: async () => undefined,
  };
}

export type Reception = {
  at: { host: string; port: number };
  listener: SmtpListener;
  streams: Streams;
  accepted: Kept[];
  refusals: Refusal[];
  /** What was logged, as JSON lines. */
  logged: string[];
  /** Bodies that are open, and how many were dropped. */
  openBodies(): number;
  inFlight(): number;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ReceptionOptions = Partial<Omit<SmtpListenerOptions, 'admit' | 'streams' | 'log' | 'clock'>> & {
  clock?: Clock;
  before?: Parameters<typeof memoryStore>[0];
  /** In place of the one in memory; then `accepted` stays empty. */
  store?: AdmissionStore;
  inFlight?: number;
  /** 0, any free one, unless given. */
  port?: number;
  declared?: { name: string; tags?: string[] }[];
};

export async function reception({ clock = wallClock, before, store: given, inFlight = 256 * 1024 * 1024, port = 0, declared, ...options }: ReceptionOptions = {}): Promise<Reception> {
  const { store, accepted, open } = memoryStore(before);
  const refusals: Refusal[] = [];
  const logged: string[] = [];
  const makeId = idMaker();
  const streams = await openStreams({ store: memoryStreams(), clock, makeId });
  for (const stream of declared ?? []) await streams.create(stream);
  const admit = createAdmit({
    store: given ?? store,
    clock,
    makeId,
    streamTags: streams.streamTags,
    limits: { messageSize: options.limits?.messageSize ?? 50 * 1024 * 1024, inFlight },
    heard: (outcome) => { if (outcome.kind === 'refused') refusals.push(outcome); },
  });
  const log = (level: string) => (facts: object, message: string) => {
    const { err } = facts as { err?: Error };
    logged.push(JSON.stringify({ level, message, ...facts, ...(err ? { err: String(err) } : {}) }));
  };
  const listener = createSmtpListener({
    hostname: 'postern.test',
    heard: (refusal) => refusals.push(refusal),
    ...options,
    admit,
    streams,
    clock,
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  });
  const at = await listener.listen({ host: '127.0.0.1', port });
  return {
    at, listener, streams, accepted, refusals, logged,
    openBodies: () => open.size,
    inFlight: () => admit.inFlight(),
    [Symbol.asyncDispose]: () => listener.close(0),
  };
}
