/**
 * A mail client that will be cut off: plain SMTP over a socket, one message
 * after the other, and an exact account of which of them got their 250.
 */
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';

export type Account = {
  /** Mark (its subject) → SHA-256 of its bytes: those that were answered with 250. */
  kept: Map<string, string>;
  /** Marks of those that were handed over, but whose answer never came. They may be there or not. */
  unknown: Set<string>;
};

/** Whom the n-th message is for. */
export type To = (n: number) => string[];

let n = 0;

function message(to: To): { mark: string; bytes: Buffer; recipients: string[] } {
  const recipients = to(n);
  const mark = `m${process.pid}-${n++}`;
  // Mostly 2 KB; one in twenty is too large to wait in memory.
  const size = Math.random() < 0.05 ? 150_000 + Math.floor(Math.random() * 600_000) : 500 + Math.floor(Math.random() * 3_000);
  const body = randomBytes(Math.ceil(size * 0.75)).toString('base64').replace(/(.{76})/g, '$1\r\n');
  return { mark, recipients, bytes: Buffer.from(`From: app@sender.test\r\nTo: ann@inbox.test\r\nSubject: ${mark}\r\n\r\n${body}\r\n`) };
}

/** Sends until the connection is gone. Never throws; what was in doubt is in the account. */
export function sendUntilCut(where: { host: string; port: number }, account: Account, to: To = () => ['ann@inbox.test']): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(where);
    socket.setNoDelay(true);
    let text = '';
    let current: ReturnType<typeof message> | undefined;
    let left: string[] = [];
    let step: 'greeting' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'dot' = 'greeting';

    const say = (line: string, next: typeof step) => {
      step = next;
      socket.write(`${line}\r\n`);
    };
    const mail = () => {
      current = message(to);
      left = [...current.recipients];
      say('MAIL FROM:<app@sender.test>', 'mail');
    };
    const heard = (code: string) => {
      switch (step) {
        case 'greeting': return say('EHLO torture.test', 'ehlo');
        case 'dot':
          if (code === '250') account.kept.set(current!.mark, createHash('sha256').update(current!.bytes).digest('hex'));
          account.unknown.delete(current!.mark);
          return mail();
        case 'ehlo': return mail();
        case 'mail':
        case 'rcpt': {
          const recipient = left.shift();
          return recipient === undefined ? say('DATA', 'data') : say(`RCPT TO:<${recipient}>`, 'rcpt');
        }
        case 'data':
          account.unknown.add(current!.mark);
          step = 'dot';
          socket.write(current!.bytes); // base64: no line of it begins with a dot
          socket.write('.\r\n');
      }
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end; (end = text.indexOf('\r\n')) >= 0;) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (/^\d{3}(?: |$)/.test(line)) heard(line.slice(0, 3));
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}
