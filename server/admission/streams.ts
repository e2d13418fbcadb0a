/**
 * The streams and their credentials, in memory over the store: read at start,
 * changed only through here, so that the listener can ask at every message
 * without a query and is always right. A change is in the store before it is
 * seen.
 */
import type { Clock } from '../clock.ts';
import type { MakeId } from '../ids.ts';
import { PASSWORD_LIMIT, USER_NAME, type Credential, DEFAULT_DELIVERY, DEFAULT_RETENTION, DEFAULT_STREAM, type DeliveryPolicy, type Retention, STREAM_NAME, type Stream, type StreamMode } from '../mail/stream.ts';
import { hashPassword, makePassword, passwordCheck } from './credentials.ts';
import type { StreamChange, StreamStore } from './port.ts';

/** What a user name stands for: a credential, or a stream of that name. A stream with credentials of its own is `guarded`: its name alone opens nothing. */
export type LoginTarget = { kind: 'credential'; credential: Credential } | { kind: 'stream'; stream: string; guarded: boolean };

export type StreamInput = { name: string; mode?: StreamMode; retention?: Partial<Retention>; tags?: string[]; delivery?: Partial<DeliveryPolicy> };
export type CredentialInput = { stream: string; user?: string; password?: string; expiresAt?: number };
export type MadeCredential = { credential: Credential; /** Shown once. */ password: string };

export type Streams = {
  all(): Stream[];
  get(name: string): Stream | undefined;
  /** `bad-name` when it is not a STREAM_NAME. `by` is for the audit log. */
  create(input: StreamInput, by?: string): Promise<Stream | 'taken' | 'bad-name'>;
  /** One after the other. A change that is made of what stands says how: undefined changes nothing. */
  change(name: string, change: StreamChange | ((stands: Stream) => StreamChange | undefined), by?: string): Promise<Stream | undefined>;
  /** With its mail and its credentials. `default` stays. */
  remove(name: string, by?: string): Promise<boolean | 'default'>;
  /** All, or those of a stream. */
  credentials(stream?: string): Credential[];
  createCredential(input: CredentialInput): Promise<MadeCredential | 'taken' | 'no-stream' | 'bad-user' | 'bad-password'>;
  deleteCredential(stream: string, id: string): Promise<boolean>;
  streamTags(name: string): readonly string[];
  /** Told once `get` answers what is new of it; of a stream that is gone, too. */
  onChange(hear: (stream: string) => void): () => void;
  loginFor(user: string): LoginTarget | undefined;
  /** Whether any stream has credentials. */
  hasCredentials(): boolean;
  /** For `undefined` (nobody) it takes as long as for a wrong password. Expiry is the caller's to look at. */
  verify(password: string, credential: Credential | undefined): Promise<boolean>;
};

export type StreamsOptions = {
  store: StreamStore;
  clock: Clock;
  makeId: MakeId;
};

export async function openStreams({ store, clock, makeId }: StreamsOptions): Promise<Streams> {
  const streams = new Map<string, Stream>();
  const users = new Map<string, Credential>();
  const passwords = passwordCheck();
  const hearers = new Set<(stream: string) => void>();
  /** Changes under way, by stream. */
  const turns = new Map<string, Promise<unknown>>();
  const changed = (name: string) => {
    for (const hear of [...hearers]) hear(name);
  };
  for (const stream of await store.streams()) streams.set(stream.name, stream);
  for (const credential of await store.credentials()) users.set(credential.user, credential);

  async function create({ name, mode = 'capture', retention, tags = [], delivery }: StreamInput, by?: string): Promise<Stream | 'taken' | 'bad-name'> {
    if (!STREAM_NAME.test(name)) return 'bad-name';
    if (streams.has(name)) return 'taken';
    const stream: Stream = {
      name, mode, retention: { ...DEFAULT_RETENTION, ...retention }, tags, createdAt: clock.now(),
      delivery: { ...DEFAULT_DELIVERY, ...delivery }, clockOffset: 0, paused: null,
    };
    if (!(await store.createStream(stream, by))) return 'taken';
    streams.set(name, stream);
    changed(name);
    return stream;
  }

  async function changeNow(name: string, change: Parameters<Streams['change']>[1], by?: string): Promise<Stream | undefined> {
    const stands = streams.get(name);
    if (!stands) return undefined;
    const wanted = typeof change === 'function' ? change(stands) : change;
    if (wanted === undefined) return stands;
    const stream = await store.changeStream(name, wanted, by);
    if (!stream) return undefined;
    streams.set(name, stream);
    changed(name);
    return stream;
  }

  await create({ name: DEFAULT_STREAM });

  return {
    all: () => [...streams.values()],
    get: (name) => streams.get(name),
    create,
    change(name, change, by) {
      const mine = (turns.get(name) ?? Promise.resolve()).then(() => changeNow(name, change, by));
      const over: Promise<unknown> = mine.catch(() => {}).finally(() => {
        if (turns.get(name) === over) turns.delete(name);
      });
      turns.set(name, over);
      return mine;
    },
    async remove(name, by) {
      if (name === DEFAULT_STREAM) return 'default';
      if (!(await store.deleteStream(name, by))) return false;
      streams.delete(name);
      changed(name);
      for (const credential of [...users.values()]) if (credential.stream === name) users.delete(credential.user);
      return true;
    },
    credentials: (stream) => [...users.values()].filter((credential) => stream === undefined || credential.stream === stream),
    async createCredential({ stream, user, password = makePassword(), expiresAt }) {
      if (!streams.has(stream)) return 'no-stream';
      const now = clock.now();
      const id = makeId(now);
      // The end of the id is chance; 10 characters of it are 50 bits.
      const name = user ?? `${stream}-${id.slice(-10).toLowerCase()}`;
      if (!USER_NAME.test(name)) return 'bad-user';
      if (password === '' || Buffer.byteLength(password) > PASSWORD_LIMIT) return 'bad-password';
      // The name of another stream would take its open login away.
      if (users.has(name) || (streams.has(name) && name !== stream)) return 'taken';
      const credential: Credential = { id, stream, user: name, hash: await hashPassword(password), createdAt: now, ...(expiresAt === undefined ? {} : { expiresAt }) };
      if (!(await store.createCredential(credential))) return 'taken';
      users.set(name, credential);
      return { credential, password };
    },
    async deleteCredential(stream, id) {
      if (!(await store.deleteCredential(stream, id))) return false;
      for (const credential of [...users.values()]) if (credential.id === id) users.delete(credential.user);
      return true;
    },
    streamTags: (name) => streams.get(name)?.tags ?? [],
    onChange(hear) {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    loginFor(user) {
      const credential = users.get(user);
      if (credential) return { kind: 'credential', credential };
      if (!streams.has(user)) return undefined;
      const guarded = [...users.values()].some(({ stream }) => stream === user);
      return { kind: 'stream', stream: user, guarded };
    },
    hasCredentials: () => users.size > 0,
    verify: (password, credential) => passwords.verify(password, credential?.hash),
  };
}
