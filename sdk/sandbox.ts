/**
 * A sandbox as a test holds it: where it is, inboxes and streams of it, its
 * mail, its events. The same whether it runs in this process (start) or
 * elsewhere (connect).
 */
import { createApi, type Api, type SubmitOptions } from './api.ts';
import type { AdvanceSummary, AuditEntry, InboxInput, Info, PosternEvent, SmtpSettings, Stream, StreamInput } from './contract.ts';
import { closedError, either, heldUntil } from './closing.ts';
import { PosternError } from './errors.ts';
import { readEvents, type EventOptions } from './events.ts';
import { type DkimDesk, dkimDesk, type Switchboard, switchboard } from './going-out.ts';
import { greet, type Greeting } from './greeting.ts';
import { advanceAddress } from './inbox-advance.ts';
import { type Lane, laneOf, playing, type Playing } from './lane.ts';
import type { AdvanceBy } from './moving.ts';
import { type Outgoing, wireMessage } from './outgoing.ts';
import { createReader, type Patience, type Reader } from './reader.ts';
import { SentMessage } from './sent.ts';
import { accessTo, withLogin, type SmtpAccess } from './smtp.ts';
import { createWire, type WireOptions } from './wire.ts';

export type Inbox = Reader & {
  readonly address: string;
  /** For the application under test: `smtp.url`, its parts, or `smtp.transport` for nodemailer. */
  readonly smtp: SmtpAccess;
  readonly stream: string;
  /** Moves the time of the mail for this address alone, in whatever streams it is: `'72h'`, `{ until }` or `'idle'`. */
  advance(by: AdvanceBy): Promise<AdvanceSummary>;
  /** Deletes the mail of this inbox, and no other. */
  clear(): Promise<number>;
};

export type InboxOptions = InboxInput;

/** The newest mail of a stream for one address, as the matchers look at it. */
export type Addressee = Pick<Reader, 'latest' | 'waitFor'> & { readonly address: string };

export type StreamHandle = Reader & Lane & {
  readonly name: string;
  readonly smtp: SmtpAccess;
  inbox(options?: InboxOptions | string): Promise<Inbox>;
  /** One address within this stream, for matchers and waits. */
  recipient(address: string): Addressee;
  send(message: Outgoing, options?: SubmitOptions): Promise<SentMessage>;
  facts(): Promise<Stream>;
  /** Deletes the mail of this stream, and no other. */
  clear(): Promise<number>;
};

/** Scenario and time of the sandbox itself are those of the stream `default`. */
export type Sandbox = Reader & Playing & AsyncDisposable & {
  /** Address of the API and of the web inbox. */
  readonly http: string;
  readonly smtp: SmtpAccess;
  readonly info: Info;
  /** An address that nobody else has; or the given one. */
  inbox(options?: InboxOptions | string): Promise<Inbox>;
  /** The stream of that name (`default`); made when there is none yet, changed to the settings when there is. */
  stream(name?: string, settings?: Omit<StreamInput, 'name'>): Promise<StreamHandle>;
  streams(): Promise<Stream[]>;
  /** Hands a message in over HTTP. */
  send(message: Outgoing, options?: SubmitOptions): Promise<SentMessage>;
  events(options?: EventOptions): AsyncGenerator<PosternEvent, void, undefined>;
  /** Real delivery: what is in the way, and the one switch that stops it all. */
  readonly delivery: Switchboard;
  /** The keys that mail is signed with. */
  readonly dkim: DkimDesk;
  /** Who changed what about real delivery, the newest first; at most 500. */
  audit(query?: { stream?: string; what?: string; limit?: number }): Promise<AuditEntry[]>;
  /** Every route of the API. */
  readonly api: Api;
  /** Ends what this object holds open, waits too: they reject. A sandbox from `start` stops. */
  close(): Promise<void>;
};

export type SandboxOptions = WireOptions & Greeting & {
  /** Runs at close: what `start` has to stop. */
  stop?: () => Promise<void>;
};

