/**
 * The lower half of a connection: smtp-server's SMTPConnection with its wire
 * replaced. Lines come in one at a time and go to `command`; replies go out
 * corked; both are written into the transcript; and it can end, in each of
 * the ways there are. What is said is the business of connection.ts.
 *
 * With connection.ts and server.ts this is all that knows the library from
 * the inside; the version is pinned, and test/dialogue/library.test.ts fails
 * when a member that is relied on changes.
 */
import type net from 'node:net';
import type tls from 'node:tls';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { refusals } from '../refusal.ts';
import type { BodyProgress } from './body.ts';
import { type Conversation, conversation } from './conversation.ts';
import type { Desk } from './desk.ts';
import { Outbox } from './outbox.ts';
import { judgePace } from './pace.ts';
import { readPieces } from './reading.ts';
import { type Reply, replyLines } from './reply.ts';
import type { SmtpServer } from './server.ts';
import { Transcript } from './transcript.ts';
import { refuse } from './verbs.ts';
import { Wire } from './wire.ts';

/** Milliseconds that a client has to read our last words. */
const LEAVE_MS = 5_000;

export abstract class Line extends SMTPConnection {
  readonly talk: Conversation;
  protected readonly desk: Desk;
  protected readonly transcript = new Transcript();
  /** Where the lines of the transcript belong right now. */
  protected part: 'connection' | 'transaction' = 'connection';
  /** Milliseconds since the epoch: when the client was last given the word, or the period of a body began. */
  protected since: number;
  /** A command or a message is with us; the client waits. */
  protected busy = false;
  protected draining = false;
  protected body: BodyProgress | undefined;
  /** It is whole, and not yet answered. */
  protected whole: BodyProgress | undefined;
  /** The answer to a message: it is in the transcript before it is said. */
  protected told: Reply | undefined;
  #isCut = false;
  #stopReading: () => void = () => {};
  readonly #outbox = new Outbox((text) => {
    if (this._socket.writable) this._socket.write(text);
  });

  constructor(server: SmtpServer, socket: net.Socket | tls.TLSSocket, options: SMTPConnectionOptions | null, desk: Desk) {
    super(server, socket, options);
    this.desk = desk;
    this.since = desk.clock.now();
    this.talk = conversation(this.id, { address: this.remoteAddress, port: this.remotePort }, this.since);
    // Looked up when it is done: STARTTLS changes the socket.
    this.talk.cut = (how) => {
      this.#isCut = true;
      void (how === 'reset' && !this.talk.tls && 'resetAndDestroy' in this._socket ? this._socket.resetAndDestroy() : this._socket.destroy());
    };
  }

  /** A command line came; `done` lets the next one come. */
  protected abstract command(line: string, done: () => void): void;
  protected abstract tooLong(done: () => void): void;
  /** The client was greeted. */
  protected abstract greeted(): void;

  protected get server(): SmtpServer {
    return this._server as SmtpServer;
  }

  protected get wire(): Wire {
    return this._parser as unknown as Wire;
  }

  /** Its last word is said. */
  get over(): boolean {
    return this._closing || this._closed;
  }

  /** Without the library's fixed wait of 100 ms before the greeting. */
  override init(): void {
    const { limits, clock } = this.desk;
    this._setListeners(() => {
      if (this._server.connections.size > limits.clients || this.server.crowded(this.talk.client.address)) return this.say(refuse(this.desk, refusals.tooManyClients()));
      const wait = this.server.earlyTalkerMs;
      if (wait > 0) clock.after(wait, () => this.over || this.connectionReady(() => this.greeted()));
      else this.connectionReady(() => this.greeted());
    });
  }

  /** Called by the base constructor: nothing of this class is there yet. */
  override _createParser(): SMTPStream {
    const wire = new Wire(this.server.commandLine, {
      command: (line, done) => this.command(line, done),
      tooLong: (done) => this.tooLong(done),
      ended: () => this.close(),
    });
    return wire as unknown as SMTPStream;
  }

  /** Time-outs are ours: see `watch`. */
  override _armTimeout(): void {}

  /** The envelope is ours too. */
  override _resetSession(): void {}

  /** What `pipe` would do, without its dozen listeners, which count where a connection brings one message. After STARTTLS it is the library that pipes. */
  override _setListeners(callback: () => void): void {
    const { _socket: socket, wire } = this;
    socket.on('close', (hadError) => this._onCloseEvent(hadError));
    socket.on('error', (error) => this._onError(error));
    this.#stopReading = readPieces(socket, (piece) => wire.write(piece));
    socket.on('end', () => wire.end());
    wire.on('drain', () => socket.resume());
    callback();
  }

  override upgrade(callback: () => void, secureCallback?: () => void): void {
    this.#outbox.flush();
    // As `unpipe` would: what comes now is for the TLS socket, which reads below the stream.
    this.#stopReading();
    this._socket.pause();
    super.upgrade(callback, secureCallback);
  }

  /** Writes a reply; all that are made in one turn go out in one write. 421 closes (RFC 5321 §3.8). */
  say(said: Reply): void {
    if (this.over) return;
    const told = said === this.told;
    this.told = undefined;
    const at = told ? 0 : this.desk.clock.now();
    for (const line of replyLines(said)) {
      if (!told) this.transcript.add(this.part, 'S', line, at);
      // While a handshake runs the socket is the raw one: what is written now would break into it.
      if (!this._upgrading) this.#outbox.add(line);
    }
    if (said.code === 421 || said.close) this.close();
  }

  protected report(error: unknown, message: string): void {
    this.desk.log.error({ err: error, connection: this.id, client: this.talk.client.address }, message);
  }

  // ---- the end ----------------------------------------------------------------------------

  override close(): void {
    if (!this._closing) this.since = this.desk.clock.now();
    this.#outbox.flush();
    this.#dropBody();
    super.close();
    this.server.left(this, false);
  }

  override _onClose(): void {
    this.#dropBody();
    super._onClose();
    // Node keeps many a socket until the next great collection, and with it what hears of it: all of this connection.
    this.#stopReading();
    this._socket.removeAllListeners().on('error', () => {});
    this.server.left(this, true);
  }

  /**
   * After QUIT there is nothing to wait for. `close` would wait for the client to close first, with a timer of
   * its own, and read the reset that many send instead: a quarter of what a connection for one message costs.
   */
  protected leave(): void {
    if (this.talk.tls) return this.close();
    this._closing = true;
    this._server.connections.delete(this);
    this.wire.isClosed = true;
    // Not in the callback itself: there, Node would make an error for a write that went well.
    this._socket.write(this.#outbox.take(), () => process.nextTick(() => this._socket.destroy()));
  }

  /** No new transaction from now on; the one that is open may come to its end. */
  drain(): void {
    this.draining = true;
    if (this.talk.silent) return void this._socket.destroy();
    if (!this.busy && !this.body && !this.talk.transaction && !this._upgrading) this.say(refusals.shuttingDown());
  }

  /** The end of all patience. */
  destroy(): void {
    this.say(refusals.shuttingDown());
    this._socket.destroySoon();
  }

  #dropBody(): void {
    this.body?.abort();
    this.body = undefined;
    // Of one that is cut off or met with silence nobody will say whether it is taken. Any other is, though its client is gone.
    if (this.#isCut || this.talk.silent) this.whole?.abort();
  }

  /** Asked from time to time: closes a connection whose client is silent, or sends too slowly. */
  watch(now: number): void {
    const waited = now - this.since;
    if (this.over) {
      if (waited >= LEAVE_MS) this._socket.destroy();
      return;
    }
    // A silence that was asked for ends, too: nobody waits longer than an idle client may.
    const { body } = this;
    const busy = this.busy && !this.talk.silent;
    switch (judgePace({ waited, busy, body: body && { octets: body.inPeriod, wanted: this.wire.wantsBody } }, this.desk.limits)) {
      case 'idle':
        return this.say(refuse(this.desk, refusals.idle()));
      case 'too-slow':
        return this.say(refuse(this.desk, refusals.tooSlow()));
      case 'new-period':
        this.since = now;
        body!.inPeriod = 0;
        return;
      case 'fine':
    }
  }
}
