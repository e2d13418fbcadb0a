/**
 * Every route of the HTTP API as a typed function: the wire in contract.ts,
 * called. The sandbox, the web inbox and the command line are built on it;
 * it adds nothing but the path and the types.
 */
import type {
  AttachedMessage, BatchResult, EventPage, FrameAddress, Inbox, InboxCount, InboxInput, Info, Message, MessageChecks, MessageDetail, MessageInput, MessagePage,
  MessageQuery, NewCredential, ScopeQuery, Stream, StreamInput, StreamPatch, SubmitResult, WaitQuery, WaitResult,
} from './contract.ts';
import type { Query, RequestBody, Wire } from './wire.ts';

export type Change = { read?: boolean; tags?: string[]; addTags?: string[]; removeTags?: string[] };
export type SubmitOptions = { stream?: string; idempotencyKey?: string; signal?: AbortSignal };
export type RawOptions = SubmitOptions & { /** Envelope sender and recipients, instead of what the header says. */ from?: string; to?: string[] };
type Options = { signal?: AbortSignal | undefined; /** Goes on when the page that asked is left. */ keepalive?: boolean | undefined };

const at = encodeURIComponent;
const asQuery = (query: object): Query => query as Query;
const streamPath = (stream = 'default') => `/v1/streams/${at(stream)}`;

export function createApi(wire: Wire) {
  const { json, answer } = wire;
  const submission = (options: SubmitOptions) => ({ headers: { 'idempotency-key': options.idempotencyKey }, signal: options.signal });
  return {
    wire,
    info: (options: Options = {}) => json<Info>('GET', '/v1/info', options),

    submit: (message: MessageInput, options: SubmitOptions = {}) => json<SubmitResult>('POST', `${streamPath(options.stream)}/messages`, { ...submission(options), json: message }),
    submitBatch: (messages: MessageInput[], options: SubmitOptions = {}) => json<BatchResult>('POST', `${streamPath(options.stream)}/messages`, { ...submission(options), json: messages }),
    /** A finished message (RFC 5322), kept byte for byte. */
    submitRaw: (bytes: RequestBody, options: RawOptions = {}) => json<SubmitResult>('POST', `${streamPath(options.stream)}/messages`, {
      query: { from: options.from, to: options.to }, body: bytes, signal: options.signal,
      headers: { 'idempotency-key': options.idempotencyKey, 'content-type': 'message/rfc822' },
    }),

    list: (query: MessageQuery & { cursor?: string; limit?: number } = {}, options: Options = {}) => json<MessagePage>('GET', '/v1/messages', { query: asQuery(query), ...options }),
    read: (id: string, options: Options = {}) => json<MessageDetail>('GET', `/v1/messages/${at(id)}`, options),
    raw: (id: string, options: Options = {}) => answer('GET', `/v1/messages/${at(id)}/raw`, options),
    text: async (id: string, options: Options = {}) => (await answer('GET', `/v1/messages/${at(id)}/text`, options)).text(),
    html: async (id: string, options: Options = {}) => (await answer('GET', `/v1/messages/${at(id)}/html`, { query: { raw: 1 }, ...options })).text(),
    checks: (id: string, options: Options = {}) => json<MessageChecks>('GET', `/v1/messages/${at(id)}/checks`, options),
    part: (id: string, part: string, options: Options = {}) => answer('GET', `/v1/messages/${at(id)}/parts/${at(part)}`, options),
    /** A part that is a message itself, read. */
    attached: (id: string, part: string, options: Options = {}) => json<AttachedMessage>('GET', `/v1/messages/${at(id)}/parts/${at(part)}/message`, options),
    /** An address for a frame, which cannot send a token; with `part`, of an attached message. */
    frame: (id: string, part?: string, options: Options = {}) => json<FrameAddress>('GET', `/v1/messages/${at(id)}/frame`, { query: { part }, ...options }),
    change: (id: string, change: Change, options: Options = {}) => json<Message>('PATCH', `/v1/messages/${at(id)}`, { json: change, ...options }),
    changeAll: (scope: ScopeQuery, change: Change, options: Options = {}) => json<{ changed: number }>('PATCH', '/v1/messages', { query: asQuery(scope), json: change, ...options }),
    delete: async (id: string, options: Options = {}) => void (await answer('DELETE', `/v1/messages/${at(id)}`, options)),
    deleteAll: (scope: ScopeQuery, options: Options = {}) => json<{ deleted: number }>('DELETE', '/v1/messages', { query: asQuery(scope), ...options }),
    wait: (query: WaitQuery, options: Options = {}) => json<WaitResult>('GET', '/v1/wait', { query: asQuery(query), ...options }),

    streams: async (options: Options = {}) => (await json<{ streams: Stream[] }>('GET', '/v1/streams', options)).streams,
    stream: (name: string, options: Options = {}) => json<Stream>('GET', streamPath(name), options),
    createStream: (input: StreamInput, options: Options = {}) => json<Stream>('POST', '/v1/streams', { json: input, ...options }),
    changeStream: (name: string, change: StreamPatch, options: Options = {}) => json<Stream>('PATCH', streamPath(name), { json: change, ...options }),
    deleteStream: async (name: string, options: Options = {}) => void (await answer('DELETE', streamPath(name), options)),
    createCredential: (stream: string, input: { user?: string; password?: string; lifetime?: string | number } = {}, options: Options = {}) => json<NewCredential>('POST', `${streamPath(stream)}/credentials`, { json: input, ...options }),
    deleteCredential: async (stream: string, id: string, options: Options = {}) => void (await answer('DELETE', `${streamPath(stream)}/credentials/${at(id)}`, options)),

    inboxes: async (query: { stream?: string; prefix?: string; limit?: number } = {}, options: Options = {}) => (await json<{ inboxes: InboxCount[] }>('GET', '/v1/inboxes', { query, ...options })).inboxes,
    createInbox: (input: InboxInput = {}, options: Options = {}) => json<Inbox>('POST', '/v1/inboxes', { json: input, ...options }),
    tags: async (query: { stream?: string } = {}, options: Options = {}) => (await json<{ tags: { tag: string; messages: number }[] }>('GET', '/v1/tags', { query, ...options })).tags,
    events: (query: { after?: number; latest?: number; limit?: number; stream?: string; types?: string } = {}, options: Options = {}) => json<EventPage>('GET', '/v1/events', { query, ...options }),
  };
}

export type Api = ReturnType<typeof createApi>;
