/**
 * The login at a relay (RFC 4954), as lines to say: PLAIN where it is
 * offered (RFC 4616), else LOGIN. What a line really holds goes over the wire
 * alone; what is shown has `***` in its place. Pure.
 */
import type { Host } from '../network/network.ts';

export type Credentials = NonNullable<Host['login']>;

export type Login = {
  mechanism: 'PLAIN' | 'LOGIN';
  /** The command, and what answers each 334 after it. */
  first: Line;
  rest: Line[];
};
export type Line = { said: string; shown: string };

/** RFC 5321 §4.5.3.1.4: octets of a command, its line end included. What does not fit waits for a 334 (RFC 4954 §4). */
const LONGEST = 512;

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const secret = (said: string): Line => ({ said, shown: '***' });

/** A sentence when there is no way to log in. */
export function loginOf({ user, password }: Credentials, offered: readonly string[]): Login | string {
  // eslint-disable-next-line no-control-regex
  if (/\0/.test(user + password)) return 'the login holds a NUL, which cannot be sent';
  if (offered.includes('PLAIN')) {
    const whole = secret(base64(`\0${user}\0${password}`));
    const command = `AUTH PLAIN ${whole.said}`;
    // One that asks all the same gets it then.
    return { mechanism: 'PLAIN', first: command.length + 2 > LONGEST ? { said: 'AUTH PLAIN', shown: 'AUTH PLAIN' } : { said: command, shown: 'AUTH PLAIN ***' }, rest: [whole] };
  }
  if (offered.includes('LOGIN')) return { mechanism: 'LOGIN', first: { said: 'AUTH LOGIN', shown: 'AUTH LOGIN' }, rest: [secret(base64(user)), secret(base64(password))] };
  return offered.length === 0 ? 'the host does not offer AUTH' : `the host offers AUTH ${offered.join(' ')}, of which neither PLAIN nor LOGIN is one`;
}

/** What must not be shown, whoever says it. */
export const secretsOf = ({ user, password }: Credentials): string[] => [base64(`\0${user}\0${password}`), base64(password), password].filter((text) => text.length >= 4);
