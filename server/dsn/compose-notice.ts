/**
 * Delivery status notifications (RFC 3464 in a multipart/report, RFC 6522) as
 * bytes. Two authors: Postern itself, telling a sender what became of its
 * mail (composeNotice), and some other mail system far away whose bounce
 * comes back later (composeDsn). Pure. UTF-8 addresses make the types of
 * RFC 6533; ENVID and ORCPT are given back decoded (RFC 3461 §4).
 */
import type { ReplyClass } from '../classify/verdict.ts';
import { type EnhancedStatus, formatEnhanced } from '../mail/enhanced-status.ts';
import type { Answer, Fault } from '../mail/reply.ts';
import { noticeWords, SUBJECTS } from './compose-words.ts';
import { addressField, dateOf, field, fieldsPart, fromXtext, type Head, headFields, isMessageId, multipartReport, type Original, originalPart, plain, textPart, typedAddress } from './report-parts.ts';

export type NoticeRecipient = {
  address: string;
  /** As given in the envelope: `rfc822;xtext`. */
  orcpt?: string;
  /** The last answer; null when nothing was tried. */
  answer: Answer | null;
  verdict?: { class: ReplyClass };
  attempts: number;
  lastAt: number | null;
  /** Of a late one. */
  willRetryUntil?: number;
};

export type NoticeInput = {
  /** `relayed`: handed on to a system that will not report (RFC 3461 §5.2.2). */
  kind: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expired';
  /** Of the notice: makes its Message-ID. */
  id: string;
  /** Of the message that it is about, as Postern names it: X-Postern-Notice. */
  about: string;
  at: number;
  /** `MAILER-DAEMON@mail.shop.test`. */
  from: string;
  /** The envelope sender of the original. */
  to: string;
  reportingMta: string;
  original: Original;
  recipients: NoticeRecipient[];
};

/** The header field by which Postern knows its own notices; its value is the id of the message they are about. */
export const NOTICE_FIELD = 'X-Postern-Notice';

export function composeNotice(notice: NoticeInput): Uint8Array {
  const head = headFields(headOf(notice, SUBJECTS[notice.kind], addressField(NOTICE_FIELD, notice.about)));
  return compose(notice, head, noticeWords(notice));
}

const FOREIGN: Record<NoticeInput['kind'], string> = { failed: 'Failure', expired: 'Failure', delayed: 'Delay', delivered: 'Success', relayed: 'Success' };

/** A foreign mail system's report. `failed` by default. */
export type DsnInput = Omit<NoticeInput, 'kind' | 'about'> & { kind?: NoticeInput['kind'] };

export function composeDsn(input: DsnInput): Uint8Array {
  const dsn: NoticeInput = { ...input, kind: input.kind ?? 'failed', about: '' };
  return compose(dsn, headFields(headOf(dsn, `Delivery Status Notification (${FOREIGN[dsn.kind]})`, '')), noticeWords(dsn));
}

const headOf = ({ from, to, at, id, reportingMta, original }: NoticeInput, subject: string, own: string): Head => ({
  from, name: 'Mail Delivery System', to, subject, at, id, host: reportingMta,
  more: field('Auto-Submitted', 'auto-replied') + own + (isMessageId(original.messageId) ? addressField('In-Reply-To', `<${original.messageId}>`) + addressField('References', `<${original.messageId}>`) : ''),
});

function compose(notice: NoticeInput, head: string, words: string): Uint8Array {
  const { kind, original } = notice;
  // RFC 3461 §4.3: RET is about failures; every other notice returns the header alone.
  const whole = original.ret === 'FULL' && original.complete === true && (kind === 'failed' || kind === 'expired');
  return multipartReport(head, 'delivery-status', notice.id, [
    textPart(words, 'Notification'),
    fieldsPart(statusFields(notice), ['message/delivery-status', 'message/global-delivery-status; charset=utf-8'], 'Delivery report'),
    originalPart(original.raw, { whole }),
  ]);
}

