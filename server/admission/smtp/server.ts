/**
 * smtp-server's SMTPServer, made to build our connections and to ask for its
 * certificate only when the first handshake needs one (to make one takes
 * longer than the rest of the start). With line.ts and connection.ts the only place
 * that knows the library from the inside.
 */
import type net from 'node:net';
import tls from 'node:tls';
import { SMTPServer, type SMTPServerAuthentication, type SMTPServerAuthenticationResponse, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { idMaker } from '../../ids.ts';
import type { Offered } from './authenticate.ts';
import { Connection } from './connection.ts';
import type { Desk } from './desk.ts';
import type { Line } from './line.ts';
import type { TlsMaterial } from './tls.ts';
import { loginMethods } from './verbs.ts';

type Done<T> = (error?: (Error & { responseCode?: number }) | null, response?: T) => void;
const CONNECTION = Symbol('connection');
type Known = SMTPServerSession & { [CONNECTION]?: Connection };

export type SmtpServerOptions = {
  desk: Desk;
  implicit: boolean;
  material?: TlsMaterial;
  earlyTalkerMs: number;
  reverseDns: boolean;
};

export class SmtpServer extends SMTPServer {
  readonly earlyTalkerMs: number;
  readonly commandLine: number;
  /** Every connection whose socket is open, also those that are on their way out. */
  readonly open = new Set<Connection>();
  readonly #desk: Desk;
  readonly #material: TlsMaterial | undefined;
  readonly #makeId = idMaker();
  #local: { localAddress: string; localPort: number } | undefined;
  #loading: Promise<void> | undefined;

  constructor({ desk, implicit, material, earlyTalkerMs, reverseDns }: SmtpServerOptions) {
    super({
      name: desk.hostname,
      banner: 'Postern',
      secure: implicit,
      logger: false,
      // A client may send all it has, close its side, and still wants the answers.
      allowHalfOpen: true,
      disableReverseLookup: !reverseDns,
      authMethods: loginMethods(desk),
      allowInsecureAuth: true,
      authOptional: true,
      hideENHANCEDSTATUSCODES: false,
      hideSTARTTLS: desk.starttls === 'off',
      maxClients: desk.limits.clients,
      socketTimeout: desk.limits.idleMs,
      disabledCommands: ['XCLIENT', 'XFORWARD'],
    } satisfies SMTPServerOptions & net.ServerOpts);
    this.#desk = desk;
    this.#material = material;
    this.earlyTalkerMs = earlyTalkerMs;
    this.commandLine = desk.limits.commandLine;
    this.on('error', (error) => this.#quiet(error));
  }

  /** No PROXY header is read, ever; and a connection's id is one of ours. */
  override _handleProxy(_socket: net.Socket, next: (error: Error | null, options?: { id: string; ignore?: boolean; localAddress?: string; localPort?: number }) => void): void {
    next(null, { id: this.#makeId(this.#desk.clock.now()), ...this.#local });
  }

  /** The address that was got, so that no connection has to ask the system for it. */
  setLocal({ address, port }: net.AddressInfo): void {
    this.#local = { localAddress: address, localPort: port };
  }

  /** The library would install its own certificate here, whose key is public. */
  override updateSecureContext(): void {
    this.secureContext = new Map();
  }

  /** Loads (or makes) key and certificate, once; again after a failure. */
  loadContext(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    if (!this.#material) throw new Error('There is no certificate');
    this.secureContext.set('*', tls.createSecureContext(await this.#material()));
  }

  override connect(socket: net.Socket | tls.TLSSocket, options?: SMTPConnectionOptions | null): void {
    const connection = new Connection(this, socket, options ?? null, this.#desk);
    (connection.session as Known)[CONNECTION] = connection;
    this.connections.add(connection);
    this.open.add(connection);
    connection.on('error', (error: Error) => this.#quiet(error));
    connection.init();
  }

  /** Those whose handshake is not done have said nothing yet: they can go at once. */
  dropHandshakes(): void {
    // The topmost socket each: to take the ground from under a handshake crashes Node.
    for (const socket of this._pendingSockets.values()) socket.destroy();
  }

  /** The connection said its last word, or is closed. */
  left(connection: Line, closed: boolean): void {
    if (closed) this.open.delete(connection as Connection);
    this.emit('left');
  }

  /** One address has more connections than it may. */
  crowded(address: string): boolean {
    const most = this.#desk.limits.clientsOfOne;
    if (most === undefined) return false;
    let count = 0;
    for (const { talk } of this.open) if (talk.client.address === address) count++;
    return count > most;
  }

  override onConnect(session: SMTPServerSession, next: Done<void>): void {
    const connection = (session as Known)[CONNECTION]!;
    if (connection.welcomesAtOnce) next();
    else void connection.welcome(next);
  }

  override onSecure(socket: net.Socket | tls.TLSSocket, session: SMTPServerSession, next: Done<void>): void {
    (session as Known)[CONNECTION]!.secured(socket);
    next();
  }

  override onAuth(auth: SMTPServerAuthentication, session: SMTPServerSession, next: Done<SMTPServerAuthenticationResponse>): void {
    const { method, username: user = '', password } = auth;
    void this.#login((session as Known)[CONNECTION]!, { method, user, ...(typeof password === 'string' ? { password } : {}) }, next);
  }

  async #login(connection: Connection, offered: Offered, next: Done<SMTPServerAuthenticationResponse>): Promise<void> {
    const refusal = await connection.login(offered);
    try {
      if (refusal) next(Object.assign(new Error(String(refusal.text)), { responseCode: refusal.code }));
      // What the library makes of it is not used, but it takes an empty name for a refusal.
      else next(null, { user: offered.user || 'nobody' });
    } catch (error) {
      connection.broke(error);
    }
  }

  override onClose(): void {}

  /** Clients go away in many ways, and none of them is news. */
  #quiet(error: Error): void {
    this.#desk.log.debug({ err: error }, 'SMTP connection error');
  }
}
