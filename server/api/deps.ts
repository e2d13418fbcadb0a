/**
 * What the HTTP side is given. It owns none of this: each is another room's,
 * handed over by assemble, and handlers do no more than call it and word the
 * answer.
 */
import type { StreamStore } from '../admission/port.ts';
import type { Streams } from '../admission/streams.ts';
import type { Submit } from '../admission/submit.ts';
import type { Clock } from '../clock.ts';
import type { Hub } from '../events/hub.ts';
import type { EventStore } from '../events/port.ts';
import type { Checks } from '../inbox/checks/checks.ts';
import type { InboxStore } from '../inbox/port.ts';
import type { Parser } from '../inbox/parse/parser.ts';
import type { Waits } from '../inbox/wait.ts';
import type { MakeId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { StoreHealth } from '../store/port.ts';

export type ApiInfo = {
  version: string;
  /** Asked each time: addresses are known once the listeners are. */
  http: () => string;
  smtp: () => { host: string; port: number; tlsPort: number | null; starttls: boolean };
  /** Whether SMTP takes mail only after a login. */
  loginRequired: boolean;
  /** Octets of a message, recipients of it, octets of requests held in memory at once. */
  limits: { messageSize: number; recipients: number; inFlight: number };
  inboxDomain: string;
};

export type ApiDeps = {
  store: InboxStore & EventStore & Pick<StreamStore, 'createInbox'> & { health(): Promise<StoreHealth> };
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
