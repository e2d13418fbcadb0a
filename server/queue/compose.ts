/**
 * Writes a notice as a message of the stream that its original came by, for
 * the envelope sender: it is kept in the transaction that settles, lands in
 * the inbox of the return path, and goes no further. However many bounce at
 * once, only some originals are in memory: the others wait for their turn.
 */
import type { BodyWriter, Submission } from '../admission/port.ts';
import { composeNotice } from '../dsn/compose.ts';
import type { MakeId } from '../ids.ts';
import type { Clock } from '../clock.ts';
import { headerCollector } from '../mail/header.ts';
import type { ComposeNotice, NoticeAsk } from './notices.ts';
import type { ReplyClass } from '../classify/verdict.ts';

/** Octets of the original that are returned at most; beyond, its header alone. */
const WHOLE_MOST = 256 * 1024;
const HEAD_MOST = 64 * 1024;
/** Octets of originals that are read and written out at once. */
const AT_ONCE_MOST = 4 * 1024 * 1024;

export type NoticeOptions = {
  store: { openBody(): BodyWriter; body(id: string, range?: { start: number; end: number }): Promise<AsyncIterable<Uint8Array> | undefined> };
  wall: Clock;
  makeId: MakeId;
  /** Named as the reporting MTA. */
  name: string;
  streamTags?: (stream: string) => readonly string[];
};

export function noticeWriter({ store, wall, makeId, name, streamTags = () => [] }: NoticeOptions): ComposeNotice {
  const turns = createTurns(AT_ONCE_MOST);
  // RFC 3461 §4.3: RET is about failures; every other notice returns the header alone.
  const isWhole = ({ kind, message }: NoticeAsk) => kind === 'failure' && message.ret === 'FULL' && message.size <= WHOLE_MOST;

  async function compose({ kind, message, recipients, now }: NoticeAsk, end: number): Promise<Submission | undefined> {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await store.body(message.message, { start: 0, end })) ?? []) pieces.push(piece);
    if (pieces.length === 0 && message.size > 0) return undefined;
    const at = wall.now();
    const id = makeId(at);
    const raw = composeNotice({
      kind: dsnKind(kind, recipients), id, about: message.message, at: now, from: `MAILER-DAEMON@${name}`, to: message.from, reportingMta: name,
      original: {
        raw: Buffer.concat(pieces), complete: end >= message.size, messageId: message.messageId, from: message.from, receivedAt: recipients[0]!.recipient.queuedAt,
        ...(message.envid === undefined ? {} : { envid: message.envid }), ...(message.ret ? { ret: message.ret } : {}),
      },
      recipients: recipients.map(({ recipient, answer, at: lastAt, class: name, attempts }) => ({
        address: recipient.address, ...(recipient.orcpt === undefined ? {} : { orcpt: recipient.orcpt }), answer, attempts, lastAt: attempts > 0 ? lastAt : null,
        ...(name === null ? {} : { verdict: { class: name as ReplyClass } }),
        ...(kind === 'delay' ? { willRetryUntil: recipient.expiresAt } : {}),
      })),
    });
    const body = store.openBody();
    await body.write(raw);
    const header = headerCollector();
    header.push(raw);
    const summary = header.summary();
    return {
      id, stream: message.stream, via: 'smtp', receivedAt: at, header: summary, metadata: {}, body,
      tags: [...new Set([...streamTags(message.stream), ...summary.tags])],
      envelope: { from: '', recipients: [{ address: message.from }] },
      session: { id, protocol: 'smtp', client: { address: '127.0.0.1', port: 0 }, hello: name, transcript: [], times: { opened: at, received: at } },
    };
  }

  return (ask) => {
    const end = isWhole(ask) ? ask.message.size : Math.min(ask.message.size, HEAD_MOST);
    return turns(end, () => compose(ask, end));
  };
}

/** Lets so many octets be worked on at once, in the order in which they came; one that is larger goes alone. */
function createTurns(most: number): <T>(octets: number, act: () => Promise<T>) => Promise<T> {
  let held = 0;
  const waiting: { octets: number; go(): void }[] = [];
  const fits = (octets: number) => held === 0 || held + octets <= most;
  const letIn = () => {
    while (waiting.length > 0 && fits(waiting[0]!.octets)) {
      const next = waiting.shift()!;
      held += next.octets;
      next.go();
    }
  };
  return async (octets, act) => {
    await new Promise<void>((go) => {
      waiting.push({ octets, go });
      letIn();
    });
    try {
      return await act();
    } finally {
      held -= octets;
      letIn();
    }
  };
}

function dsnKind(kind: NoticeAsk['kind'], recipients: NoticeAsk['recipients']): 'failed' | 'delayed' | 'relayed' | 'expired' {
  switch (kind) {
    case 'failure': return recipients.every(({ expired }) => expired) ? 'expired' : 'failed';
    case 'delay': return 'delayed';
    case 'success': return 'relayed'; // by SMTP; what the other side told of is not told twice
  }
}
