/**
 * The commands of the pretend remote: what a well-behaved server would answer
 * to each (RFC 5321, 1870, 2920, 3207, 3461, 4954, 6152, 6531), which stage the
 * scenario is asked at first, and what changes when the answer is a yes. Pure
 * but for the standing that it is handed; the wire, the waiting and the faults
 * are remote.ts's.
 */
import { domainKey, splitAddress } from '../../mail/address.ts';
import type { Stage } from '../../mail/reply.ts';
import type { Asked } from '../../scenario/scenario.ts';
import { paramFault, pathFault, readPath } from './path.ts';
import { type Said, said } from './said.ts';

export type Transaction = {
  from: string;
  recipients: string[];
  /** Who of them is to be told of by a success DSN (RFC 3461 §4.1), with ORCPT where it came. */
  success: { address: string; orcpt?: string }[];
  declaredSize?: number;
  envid?: string;
  utf8: boolean;
};

/** What is known and agreed in one conversation. */
export type Standing = {
  host: string;
  /** Of the destination: of the first recipient where that is not known before. */
  domain: string;
  /** Octets; 0 is no limit. */
  sizeLimit: number;
  /** Extensions that are not offered. */
  hidden: Set<string>;
  /** The greeting was a no: only QUIT is left (RFC 5321 §3.1). */
  refused: boolean;
  hello: string | undefined;
  extended: boolean;
  tls: boolean;
  login: boolean;
  transaction: Transaction | undefined;
  /** Begun on this connection. */
  transactions: number;
  mistakes: number;
  /** The stage that an answer to AUTH waits in: a user name, a password, or both at once. */
  challenge: 'user' | 'password' | 'plain' | undefined;
};

/** What is said when nobody says otherwise; after `stage` was asked, where there is one. `done` hears what was said in the end. */
export type Step = {
  said: Said;
  stage?: Stage;
  about?: Partial<Pick<Asked, 'recipient' | 'sender' | 'size'>>;
  done?: (told: Said) => void;
};

export const LIMITS = { line: 4_096, recipients: 1_000, mistakes: 100 } as const;

const OK = said(250, '2.0.0', 'Ok');
const BYE: Said = { ...said(221, '2.0.0', 'Bye'), close: true };
const MANY_MISTAKES: Said = { ...said(421, '4.7.0', 'Too many errors'), close: true };
const SENDER_OK = said(250, '2.1.0', 'Sender ok');
const RECIPIENT_OK = said(250, '2.1.5', 'Recipient ok');
const GO_AHEAD = said(354, null, 'End data with <CR><LF>.<CR><LF>');
const SEQUENCE = said(503, '5.5.1', 'Bad sequence of commands');
const NO_PARAMETER = said(501, '5.5.4', 'No parameter is allowed here');
const UNKNOWN = said(500, '5.5.2', 'Command not recognized');
export const NOT_HERE = said(502, '5.5.1', 'Command not implemented');
const CANNOT_VERIFY = said(252, '2.1.5', 'Cannot VRFY, send it something');
export const TOO_LARGE = said(552, '5.3.4', 'Message size exceeds fixed maximum message size');
export const LINE_TOO_LONG = said(500, '5.5.2', 'Line too long');
const AUTHENTICATED = said(235, '2.7.0', 'Authentication successful');
const NOT_BASE64 = said(501, '5.5.2', 'Cannot decode that');
const CANCELLED = said(501, '5.7.0', 'Authentication cancelled');

const isYes = ({ code }: Said): boolean => code >= 200 && code < 300;
const yes = (then: () => void) => (told: Said) => {
  if (isYes(told)) then();
};

export function command(standing: Standing, line: string): Step {
  if (standing.challenge) return answered(standing, line.trim());
  const space = line.indexOf(' ');
  const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase();
  const rest = space < 0 ? '' : line.slice(space + 1).trim();
  if (standing.refused && verb !== 'QUIT') return { said: SEQUENCE };
  switch (verb) {
    case 'EHLO': return hello(standing, rest, true);
    case 'HELO': return hello(standing, rest, false);
    case 'MAIL': return mail(standing, line);
    case 'RCPT': return rcpt(standing, line);
    case 'DATA': return data(standing, rest);
    case 'STARTTLS': return starttls(standing, rest);
    case 'AUTH': return auth(standing, rest);
    case 'RSET':
      standing.transaction = undefined;
      return { said: OK };
    case 'NOOP': return { said: OK };
    case 'QUIT': return { said: BYE };
    case 'VRFY': return { said: rest === '' ? said(501, '5.5.4', 'VRFY needs an address') : CANNOT_VERIFY };
    case 'HELP': return { said: said(214, '2.0.0', 'A pretend mail server, see RFC 5321') };
    case 'EXPN': case 'BDAT': case 'ETRN': case 'TURN': return mistake(standing, NOT_HERE);
  }
  return mistake(standing, UNKNOWN);
}

export function mistake(standing: Standing, fault: Said): Step {
  return { said: ++standing.mistakes > LIMITS.mistakes ? MANY_MISTAKES : fault };
}

const isHidden = (standing: Standing, extension: string): boolean => standing.hidden.has(extension);

