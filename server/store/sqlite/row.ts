/**
 * Rows to messages and back. A summary is kept in two parts: what was true at
 * the capture and stays so (JSON, written once) and what changes (columns).
 */
import type { Submission } from '../../admission/port.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { PARSE_STATES } from './roles.ts';

/** The part that never changes. `tags` are those of the capture, for the event that tells of it. */
export type Fixed = Pick<MessageSummary, 'via' | 'header' | 'envelopeFrom' | 'recipients' | 'tags'>;

export function fixedOf({ via, header, envelope, tags }: Submission): Fixed {
  return { via, header, envelopeFrom: envelope.from, recipients: envelope.recipients.map((one) => one.address), tags };
}

export type SummaryRow = {
  seq: number; id: string; stream: string; receivedAt: number; size: number; read: number; parse: number;
  attachments: number | null; tags: string; fixed: string; snippet: string | null;
};

/** Needs messages m, contents c, streams s and (left) parsed p. */
export const SUMMARY_COLUMNS = 'm.seq, m.id, s.name AS stream, m.received_at AS receivedAt, m.size, m.read, m.parse, m.attachments, m.tags, c.summary AS fixed, p.snippet';
export const SUMMARY_JOINS = 'JOIN contents c ON c.seq = m.seq JOIN streams s ON s.id = m.stream LEFT JOIN parsed p ON p.seq = m.seq';

export function summaryOf(row: SummaryRow): MessageSummary {
  const fixed = JSON.parse(row.fixed) as Fixed;
  return {
    id: row.id,
    seq: row.seq,
    stream: row.stream,
    via: fixed.via,
    receivedAt: row.receivedAt,
    size: row.size,
    header: fixed.header,
    envelopeFrom: fixed.envelopeFrom,
    recipients: fixed.recipients,
    tags: JSON.parse(row.tags) as string[],
    read: row.read === 1,
    parse: PARSE_STATES[row.parse] ?? 'pending',
    ...(row.attachments === null ? {} : { attachments: row.attachments }),
    ...(row.snippet === null ? {} : { snippet: row.snippet }),
  };
}

/** As it was at the moment of its capture. */
export function capturedSummary(row: { id: string; seq: number; stream: string; receivedAt: number; size: number }, fixed: Fixed): MessageSummary {
  const { id, seq, stream, receivedAt, size } = row;
  return {
    id, seq, stream, via: fixed.via, receivedAt, size, header: fixed.header, envelopeFrom: fixed.envelopeFrom,
    recipients: fixed.recipients, tags: fixed.tags, read: false, parse: 'pending',
  };
}
