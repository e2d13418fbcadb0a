/**
 * Hands one message to an SMTP listener, for the verbs that a person or a
 * program types. The outcome is a value: who was taken, who was not and why,
 * and the exit code of sysexits.h that says it. The message is streamed.
 */
import type { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { EX } from './options.ts';

export type Dsn = { ret?: 'FULL' | 'HDRS'; envid?: string; notify?: ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[] };
export type HandOver = {
  host: string;
  port: number;
  login?: { user: string; pass: string } | undefined;
  envelope: { from: string; to: string[]; dsn?: Dsn };
  message: Readable;
};
export type Outcome =
  | { kind: 'taken'; response: string; accepted: string[]; refused: { address: string; response: string; code: number }[] }
  | { kind: 'refused'; response: string; code: number }
  | { kind: 'unreachable'; why: string };

export function handOver({ host, port, login, envelope, message }: HandOver): Promise<Outcome> {
  // A sandbox's certificate is its own; what matters is that TLS is there when it asks for it.
  const connection = new SMTPConnection({ host, port, tls: { rejectUnauthorized: false }, connectionTimeout: 10_000, socketTimeout: 300_000 });
  return new Promise<Outcome>((resolve) => {
    let over = false;
    const done = (outcome: Outcome) => {
      if (over) return;
      over = true;
      if (outcome.kind === 'taken') connection.quit();
      else connection.close(); // a connection in the middle of DATA must not be used for another word
      message.destroy();
      resolve(outcome);
    };
    const failed = (error: SMTPConnection.SMTPError) => done(outcomeOf(error, `${host}:${port}`));
    connection.on('error', failed);
    connection.on('end', () => done({ kind: 'unreachable', why: `${host}:${port} closed the connection` }));
    message.on('error', (error) => done({ kind: 'unreachable', why: `the message could not be read: ${error.message}` }));
    const send = () => connection.send({ from: envelope.from, to: envelope.to, ...(envelope.dsn ? { dsn: dsnOf(envelope.dsn) } : {}) }, message, (error, info) => {
      if (error) return failed(error);
      const refused = (info.rejectedErrors ?? []).map((one) => ({ address: (one as { recipient?: string }).recipient ?? '', response: one.response ?? one.message, code: one.responseCode ?? 0 }));
      done({ kind: 'taken', response: info.response, accepted: info.accepted, refused });
    });
    connection.connect((error) => {
      if (error) return failed(error);
      if (login) connection.login(login, (fault) => (fault ? failed(fault) : send()));
      else send();
    });
  });
}

function outcomeOf(error: SMTPConnection.SMTPError, target: string): Outcome {
  const { response, responseCode, message, code } = error;
  if (responseCode) return { kind: 'refused', response: response ?? message, code: responseCode };
  // Each recipient was refused: nodemailer gives the last reply of them.
  return { kind: 'unreachable', why: code === 'EENVELOPE' ? message : `${target}: ${message}` };
}

/** nodemailer's types say `Full`, the wire FULL. */
function dsnOf({ ret, envid, notify }: Dsn): SMTPConnection.DSNOptions {
  return { ...(ret ? { ret: ret as 'HDRS' } : {}), ...(envid ? { envid } : {}), ...(notify ? { notify } : {}) };
}

/** What sendmail would say: 75 try again, 67 no such recipient, 77 not allowed, 69 refused for good. */
export function exitCodeOf(response: string, code: number): number {
  if (code < 500) return EX.TEMPFAIL;
  if (code === 530 || code === 534 || code === 535) return EX.NOPERM;
  if (/^5\d\d[ -]5\.1\.[1236]/.test(response)) return EX.NOUSER;
  return EX.UNAVAILABLE;
}
