/** A minimal SMTP client over a plain socket: what the measurements send with, so that no library stands between. */
import { connect, type Socket } from 'node:net';

export class Wire {
  readonly socket: Socket;
  #buffer = '';
  #waiting: ((reply: string) => void) | undefined;
  #replies: string[] = [];
  #failed: ((error: Error) => void) | undefined;

  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect(port, host);
    this.socket.setNoDelay(true);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.#buffer += text;
      for (;;) {
        const match = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/.exec(this.#buffer);
        if (!match) return;
        this.#buffer = this.#buffer.slice(match[0].length);
        const wake = this.#waiting;
        this.#waiting = undefined;
        if (wake) wake(match[0]);
        else this.#replies.push(match[0]);
      }
    });
    const fail = (error: Error) => this.#failed?.(error);
    this.socket.on('error', fail);
    this.socket.on('close', () => fail(new Error('the connection was closed')));
  }

  reply(): Promise<string> {
    const ready = this.#replies.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#failed = reject;
    });
  }

  async say(line: string, code: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    const reply = await this.reply();
    if (!reply.startsWith(code)) throw new Error(`said ${line.slice(0, 80)}, got ${reply.trim()}`);
    return reply;
  }

  async open(): Promise<this> {
    await this.reply();
    await this.say('EHLO bench.test', '250');
    return this;
  }

  /** Sends one message; resolves with the final reply. `body` must be dot-stuffed and end in CR LF. */
  async send(to: string, body: string | Uint8Array): Promise<string> {
    await this.say('MAIL FROM:<app@sender.test>', '250');
    await this.say(`RCPT TO:<${to}>`, '250');
    await this.say('DATA', '354');
    if (!this.socket.write(body)) await new Promise((resolve) => this.socket.once('drain', resolve));
    return this.say('.', '250');
  }

  close(): void {
    this.#failed = undefined;
    this.socket.destroy();
  }
}

export function mail(subject: string, size = 2048, extra = ''): string {
  const head = `From: App <app@sender.test>\r\nTo: <someone@inbox.test>\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replace(/\W+/g, '.')}@sender.test>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n${extra}\r\n`;
  const line = 'Your order is on its way and will reach you in three days, dear customer.\r\n';
  return head + line.repeat(Math.max(1, Math.ceil((size - head.length) / line.length)));
}
