/**
 * Commands that are none, and why those that touch the wire (STARTTLS, AUTH,
 * DATA) may not begin now: what is answered before anything is done. Why the
 * others may not is in verbs.ts, with what they do.
 */
import type { Conversation } from './conversation.ts';
import type { Desk } from './desk.ts';
import type { Reply } from './reply.ts';
import { closedTo, protocol } from './verbs.ts';

const HTTP = /^(?:OPTIONS|GET|HEAD|POST|PUT|PATCH|DELETE|TRACE|CONNECT) \S+ HTTP\/\d/i;

export function noCommand(desk: Desk, line: string): Reply {
  // A web page that makes a browser speak to this port must not get a word in (its body could be commands).
  if (HTTP.test(line)) return protocol(desk, 421, '4.7.0', 'This is SMTP, not HTTP');
  return protocol(desk, 500, '5.5.1', 'There is no such command here');
}

export function startTlsFault(desk: Desk, talk: Conversation, line: string): Reply | undefined {
  if (/\s\S/.test(line)) return protocol(desk, 501, '5.5.4', 'STARTTLS takes no parameter');
  if (talk.tls) return protocol(desk, 503, '5.5.1', 'TLS is on already');
  if (desk.starttls === 'off') return protocol(desk, 502, '5.5.1', 'TLS is not offered here');
  return undefined;
}

export function authFault(desk: Desk, talk: Conversation): Reply | undefined {
  const closed = closedTo(desk, talk);
  if (closed) return closed;
  if (desk.inward) return protocol(desk, 502, '5.5.1', 'There are no logins here');
  if (talk.transaction) return protocol(desk, 503, '5.5.1', 'AUTH has no place in a transaction'); // RFC 4954 §4
  if (talk.login) return protocol(desk, 503, '5.5.1', 'You are logged in already');
  return undefined;
}

/** Without one, the conversation has a transaction with a recipient. */
export function dataFault(desk: Desk, talk: Conversation, line: string): Reply | undefined {
  const { transaction } = talk;
  if (!transaction) return protocol(desk, 503, '5.5.1', 'Send MAIL and RCPT first');
  if (line.trim().length > 4) return protocol(desk, 501, '5.5.4', 'DATA takes no parameter');
  if (transaction.envelope.recipients.length === 0) return protocol(desk, 554, '5.5.1', 'No valid recipients'); // RFC 5321 §4.1.1.4
  return undefined;
}