/** What EHLO names, in the order of most servers. */
export function extensions(standing: Standing): string[] {
  const list: string[] = [];
  const add = (name: string, line = name) => {
    if (!isHidden(standing, name)) list.push(line);
  };
  add('PIPELINING');
  add('SIZE', standing.sizeLimit > 0 ? `SIZE ${standing.sizeLimit}` : 'SIZE');
  if (!standing.tls) add('STARTTLS');
  if (standing.tls) add('REQUIRETLS');
  if (!standing.login) add('AUTH', 'AUTH PLAIN LOGIN');
  add('ENHANCEDSTATUSCODES');
  add('8BITMIME');
  add('DSN');
  add('SMTPUTF8');
  return list;
}

function hello(standing: Standing, rest: string, extended: boolean): Step {
  const name = rest.split(' ', 1)[0]!;
  if (name === '' || name.length > 255) return mistake(standing, said(501, '5.5.4', 'A host name is needed'));
  return {
    stage: 'ehlo',
    said: said(250, null, `${standing.host} greets you`),
    done: yes(() => {
      standing.hello = name;
      standing.extended = extended;
      standing.transaction = undefined; // RFC 5321 §4.1.4: as by RSET
    }),
  };
}

function mail(standing: Standing, line: string): Step {
  if (standing.hello === undefined || standing.transaction) return mistake(standing, SEQUENCE);
  const path = readPath(line);
  if ('code' in path) return mistake(standing, path);
  const { address, params } = path;
  const utf8 = params.has('SMTPUTF8');
  const fault = paramFault('MAIL', params, (extension) => standing.extended && !isHidden(standing, extension) && (extension !== 'REQUIRETLS' || standing.tls))
    ?? pathFault('MAIL', address, utf8);
  if (fault) return mistake(standing, fault);
  const transaction: Transaction = { from: address, recipients: [], success: [], utf8 };
  const size = params.get('SIZE');
  if (size !== undefined) transaction.declaredSize = Number(size);
  const envid = params.get('ENVID');
  if (envid !== undefined) transaction.envid = envid;
  return {
    stage: 'mail',
    about: { sender: address, ...(transaction.declaredSize === undefined ? {} : { size: transaction.declaredSize }) },
    said: standing.sizeLimit > 0 && (transaction.declaredSize ?? 0) > standing.sizeLimit ? TOO_LARGE : SENDER_OK,
    done: yes(() => {
      standing.transaction = transaction;
      standing.transactions++;
    }),
  };
}

function rcpt(standing: Standing, line: string): Step {
  const { transaction } = standing;
  if (!transaction) return mistake(standing, SEQUENCE);
  const path = readPath(line);
  if ('code' in path) return mistake(standing, path);
  const { address, params } = path;
  const fault = paramFault('RCPT', params, (extension) => standing.extended && !isHidden(standing, extension)) ?? pathFault('RCPT', address, transaction.utf8);
  if (fault) return mistake(standing, fault);
  if (transaction.recipients.length >= LIMITS.recipients) return { said: said(452, '4.5.3', 'Too many recipients') };
  return {
    stage: 'rcpt',
    about: { recipient: address },
    said: RECIPIENT_OK,
    done: yes(() => {
      transaction.recipients.push(address);
      const orcpt = params.get('ORCPT');
      if (/(?:^|,)SUCCESS(?:,|$)/i.test(params.get('NOTIFY') ?? '')) transaction.success.push({ address, ...(orcpt === undefined ? {} : { orcpt }) });
    }),
  };
}

function data({ transaction }: Standing, rest: string): Step {
  if (!transaction) return { said: SEQUENCE };
  if (rest !== '') return { said: NO_PARAMETER };
  if (transaction.recipients.length === 0) return { said: said(554, '5.5.1', 'No valid recipients') };
  return { stage: 'data', said: GO_AHEAD };
}

function starttls(standing: Standing, rest: string): Step {
  if (standing.tls) return mistake(standing, SEQUENCE);
  if (rest !== '') return mistake(standing, NO_PARAMETER);
  if (isHidden(standing, 'STARTTLS')) return mistake(standing, NOT_HERE);
  return { stage: 'starttls', said: said(220, '2.0.0', 'Ready to start TLS') };
}

/** RFC 4954: any user and any password is right, unless the scenario says otherwise. */
function auth(standing: Standing, rest: string): Step {
  if (isHidden(standing, 'AUTH')) return mistake(standing, NOT_HERE);
  if (standing.hello === undefined || standing.transaction || standing.login) return mistake(standing, SEQUENCE);
  const [method = '', initial] = rest.split(/ +/);
  switch (method.toUpperCase()) {
    case 'PLAIN':
      standing.challenge = 'plain';
      return initial === undefined ? { said: said(334, null, '') } : answered(standing, initial);
    case 'LOGIN':
      standing.challenge = 'user';
      return initial === undefined ? { said: said(334, null, 'VXNlcm5hbWU6') } : answered(standing, initial);
  }
  return mistake(standing, said(504, '5.5.4', 'Unrecognized authentication type'));
}

const BASE64 = /^(?:[A-Za-z0-9+/]+={0,2}|=)$/;

function answered(standing: Standing, line: string): Step {
  const { challenge } = standing;
  standing.challenge = undefined;
  if (line === '*') return { said: CANCELLED };
  if (!BASE64.test(line) && !(line === '' && challenge !== 'plain')) return mistake(standing, NOT_BASE64);
  if (challenge === 'user') {
    standing.challenge = 'password';
    return { said: said(334, null, 'UGFzc3dvcmQ6') };
  }
  return { stage: 'auth', said: AUTHENTICATED, done: yes(() => { standing.login = true; }) };
}

/** Key of a recipient's domain. */
export const domainOf = (address: string): string => domainKey(splitAddress(address).domain);
