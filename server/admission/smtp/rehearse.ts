/** A rehearsal as stages of the SMTP listener: what a scenario says becomes the verdict of the stage, a fault ends or silences the connection. */
import type { Stage } from '../../mail/reply.ts';
import { DEFAULT_STREAM } from '../../mail/stream.ts';
import type { Rehearsal, Rehearsed } from '../rehearsal.ts';
import type { Conversation } from './conversation.ts';
import type { Stages, Verdict } from './desk.ts';
import { type Reply, reply } from './reply.ts';

type Facts = Parameters<Rehearsal['at']>[1];

/** A listener that asks nobody before its greeting is faster, and nearly always there is nobody to ask: so `connect` is there only when there is. */
export function rehearsalStages(rehearsal: Rehearsal, acts: (stream: string) => boolean): Stages {
  const { connect, ...rest } = stagesOf(rehearsal, acts);
  return Object.defineProperty<Stages>(rest, 'connect', { enumerable: true, get: () => (acts(DEFAULT_STREAM) ? connect : undefined) });
}

function stagesOf(rehearsal: Rehearsal, acts: (stream: string) => boolean): Stages {
  const factsOf = (talk: Conversation): Facts => ({
    stream: talk.stream,
    connection: talk.id,
    client: talk.client.address,
    tls: talk.tls !== undefined,
    ...(talk.transaction ? { sender: talk.transaction.envelope.from, recipients: talk.transaction.envelope.recipients.map(({ address }) => address) } : {}),
    ...(talk.transaction?.envelope.declaredSize === undefined ? {} : { size: talk.transaction.envelope.declaredSize }),
  });

  function at(talk: Conversation, stage: Stage, more?: Partial<Facts>): Verdict {
    // Asked here as well: the facts of a message cost more than all else of a stage where nothing acts.
    if (!acts(talk.stream)) return undefined;
    const said = rehearsal.at(stage, { ...factsOf(talk), ...more });
    if (said instanceof Promise) return said.then((one) => verdictOf(talk, one));
    return verdictOf(talk, said);
  }

  return {
    connect: (talk) => at(talk, 'greeting'),
    hello: (talk) => at(talk, 'ehlo'),
    login: (talk) => at(talk, 'auth'),
    mail: (talk, sender) => at(talk, 'mail', { sender }),
    rcpt: (talk, { address }) => at(talk, 'rcpt', { recipient: address }),
    data: (talk) => at(talk, 'data'),
    body: (talk, size) => at(talk, 'body', { size }),
  };
}

function verdictOf(talk: Conversation, said: Rehearsed | undefined): Verdict {
  if (!said) return undefined;
  if (said.kind === 'reply') {
    const verdict: Reply = reply(said.code, said.enhanced, said.lines.length === 1 ? said.lines[0]! : said.lines);
    // 421 closes by itself (RFC 5321 §3.8); any other code says so in its own line.
    return said.close && said.code !== 421 ? { ...verdict, code: said.code, close: true } : verdict;
  }
  if (said.fault === 'silence') talk.silent = true;
  else talk.cut?.(said.fault === 'reset' ? 'reset' : 'close');
  return new Promise(() => {}); // never answered: the connection ends, and the promise with it
}
