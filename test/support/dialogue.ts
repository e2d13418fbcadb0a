/**
 * A scripted SMTP client for dialogue tests: connect, say, expect. It shows
 * what came instead when a reply is not the one that was expected, and it
 * never waits longer than its limit.
 */
import { connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';

const LIMIT_MS = 5_000;

export type Dialogue = {
  /** A whole reply; its lines joined with LF, without the last CR LF. */
  reply(): Promise<string>;
  /** Sends a line (CR LF is added) and answers the reply. */
  say(line: string): Promise<string>;
  /** As `say`; the reply must begin with (or match) this. */
  expect(line: string | null, wanted: string | RegExp): Promise<string>;
  /** Sends octets as they are. */
  send(octets: string | Uint8Array): Promise<void>;
  /** EHLO, MAIL, RCPT and DATA, up to the 354. */
  toData(from?: string, ...to: string[]): Promise<void>;
  /** A whole message; answers the reply to its final dot. `body` goes as it is, before `.`. */
  message(body: string | Uint8Array, from?: string, ...to: string[]): Promise<string>;
  startTls(): Promise<TLSSocket>;
  /** Ends our side only. */
  end(): void;
  destroy(): void;
  /** Leaves with a reset. */
  reset(): void;
  /** Everything that was received. */
  readonly heard: string;
  /** Resolves when the server has closed. */
  readonly closed: Promise<void>;
  readonly socket: Socket;
};

export async function dial(where: { host: string; port: number }, options: { tls?: boolean; greeting?: boolean } = {}): Promise<Dialogue> {
  let socket: Socket = options.tls
    ? tlsConnect({ ...where, rejectUnauthorized: false })
    : netConnect({ ...where, allowHalfOpen: true });
  let heard = '';
  let pending = '';
  let over = false;
  let wake: (() => void) | undefined;
  let finished!: () => void;
  const closed = new Promise<void>((resolve) => { finished = resolve; });
  const listen = (to: Socket) => {
    to.setNoDelay(true);
    to.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      pending += chunk.toString();
      wake?.();
    });
    const done = () => {
      over = true;
      wake?.();
      finished();
    };
    to.on('end', done);
    to.on('close', done);
    to.on('error', done);
  };
  listen(socket);

  async function reply(): Promise<string> {
    const limit = Date.now() + LIMIT_MS;
    for (;;) {
      const whole = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3}(?: [^\r\n]*)?\r\n/.exec(pending)?.[0];
      if (whole !== undefined) {
        pending = pending.slice(whole.length);
        return whole.slice(0, -2).replaceAll('\r\n', '\n');
      }
      if (over) throw new Error(`The server closed where a reply was expected; unread ${JSON.stringify(pending)}, heard ${JSON.stringify(heard.slice(-500))}`);
      if (Date.now() > limit) throw new Error(`No reply within ${LIMIT_MS} ms; heard ${JSON.stringify(heard.slice(-500))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limit - Date.now() + 1);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = undefined;
    }
  }
  const send = (octets: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => socket.write(octets, (error) => (error && !over ? reject(error) : resolve())));

  const dialogue: Dialogue = {
    reply,
    send,
    async say(line) {
      await send(`${line}\r\n`);
      return reply();
    },
    async expect(line, wanted) {
      const got = line === null ? await reply() : await dialogue.say(line);
      const fits = typeof wanted === 'string' ? got.startsWith(wanted) : wanted.test(got);
      if (!fits) throw new Error(`${line ?? '(nothing)'} was answered ${JSON.stringify(got)}, expected ${wanted}`);
      return got;
    },
    async toData(from = 'ann@app.test', ...to) {
      if (!/^250[ -]\S+ greets/m.test(heard)) await dialogue.expect('EHLO client.test', '250');
      await dialogue.expect(`MAIL FROM:<${from}>`, '250 2.1.0');
      for (const one of to.length > 0 ? to : ['bob@shop.test']) await dialogue.expect(`RCPT TO:<${one}>`, '250 2.1.5');
      await dialogue.expect('DATA', '354 ');
    },
    async message(body, from, ...to) {
      await dialogue.toData(from, ...to);
      await send(body);
      await send('.\r\n');
      return reply();
    },
    async startTls() {
      await dialogue.expect('STARTTLS', '220 2.0.0');
      const plain = socket;
      plain.removeAllListeners();
      const secure = tlsConnect({ socket: plain, rejectUnauthorized: false });
      await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
      socket = secure;
      listen(secure);
      heard = '';
      return secure;
    },
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
    reset: () => void socket.resetAndDestroy(),
    get heard() { return heard; },
    get socket() { return socket; },
    closed,
  };
  if (options.greeting ?? true) await dialogue.expect(null, /^220[ -]/);
  return dialogue;
}
