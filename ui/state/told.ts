/** An event in plain words, as the event log shows it. Pure. */
import type { PosternEvent } from '../../sdk/contract.ts';
import { percent, plural } from './format.ts';
import { answerText } from './outcome.ts';

export function told(event: PosternEvent): string {
  switch (event.type) {
    case 'message.captured': return `${event.summary.subject || '(no subject)'} — to ${event.summary.envelope.to.slice(0, 3).join(', ')}${event.summary.envelope.to.length > 3 ? ` and ${event.summary.envelope.to.length - 3} more` : ''}`;
    case 'message.parsed': return event.parse === 'failed' ? 'could not be parsed' : `parsed${event.attachments > 0 ? `, ${plural(event.attachments, 'attachment')}` : ''}`;
    case 'message.updated': return [event.read === undefined ? '' : event.read ? 'marked read' : 'marked unread', event.tags === undefined ? '' : `tags: ${event.tags.join(', ') || 'none'}`].filter(Boolean).join('; ');
    case 'messages.deleted': return `${plural(event.messages.length, 'message')} deleted ${event.by === 'retention' ? 'by retention' : 'on request'}`;
    case 'stream.created': return 'created';
    case 'stream.updated': return 'settings changed';
    case 'stream.deleted': return 'deleted';
    case 'inbox.created': return event.address;
    case 'recipient.delivered': case 'recipient.deferred': case 'recipient.bounced': return `${event.recipient} — ${answerText(event.answer)}`;
    case 'recipient.expired': return `${event.recipient} — gave up${event.answer ? `; the last answer was ${answerText(event.answer)}` : ''}`;
    case 'recipient.suppressed': return `${event.recipient} — ${event.detail || event.reason}`;
    case 'recipient.held': return `${event.recipient} — ${event.text || `by ${event.by}`}`;
    case 'message.released': return `released for real to ${event.to.slice(0, 3).join(', ')}${event.to.length > 3 ? ` and ${event.to.length - 3} more` : ''} — by ${event.by}`;
    case 'recipient.cancelled': case 'recipient.released': return `${event.recipient} — by ${event.by}`;
    case 'bounce.received': return `${event.recipient} — ${event.diagnostic || event.class}`;
    case 'complaint.received': return `${event.recipient} — complained (${event.feedback})`;
    case 'autoreply.received': return `${event.recipient} — an automatic reply`;
    case 'delay.received': return `${event.recipient} — late: ${event.diagnostic}`;
    case 'suppression.added': return `${event.address} — ${event.detail || event.reason}`;
    case 'suppression.removed': return `${event.address} — by ${event.by}`;
    case 'site.paused': return `${event.site} — ${event.reason}`;
    case 'site.resumed': return `${event.site} — by ${event.by === 'person' ? 'a person' : 'itself'}`;
    case 'site.pace': return `${event.site} — ${Math.round(event.pace * 100)} %: ${event.reason}`;
    case 'stream.paused': return event.reason;
    case 'stream.resumed': return 'goes on';
    case 'alert.queue-age': return event.state === 'raised' ? 'the oldest mail has waited too long' : 'no mail waits too long any more';
    case 'alert.rate': return event.state === 'raised' ? `${percent(event.share)} of ${plural(event.of, 'recipient')} ${event.measure}: more than ${percent(event.threshold)}` : `the share that ${event.measure} is below ${percent(event.threshold)} again`;
    case 'delivery.stopped': case 'delivery.started': return `real delivery ${event.type === 'delivery.stopped' ? 'stopped' : 'is on again'} — by ${event.by}${event.reason ? `: ${event.reason}` : ''}`;
    case 'stream.mode': return `from ${event.from} to ${event.to} — by ${event.by}`;
    case 'canary.approved': return `${plural(event.recipients, 'recipient')} released — by ${event.by}`;
    case 'site.rule': return `${event.site} — ${event.action}: ${event.reason}`;
    case 'preflight.changed': return `${event.domain} — ${event.changes.map(({ check, was, now }) => `${check} ${was} → ${now}`).join(', ') || `${event.was} → ${event.now}`}`;
    case 'unsubscribe.received': return `${event.recipient} — unsubscribed`;
    case 'clock.advanced': return `from ${event.from} to ${event.to}${event.recipient ? ` for ${event.recipient}` : event.message ? ' for one message' : ''}`;
    case 'scenario.changed': return 'the scenario changed';
    case 'scenario.reset': return 'the scenario begins anew';
    case 'hook.disabled': case 'hook.enabled': return event.reason;
  }
}
