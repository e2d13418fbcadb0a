/**
 * Feedback reports (RFC 5965): who complained of what. `auth-failure`
 * (RFC 6591) and `not-spam` are reports, too, and no complaints. Providers
 * that send the bare message with a telling subject count as well.
 */
import type { HeaderField } from '../mail/message.ts';
import type { Verdict } from '../classify/verdict.ts';
import { addressOf } from './status-fields.ts';

export type Feedback = { type: string; recipients: string[]; /** Original-Mail-From. */ sender?: string; words: string };

const RECIPIENTS_LIMIT = 1_000;

export function readFeedback(text: string): Feedback {
  const feedback: Feedback = { type: 'abuse', recipients: [], words: '' };
  const removal: string[] = [];
  const told: string[] = [];
  for (const line of text.split('\n', 5_000)) {
    const field = /^\s{0,4}([A-Za-z][A-Za-z-]{2,40})\s{0,4}:\s*(.*)$/.exec(line);
    if (!field) continue;
    const value = field[2]!.trim();
    switch (field[1]!.toLowerCase()) {
      case 'feedback-type': feedback.type = value.toLowerCase(); break;
      case 'original-rcpt-to': case 'original-recipient': case 'redacted-address':
        if (feedback.recipients.length < RECIPIENTS_LIMIT) feedback.recipients.push(addressOf(value));
        break;
      case 'original-mail-from': feedback.sender ??= addressOf(value); break;
      case 'removal-recipient': removal.push(addressOf(value)); break;
      case 'user-agent': case 'auth-failure': case 'authentication-results': told.push(`${field[1]}: ${value}`); break;
    }
  }
  if (feedback.recipients.length === 0) feedback.recipients = removal;
  feedback.recipients = [...new Set(feedback.recipients.filter((address) => address.includes('@')))];
  feedback.words = told.join(', ');
  return feedback;
}

/** For whom the reported message was, by its own header, where the report does not say. */
export function recipientsOfOriginal(original: readonly HeaderField[]): string[] {
  for (const name of ['x-hmxmroriginalrecipient', 'x-original-to', 'delivered-to', 'x-apparently-to', 'envelope-to', 'to']) {
    const value = original.find((field) => field.name.toLowerCase() === name)?.value;
    const address = value === undefined ? '' : addressOf(value.split(',', 1)[0]!);
    if (address.includes('@')) return [address];
  }
  return [];
}

export function feedbackVerdict(type: string): Verdict {
  const facets = { confidence: 'structured' } as const;
  switch (type) {
    case 'auth-failure': case 'dmarc': return { class: 'authentication', scope: 'sender', permanence: 'policy', action: 'fix_config', rule: 'arf.auth-failure', facets };
    case 'not-spam': return { class: 'delivered', scope: 'none', permanence: 'none', action: 'ignore', rule: 'arf.not-spam', facets };
    case 'virus': return { class: 'malware', scope: 'message', permanence: 'policy', action: 'fail', rule: 'arf.virus', facets };
    default: return { class: 'complaint', scope: 'recipient', permanence: 'none', action: 'suppress', rule: `arf.${/^[a-z-]{1,20}$/.test(type) ? type : 'other'}`, facets };
  }
}
