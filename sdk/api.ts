/**
 * Every route of the HTTP API as a typed function: the wire in contract.ts,
 * called. The sandbox, the web inbox and the command line are built on it;
 * it adds nothing but the path and the types.
 */
import type {
  AdvanceInput, AdvanceSummary, Approved, ApproveInput, AttachedMessage, AuditPage, BatchResult, ClassifyInput, Comparison, ComparisonQuery, Delivery, DeliveryView, DkimInput, DkimList, EventPage, EventWaitQuery, Explained, FrameAddress, Hook, HookCall, HookCallPage,
  HookInput, HookPatch, Inbox, InboxCount, InboxInput, Info, Message, MessageChecks, MessageDetail, MessageInput, MessagePage, MessageQuery, NewCredential, PauseInput,
  HeldReason, MagicList, PersonaList, PosternEvent, Preflight, PreflightInput, QueueChanged, QueueMode, QueueReleased, QueueScope, ReleaseInput, ReleaseResult, RetireInput, QueueView, RecipientPage, RecipientState, Scenario, ScenarioTried, ScenarioTry, ScenarioView, ScopeQuery, Stream,
  StreamClock, StreamInput, StreamPatch, SubmitResult, Suppression, SuppressionClear, SuppressionCleared, SuppressionImport, SuppressionInput, SuppressionPage, SuppressionReason, SwitchInput, Telemetry, TelemetryQuery, Waiting, WaitQuery, WaitResult,
} from './contract.ts';
import type { Query, RequestBody, Wire } from './wire.ts';

