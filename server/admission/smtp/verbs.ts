/**
 * The commands that only talk: each looks at the conversation, changes it, and
 * answers with a reply. What touches the wire itself (STARTTLS, AUTH, DATA,
 * QUIT) is the connection's.
 */
import { addressFault, addressKey, type AddressFault } from '../../mail/address.ts';
import type { Envelope, EnvelopeRecipient } from '../../mail/envelope.ts';
import { type Refusal, refusals } from '../refusal.ts';
import type { Conversation } from './conversation.ts';
import type { Desk, Verdict } from './desk.ts';
import { applyMailParams, applyRcptParams } from './params.ts';
import { type PathFault, readPath } from './path.ts';
import { type Reply, reply, standing } from './reply.ts';

export type Verb = (desk: Desk, talk: Conversation, line: string) => Reply | Promise<Reply>;

const OK_SENDER = standing(250, '2.1.0', 'Sender ok');
const OK_RECIPIENT = standing(250, '2.1.5', 'Recipient ok');
const NOOP = standing(250, '2.0.0', 'Ok');
const RESET = standing(250, '2.0.0', 'Forgotten');
const HELP = standing(214, '2.0.0', 'This is Postern, an email sandbox. It speaks RFC 5321');
const VRFY = standing(252, '2.1.5', 'Any address is taken here, send it something');
const VRFY_INWARD = standing(252, '2.5.0', 'Send it something, and see');

/** RFC 5321 §4.5.3.1.2: a domain is 255 octets at most. */
const HELLO_LIMIT = 255;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f\ufffd]/;

export const VERBS: Record<string, Verb> = {
  EHLO: (desk, talk, line) => hello(desk, talk, line, true),
  HELO: (desk, talk, line) => hello(desk, talk, line, false),
  MAIL: mail,
  RCPT: rcpt,
  RSET(_desk, talk) {
    delete talk.transaction;
    return RESET;
  },
  NOOP: () => NOOP,
  HELP: () => HELP,
  VRFY: (desk, _talk, line) => (/^\S+\s+\S/.test(line) ? (desk.inward ? VRFY_INWARD : VRFY) : protocol(desk, 501, '5.5.4', 'Say VRFY and an address')),
  EXPN: (desk) => protocol(desk, 502, '5.5.1', 'There are no lists here'),
  BDAT: (desk) => protocol(desk, 502, '5.5.1', 'CHUNKING is not offered here'),
  ETRN: (desk) => protocol(desk, 502, '5.5.1', 'ETRN is not offered here'),
  TURN: (desk) => protocol(desk, 502, '5.5.1', 'TURN is not offered here'),
};

export function refuse(desk: Desk, refusal: Refusal): Refusal {
  desk.heard(refusal);
  return refusal;
}

export const protocol = (desk: Desk, code: number, enhanced: string, text: string): Reply =>
  refuse(desk, refusals.protocol(code, enhanced, text));

/** The verdict of a stage, or else what `go` answers. Only a verdict that is a promise costs a turn. */
export function unless(verdict: Verdict, go: () => Reply): Reply | Promise<Reply> {
  if (verdict === undefined) return go();
  if (!(verdict instanceof Promise)) return settle(verdict, go);
  return verdict.then((said) => (said ? settle(said, go) : go()));
}

/** A positive verdict changes the words, not what is done. */
function settle(verdict: Reply, go: () => Reply): Reply {
  if (verdict.code >= 400) return verdict;
  const own = go();
  return own.code < 400 ? verdict : own;
}

function hello(desk: Desk, talk: Conversation, line: string, extended: boolean): Reply | Promise<Reply> {
  const name = /^\S+\s+(\S+)/.exec(line)?.[1] ?? '';
  if (name === '') return protocol(desk, 501, '5.5.4', `Say ${extended ? 'EHLO' : 'HELO'} and your host name`);
  if (name.length > HELLO_LIMIT || CONTROL.test(line)) return protocol(desk, 501, '5.5.2', 'That is no host name');
  const greeting = `${desk.hostname} greets you`;
  const extensions = extended ? extensionsOf(desk, talk) : [];
  return unless(desk.stages.hello?.(talk, extensions), () => {
    talk.hello = name;
    delete talk.transaction; // RFC 5321 §4.1.4: as by RSET
    return reply(250, '', extended ? [greeting, ...extensions] : greeting);
  });
}

export const loginMethods = (desk: Pick<Desk, 'requireLogin'>): string[] =>
  desk.requireLogin ? ['PLAIN', 'LOGIN'] : ['PLAIN', 'LOGIN', 'CRAM-MD5'];

/**
 * CRAM-MD5 needs the password in clear, and only its hash is kept: it is named
 * while there is nothing to check. Some clients prefer it and never try another.
 */
const offeredMethods = (desk: Desk): string[] => (desk.streams.hasCredentials() ? ['PLAIN', 'LOGIN'] : loginMethods(desk));

