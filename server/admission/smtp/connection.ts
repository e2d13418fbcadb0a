/**
 * One SMTP connection: each command to its reply. The commands that only talk
 * are in verbs.ts; those that touch the wire (STARTTLS, AUTH, DATA, QUIT) are
 * here, but for what they are refused for at once (out-of-place.ts), and so is
 * the rule that whatever throws becomes 451 4.3.0: a client is always answered,
 * or the connection closes. TLS and SASL are smtp-server's.
 */
import type net from 'node:net';
import type tls from 'node:tls';
import type { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { Intake } from '../admit.ts';
import { refusals } from '../refusal.ts';
import { authenticate, type Offered } from './authenticate.ts';
import { notTaken, receiveBody } from './body.ts';
import { forget } from './conversation.ts';
import { Line } from './line.ts';
import { authFault, dataFault, noCommand, startTlsFault } from './out-of-place.ts';
import { type Reply, reply, replyLines, standing } from './reply.ts';
import { masked } from './transcript.ts';
import { protocol, refuse, VERBS } from './verbs.ts';

const BROKEN = standing(451, '4.3.0', 'Something went wrong here, it is in the log');
const BYE = standing(221, '2.0.0', 'Bye');
const NO_TLS = standing(454, '4.7.0', 'TLS is not available right now');
const GO_AHEAD = standing(354, '', 'End data with <CR><LF>.<CR><LF>');

/** A reply; nothing when it was sent already and `next` is called by somebody else. */
type Answer = Reply | undefined | Promise<Reply | undefined>;

export class Connection extends Line {
  /** What a stage said in place of the greeting, and of the answer to a login. */
  #greeting: Reply | undefined;
  #refusedLogin: Reply | undefined;
  /** After a refused AUTH a client may still send what belonged to it. */
  #secretsMayFollow = false;
  #badCommands = 0;
  #early: (() => void) | undefined;

  /** What the library says by itself (greeting, STARTTLS, AUTH), with an enhanced code of ours. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const refusal = this.#refusedLogin;
    this.#refusedLogin = undefined;
    if (refusal) {
      this.say(refusal);
      if (refusal.code === 535) this.#bad();
      return;
    }
    const enhanced = context === false || code === 334 ? '' : (LIBRARY_CODES[code] ?? this._getEnhancedStatusCode(code, context));
    this.say(reply(code, enhanced, typeof data === 'string' ? data.replace(/^Error: /, '') : data ?? ''));
    if (code === 235) this.transcript.pin();
  }

  // ---- hooks, called by server.ts ---------------------------------------------------------

  /** The handshake is done: nothing that was said before it counts. */
  secured(socket: net.Socket | tls.TLSSocket): void {
    const now = this.desk.clock.now();
    forget(this.talk);
    this._nextHandler = false;
    this.session.user = false as never;
    if (!('getCipher' in socket)) return;
    const { name } = socket.getCipher();
    const servername = 'servername' in socket && typeof socket.servername === 'string' && socket.servername !== '' ? socket.servername : undefined;
    this.talk.tls = { version: socket.getProtocol() ?? '', cipher: name, ...(servername === undefined ? {} : { servername }) };
    this.since = now;
    this.transcript.pin();
    this.transcript.add('connection', '*', `${this.talk.tls.version} started, ${name}`, now);
  }

  /** Calls `next` when the client may be greeted. */
  async welcome(next: () => void): Promise<void> {
    const { stages } = this.desk;
    const verdict = stages.connect && await this.#guarded(() => stages.connect!(this.talk));
    if (!verdict || verdict.code < 400) {
      this.#greeting = verdict;
      return next();
    }
    this.say(verdict);
    this.close();
  }

  override _sendGreeting(): void {
    if (this.#greeting) this.say(this.#greeting);
    else super._sendGreeting();
  }

  /** True when the connection asks nobody before the greeting. */
  get welcomesAtOnce(): boolean {
    return this.desk.stages.connect === undefined;
  }

  /** Something in a callback of the library broke: there is nobody left who would answer. */
  broke(error: unknown): void {
    this.report(error, 'SMTP login failed');
    this.close();
  }

  /** A refusal is sent as it is: the library would only keep its code and one line. */
  async login(offered: Offered): Promise<Reply | undefined> {
    this.#refusedLogin = await this.#guarded(() => authenticate(this.desk, this.talk, offered));
    return this.#refusedLogin;
  }

  // ---- talking ----------------------------------------------------------------------------

  protected override greeted(): void {
    const name = this.clientHostname;
    // A name, and not the address in brackets, only when it was looked up.
    if (name && name[0] !== '[') this.transcript.add('connection', '*', `The client is ${name}`, this.since);
    const early = this.#early;
    this.#early = undefined;
    early?.();
  }

  protected override command(line: string, done: () => void): void {
    if (this._upgrading || this._closing) return done();
    if (!this._ready) {
      if (this.server.earlyTalkerMs > 0) return this.say(protocol(this.desk, 421, '4.7.0', 'You talk before you are greeted'));
      this.#early = () => this.command(line, done);
      return;
    }
    if (this._nextHandler) {
      const handler = this._nextHandler;
      this._nextHandler = false;
      this.#heard('connection', '***');
      return this.#answer('AUTH', (next) => this.#handOver(handler, line, next), done);
    }
    const space = line.indexOf(' ');
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase();
    const over = verb === 'RSET' || verb === 'EHLO' || verb === 'HELO';
    this.#answer(verb, (next) => this.#perform(verb, line, next), done, over ? () => this.transcript.endTransaction() : undefined);
  }

  protected override tooLong(done: () => void): void {
    // RFC 4954 §4.5.2: the exchange is over with it.
    const inLogin = this._nextHandler !== false;
    this._nextHandler = false;
    this.#answer('', () => refuse(this.desk, refusals.lineTooLong(this.desk.limits.commandLine, inLogin)), done);
  }

  #perform(verb: string, line: string, next: () => void): Answer {
    const { talk } = this;
    const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (known) {
      const hello = verb === 'EHLO' || verb === 'HELO';
      if (hello) this.transcript.hello();
      this.#secretsMayFollow = false;
      this.#heard(hello || talk.hello === undefined || (verb !== 'MAIL' && this.part === 'connection') ? 'connection' : 'transaction', line);
      return known(this.desk, talk, line);
    }
    switch (verb) {
      case 'DATA':
        this.#heard('transaction', line);
        return this.#data(line, next);
      case 'QUIT':
        this.#heard('transaction', line);
        this.say(BYE);
        this.leave();
        next();
        return;
      case 'STARTTLS':
        this.#heard('connection', line);
        return this.#startTls(line, next);
      case 'AUTH':
        this.#heard('connection', masked(line));
        this.#secretsMayFollow = true;
        return this.#auth(line, next);
    }
    this.#heard(this.part, this.#secretsMayFollow ? '***' : masked(line));
    return noCommand(this.desk, line);
  }

  #heard(part: 'connection' | 'transaction', line: string): void {
    this.part = part;
    this.transcript.add(part, 'C', line, this.desk.clock.now());
  }

  /** Runs a command to its reply, whatever happens on the way, does what is to be done `after` it, and gives the word back to the client. */
  #answer(verb: string, act: (next: () => void) => Answer, done: () => void, after?: () => void): void {
    this.busy = true;
    let over = false;
    const next = () => {
      if (over) return;
      over = true;
      this.busy = false;
      this.since = this.desk.clock.now();
      after?.();
      if (this.draining) this.drain();
      this._whenWritable(done);
    };
    const finish = (said: Reply | undefined) => {
      if (over || !said) return;
      this.say(said);
      if (said.code >= 500 && (said.enhanced.startsWith('5.5.') || said.code === 535)) this.#bad();
      next();
    };
    const fail = (error: unknown) => {
      this.report(error, `SMTP ${verb || 'line'} failed`);
      finish(BROKEN);
    };
    try {
      const said = act(next);
      if (said instanceof Promise) said.then(finish, fail);
      else finish(said);
    } catch (error) {
      fail(error);
    }
  }

  /** One of the library's handlers: it sends by itself and calls `next`. */
  #handOver(handler: (this: SMTPConnection, command: Buffer, callback: () => void) => void, line: string, next: () => void): undefined {
    handler.call(this, Buffer.from(line), next);
  }

  async #guarded<T>(act: () => T | Promise<T>): Promise<T | Reply> {
    try {
      return await act();
    } catch (error) {
      this.report(error, 'SMTP stage failed');
      return BROKEN;
    }
  }

  #bad(): void {
    if (++this.#badCommands < this.desk.limits.badCommands || this._closing) return;
    this.say(protocol(this.desk, 421, '4.7.0', 'Too many commands that were none, or wrong logins'));
  }

  // ---- STARTTLS and AUTH ------------------------------------------------------------------

  async #startTls(line: string, next: () => void): Promise<Reply | undefined> {
    const fault = startTlsFault(this.desk, this.talk, line);
    if (fault) return fault;
    try {
      await this.server.loadContext();
    } catch (error) {
      this.report(error, 'The TLS certificate could not be loaded');
      return NO_TLS;
    }
    if (this.over) next();
    else this.handler_STARTTLS(Buffer.from(line), next);
    return undefined;
  }

  #auth(line: string, next: () => void): Reply | undefined {
    const fault = authFault(this.desk, this.talk);
    if (fault) return fault;
    this.handler_AUTH(Buffer.from(line), next);
  }

  // ---- DATA -------------------------------------------------------------------------------

  #data(line: string, next: () => void): Answer {
    const desk = this.desk;
    const fault = dataFault(desk, this.talk, line);
    if (fault) return fault;
    const { envelope } = this.talk.transaction!;
    const begin = (): Reply | undefined => {
      if (this.over) return next() as undefined;
      const intake = desk.admit.open(envelope.declaredSize);
      if ('kind' in intake) return notTaken(desk, this.talk, intake);
      this.#receive(intake);
      this.say(GO_AHEAD);
      next();
    };
    const verdict = desk.stages.data?.(this.talk);
    if (!(verdict instanceof Promise)) return verdict ?? begin();
    return verdict.then((said) => said ?? begin());
  }

  #receive(intake: Intake): void {
    const body = receiveBody(this.desk, this.talk, intake, {
      note: (line, at) => this.transcript.add('transaction', '*', line, at),
      willSay: (said, at) => {
        this.told = said;
        for (const line of replyLines(said)) this.transcript.add('transaction', 'S', line, at);
        return this.transcript.lines();
      },
    });
    this.body = body;
    this.wire.beginBody({
      write: body.write,
      end: (done) => {
        this.body = undefined;
        this.whole = body;
        this.#answer('message', () => body.finish(), done, () => {
          this.whole = undefined;
          this.#badCommands = 0;
          delete this.talk.transaction;
          this.transcript.endTransaction();
        });
      },
    });
  }
}

// Where the library's mapping is not what RFC 4954 §6 or RFC 3207 says.
const LIBRARY_CODES: Record<number, string> = { 220: '2.0.0', 235: '2.7.0', 501: '5.5.2', 535: '5.7.8', 538: '5.7.11' };
