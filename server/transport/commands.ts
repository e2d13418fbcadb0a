/**
 * MAIL and RCPT of a transaction, with the parameters that the remote offers;
 * and what is answered without asking it: a message that it said it is too
 * small for, a promise (octets beyond ASCII, UTF-8 addresses, REQUIRETLS) that
 * this connection cannot keep, an address that would not fit into a command
 * line. Nothing is converted: a signature would not hold any more. Pure.
 */
import type { Answer, Reply } from '../mail/reply.ts';
import type { TlsFacts } from '../mail/session.ts';
import type { Transaction } from './attempted.ts';
import type { Extensions } from './extensions.ts';

// eslint-disable-next-line no-control-regex
const UNSAFE = /[\x00-\x1f\x7f]/;
// eslint-disable-next-line no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

const ours = (code: number, subject: number, detail: number, text: string): Reply =>
  ({ kind: 'reply', stage: 'mail', code, enhanced: { class: 5, subject, detail }, text, host: '' });

/** The answer for all recipients, before anything is said. */
export function unfit(transaction: Transaction, offered: Extensions, tls: TlsFacts | undefined, host: string): Answer | undefined {
  if (transaction.requireTls) {
    // RFC 8689 §4.2.1: never over plaintext, never to a host that would not go on requiring it.
    // Where TLS is offered and did not come about (a broken handshake, a refused STARTTLS) it may the next time.
    if (!tls && offered.starttls) return { kind: 'fault', stage: 'starttls', fault: 'tls', detail: 'the message requires TLS, and encrypting the connection failed', host };
    if (!tls) return ours(530, 7, 10, 'The message requires TLS, and the connection is not encrypted');
    if (!offered.requireTls) return ours(550, 7, 30, 'The message requires TLS, and the remote does not offer REQUIRETLS');
    // Over TLS with just anybody it would be no secret. The certificate may be a better one tomorrow.
    if (tls.unverified !== undefined) return { kind: 'fault', stage: 'starttls', fault: 'tls', detail: `the message requires TLS, and the certificate of the host is not trusted: ${tls.unverified}`, host };
  }
  if (UNSAFE.test(transaction.from) || (transaction.envid !== undefined && UNSAFE.test(transaction.envid))) {
    return ours(553, 1, 7, 'The sender (or its ENVID) holds control characters');
  }
  if (!offered.smtputf8 && (transaction.smtputf8 || !ASCII.test(transaction.from))) {
    return ours(553, 6, 7, 'The message needs SMTPUTF8, which the remote does not offer');
  }
  // RFC 6152 §3: converted, or refused for good.
  if (transaction.body === '8BITMIME' && !offered.eightBit) {
    return ours(554, 6, 3, 'The message has octets beyond ASCII and needs 8BITMIME, which the remote does not offer; encode it as quoted-printable or base64');
  }
  if (offered.sizeLimit !== undefined && transaction.size > offered.sizeLimit) {
    return { kind: 'fault', stage: 'mail', fault: 'size', detail: `the message has ${transaction.size} octets, the remote takes ${offered.sizeLimit}`, host };
  }
  return undefined;
}

/** The answer for one recipient, before anything is said. */
export function unfitRecipient({ address, orcpt }: Transaction['recipients'][number], offered: Extensions): Reply | undefined {
  if (UNSAFE.test(address) || (orcpt !== undefined && UNSAFE.test(orcpt))) return ours(553, 1, 3, 'The address (or its ORCPT) holds control characters');
  if (!offered.smtputf8 && !ASCII.test(address)) return ours(553, 6, 7, 'The address needs SMTPUTF8, which the remote does not offer');
  return undefined;
}

/** Why none of it could go, in a sentence. */
export function whyUnfit(transaction: Transaction, offered: Extensions, tls: TlsFacts | undefined, host: string): string | undefined {
  const each = transaction.recipients.map((recipient) => unfitRecipient(recipient, offered));
  const answer = unfit(transaction, offered, tls, host) ?? (each.every((one) => one !== undefined) ? each[0] : undefined);
  return answer?.kind === 'fault' ? answer.detail : answer?.text;
}

/** Whether the transaction asks for SMTPUTF8 (RFC 6531 §3.4). */
const needsUtf8 = (transaction: Transaction): boolean =>
  transaction.smtputf8 === true || !ASCII.test(transaction.from) || transaction.recipients.some(({ address }) => !ASCII.test(address));

export function mailLine(transaction: Transaction, offered: Extensions): string {
  let line = `MAIL FROM:<${transaction.from}>`;
  if (offered.size) line += ` SIZE=${transaction.size}`;
  if (transaction.body === '8BITMIME' && offered.eightBit) line += ' BODY=8BITMIME';
  if (offered.smtputf8 && needsUtf8(transaction)) line += ' SMTPUTF8';
  if (offered.dsn) {
    if (transaction.ret !== undefined) line += ` RET=${transaction.ret}`;
    if (transaction.envid !== undefined) line += ` ENVID=${transaction.envid}`;
  }
  if (transaction.requireTls) line += ' REQUIRETLS';
  return line;
}

export function rcptLine({ address, notify, orcpt }: Transaction['recipients'][number], offered: Extensions): string {
  let line = `RCPT TO:<${address}>`;
  if (offered.dsn) {
    if (notify !== undefined && notify.length > 0) line += ` NOTIFY=${notify.join(',')}`;
    if (orcpt !== undefined) line += ` ORCPT=${orcpt}`;
  }
  return line;
}