function extensionsOf(desk: Desk, talk: Conversation): string[] {
  const secure = talk.tls !== undefined;
  const list = ['PIPELINING', `SIZE ${desk.limits.messageSize}`, '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];
  // Who only takes mail hands none on, and tells nobody of it.
  if (!desk.inward) list.push('DSN');
  if (!secure && desk.starttls === 'named') list.push('STARTTLS');
  if (secure && !desk.inward) list.push('REQUIRETLS');
  if (!desk.inward && !talk.login && (secure || !desk.requireTls)) list.push(`AUTH ${offeredMethods(desk).join(' ')}`);
  return list;
}

/** Why mail may not begin (or go on) in this conversation. */
export function closedTo(desk: Desk, talk: Conversation): Reply | undefined {
  if (talk.hello === undefined) return protocol(desk, 503, '5.5.1', 'Send EHLO first');
  if (desk.requireTls && !talk.tls) return refuse(desk, refusals.tlsRequired());
  return undefined;
}

function mail(desk: Desk, talk: Conversation, line: string): Reply | Promise<Reply> {
  const closed = closedTo(desk, talk);
  if (closed) return closed;
  if (desk.requireLogin && !talk.login) return refuse(desk, refusals.loginRequired());
  if (talk.transaction) return protocol(desk, 503, '5.5.1', 'The sender was given already, RSET starts anew');
  const gone = loginFault(desk, talk);
  if (gone) return refuse(desk, gone);

  const path = readPath('MAIL', line);
  if (typeof path === 'string') return pathFault(desk, path, '5.1.7');
  const { address } = path;
  const fault = address === '' ? undefined : addressFault(address);
  if (fault) return refuse(desk, refusals.badAddress(SENDER_CODES[fault], `The sender address ${FAULTS[fault]}`));
  const envelope: Envelope = { from: address, recipients: [] };
  const param = applyMailParams(envelope, path.params, talk.tls !== undefined);
  if (param) return protocol(desk, param.code, param.enhanced, param.text);
  if ((envelope.declaredSize ?? 0) > desk.limits.messageSize) return refuse(desk, refusals.tooLarge(desk.limits.messageSize));
  return unless(desk.stages.mail?.(talk, address), () => {
    talk.transaction = { envelope, keys: new Set(), mailAt: desk.clock.now() };
    return OK_SENDER;
  });
}

/** A stream or a credential may go, or time out, while a connection that uses it is open. */
function loginFault(desk: Desk, { login, stream }: Conversation): Refusal | undefined {
  if (!login) return undefined;
  if (!desk.streams.get(stream)) return refusals.unknownStream(stream);
  if (login.credential === undefined) return undefined;
  const now = desk.streams.loginFor(login.user);
  if (now?.kind === 'credential' && now.credential.id === login.credential && !isExpired(now.credential, desk.clock.now())) return undefined;
  return refusals.wrongLogin('This login is no longer good');
}

export const isExpired = (credential: { expiresAt?: number }, now: number): boolean =>
  credential.expiresAt !== undefined && credential.expiresAt <= now;

function rcpt(desk: Desk, talk: Conversation, line: string): Reply | Promise<Reply> {
  const { transaction } = talk;
  if (!transaction) return protocol(desk, 503, '5.5.1', 'Send MAIL first');
  const path = readPath('RCPT', line);
  if (typeof path === 'string') return pathFault(desk, path, '5.1.3');
  const { address } = path;
  const fault = addressFault(address);
  if (fault) return refuse(desk, refusals.badAddress(RECIPIENT_CODES[fault], `The recipient address ${FAULTS[fault]}`));
  const recipient: EnvelopeRecipient = { address };
  const param = applyRcptParams(recipient, path.params);
  if (param) return protocol(desk, param.code, param.enhanced, param.text);

  const key = addressKey(address);
  const { recipients } = transaction.envelope;
  const known = transaction.keys.has(key);
  if (!known && recipients.length >= desk.limits.recipients) return refuse(desk, refusals.tooManyRecipients(desk.limits.recipients));
  return unless(desk.stages.rcpt?.(talk, recipient), () => {
    // Again: a verdict may have taken its time.
    if (!transaction.keys.has(key)) {
      transaction.keys.add(key);
      recipients.push(recipient);
    }
    return OK_RECIPIENT;
  });
}

const FAULTS: Record<AddressFault, string> = {
  'empty': 'is empty',
  'syntax': 'is not one (RFC 5321 section 4.1.2)',
  'local-too-long': 'has a local part of more than 64 octets',
  'domain-too-long': 'has a domain of more than 255 octets',
  'too-long': 'is longer than 254 octets',
};
// RFC 3463 §3.2: x.1.1 and x.1.2 blame the mailbox and the system of a recipient, 5.1.7 and 5.1.8 those of a sender.
const RECIPIENT_CODES: Record<AddressFault, string> = { 'empty': '5.1.3', 'syntax': '5.1.3', 'local-too-long': '5.1.1', 'domain-too-long': '5.1.2', 'too-long': '5.1.3' };
const SENDER_CODES: Record<AddressFault, string> = { 'empty': '5.1.7', 'syntax': '5.1.7', 'local-too-long': '5.1.7', 'domain-too-long': '5.1.8', 'too-long': '5.1.7' };

function pathFault(desk: Desk, fault: PathFault, enhanced: string): Reply {
  switch (fault) {
    case 'syntax': return refuse(desk, refusals.badAddress(enhanced, 'There is no address that can be read'));
    case 'control': return refuse(desk, refusals.badAddress(enhanced, 'There is a control character in the address'));
    case 'parameter': return protocol(desk, 501, '5.5.4', 'A parameter cannot be read');
    case 'duplicate': return protocol(desk, 501, '5.5.4', 'A parameter is given twice');
  }
}
