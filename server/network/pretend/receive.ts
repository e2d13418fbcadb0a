/**
 * The message after 354, up to the answer to its final dot. The scenario is
 * asked when the message is complete; of a long one as soon as its first 64 KB
 * are there, so that it can be cut off in the midst of it. What is to be sent
 * later is kept before the 250 goes out, and so is the record of the message:
 * what a rule promised, and the success DSN of each recipient whose sender asked
 * for one (RFC 3461 §5.2.3: this is where the message is delivered).
 */
import type { Answering, Asked } from '../../scenario/scenario.ts';
import type { Desk, Promised } from './desk.ts';
import { type Said, said } from './said.ts';
import { type Taking, taking } from './taking.ts';
import { TOO_LARGE, type Transaction } from './verbs.ts';

/** After the 250: whoever sent it has heard of that by then. */
const SUCCESS_AFTER_MS = 1_000;
const OK = said(250, '2.0.0', 'Ok');
const BROKEN = said(451, '4.3.0', 'Local error in processing');

export type Receiver = {
  begin(): void;
  /** As Wire's Heard.octets. */
  octets(chunk: Buffer): number;
  /** What comes later is being kept: the connection is not to be ended meanwhile. */
  readonly keeping: boolean;
};

export function receiver(desk: Desk): Receiver {
  const { options, standing, wire, pauses } = desk;
  const { run, talk } = options;
  let body = taking();
  let early: Answering | undefined;
  let keeping = false;

  function question(transaction: Transaction, complete: boolean): Asked {
    const from = body;
    const about = desk.question('body');
    about.recipients = transaction.recipients;
    about.size = complete ? from.size : Math.max(from.size, transaction.declaredSize ?? 0);
    about.header = (name) => from.header(name);
    let { tags } = about;
    let message = about.message;
    // Only a rule that looks at them costs the reading of the header.
    Object.defineProperties(about, {
      tags: { enumerable: true, configurable: true, get: () => (tags ??= tagsOf(from)) },
      message: { enumerable: true, configurable: true, get: () => (message ??= from.messageId() || `${transaction.from}\n${from.size}`) },
    });
    return about;
  }

  function octets(chunk: Buffer): number {
    const transaction = standing.transaction!;
    const end = body.take(chunk);
    if (end < 0) {
      if (early || !body.headFull) return -1;
      const told = (early = run.ask(question(transaction, false)));
      const { fault } = told;
      if (fault === 'disconnect' || fault === 'reset') desk.obey(told, () => void desk.misbehave(fault));
      return -1;
    }
    wire.body = false;
    const told = early ?? run.ask(question(transaction, true));
    desk.obey(told, () => answer(transaction, told));
    return end;
  }

  function answer(transaction: Transaction, told: Answering): void {
    const { fault } = told;
    const tooLarge = standing.sizeLimit > 0 && body.size > standing.sizeLimit;
    const reply: Said = told.reply ?? (tooLarge ? TOO_LARGE : said(250, '2.0.0', `Ok: taken as ${options.connection}-${standing.transactions}`));
    const cutOff = fault === 'disconnect-after-dot';
    if (!cutOff && (reply.code < 200 || reply.code >= 300 || isFault(fault))) {
      standing.transaction = undefined;
      if (fault !== undefined && desk.misbehave(fault)) return pauses.goOn();
      return desk.respond(reply, told.dripMs);
    }
    const accept = () => {
      hear(transaction, !cutOff);
      standing.transaction = undefined;
      if (!cutOff) return desk.respond(reply, told.dripMs);
      wire.end();
      pauses.goOn();
    };
    // A bounce of a bounce is nobody's.
    const later = transaction.from === '' ? [] : promised(transaction, reply);
    if (later.length === 0) accept();
    else keep(later, transaction, accept);
  }

  function promised(transaction: Transaction, reply: Said): Promised[] {
    const later: Promised[] = run.afterwards(question(transaction, true));
    // Where the reply is cut off nothing was said.
    const { code, enhanced, lines } = reply.code < 300 ? reply : OK;
    const bounced = new Set(later.filter(({ send }) => send === 'dsn' || send === 'text-bounce').map(({ recipient }) => recipient));
    for (const { address, orcpt } of transaction.success) {
      if (bounced.has(address)) continue;
      later.push({ send: 'success-dsn', afterMs: SUCCESS_AFTER_MS, recipient: address, reply: { code, enhanced, lines: [...lines] }, rule: 'notify=success', ...(orcpt === undefined ? {} : { orcpt }) });
    }
    return later;
  }

  function hear(transaction: Transaction, acknowledged: boolean): void {
    options.place.took(standing.transactions);
    const message = talk.carrying;
    options.hear({
      at: talk.now(), stream: options.stream, connection: options.connection, site: desk.site(), from: transaction.from, recipients: transaction.recipients,
      size: body.size, digest: body.digest(), messageId: body.messageId(), ...(message === undefined ? {} : { message }), tls: standing.tls, acknowledged,
    });
  }

  function keep(later: Promised[], transaction: Transaction, accept: () => void): void {
    keeping = true;
    pauses.hold();
    const messageId = body.messageId();
    const done = (then: () => void) => desk.guarded(() => {
      keeping = false;
      then();
      if (desk.left()) wire.end();
    });
    options.plan(later, {
      stream: options.stream, from: transaction.from, recipients: transaction.recipients, message: talk.carrying ?? messageId, messageId, size: body.size, head: body.head(),
      host: standing.host, at: talk.now() - talk.offset, ...(transaction.envid === undefined ? {} : { envid: transaction.envid }),
    }).then(() => done(accept), (error: unknown) => {
      options.log.error({ error: String(error), connection: options.connection, stream: options.stream }, 'What is to be sent later could not be kept');
      done(() => {
        standing.transaction = undefined;
        desk.respond(BROKEN);
      });
    });
  }

  return {
    begin() {
      body = taking();
      early = undefined;
      wire.body = true;
    },
    octets,
    get keeping() { return keeping; },
  };
}

/** Those of TLS mean nothing here. */
const isFault = (fault: Answering['fault']): boolean => fault !== undefined && !fault.startsWith('tls-');

const tagsOf = (body: Taking): string[] =>
  body.header('x-tags').flatMap((value) => value.split(',')).map((tag) => tag.trim()).filter((tag) => tag !== '');
