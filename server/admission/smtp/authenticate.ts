/**
 * Who a login is. On an open sandbox every login is taken: a user name that is
 * a stream's chooses that stream, any other goes to `default`. But a user that
 * has a credential must know its password, and a stream that has credentials
 * is reached by them alone. With `requireLogin` only credentials
 * count. Nothing of a password is kept, logged or answered.
 */
import { DEFAULT_STREAM } from '../../mail/stream.ts';
import { refusals } from '../refusal.ts';
import type { Conversation } from './conversation.ts';
import type { Desk } from './desk.ts';
import type { Reply } from './reply.ts';
import { isExpired, refuse } from './verbs.ts';

/** Without a password for CRAM-MD5: there is only a proof that one is known. */
export type Offered = { method: string; user: string; password?: string };

/** A reply that refuses, or nothing: then the conversation has its login. */
export async function authenticate(desk: Desk, talk: Conversation, offered: Offered): Promise<Reply | undefined> {
  const { method, user, password } = offered;
  const target = desk.streams.loginFor(user);
  if (desk.requireLogin || target?.kind === 'credential' || target?.guarded) {
    const credential = target?.kind === 'credential' ? target.credential : undefined;
    if (password === undefined) return refuse(desk, refusals.wrongLogin('Passwords are kept as hashes, so CRAM-MD5 cannot be checked: use PLAIN or LOGIN'));
    const right = await desk.streams.verify(password, credential);
    if (!right || !credential || isExpired(credential, desk.clock.now())) return refuse(desk, refusals.wrongLogin());
    const verdict = await desk.stages.login?.(talk, user);
    if (verdict && verdict.code >= 400) return verdict;
    talk.login = { method, user, credential: credential.id };
    talk.stream = credential.stream;
    return undefined;
  }
  const verdict = await desk.stages.login?.(talk, user);
  if (verdict && verdict.code >= 400) return verdict;
  talk.login = { method, user };
  talk.stream = target?.stream ?? DEFAULT_STREAM;
  return undefined;
}
