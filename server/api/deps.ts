/**
 * What the HTTP side is given. It owns none of this: each is another room's,
 * handed over by building.ts, and handlers do no more than call it and word
 * the answer.
 */
import type { Persona, RuleHits, Scenario, ScenarioTry, SmtpTls } from '../../sdk/contract.ts';
import type { StreamStore } from '../admission/port.ts';
import type { Streams } from '../admission/streams.ts';
import type { Submit } from '../admission/submit.ts';
import type { Clock } from '../clock.ts';
import type { Hub } from '../events/hub.ts';
import type { EventStore } from '../events/port.ts';
import type { EventType } from '../events/event.ts';
import type { AuditStore } from '../gate/audit.ts';
import type { Hook, HookCall, HookStanding } from '../hooks/hook.ts';
import type { Checks } from '../inbox/checks/checks.ts';
import type { InboxStore } from '../inbox/port.ts';
import type { Parser } from '../inbox/parse/parser.ts';
import type { Waits } from '../inbox/wait.ts';
import type { MakeId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { PlannedStore, QueueStore, ReturnStore, SuppressionStore } from '../queue/port.ts';
import type { Queue } from '../queue/queue.ts';
import type { Tried } from '../scenario/try.ts';
import type { StoreHealth } from '../store/port.ts';
import type { TelemetryStore } from '../telemetry/port.ts';
import type { Fault } from './faults.ts';
import type { RealDelivery } from './real.ts';

export type ApiInfo = {
  version: string;
  /** Asked each time: addresses are known once the listeners are. */
  http: () => string;
  smtp: () => { host: string; port: number; tlsPort: number | null; tls: SmtpTls };
  /** Whether SMTP takes mail only after a login. */
  loginRequired: boolean;
  /** Octets of a message, recipients of it, octets of requests held in memory at once. */
  limits: { messageSize: number; recipients: number; inFlight: number };
  inboxDomain: string;
};

/** The scenarios of the streams, with their memories. */
export type Scenarios = {
  /** Of a stream that is there; an empty one when it has none. */
  of(stream: string): { scenario: Scenario; from: 'none' | 'config' | 'request'; hits(): RuleHits[] };
  /** Judges and keeps it, with a fresh memory; faults when it cannot mean anything. */
  put(stream: string, scenario: unknown): Promise<{ faults: Fault[] } | 'ok'>;
  /** Back to none, or to the one of the configuration. */
  remove(stream: string): Promise<void>;
  /** Forgets counters, greylist, rates and hits. */
  reset(stream: string): Promise<void>;
  /** What would be answered, without counting. The verdict is added here. */
  try(stream: string, asked: Omit<ScenarioTry, 'scenario'> & { scenario?: unknown }): { faults: Fault[] } | Tried;
};

export type HookWish = { url?: string; types?: EventType[]; headers?: Record<string, string>; secret?: string; misbehave?: { duplicate?: number; reorder?: number; lose?: number; seed?: number } | null };

export type Hooks = {
  list(stream?: string): Promise<Hook[]>;
  get(id: string): Promise<Hook | undefined>;
  /** Faults for an address or a secret that will not do. */
  create(stream: string, wish: HookWish & { url: string }): Promise<Hook | { faults: Fault[]; gone?: true }>;
  change(id: string, wish: HookWish & { enabled?: boolean }): Promise<Hook | { faults: Fault[] } | undefined>;
  remove(id: string): Promise<boolean>;
  /** Calls that are still to be made. */
  waiting(id: string): Promise<number>;
  /** Failures in a row, and until when calls are held back for them; undefined when there is no such hook. */
  standing(id: string): HookStanding | undefined;
  /** Newest first. */
  calls(query: { hook: string; before?: string; limit: number; state?: HookCall['state'] }): Promise<HookCall[]>;
  call(id: string): Promise<HookCall | undefined>;
  /** Made again at once, under the same webhook-id; undefined when there is no such call. */
  replay(id: string): Promise<HookCall | undefined>;
  /** A call that no event stands behind, made at once. */
  test(id: string): Promise<HookCall | undefined>;
};

export type ApiDeps = {
  store: InboxStore & EventStore & Pick<StreamStore, 'createInbox'> & { health(): Promise<StoreHealth> }
    & Pick<QueueStore, 'delivery' | 'recipients' | 'tally' | 'depth' | 'nextMoment' | 'triedSince'> & SuppressionStore & Pick<PlannedStore, 'nextPlanned'> & Pick<ReturnStore, 'returned'> & Pick<AuditStore, 'audited'> & Pick<TelemetryStore, 'telemetry'>;
  queue: Queue;
  real: RealDelivery;
  scenarios: Scenarios;
  /** The built-in ones. */
  personas(): readonly Persona[];
  hooks: Hooks;
  submit: Submit;
  streams: Streams;
  parser: Pick<Parser, 'parsed' | 'settled' | 'backlog' | 'read'>;
  waits: Waits;
  checks: Pick<Checks, 'of'>;
  hub: Hub;
  clock: Clock;
  makeId: MakeId;
  log: Log;
  metrics: Metrics;
  info: ApiInfo;
  /** When set, everything but /livez and /readyz asks for it. */
  token?: string;
  /** Names beside the loopback ones under which this server may be called. */
  allowedHosts?: readonly string[];
  /** Origins (`https://app.test`) whose pages may do what our own may. */
  allowedOrigins?: readonly string[];
  /** The built UI; may be absent. */
  uiDir?: string;
};
