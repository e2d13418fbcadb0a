/**
 * The Received field of the copy that goes out (RFC 5321 §4.4): from whom it
 * came in, by which protocol, when. What a client called itself is repeated
 * only where it is a name or an address; a User-Agent is nobody's business.
 */
import { isAscii } from 'node:buffer';
import { addressFault } from '../mail/address.ts';
import type { Session } from '../mail/session.ts';
import { fieldOf, type Field } from './head.ts';

/** How a message came in. */
export type Trace = { session: Pick<Session, 'protocol' | 'client' | 'hello'> & { tls?: unknown; login?: unknown }; /** Milliseconds since the epoch. */ receivedAt: number };

export type TraceOptions = {
  trace: Trace;
  /** Ours. */
  name: string;
  message: string;
  smtputf8: boolean;
  /** Named only when it is the only one. */
  recipients: readonly { address: string }[];
};

const HELLO = /^(?:[\w-]+(?:\.[\w-]+)*\.?|\[[0-9a-zA-Z:.]{2,60}\])$/;
const ADDRESS = /^[0-9a-fA-F:.]{2,45}$/;

export function receivedField({ trace: { session, receivedAt }, name, message, smtputf8, recipients }: TraceOptions): Field {
  const { client, hello, protocol } = session;
  const literal = literalOf(client.address);
  const said = protocol === 'smtp' && hello !== undefined && hello.length <= 255 && HELLO.test(hello) ? hello : undefined;
  const from = said === undefined ? (literal ?? 'unknown') : literal === undefined || said === literal ? said : `${said} (${literal})`;
  const [only, ...others] = recipients;
  const lines = [
    `from ${from}`,
    ` by ${name} (Postern) with ${withOf(session, smtputf8)} id ${message}`,
    ...(only && others.length === 0 && isSayable(only.address, smtputf8) ? [` for <${only.address}>`] : []),
  ];
  return fieldOf('Received', `${lines.join('\r\n')};\r\n ${dateOf(receivedAt)}`);
}

/** RFC 3848 and RFC 6531 §4.3; `HTTP` is everybody's word for a submission by the web. */
function withOf({ protocol, tls, login }: Trace['session'], smtputf8: boolean): string {
  if (protocol === 'http') return 'HTTP';
  return `${smtputf8 ? 'UTF8SMTP' : 'ESMTP'}${tls ? 'S' : ''}${login ? 'A' : ''}`;
}

function literalOf(address: string): string | undefined {
  const bare = address.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');
  if (!ADDRESS.test(bare)) return undefined;
  return bare.includes(':') ? `[IPv6:${bare}]` : `[${bare}]`;
}

const isSayable = (address: string, smtputf8: boolean): boolean =>
  !/[\u0000-\u0020\u007f<>]/.test(address) && (smtputf8 || isAscii(Buffer.from(address))) && addressFault(address) === undefined;

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 5322 §3.3, in UTC. */
export function dateOf(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
