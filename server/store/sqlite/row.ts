/**
 * Rows to messages and back. A summary is kept in two parts: what was true at
 * the capture and stays so (JSON, written once) and what changes (columns).
 */
import type { Submission } from '../../admission/port.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { RECIPIENT_STATES } from '../../mail/recipient.ts';
import { WIDTH } from './recipient-row.ts';
import { PARSE_STATES } from './roles.ts';

/** The part that never changes. `tags` are those of the capture, for the event that tells of it. */
export type Fixed = Pick<MessageSummary, 'via' | 'header' | 'envelopeFrom' | 'recipients' | 'tags'>;

export function fixedOf({ via, header, envelope, tags }: Submission): Fixed {
  return { via, header, envelopeFrom: envelope.from, recipients: envelope.recipients.map((one) => one.address), tags };
}

export type SummaryRow = {
  seq: number; id: string; stream: string; receivedAt: number; size: number; read: number; parse: number;
  attachments: number | null; tags: string; fixed: string; snippet: string | null;
  /** JSON; null when nothing of it was queued. */
  delivery: string | null;
};

/** Needs messages m, contents c, streams s and (left) parsed p. */
export const SUMMARY_COLUMNS = 'm.seq, m.id, s.name AS stream, m.received_at AS receivedAt, m.size, m.read, m.parse, m.attachments, m.tags, c.summary AS fixed, p.snippet, '
  + `CASE WHEN m.queued IS NULL THEN NULL ELSE (SELECT json_group_object(state, n) FROM (SELECT state, count(*) AS n FROM recipients WHERE key >= m.seq * ${WIDTH} AND key < (m.seq + 1) * ${WIDTH} GROUP BY state)) END AS delivery`;
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
    ...(row.delivery === null ? {} : { delivery: tallyOf(row.delivery) }),
  };
}

function tallyOf(json: string): NonNullable<MessageSummary['delivery']> {
  return Object.fromEntries(Object.entries(JSON.parse(json) as Record<string, number>).map(([state, n]) => [RECIPIENT_STATES[Number(state)], n]));
}

/** What became at once of those that were to be delivered. */
export type Taken = { queued: number; held: number; suppressed: number };

/** By messages.queued, of mail of which none was held and nobody got it instead (enqueue.ts writes the event of such mail whole). */
export const takenOf = (queued: number | null, { recipients }: Fixed): Taken | null => (queued === null ? null : { queued, held: 0, suppressed: recipients.length - queued });

/** As it was at the moment of its capture; `taken` is null when nothing of it was to be delivered. */
function capturedSummary(row: { id: string; seq: number; stream: string; receivedAt: number; size: number; taken: Taken | null }, fixed: Fixed): MessageSummary {
  const { id, seq, stream, receivedAt, size, taken } = row;
  return {
    id, seq, stream, via: fixed.via, receivedAt, size, header: fixed.header, envelopeFrom: fixed.envelopeFrom,
    recipients: fixed.recipients, tags: fixed.tags, read: false, parse: 'pending',
    ...(taken === null ? {} : { delivery: Object.fromEntries(Object.entries(taken).filter(([, n]) => n > 0)) }),
  };
}

/** The fields of message.captured beside its type and stream; `queued` are those that wait, held ones too. */
export function capturedFields(row: Parameters<typeof capturedSummary>[0], fixed: Fixed): { message: string; summary: MessageSummary; queued?: number } {
  const { id, taken } = row;
  return { message: id, summary: capturedSummary(row, fixed), ...(taken === null ? {} : { queued: taken.queued + taken.held }) };
}
