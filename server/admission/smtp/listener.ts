/**
 * An SMTP listener: a port, the connections on it, and their end. Plain with
 * STARTTLS, or TLS from the first octet (`implicit`); run two for both. When
 * it closes, transactions that are open come to their end and get their
 * answer, and idle clients are told 421.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../clock.ts';
import type { Admit } from '../admit.ts';
import type { Refusal } from '../refusal.ts';
import type { Streams } from '../streams.ts';
import { type Desk, type Log, SMTP_LIMITS, type SmtpLimits, type Stages } from './desk.ts';
import { SmtpServer } from './server.ts';
import type { TlsMaterial } from './tls.ts';

export type { Log, SmtpLimits, Stages } from './desk.ts';
export { SMTP_LIMITS } from './desk.ts';

export type SmtpListenerOptions = {
  admit: Admit;
  streams: Streams;
  clock: Clock;
  log: Log;
  /** In the greeting and in EHLO. */
  hostname: string;
  limits?: Partial<SmtpLimits>;
  /** Key and certificate, asked for at the first handshake (with `implicit`, in `listen`). Without, no TLS is offered. */
  tls?: TlsMaterial;
  implicit?: boolean;
  /** `named` by default, where there is `tls`. */
  starttls?: Desk['starttls'];
  inward?: boolean;
  requireLogin?: boolean;
  requireTls?: boolean;
  /** Milliseconds before the greeting in which a client that talks is sent away. */
  earlyTalkerMs?: number;
  /** Looks the client's name up before the greeting. Slow where DNS is. */
  reverseDns?: boolean;
  stages?: Stages;
  heard?: (refusal: Refusal) => void;
};

export type SmtpListener = {
  /** Port 0 is any free one. Answers what it got. */
  listen(where: { host: string; port: number }): Promise<{ host: string; port: number }>;
  /** Takes no new connection, lets open transactions end for up to `graceMs`, then closes all. */
  close(graceMs?: number): Promise<void>;
  connections(): number;
};

/** Milliseconds that clients have to hang up once all of them have their last answer. */
const LAST_WORDS_MS = 500;
/** How often silence and slowness are looked at, at most. */
const WATCH_MS = 1_000;

export function createSmtpListener(options: SmtpListenerOptions): SmtpListener {
  const { clock, implicit = false } = options;
  if (implicit && !options.tls) throw new Error('A listener with TLS from the beginning needs a certificate');
  const limits: SmtpLimits = { ...SMTP_LIMITS, ...options.limits };
  const desk: Desk = {
    admit: options.admit,
    streams: options.streams,
    clock,
    log: options.log,
    hostname: options.hostname,
    limits,
    inward: options.inward ?? false,
    requireLogin: options.requireLogin ?? false,
    requireTls: options.requireTls ?? false,
    starttls: options.tls === undefined || implicit ? 'off' : (options.starttls ?? 'named'),
    stages: options.stages ?? {},
    heard: options.heard ?? (() => {}),
  };
  const server = new SmtpServer({
    desk,
    implicit,
    earlyTalkerMs: options.earlyTalkerMs ?? 0,
    reverseDns: options.reverseDns ?? false,
    ...(options.tls ? { material: options.tls } : {}),
  });

  const watchMs = Math.max(10, Math.min(WATCH_MS, limits.idleMs / 4, limits.slow.perMs / 4));
  let stopWatching = () => {};
  const watch = () => {
    const now = clock.now();
    for (const connection of server.open) connection.watch(now);
    stopWatching = clock.after(watchMs, watch);
  };

  return {
    async listen({ host, port }) {
      if (implicit) await server.loadContext();
      const { server: socket } = server;
      socket.listen({ host, port });
      // Rejects with the error of the port.
      await once(socket, 'listening');
      stopWatching();
      stopWatching = clock.after(watchMs, watch);
      const at = socket.address() as AddressInfo;
      server.setLocal(at);
      return { host: at.address, port: at.port };
    },
    async close(graceMs = 10_000) {
      const closed = server.server.listening ? once(server.server, 'close') : Promise.resolve();
      server.server.close();
      server.dropHandshakes();
      for (const connection of server.open) connection.drain();
      if (server.open.size > 0 && graceMs > 0) {
        await new Promise<void>((resolve) => {
          const cancels = [clock.after(graceMs, () => done())];
          const done = () => {
            for (const cancel of cancels) cancel();
            server.off('left', look);
            resolve();
          };
          let parting = false;
          const look = () => {
            if (server.open.size === 0) return done();
            if (parting || [...server.open].some((connection) => !connection.over)) return;
            parting = true;
            cancels.push(clock.after(LAST_WORDS_MS, done));
          };
          server.on('left', look);
          look();
        });
      }
      for (const connection of server.open) connection.destroy();
      await closed;
      stopWatching();
    },
    connections: () => server.open.size,
  };
}
