/**
 * What else comes back from far away although the mail was taken: a bounce in
 * plain words (as mailers without RFC 3464 write it), a complaint in the
 * abuse reporting format (RFC 5965), an automatic reply (RFC 3834). Pure.
 */
import { readFields } from '../mail/header.ts';
import type { Reply } from '../mail/reply.ts';
import { quotedAnswer, subjectOf } from './compose-words.ts';
import { addressField, dateOf, field, fieldsPart, headerOf, headFields, isMessageId, multipartReport, type Original, originalPart, plain, textMessage, textPart } from './report-parts.ts';

type Common = { /** Makes the Message-ID. */ id: string; at: number; from: string; /** The envelope sender of the original. */ to: string; /** Who reports: a host name. */ reportingMta: string; original: Original };

export function composeTextBounce({ id, at, from, to, reportingMta, original, recipients }: Common & { recipients: { address: string; reply: Reply }[] }): Uint8Array {
  const head = headFields({ from, name: 'Mail Delivery Subsystem', to, subject: 'Returned mail: delivery failed', at, id, host: reportingMta, more: field('Auto-Submitted', 'auto-replied') });
  const lines = [
    `This is the mail program at ${plain(reportingMta)}.`,
    'I was not able to deliver your message to the addresses below. This is final:', 'I have given up, and the message comes back to you.', '',
    ...recipients.flatMap(({ address, reply }) => [`<${plain(address)}>:`, ...quotedAnswer(reply, 'said').map((line) => line.trim()), '']),
    '--- Below this line is a copy of the message header.', '',
    `Return-Path: <${plain(original.from)}>`,
    ...headerOf(Buffer.from(original.raw)).toString('utf8').split('\r\n'),
  ];
  return textMessage(head, lines.join('\n'));
}

export type ComplaintInput = Common & { recipient: string; /** RFC 5965 §7.3: `abuse` when not given. */ feedbackType?: string; sourceIp?: string; userAgent?: string };

/** A feedback report. It holds the message whole where `original` does. */
export function composeComplaint({ id, at, from, to, reportingMta, original, recipient, feedbackType = 'abuse', sourceIp, userAgent = 'Postern-Pretend/1' }: ComplaintInput): Uint8Array {
  const head = headFields({ from, name: 'Feedback Loop', to, subject: `Complaint about: ${subjectOf(original.raw) || 'a message without a subject'}`, at, id, host: reportingMta, more: field('Auto-Submitted', 'auto-generated') });
  const report = field('Feedback-Type', feedbackType) + field('User-Agent', userAgent) + field('Version', '1')
    + addressField('Original-Mail-From', `<${original.from}>`) + addressField('Original-Rcpt-To', `<${recipient}>`)
    + (original.envid === undefined ? '' : addressField('Original-Envelope-Id', original.envid))
    + field('Arrival-Date', dateOf(original.receivedAt)) + addressField('Reporting-MTA', `dns; ${reportingMta}`)
    + (sourceIp === undefined ? '' : field('Source-IP', sourceIp)) + field('Incidents', '1');
  const words = `This is a report of ${plain(reportingMta)} about a message that ${plain(recipient)}\nmarked as unwanted, received on ${dateOf(original.receivedAt)}.\n`;
  return multipartReport(head, 'feedback-report', id, [
    textPart(words), fieldsPart(report, ['message/feedback-report', 'message/feedback-report; charset=utf-8']), originalPart(original.raw, { whole: original.complete === true }),
  ]);
}

/** References that are given on: the newest. */
const REFERENCES = 20;

/** `from` is the person who is away: the recipient of the original. */
export function composeAutoreply({ id, at, from, to, reportingMta, original, text }: Common & { text?: string }): Uint8Array {
  const references = (readFields(headerOf(Buffer.from(original.raw))).find(({ name }) => name.toLowerCase() === 'references')?.value ?? '').match(/<[^\s<>]{1,500}>/g) ?? [];
  const thread = isMessageId(original.messageId) ? addressField('In-Reply-To', `<${original.messageId}>`) + field('References', [...references.slice(-REFERENCES), `<${original.messageId}>`].join(' ')) : '';
  const head = headFields({
    from, name: '', to, subject: `Auto: ${subjectOf(original.raw) || 'your message'}`, at, id, host: reportingMta,
    more: thread + field('Auto-Submitted', 'auto-replied') + field('Precedence', 'bulk') + field('X-Auto-Response-Suppress', 'All'),
  });
  return textMessage(head, text ?? 'Hello,\n\nI am out of the office and will read your message when I am back.\nThis is an automatic reply; you get it once.\n');
}
