/**
 * Faults are structured, so nothing is guessed: what our own resolver, socket
 * and clock said has one meaning each. Only an authoritative NXDOMAIN or a
 * null MX (RFC 7505) speaks of the domain; a resolver that fails does not.
 */
import type { Fault } from '../mail/reply.ts';
import type { Action, ReplyClass } from './verdict.ts';

export const FAULT_RULES: Record<Fault['fault'], { class: ReplyClass; action: Action }> = {
  nxdomain: { class: 'invalid_domain', action: 'strike' },
  'null-mx': { class: 'invalid_domain', action: 'suppress' },
  'no-mx': { class: 'invalid_domain', action: 'strike' },
  'dns-error': { class: 'network', action: 'retry' },
  refused: { class: 'network', action: 'retry' },
  unreachable: { class: 'network', action: 'retry' },
  timeout: { class: 'network', action: 'retry' },
  disconnect: { class: 'network', action: 'retry' },
  tls: { class: 'tls', action: 'retry' },
  'malformed-reply': { class: 'protocol', action: 'retry' },
  loop: { class: 'routing', action: 'fail' },
  expired: { class: 'expired', action: 'fail' },
  suppressed: { class: 'suppressed', action: 'fail' },
  size: { class: 'too_large', action: 'fail' },
  // A relay's: no message is to blame, and the setting may be right again in an hour.
  auth: { class: 'credentials', action: 'retry' },
};
