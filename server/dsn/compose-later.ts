/**
 * What the pretend remote promised to send later, written when it is due: a
 * plan (network/pretend/afterwards.ts) becomes a report about the message
 * that it took. Pure; the same plan makes the same Message-ID each time.
 */
import { findEnhanced } from '../mail/enhanced-status.ts';
import type { Reply } from '../mail/reply.ts';
import { composeAutoreply, composeComplaint, composeTextBounce } from './compose-foreign.ts';
import { composeDsn } from './compose-notice.ts';
import type { Original } from './report-parts.ts';

export type Later = {
  id: string;
  send: 'dsn' | 'success-dsn' | 'delay-dsn' | 'text-bounce' | 'complaint' | 'ooo';
  to: string;
  recipient: string;
  orcpt?: string;
  reply: { code: number; enhanced: string | null; lines: string[] };
  host: string;
  acceptedAt: number;
  at: number;
  messageId: string;
  envid?: string;
  size: number;
  head: Uint8Array;
};

const HOURS = 3_600_000;

export function composeLater({ id, send, to, recipient, orcpt, reply: said, host, acceptedAt, at, messageId, envid, size, head }: Later): Uint8Array {
  const original: Original = { messageId, from: to, receivedAt: acceptedAt, raw: head, complete: head.length >= size, ...(envid === undefined ? {} : { envid }) };
  const enhanced = said.enhanced === null ? undefined : findEnhanced(said.enhanced);
  const reply: Reply = { kind: 'reply', code: said.code, text: said.lines.join('\n'), host, ...(enhanced ? { enhanced } : {}) };
  const daemon = { id, at, from: `MAILER-DAEMON@${host}`, to, reportingMta: host, original };
  switch (send) {
    case 'dsn': return composeDsn({ ...daemon, recipients: [{ address: recipient, answer: reply, attempts: 1, lastAt: at }] });
    case 'success-dsn': return composeDsn({ ...daemon, kind: 'delivered', recipients: [{ address: recipient, ...(orcpt === undefined ? {} : { orcpt }), answer: reply, attempts: 1, lastAt: acceptedAt }] });
    case 'delay-dsn': return composeDsn({ ...daemon, kind: 'delayed', recipients: [{ address: recipient, answer: reply, attempts: 1, lastAt: at, willRetryUntil: acceptedAt + 72 * HOURS }] });
    case 'text-bounce': return composeTextBounce({ ...daemon, recipients: [{ address: recipient, reply }] });
    case 'complaint': return composeComplaint({ ...daemon, from: `feedback@${host}`, recipient });
    case 'ooo': return composeAutoreply({ ...daemon, from: recipient });
  }
}
