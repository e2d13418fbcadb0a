/**
 * The only file that knows every concrete thing; it reads top to bottom. What
 * it returns is ready.
 */
import { randomFillSync } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Addresses } from '../sdk/contract.ts';
import { createAdmit } from './admission/admit.ts';
import { createSmtpListener, type SmtpListener } from './admission/smtp/listener.ts';
import { tlsMaterial } from './admission/smtp/tls.ts';
import { openStreams } from './admission/streams.ts';
import { createSubmit } from './admission/submit.ts';
import { createHttp } from './api/serve.ts';
import { eventOf } from './api/wire-event.ts';
import type { Clock } from './clock.ts';
import { mxListener } from './coming-back.ts';
import { ConfigError, type Config, type Listen } from './config.ts';
import { declareStreams } from './declaring.ts';
import { prepareDelivery } from './delivering.ts';
import { createHub } from './events/hub.ts';
import { createCall } from './hooks/call.ts';
import type { Gate } from './gate/gate.ts';
import type { ReleaseHeld } from './gate/held.ts';
import type { ReleaseMessage } from './gate/release.ts';
import { createHooks } from './hooks/hooks.ts';
import { idMaker } from './ids.ts';
import { createChecks } from './inbox/checks/checks.ts';
import { createDialer } from './inbox/checks/dialer.ts';
import { createLinkCheck } from './inbox/checks/network/link-check.ts';
import { rspamd } from './inbox/checks/network/rspamd.ts';
import { spamCheck } from './inbox/checks/network/spam.ts';
import { spamd } from './inbox/checks/network/spamd.ts';
import { createParser } from './inbox/parse/parser.ts';
import { createRetention } from './inbox/retention.ts';
import { createWaits } from './inbox/wait.ts';
import type { Log } from './log.ts';
import type { Looking } from './looking.ts';
import { DEFAULT_STREAM, type StreamMode } from './mail/stream.ts';
import { createMetrics } from './metrics.ts';
import type { Accepted } from './network/pretend/accepted.ts';
import { PERSONAS } from './scenario/personas/index.ts';
import type { Store } from './store/port.ts';
import { isLoopback, ownToken } from './token.ts';
import { version } from './version.ts';

/** Written into the data folder when all of it can be reached. */
const READY = 'postern.json';

export type Running = {
  addresses: Addresses;
  /** What HTTP clients must present; null when the HTTP side is open. */
  token: string | null;
  /** True when the token was made at this start, so that it should be shown. */
  tokenMade: boolean;
  /** True when SMTP takes mail only from who logs in. */
  loginRequired: boolean;
  /** Of the default stream. */
  mode: StreamMode;
  /** Real delivery: the gate, what a person does at it, and what is written down of it. */
  delivery: {
    gate: Gate; releaseMessage: ReleaseMessage; held: ReleaseHeld; preflight: Looking;
    store: Pick<Store, 'delivery' | 'audited' | 'events'>;
    /** Where bounces come in. */
    mx: Listen | null;
  };
  /** Streams in mode `deliver`. */
  live(): string[];
  log: Log;
  close(): Promise<void>;
};

export type Building = {
  config: Config;
  /** Closed by whoever opened it. */
  store: Store;
  /** Null where all is in memory. */
  dir: string | null;
  log: Log;
  clock: Clock;
  /** What is to be closed is added, and closed from the last to the first. */
  closers: (() => unknown)[];
  hear?: ((accepted: Accepted) => void) | undefined;
};

