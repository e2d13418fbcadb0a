/**
 * What comes back of real mail, and what is counted of it: the listener that
 * the internet may speak to, the counts by the hour, and the alerts over them.
 * A part of building.ts.
 */
import { createAdmit } from './admission/admit.ts';
import { createMxListener, MX_IN_FLIGHT, MX_MESSAGE_SIZE } from './admission/smtp/mx.ts';
import type { SmtpLimits } from './admission/smtp/desk.ts';
import type { SmtpListener } from './admission/smtp/listener.ts';
import type { TlsMaterial } from './admission/smtp/tls.ts';
import type { Streams } from './admission/streams.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Verp } from './dsn/verp.ts';
import type { EventBody } from './events/event.ts';
import type { Hub } from './events/hub.ts';
import type { MakeId } from './ids.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createAddressee } from './returns/addressee.ts';
import type { Store } from './store/port.ts';
import { createAlerts } from './telemetry/alerts.ts';
import { keepTelemetry } from './telemetry/keep.ts';

export type MxOptions = { config: Config; store: Store; streams: Streams; verp(stream: string): Verp | undefined; tls: TlsMaterial; clock: Clock; makeId: MakeId; log: Log; metrics: Pick<Metrics, 'heard'>; limits?: Partial<SmtpLimits> };

/** Its gate is one of its own and plans nothing: what it takes can go nowhere. */
export function mxListener({ config, store, streams, verp, tls, clock, makeId, log, metrics, limits }: MxOptions): SmtpListener {
  const messageSize = Math.min(MX_MESSAGE_SIZE, config.maxMessageSize);
  return createMxListener({
    admit: createAdmit({ store, clock, makeId, streamTags: streams.streamTags, limits: { messageSize, inFlight: MX_IN_FLIGHT }, heard: (outcome) => metrics.heard(outcome) }),
    addressee: createAddressee({ streams, verp, store }),
    streams, clock, log, tls,
    hostname: config.smtpName,
    limits: { messageSize, idleMs: config.smtpIdle, slow: { octets: 1024, perMs: config.smtpSlow }, ...limits },
    heard: (refusal) => metrics.heard(refusal),
  });
}

export type TelemetryOptions = { config: Config; store: Store; streams: Streams; hub: Hub; clock: Clock; log: Log; tell(event: EventBody): Promise<unknown>; closers: (() => unknown)[] };

export async function watchTelemetry({ config, store, streams, hub, clock: wall, log, tell, closers }: TelemetryOptions): Promise<void> {
  const keeping = keepTelemetry({ store, wall, log });
  closers.push(() => keeping[Symbol.asyncDispose]());
  const alerts = createAlerts({ store, hub, streams, wall, tell, thresholds: { bounced: config.bounceAlert, complained: config.complaintAlert }, log });
  closers.push(() => alerts[Symbol.asyncDispose]());
  await alerts.start();
}
