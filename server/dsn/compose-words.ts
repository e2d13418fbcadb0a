/**
 * The part of a notice that people read: what happened to whom, in plain
 * sentences, with what the other side said quoted as it said it.
 */
import { CLASSES } from '../classify/classes.ts';
import { formatEnhanced } from '../mail/enhanced-status.ts';
import { decodeText, readFields } from '../mail/header.ts';
import type { Answer, Stage } from '../mail/reply.ts';
import type { NoticeInput, NoticeRecipient } from './compose-notice.ts';
import { dateOf, headerOf, plain } from './report-parts.ts';

export const SUBJECTS: Record<NoticeInput['kind'], string> = {
  failed: 'Not delivered', expired: 'Not delivered in time', delayed: 'Delayed', delivered: 'Delivered', relayed: 'Handed on',
};

const THEY = (count: number): string => (count === 1 ? 'this recipient' : `these ${count} recipients`);
const OPENINGS: Record<NoticeInput['kind'], (count: number) => string> = {
  failed: (count) => `Your message could not be delivered to ${THEY(count)}. It will not be\ntried again.`,
  expired: (count) => `Your message could not be delivered to ${THEY(count)} before its time\nwas over. It will not be tried again.`,
  delayed: (count) => `Your message has been delayed: ${THEY(count)} could not be reached yet.\nIt will be tried again; you do not need to send it again.`,
  delivered: (count) => `Your message was delivered to ${THEY(count)}, as you asked to be told.`,
  relayed: (count) => `Your message was handed on to the mail server of ${THEY(count)}. It does\nnot tell what becomes of a message: you will hear more only if it comes back.`,
};

const AFTER: Record<Stage, string> = {
  resolve: 'when its domain was looked up', connect: 'when the connection was made', greeting: 'in its greeting', ehlo: 'after EHLO', starttls: 'when TLS was started', auth: 'after AUTH',
  mail: 'after MAIL FROM', rcpt: 'after RCPT TO', data: 'after DATA', body: 'after the message',
};

/** Lines of a reply that are quoted, and characters of one. */
const QUOTED_LINES = 40;
const QUOTED_LENGTH = 800;
/** Recipients told one by one in words; the machine-readable part has them all. */
const TOLD = 500;

export function noticeWords({ kind, reportingMta, original, recipients }: NoticeInput): string {
  const subject = subjectOf(original.raw);
  const lines = [
    `This is the mail system at ${plain(reportingMta)}.`, '', OPENINGS[kind](recipients.length), '',
    ...(subject === '' ? [] : [`  Subject:  ${subject}`]), `  Accepted: ${dateOf(original.receivedAt)}`, '',
  ];
  for (const recipient of recipients.slice(0, TOLD)) lines.push(...recipientWords(kind, recipient), '');
  if (recipients.length > TOLD) lines.push(`And ${recipients.length - TOLD} more, see the delivery report below.`, '');
  return lines.join('\n');
}

/** The decoded Subject of the original, short. */
export function subjectOf(raw: Uint8Array): string {
  const header = headerOf(Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, 64 * 1024)));
  const value = readFields(header).find(({ name }) => name.toLowerCase() === 'subject')?.value ?? '';
  return plain(decodeText(value)).slice(0, 200).toWellFormed();
}

const isSuccess = (kind: NoticeInput['kind']): boolean => kind === 'delivered' || kind === 'relayed';

function recipientWords(kind: NoticeInput['kind'], { address, answer, verdict, attempts, lastAt, willRetryUntil }: NoticeRecipient): string[] {
  const tries = attempts === 0 ? 'It was not tried.' : `${attempts === 1 ? 'Tried once' : `Tried ${attempts} times`}${lastAt === null ? '' : `, last on ${dateOf(lastAt)}`}.`;
  return [
    `<${plain(address)}>:`,
    ...(answer === null ? [] : quotedAnswer(answer, isSuccess(kind) ? 'accepted it' : 'said')),
    ...(verdict && !isSuccess(kind) && CLASSES[verdict.class].says ? [`  ${CLASSES[verdict.class].says}`] : []),
    `  ${tries}`,
    ...(kind === 'delayed' && willRetryUntil !== undefined ? [`  It will be tried until ${dateOf(willRetryUntil)}.`] : []),
  ];
}

/** Who said what, and when in the dialogue. */
export function quotedAnswer(answer: Answer, said: string): string[] {
  const host = answer.host === undefined ? 'The mail server' : `The mail server ${plain(answer.host)}`;
  const when = answer.stage === undefined ? '' : ` ${AFTER[answer.stage]}`;
  if (answer.kind === 'fault') return [`  ${answer.host === undefined ? 'No mail server answered' : `${host} did not answer as it should`}${when}:`, `    ${plain(answer.detail || answer.fault).slice(0, QUOTED_LENGTH)}`];
  const codes = [answer.code, answer.enhanced ? formatEnhanced(answer.enhanced) : undefined].filter((part) => part !== undefined).join(' ');
  const lines = answer.text.split('\n', QUOTED_LINES).map((line) => `    ${[codes, plain(line).slice(0, QUOTED_LENGTH)].filter(Boolean).join(' ')}`);
  return [`  ${host} ${said}${when}:`, ...lines];
}