export type Change = { read?: boolean; tags?: string[]; addTags?: string[]; removeTags?: string[] };
export type SubmitOptions = { stream?: string; idempotencyKey?: string; signal?: AbortSignal };
export type RawOptions = SubmitOptions & Pick<MessageInput, 'sendAt' | 'expiresAfter' | 'priority' | 'mode'> & { /** Envelope sender and recipients, instead of what the header says. */ from?: string; to?: string[] };
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
    submitRaw: (bytes: RequestBody, { stream, idempotencyKey, signal, from, to, sendAt, expiresAfter, priority, mode }: RawOptions = {}) => json<SubmitResult>('POST', `${streamPath(stream)}/messages`, {
      query: { from, to, sendAt, expiresAfter, priority, mode }, body: bytes, signal,
      headers: { 'idempotency-key': idempotencyKey, 'content-type': 'message/rfc822' },
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
    /** What `deleteAll` of the same would cancel. */
    waiting: (scope: ScopeQuery, options: Options = {}) => json<Waiting>('GET', '/v1/messages/waiting', { query: asQuery(scope), ...options }),
    wait: (query: WaitQuery, options: Options = {}) => json<WaitResult>('GET', '/v1/wait', { query: asQuery(query), ...options }),

    streams: async (options: Options = {}) => (await json<{ streams: Stream[] }>('GET', '/v1/streams', options)).streams,
    stream: (name: string, options: Options = {}) => json<Stream>('GET', streamPath(name), options),
    createStream: (input: StreamInput, options: Options = {}) => json<Stream>('POST', '/v1/streams', { json: input, ...options }),
    changeStream: (name: string, change: StreamPatch, options: Options = {}) => json<Stream>('PATCH', streamPath(name), { json: change, ...options }),
    /** Suppressions and telemetry of its real mail stay under its name. */
    deleteStream: async (name: string, options: Options = {}) => void (await answer('DELETE', streamPath(name), options)),
    createCredential: (stream: string, input: { user?: string; password?: string; lifetime?: string | number } = {}, options: Options = {}) => json<NewCredential>('POST', `${streamPath(stream)}/credentials`, { json: input, ...options }),
    deleteCredential: async (stream: string, id: string, options: Options = {}) => void (await answer('DELETE', `${streamPath(stream)}/credentials/${at(id)}`, options)),

    inboxes: async (query: { stream?: string; prefix?: string; limit?: number } = {}, options: Options = {}) => (await json<{ inboxes: InboxCount[] }>('GET', '/v1/inboxes', { query, ...options })).inboxes,
    createInbox: (input: InboxInput = {}, options: Options = {}) => json<Inbox>('POST', '/v1/inboxes', { json: input, ...options }),
    tags: async (query: { stream?: string } = {}, options: Options = {}) => (await json<{ tags: { tag: string; messages: number }[] }>('GET', '/v1/tags', { query, ...options })).tags,
    events: (query: { after?: number; latest?: number; limit?: number; stream?: string; types?: string; message?: string } = {}, options: Options = {}) => json<EventPage>('GET', '/v1/events', { query, ...options }),
    /** The first event that fits, of the past or to come. */
    waitEvent: (query: EventWaitQuery, options: Options = {}) => json<PosternEvent>('GET', '/v1/events/wait', { query: asQuery(query), ...options }),

    /** What became of a message: recipients, attempts, what came back. */
    delivery: (id: string, { transcript, ...options }: Options & { /** False leaves the dialogues out. */ transcript?: boolean } = {}) => json<Delivery>('GET', `/v1/messages/${at(id)}/delivery`, { query: { transcript }, ...options }),
    queue: (query: { stream?: string } = {}, options: Options = {}) => json<QueueView>('GET', '/v1/queue', { query, ...options }),
    queueRecipients: ({ states, ...query }: { stream?: string; message?: string; destination?: string; states?: RecipientState[]; mode?: QueueMode; heldFor?: HeldReason; cursor?: string; limit?: number }, options: Options = {}) =>
      json<RecipientPage>('GET', '/v1/queue/recipients', { query: { ...query, states: states?.join(',') }, ...options }),
    retry: (scope: QueueScope, options: Options = {}) => json<QueueChanged>('POST', '/v1/queue/retry', { json: scope, ...options }),
    hold: (scope: QueueScope, options: Options = {}) => json<QueueChanged>('POST', '/v1/queue/hold', { json: scope, ...options }),
    /** What is held. Of real mail, `refused` is what the gate did not let go. */
    release: (scope: QueueScope, options: Options = {}) => json<QueueReleased>('POST', '/v1/queue/release', { json: scope, ...options }),
    cancel: (scope: QueueScope, options: Options = {}) => json<QueueChanged>('POST', '/v1/queue/cancel', { json: scope, ...options }),
    pause: async (input: PauseInput, options: Options = {}) => void (await answer('POST', '/v1/queue/pause', { json: input, ...options })),
    resume: (input: Pick<PauseInput, 'stream' | 'site' | 'mode'>, options: Options = {}) => json<QueueChanged>('POST', '/v1/queue/resume', { json: input, ...options }),

    /** The gate of real delivery. */
    deliveryGate: (query: { stream?: string } = {}, options: Options = {}) => json<DeliveryView>('GET', '/v1/delivery', { query, ...options }),
    stopDelivery: (input: SwitchInput = {}, options: Options = {}) => json<DeliveryView>('POST', '/v1/delivery/stop', { json: input, ...options }),
    startDelivery: (input: SwitchInput = {}, options: Options = {}) => json<DeliveryView>('POST', '/v1/delivery/start', { json: input, ...options }),
    /** Mail of the inbox is sent for real. */
    releaseMessage: (id: string, input: ReleaseInput = {}, options: Options = {}) => json<ReleaseResult>('POST', `/v1/messages/${at(id)}/release`, { json: input, ...options }),
    approveCanary: (stream: string, input: ApproveInput = {}, options: Options = {}) => json<Approved>('POST', `${streamPath(stream)}/canary/approve`, { json: input, ...options }),
    /** Looks now. */
    preflight: (input: PreflightInput, options: Options = {}) => json<Preflight>('POST', '/v1/preflight', { json: input, ...options }),
    /** The last one of a stream; 404 when there was none. */
    lastPreflight: (stream: string, options: Options = {}) => json<Preflight>('GET', `${streamPath(stream)}/preflight`, options),
    dkim: (query: { domain?: string } = {}, options: Options = {}) => json<DkimList>('GET', '/v1/dkim', { query, ...options }),
    createDkim: (input: DkimInput, options: Options = {}) => json<DkimList>('POST', '/v1/dkim', { json: input, ...options }),
    activateDkim: (domain: string, selector: string, options: Options = {}) => json<DkimList>('POST', `/v1/dkim/${at(domain)}/${at(selector)}/activate`, options),
    retireDkim: (domain: string, selector: string, input: RetireInput = {}, options: Options = {}) => json<DkimList>('POST', `/v1/dkim/${at(domain)}/${at(selector)}/retire`, { json: input, ...options }),
    audit: (query: { stream?: string; what?: string; cursor?: string; limit?: number } = {}, options: Options = {}) => json<AuditPage>('GET', '/v1/audit', { query, ...options }),
    telemetry: (query: TelemetryQuery = {}, options: Options = {}) => json<Telemetry>('GET', '/v1/telemetry', { query: asQuery(query), ...options }),
    compareTelemetry: (query: ComparisonQuery, options: Options = {}) => json<Comparison>('GET', '/v1/telemetry/compare', { query: asQuery(query), ...options }),

    scenario: (stream?: string, options: Options = {}) => json<ScenarioView>('GET', `${streamPath(stream)}/scenario`, options),
    setScenario: (stream: string, scenario: Scenario, options: Options = {}) => json<ScenarioView>('PUT', `${streamPath(stream)}/scenario`, { json: scenario, ...options }),
    removeScenario: async (stream: string, options: Options = {}) => void (await answer('DELETE', `${streamPath(stream)}/scenario`, options)),
    /** Forgets hits, counters, greylist and rates. */
    resetScenario: (stream: string, options: Options = {}) => json<ScenarioView>('POST', `${streamPath(stream)}/scenario/reset`, options),
    tryScenario: (stream: string, asked: ScenarioTry, options: Options = {}) => json<ScenarioTried>('POST', `${streamPath(stream)}/scenario/try`, { json: asked, ...options }),
    /** Magic addresses, and what they do. */
    magic: (options: Options = {}) => json<MagicList>('GET', '/v1/magic', options),
    personas: async (options: Options = {}) => (await json<PersonaList>('GET', '/v1/personas', options)).personas,
    persona: (name: string, options: Options = {}) => json<PersonaList['personas'][number]>('GET', `/v1/personas/${at(name)}`, options),

    clock: (stream?: string, options: Options = {}) => json<StreamClock>('GET', `${streamPath(stream)}/clock`, options),
    advance: (stream: string, input: AdvanceInput, options: Options = {}) => json<AdvanceSummary>('POST', `${streamPath(stream)}/clock/advance`, { json: input, ...options }),

    /** `stream: '*'` are those for every stream, `mode: '*'` those for both modes. */
    suppressions: (query: { stream?: string; mode?: QueueMode | '*'; q?: string; reason?: SuppressionReason; cursor?: string; limit?: number } = {}, options: Options = {}) => json<SuppressionPage>('GET', '/v1/suppressions', { query, ...options }),
    suppress: (input: SuppressionInput, options: Options = {}) => json<Suppression>('POST', '/v1/suppressions', { json: input, ...options }),
    /** Without `mode`, whatever mail it holds for; `*` is the one for both. */
    unsuppress: async (address: string, stream?: string, { mode, ...options }: Options & { mode?: QueueMode | '*' } = {}) => void (await answer('DELETE', '/v1/suppressions', { query: { address, stream, mode }, ...options })),
    /** Takes back all that a stream holds against mail of this mode, and what was counted towards more. */
    clearSuppressions: (input: SuppressionClear, options: Options = {}) => json<SuppressionCleared>('POST', '/v1/suppressions/clear', { json: input, ...options }),
    importSuppressions: (file: RequestBody, { format = 'csv', stream, ...options }: Options & { format?: 'csv' | 'jsonl'; stream?: string } = {}) =>
      json<SuppressionImport>('POST', '/v1/suppressions/import', { body: file, query: { stream }, headers: { 'content-type': format === 'csv' ? 'text/csv' : 'application/x-ndjson' }, ...options }),
    exportSuppressions: async (query: { format?: 'csv' | 'jsonl'; stream?: string; mode?: QueueMode | '*'; q?: string; reason?: SuppressionReason } = {}, options: Options = {}) => (await answer('GET', '/v1/suppressions/export', { query, ...options })).text(),

    hooks: async (stream?: string, options: Options = {}) => (await json<{ hooks: Hook[] }>('GET', `${streamPath(stream)}/hooks`, options)).hooks,
    createHook: (stream: string, input: HookInput, options: Options = {}) => json<Hook>('POST', `${streamPath(stream)}/hooks`, { json: input, ...options }),
    hook: (id: string, options: Options = {}) => json<Hook>('GET', `/v1/hooks/${at(id)}`, options),
    changeHook: (id: string, change: HookPatch, options: Options = {}) => json<Hook>('PATCH', `/v1/hooks/${at(id)}`, { json: change, ...options }),
    deleteHook: async (id: string, options: Options = {}) => void (await answer('DELETE', `/v1/hooks/${at(id)}`, options)),
    hookCalls: (id: string, query: { state?: HookCall['state']; cursor?: string; limit?: number } = {}, options: Options = {}) => json<HookCallPage>('GET', `/v1/hooks/${at(id)}/calls`, { query, ...options }),
    hookCall: (id: string, options: Options = {}) => json<HookCall>('GET', `/v1/hook-calls/${at(id)}`, options),
    /** A call of type `hook.test`, made at once; how it went is in the hook's calls. */
    testHook: (id: string, options: Options = {}) => json<HookCall>('POST', `/v1/hooks/${at(id)}/test`, options),
    replayHookCall: (id: string, options: Options = {}) => json<HookCall>('POST', `/v1/hook-calls/${at(id)}/replay`, options),

    /** What a reply of a mail server means, by which rule, and what Postern would do. */
    classify: (reply: ClassifyInput | string, options: Options = {}) => json<Explained>('POST', '/v1/classify', { json: typeof reply === 'string' ? { text: reply } : reply, ...options }),
  };
}

export type Api = ReturnType<typeof createApi>;
