/**
 * What a persona insists on by itself: TLS, sizes, connections, rates,
 * greylisting. Each check is one situation at the stage where its reply is
 * said; a persona without limits has none, and costs nothing.
 */
import type { Situation } from '../../sdk/contract.ts';
import type { Stage } from '../mail/reply.ts';
import type { CompiledPersona, Said } from './compiled.ts';
import type { Notes } from './notes.ts';
import { contactKey, greylistedFor, overRate } from './often.ts';
import type { Asked } from './scenario.ts';
import type { Subject } from './when.ts';

export type Check = {
  situation: Situation;
  /** Undefined lets pass; a number refuses, and is how long to wait as far as that is known. */
  refuses(asked: Asked, subject: Subject, notes: Notes): number | undefined;
};

export type Checks = Partial<Record<Stage, Check[]>>;

/** `reply` answers the persona's words for a situation, borrowed ones included. */
export function checksOf({ wire, greylist, messages }: CompiledPersona, reply: (situation: Situation) => { at: Stage; said: Said }): Checks {
  const checks: Checks = {};
  const add = (stage: Stage, check: Check) => void (checks[stage] ??= []).push(check);
  const by = (situation: Situation, refuses: Check['refuses'], stage = reply(situation).at) => add(stage, { situation, refuses });
  const { limits, size } = wire;

  if (limits?.connections !== undefined) by('connections', ({ connectionsOpen = 0 }) => (connectionsOpen > limits.connections! ? 0 : undefined));
  if (wire.requiresTls) by('tlsrequired', ({ tls }) => (tls ? undefined : 0));
  if (limits?.messagesPerConnection !== undefined) by('perconnection', ({ messagesOnConnection = 0 }) => (messagesOnConnection >= limits.messagesPerConnection! ? 0 : undefined));
  // As declared with SIZE=, and once more when all of it was read.
  if (size !== undefined) for (const stage of ['mail', 'body'] as const) by('toolarge', (asked) => ((asked.size ?? 0) > size ? 0 : undefined), stage);
  if (messages) by('ratelimit', (asked, _, notes) => overRate(notes, `r|${wire.name}|${asked.site}|${asked.client}`, messages, asked.now) || undefined);
  if (greylist) by('greylist', (asked, subject, notes) => greylistedFor(notes, `g|${wire.name}|${contactKey(asked, subject)}`, greylist.waitMs, greylist.passForMs, asked.now) || undefined);
  if (limits?.recipientsPerMessage !== undefined) {
    const most = limits.recipientsPerMessage;
    const key = ({ connection }: Asked) => `n|${wire.name}|${connection}`;
    add('mail', { situation: 'toomany', refuses(asked, _, notes) {
      notes.set(key(asked), 0);
      return undefined;
    } });
    // The last of RCPT's checks: only those that are let in count.
    by('toomany', (asked, _, notes) => {
      const so = (notes.get(key(asked)) as number | undefined) ?? 0;
      if (so >= most) return 0;
      notes.set(key(asked), so + 1);
      return undefined;
    }, 'rcpt');
  }
  return checks;
}