export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const closing = new AbortController();
  const api = heldUntil(createApi(createWire(options)), closing.signal);
  const { http } = api.wire;
  const info = await greet(api, options);
  const smtp = accessTo(info.smtp, http);
  let closed: Promise<void> | undefined;

  const where = { smtp: `${smtp.host}:${smtp.port}` };
  const send = async (message: Outgoing, options: SubmitOptions = {}) => {
    const result = await api.submit(wireMessage(message), options);
    return new SentMessage(api, { ...result, stream: options.stream ?? 'default' });
  };

  const sandbox: Sandbox = {
    ...createReader({ api, scope: {}, where }),
    ...playing(api, 'default'),
    http, smtp, info, api, send,
    delivery: switchboard(api),
    dkim: dkimDesk(api),
    audit: async (query = {}) => (await api.audit(query)).entries,
    inbox: (options) => openInbox(api, options),
    async stream(name = 'default', settings = {}) {
      const facts = await api.stream(name).catch((error: unknown) => {
        if (error instanceof PosternError && error.status === 404) return undefined;
        throw error;
      });
      const made = facts ? undefined : await api.createStream({ name, ...settings }).catch((error: unknown) => {
        if (!(error instanceof PosternError && error.status === 409)) throw error; // somebody else was quicker
        return undefined;
      });
      if (!made && Object.keys(settings).length > 0) await api.changeStream(name, settings);
      return streamHandle(name);
    },
    streams: () => api.streams(),
    events: (options = {}) => readEvents(api.wire, { ...options, signal: either(options.signal, closing.signal) }),
    close() {
      closing.abort(closedError(http));
      return closed ??= options.stop?.() ?? Promise.resolve();
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
  return sandbox;

  function streamHandle(name: string): StreamHandle {
    return {
      ...createReader({ api, scope: { stream: name }, where }),
      ...laneOf(api, name),
      name,
      smtp: name === 'default' ? smtp : withLogin(smtp, name, smtp.password ?? 'any'),
      inbox: (options = {}) => openInbox(api, { ...(typeof options === 'string' ? { address: options } : options), stream: name }),
      recipient(address) {
        const { latest, waitFor } = createReader({ api, scope: { stream: name, inbox: address }, where });
        return { address, latest, waitFor };
      },
      send: (message, options) => send(message, { ...options, stream: name }),
      facts: () => api.stream(name),
      clear: async () => (await api.deleteAll({ stream: name })).deleted,
    };
  }
}

/** `patience` is what a runner's fixture knows about its own time-out. */
export async function openInbox(api: Api, options: InboxOptions | string = {}, patience?: Patience): Promise<Inbox> {
  const input = typeof options === 'string' ? { address: options } : options;
  const { address, stream, smtp, cursor } = await api.createInbox(input).catch((error: unknown) => {
    // An address of one's own choosing is an inbox however often it is named.
    if (input.address === undefined || !(error instanceof PosternError) || error.status !== 409) throw error;
    return existing(api, input.address, input.stream ?? 'default');
  });
  const settings = accessTo(smtp, api.wire.http);
  const scope = { inbox: address };
  return {
    ...createReader({ api, scope, patience, stream, beginning: cursor, where: { smtp: `${settings.host}:${settings.port}`, address } }),
    address, stream, smtp: settings,
    advance: (by) => advanceAddress(api, address, by, stream),
    clear: async () => (await api.deleteAll(scope)).deleted,
  };
}

async function existing(api: Api, address: string, stream: string): Promise<{ address: string; stream: string; smtp: SmtpSettings; cursor: undefined }> {
  const { smtp, loginRequired } = await api.info();
  if (loginRequired) {
    const { user, password } = await api.createCredential(stream);
    return { address, stream, smtp: withLogin(smtp, user, password), cursor: undefined };
  }
  return { address, stream, smtp: stream === 'default' ? smtp : withLogin(smtp, stream, 'any'), cursor: undefined };
}