function statusFields({ kind, reportingMta, original, recipients }: NoticeInput): string {
  const message = addressField('Reporting-MTA', `dns; ${reportingMta}`)
    + (original.envid === undefined ? '' : addressField('Original-Envelope-Id', fromXtext(original.envid)))
    + field('Arrival-Date', dateOf(original.receivedAt));
  return [message, ...recipients.map((recipient) => recipientFields(kind, recipient))].join('\r\n');
}

const ACTIONS = { failed: 'failed', expired: 'failed', delayed: 'delayed', delivered: 'delivered', relayed: 'relayed' } as const;
const DIAGNOSTIC_LIMIT = 2_000;

function recipientFields(kind: NoticeInput['kind'], { address, orcpt, answer, lastAt, willRetryUntil }: NoticeRecipient): string {
  return (orcpt === undefined ? '' : addressField('Original-Recipient', originalRecipient(orcpt)))
    + addressField('Final-Recipient', typedAddress(plain(address)))
    + field('Action', ACTIONS[kind])
    + field('Status', statusOf(kind, answer))
    + (answer?.host === undefined ? '' : addressField('Remote-MTA', `dns; ${answer.host}`))
    + (answer === null ? '' : field('Diagnostic-Code', diagnosticOf(answer)))
    + (lastAt === null ? '' : field('Last-Attempt-Date', dateOf(lastAt)))
    + (kind === 'delayed' && willRetryUntil !== undefined ? field('Will-Retry-Until', dateOf(willRetryUntil)) : '');
}

/** RFC 3461 §5.2.7 b: the address as the sender wrote it, xtext undone. */
function originalRecipient(orcpt: string): string {
  const [, type = 'rfc822', address = orcpt] = /^([\w-]+);(.*)$/s.exec(orcpt) ?? [];
  return `${type}; ${plain(fromXtext(address))}`;
}

function diagnosticOf(answer: Answer): string {
  if (answer.kind === 'fault') return `X-Postern; ${plain(answer.detail || answer.fault).slice(0, DIAGNOSTIC_LIMIT)}`;
  return `smtp; ${[answer.code, answer.enhanced ? formatEnhanced(answer.enhanced) : undefined, plain(answer.text).slice(0, DIAGNOSTIC_LIMIT)].filter((part) => part !== undefined && part !== '').join(' ')}`;
}

/** RFC 3463 for what no server gave a code to. The class comes from what became of it. */
const FAULT_STATUS: Record<Fault['fault'], string> = {
  nxdomain: '1.2', 'null-mx': '1.10', 'no-mx': '4.4', 'dns-error': '4.3', refused: '4.1', unreachable: '4.1', timeout: '4.2', disconnect: '4.2',
  tls: '7.5', 'malformed-reply': '5.0', loop: '4.6', expired: '4.7', suppressed: '7.1', size: '3.4', auth: '7.8',
};
const PASSING: readonly Fault['fault'][] = ['dns-error', 'refused', 'unreachable', 'timeout', 'disconnect', 'malformed-reply', 'expired', 'auth'];

function statusOf(kind: NoticeInput['kind'], answer: Answer | null): string {
  if (kind === 'delivered' || kind === 'relayed') return answer?.kind === 'reply' && answer.enhanced?.class === 2 ? formatEnhanced(answer.enhanced) : '2.0.0';
  // RFC 3464 §2.3.4: an expiry is a temporary condition that lasted too long.
  if (kind === 'expired') return '4.4.7';
  const late = kind === 'delayed';
  if (answer === null) return late ? '4.0.0' : '5.0.0';
  if (answer.kind === 'fault') return `${late || PASSING.includes(answer.fault) ? 4 : 5}.${FAULT_STATUS[answer.fault]}`;
  const wanted: EnhancedStatus['class'] = late || (answer.code !== undefined && answer.code < 500) || (answer.code === undefined && answer.enhanced?.class === 4) ? 4 : 5;
  return formatEnhanced({ subject: 0, detail: 0, ...answer.enhanced, class: wanted });
}