/** Throws ConfigError for what the operator can mend. */
export async function build({ config, store, dir, log, clock, closers, hear }: Building): Promise<Omit<Running, 'close'>> {
  const makeId = idMaker();
  // The folder is ours now: what a Postern that was killed wrote in it must not pass for this one's.
  if (dir !== null) rmSync(join(dir, READY), { force: true });
  const metrics = createMetrics();
  closers.push(() => metrics.close());

  const streams = await openStreams({ store, clock, makeId });
  await declareStreams({ config, streams, clock, log });
  const loginRequired = config.smtpLogin === 'required' || (config.smtpLogin === 'auto' && !(isLoopback(config.smtpListen.host) && (config.smtpsListen === null || isLoopback(config.smtpsListen.host))));

  const hub = createHub(store);
  const listens: { address: string; port: number }[] = [];
  const delivery = await prepareDelivery({ config, store, streams, hub, clock, makeId, log, metrics, listens, ...(hear ? { hear } : {}) });
  const admit = createAdmit({ store, clock, makeId, plan: delivery.plan, limits: { messageSize: config.maxMessageSize, inFlight: config.maxInFlight }, streamTags: (name) => streams.streamTags(name), heard: (outcome) => metrics.heard(outcome) });
  const parser = createParser({ store, onCommit: hub.onCommit, clock, log });
  closers.push(() => parser.close());
  const waits = createWaits({ store, hub, parser, clock });
  const checks = createChecks({
    store, parser, clock,
    spam: [
      ...(config.rspamdUrl === null ? [] : [spamCheck({ id: 'spam-rspamd', name: 'rspamd' }, rspamd(config.rspamdUrl, clock))]),
      ...(config.spamdAddress === null ? [] : [spamCheck({ id: 'spam-spamassassin', name: 'SpamAssassin' }, spamd(config.spamdAddress, clock))]),
    ],
    ...(config.linkCheck ? { linkCheck: createLinkCheck(createDialer({ clock }), clock) } : {}),
  });
  closers.push(() => checks.close());
  const retention = createRetention({ store, clock, log });
  closers.push(() => retention.close());
  const { queue, pretend, held, preflight } = await delivery.begin({ admit, closers });
  // Bound to more than this machine, hooks call no address inside somebody's network.
  const guarded = !isLoopback(config.httpListen.host);
  const hooks = createHooks({
    store, hub, clock, makeId, log, guarded,
    call: createCall({ clock, guarded }),
    word: eventOf,
    tell: (event) => store.report({ events: [event], suppress: [], strikes: [] }),
    fill: (bytes) => void randomFillSync(bytes),
  });
  closers.push(() => hooks[Symbol.asyncDispose]());
  await hooks.start();

  const tls = tlsMaterial({ cert: config.tlsCert, key: config.tlsKey, dir, name: config.smtpName });
  const starttls = config.smtpStarttls === 'off' ? 'off' : config.smtpRequireTls ? 'required' : config.smtpStarttls === 'on' || config.tlsCert !== null ? 'named' : 'quiet';
  const smtpListener = (implicit: boolean): SmtpListener => createSmtpListener({
    admit, streams, clock, log, tls, implicit,
    hostname: config.smtpName,
    limits: { messageSize: config.maxMessageSize, recipients: config.maxRecipients, clients: config.maxClients, idleMs: config.smtpIdle, slow: { octets: 1024, perMs: config.smtpSlow } },
    requireLogin: loginRequired,
    stages: delivery.stages,
    requireTls: config.smtpRequireTls && !implicit,
    starttls: starttls === 'required' ? 'named' : starttls,
    earlyTalkerMs: config.smtpEarlyTalker,
    heard: (refusal) => metrics.heard(refusal),
  });
  const listeners = [smtpListener(false), ...(config.smtpsListen ? [smtpListener(true)] : [])];
  for (const listener of listeners) closers.push(() => listener.close());
  const smtp = await listen('SMTP', config.smtpListen, 'smtpListen', (where) => listeners[0]!.listen(where));
  const smtps = config.smtpsListen && (await listen('SMTP over TLS', config.smtpsListen, 'smtpsListen', (where) => listeners[1]!.listen(where)));
  for (const { host, port } of [smtp, ...(smtps ? [smtps] : [])]) listens.push({ address: host, port });

  const comingBack = config.mxListen && mxListener({ config, store, streams, verp: delivery.verp, tls, clock, makeId, log, metrics });
  if (comingBack) closers.push(() => comingBack.close());
  const mx = config.mxListen && (await listen('The MX listener', config.mxListen, 'mxListen', (where) => comingBack!.listen(where)));
  if (mx) listens.push({ address: mx.host, port: mx.port });

  const remote = config.remoteListen && (await listen('The pretend remote', config.remoteListen, 'remoteListen', (where) => pretend.listen({ ...where, stream: config.remoteStream })));

  const { token, made } = config.token !== null ? { token: config.token, made: false } : isLoopback(config.httpListen.host) ? { token: null, made: false } : ownToken(dir);
  let httpAt = config.httpListen;
  const http = createHttp({
    store, streams, parser, waits, checks, hub, clock, makeId, log, metrics, queue, hooks,
    scenarios: delivery.scenarios,
    real: { gate: delivery.real.gate, releaseMessage: delivery.real.releaseMessage, held, preflight, dkim: delivery.real.dkim, unsubscribe: delivery.real.unsubscribe },
    personas: () => PERSONAS,
    submit: createSubmit({ admit, store, clock, rehearsal: delivery.rehearsal, limits: { messageSize: config.maxMessageSize, recipients: config.maxRecipients } }),
    info: {
      version: version(),
      http: () => urlOf(httpAt),
      smtp: () => ({ ...reachable(smtp), tlsPort: smtps ? smtps.port : null, tls: starttls }),
      loginRequired,
      limits: { messageSize: config.maxMessageSize, recipients: config.maxRecipients, inFlight: config.maxInFlight },
      inboxDomain: config.inboxDomain,
    },
    allowedHosts: config.httpHosts,
    allowedOrigins: config.httpOrigins,
    uiDir: uiFolder(),
    ...(token === null ? {} : { token }),
  });
  closers.push(() => http.close());
  metrics.watch({
    stats: () => store.stats(),
    backlog: () => parser.backlog(),
    waits: () => waits.open(),
    inFlight: () => admit.inFlight(),
    queue: async () => (await queue.sites()).map(({ stream, mode, site, waiting, oldestAt }) => ({ stream, mode, site, waiting, oldestSeconds: oldestAt === null ? 0 : Math.max(0, (mode === 'deliver' ? clock.now() : queue.now(stream)) - oldestAt) / 1000 })),
    smtpConnections: () => listeners.reduce((sum, listener) => sum + listener.connections(), 0),
  });
  httpAt = await listen('HTTP', config.httpListen, 'httpListen', (where) => http.listen(where));

  const addresses: Addresses = { http: urlOf(httpAt), smtp: reachable(smtp), ...(smtps ? { smtps: reachable(smtps) } : {}), ...(remote ? { remote: reachable(remote) } : {}), pid: process.pid };
  if (dir !== null) {
    const file = join(dir, READY);
    closers.push(() => rmSync(file, { force: true }));
    // Renamed into place: who waits for it never reads half of it.
    writeFileSync(`${file}.part`, `${JSON.stringify(addresses)}\n`);
    renameSync(`${file}.part`, file);
  }
  return {
    addresses, token, tokenMade: made, loginRequired, mode: streams.get(DEFAULT_STREAM)!.mode, log,
    delivery: { gate: delivery.real.gate, releaseMessage: delivery.real.releaseMessage, held, preflight, store, mx },
    live: () => streams.all().filter(({ mode }) => mode === 'deliver').map(({ name }) => name),
  };
}

async function listen(what: string, where: Listen, setting: 'smtpListen' | 'smtpsListen' | 'mxListen' | 'remoteListen' | 'httpListen', open: (where: Listen) => Promise<Listen>): Promise<Listen> {
  try {
    return await open(where);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const at = `${where.host}:${where.port}`;
    if (code === 'EADDRINUSE') throw new ConfigError(`${what} cannot listen on ${at}: something else does already (another Postern?). Choose another port with ${setting}, or 0 for any free one`, { cause: error });
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') throw new ConfigError(`${what} cannot listen on ${at}: ${message} (${setting})`, { cause: error });
    throw error;
  }
}

/** What a client on this machine connects to: an unspecified address stands for loopback. */
function reachable({ host, port }: Listen): Listen {
  return { host: host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host, port };
}

function urlOf(at: Listen): string {
  const { host, port } = reachable(at);
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** dist/ui, seen from server/ and from dist/server/. */
function uiFolder(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../dist/ui' : '../ui', import.meta.url));
}
