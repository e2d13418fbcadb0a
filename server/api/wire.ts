/** Words what the rooms know as the wire says it (sdk/contract.ts). Pure; see wire-delivery.ts and wire-event.ts for the rest. */
import type * as wire from '../../sdk/contract.ts';
import { addressKey } from '../mail/address.ts';
import type { Attachment, MessageDetail, MessageSummary, MimePart } from '../mail/message.ts';
import type { Credential, Stream } from '../mail/stream.ts';
import { cursorOf } from './cursor.ts';
import { liveOf } from './live.ts';
import { nullableTime, timeOf } from './wire-time.ts';

export { timeOf };

/** A Date field can name a year that ISO 8601 has no four digits for, or none at all. */
const dateOf = (ms: number | undefined): string | null => (ms === undefined || Math.abs(ms) > 8.64e15 ? null : timeOf(ms));

export function messageOf(summary: MessageSummary): wire.Message {
  return {
    ...summaryOf(summary),
    envelope: { from: summary.envelopeFrom, to: summary.recipients },
  };
}

function summaryOf({ id, seq, stream, via, receivedAt, size, header, tags, read, parse, attachments, snippet, delivery }: MessageSummary): Omit<wire.Message, 'envelope'> {
  return {
    id, cursor: cursorOf(seq), stream, via, receivedAt: timeOf(receivedAt), size,
    subject: header.subject, from: header.from, to: header.to, cc: header.cc, replyTo: header.replyTo,
    messageId: header.messageId, date: dateOf(header.date),
    tags, read, parse, attachments: attachments ?? null, snippet: snippet ?? null, delivery: delivery ?? null,
  };
}

export function detailOf(message: MessageDetail): wire.MessageDetail {
  const { envelope, session, parsed, header } = message;
  const named = new Set([...header.to, ...header.cc].map(({ address }) => addressKey(address)));
  return {
    ...summaryOf(message),
    envelope: {
      from: envelope.from,
      to: envelope.recipients.map(({ address }) => address),
      recipients: envelope.recipients.map(({ address, notify, orcpt }) => ({ address, notify: notify ?? null, orcpt: orcpt ?? null })),
      ret: envelope.ret ?? null,
      envid: envelope.envid ?? null,
      body: envelope.body ?? null,
      smtputf8: envelope.smtputf8 ?? false,
      requireTls: envelope.requireTls ?? false,
      bcc: envelope.recipients.map(({ address }) => address).filter((address) => !named.has(addressKey(address))),
    },
    session: {
      id: session.id,
      protocol: session.protocol,
      client: session.client,
      hello: session.hello ?? null,
      tls: session.tls ? { version: session.tls.version, cipher: session.tls.cipher, servername: session.tls.servername ?? null } : null,
      login: session.login ?? null,
      transcript: session.transcript.map(({ at, by, line }) => ({ at: timeOf(at), by, line })),
      times: {
        opened: timeOf(session.times.opened), mail: nullableTime(session.times.mail),
        data: nullableTime(session.times.data), received: timeOf(session.times.received),
      },
    },
    metadata: message.metadata,
    headers: parsed?.headers ?? [],
    text: parsed?.text ?? null,
    html: parsed?.html ?? null,
    truncated: parsed?.truncated ?? false,
    structure: parsed?.tree ? partOf(parsed.tree) : null,
    files: (parsed?.attachments ?? []).map((one) => fileOf(message.id, one)),
    links: parsed?.links ?? [],
    codes: parsed?.codes ?? [],
    listUnsubscribe: parsed?.listUnsubscribe ?? null,
    calendar: parsed?.calendar ?? [],
    warnings: parsed?.warnings ?? [],
    parseError: parsed?.error ?? null,
  };
}

function partOf({ path, type, charset, encoding, filename, disposition, contentId, bodyStart, end, parts }: MimePart): wire.MimePart {
  return {
    path, type, encoding,
    charset: charset ?? null, filename: filename ?? null, disposition: disposition ?? null, contentId: contentId ?? null,
    size: end - bodyStart,
    parts: (parts ?? []).map(partOf),
  };
}

const fileOf = (id: string, { part, filename, type, disposition, contentId, size, sha256 }: Attachment): wire.Attachment =>
  ({ part, filename, type, disposition, contentId: contentId ?? null, size, sha256, url: `/v1/messages/${id}/parts/${part}` });

export function streamOf(stream: Stream, count: { messages: number; unread: number; bytes: number } | undefined, credentials: readonly Credential[]): wire.Stream {
  return {
    name: stream.name, mode: stream.mode, retention: stream.retention, tags: stream.tags, createdAt: timeOf(stream.createdAt),
    messages: count?.messages ?? 0, unread: count?.unread ?? 0, bytes: count?.bytes ?? 0,
    credentials: credentials.map(({ id, user, createdAt, expiresAt }) => ({ id, user, createdAt: timeOf(createdAt), expiresAt: nullableTime(expiresAt) })),
    delivery: { ...stream.delivery, live: liveOf(stream.delivery.live) }, clockOffset: stream.clockOffset,
    paused: stream.paused && { reason: stream.paused.reason, until: nullableTime(stream.paused.until) },
  };
}
