/**
 * Words that say little and are said of everything: "unavailable", "busy",
 * "rejected", "denied". They come after all that is specific. What they make
 * of a recipient needs a second confirmation before mail to it stops.
 */
import type { Rule } from '../rule.ts';

export const WEAK_RULES: readonly Rule[] = [
  {
    id: 'unavailable.policy', class: 'policy',
    when: ['(mailbox|recipient|user) ~1 (unavailable|not available) & POLICY'],
    samples: ['550 Requested action not taken: mailbox unavailable\nReject due to policy violations'],
  },
  {
    id: 'unavailable.mailbox', class: 'invalid_recipient', action: 'strike',
    when: [
      '(mailbox|user|recipient|account|email address|address) ~2 (unavailable|not available|unreachable|not reachable|undeliverable|cannot be reached|could not be reached)',
      '(address|recipient|rcpt|user|recipient address|to address|addresses) ~2 (rejected|refused|undeliverable|failed)',
      '@recipient-rejected access denied', '@addr (rejected|refused|failed|undeliverable)', 'address rejected',
      '(rejected|undeliverable) ~1 (address|recipient)', 'undeliverable address',
      '(mailbox|recipient|user|account) ~2 (cannot|can not|cant|unable to|not able to) receive', 'rejected recipient', 'user ~2 (rejected|refused)',
      'rejected address',
    ],
    unless: [
      'POLICY', 'SPAM', '(relay|relaying) ~1 denied', 'SENDER', 'OURS', 'CLIENT', 'BOUNCE', 'your (address|domain|host|ip)', 'temporarily',
      'local policy', 'not authorized', 'security polic', 'mailer error', 'quota', 'try again', 'block rcpt', 'domain', 'database',
      '(mailbox|user|recipient|address|account) ~1 (server|store|service|verification|callout|backend)', '(timeout|timed out|internal|backend)',
    ],
    samples: ['550 5.1.0 Address rejected.', '542 a@example.test Rejected'],
  },

  {
    id: 'absent.bare', class: 'invalid_recipient', code: [5, 0], action: 'strike',
    when: [
      '(does not|doesnt|do not|not|no longer) (exist|exists)', 'doesnt exists', '(nonexistent|non existent) ~1 (here|address|recipient|user)',
      'nie istnieje', 'no existe', 'nao existe', 'non esiste', 'existe pas', 'existiert nicht', 'bestaat niet', 'не существует', '不存在',
    ],
    unless: [
      'SENDER', 'OURS', 'CLIENT', 'BOUNCE', 'DOMAIN_ABROAD', 'too many',
      '(host|domain|@host|file|directory|path|command|header|headers|record|records|mx|dns|server|table|relay|certificate|message|policy|service|page|rule|ptr|entry|list|alias)',
      'or undefined', 'THING',
    ],
    samples: ['550 does not exist', '550_does_not_exist_here'],
  },
  {
    id: 'inactive.bare', class: 'inactive_recipient', code: [5, 0], action: 'strike',
    when: ['(is|been) ~1 (disabled|deactivated|suspended|discontinued|terminated)'],
    unless: [
      'SENDER', 'OURS', 'CLIENT', 'AUTH', 'domain', 'THING', 'service ~3 (disabled|suspended|deactivated|terminated|discontinued)', '(ip|@ip|host|server|service expired|list|group|message|software|character|program|tool|app|application)',
      '(feature|archive|journaling|support|sending|outgoing|outbound|relay|authentication|login|access|command|protocol|tls)', 'your',
    ],
    samples: ['550 <maxq> is now disabled with MTA service.'],
  },
  { id: 'busy.postscreen', class: 'ip_blocked', when: ['service currently unavailable', 'access denied ~1 postscreen'], code: [521], samples: ['521 5.3.2 Service currently unavailable'] },
  {
    id: 'busy', class: 'server_error', code: [4, 0],
    when: [
      '(system|server|service|host|site|mta|daemon|mail server|we|delivery|resources|queue|store|backend|directory|database) ~3 BUSY',
      '(temporary|internal|transient|local|unexpected|fatal|system|mailer|server|configuration|database|ldap|directory|deferral|processing|filter|io|disk) ~2 (error|failure|problem|trouble|fault|issue)',
      '(service|server|system|host|mta) ~2 (not available|unavailable|down|closing|shutting down|refused|refuse|not ready|offline|stopped|temporarily|overloaded|disabled)',
      'not accepting (connections|network messages|mail|messages|new)',
      '(try|retry|come back|wait|please try|send) ~4 (later|again|another time|moment)',
      'temporarily ~2 (unavailable|deferred|rejected|unable|refused|not available)', 'temporary ~2 (failure|rejection|problem)', 'unable to process',
      'cannot process', 'requested action aborted', 'local error', 'mailer error', 'resources ~2 unavailable', 'system not accepting',
      'under maintenance', 'internal error', 'temporarily rejected this message', 'requested action not taken ~2 (error|try)',
      'not currently ~2 (accept|available)', '稍后', 'plus tard', 'spater', 'mas tarde', 'позже', 'temporariamente', 'momentaneamente', 'deferred',
      'unable to deliver message after', 'delivery attempts ~3 failed', 'command died', 'could not deliver', 'failed to be replicated', 'qmail',
      'queue',
    ],
    unless: [
      'temporarily denied', 'queue too long', 'retry timeout exceeded', 'POLICY ~2 (violation|violations|reasons)', 'BLOCKLIST',
      'service unavailable client', 'access denied', 'content', 'contact', 'clean up the words',
    ],
    samples: [
      '421 4.3.2 Service not available',
      '451 4.3.5 Server configuration error',
      '451 4.7.1 Please try again later',
      '421 Service Temporarily Unavailable',
    ],
  },
  {
    id: 'busy.permanent', class: 'server_error',
    when: [
      '(internal|system|configuration|mailer|transient|temporary|local delivery|server|backend|unexpected) ~1 (error|failure|problem|fault)',
      'temporary failure', 'unknown (error|failure|problem)', 'system ~1 busy', '(server|system|service|delivery) ~1 (busy|overloaded|misconfigured)',
      '(try|retry) ~3 (later|again)', 'command died', 'not accepting connections', 'giving up', 'service ~1 unavailable', 'mailer error', 'exec',
      'process ~3 (died|failed|exit|status)', 'multiple retries', 'config error', 'i o error', 'broken configuration', 'resources ~3 unavailable',
      'delivery ~3 temporarily ~1 suspended', 'temporarily unable',
      '(cant|cannot|could not|couldnt|unable to|failed to|error) ~2 (open|opening|create|creating|lock|chdir|append|access|accessing) ~4 (mailbox|maildir|file|home|homedir|dot lock|directory|output|mail file|database|document|spool)',
      '(permanent|fatal) ~1 error in', 'home directory', 'user path',
    ],
    unless: [
      'queue too long', 'retry timeout exceeded', 'BLOCKLIST', 'client host', 'client blocked', 'POLICY', 'access denied', 'words', 'denied', 'spam',
      'rejected',
    ],
    samples: ['554 "|exec /usr/local/bin/procmail -f-"... Service unavailable'],
  },

  {
    id: 'expired.no-cause', class: 'expired',
    when: ['in the queue too long', 'queue too long', 'retry timeout exceeded', 'retry time not reached', 'not going to try again', 'retry timeout'],
    samples: ['delivery failed: retry timeout exceeded', 'I\'m not going to try again; this message has been in the queue too long.'],
  },

  {
    id: 'protocol', class: 'protocol',
    when: [
      '(rcpt|mail|data|helo|ehlo|command|rset) ~1 first', '(bad|out of|wrong) ~2 sequence',
      '(unrecognized|unknown|unimplemented|invalid|unsupported|unexpected|illegal|disabled) ~1 (command|commands|parameter|argument|option|verb|smtp command)',
      '(command|commands|parameter|parameters|argument|arguments|option) ~3 (unrecognized|not recognized|unknown|not implemented|not supported|invalid|unsupported|not allowed|disabled|too long)',
      'syntax error', 'need (mail|rcpt|data|helo|ehlo)', 'protocol ~1 (error|violation)', 'pipelining', 'too many ~2 (commands|command)',
      'polite people say hello', 'may not follow', 'expected ~2 command', 'sender already specified', 'nested mail', 'no valid rcpt',
      'improper command', 'command ~2 unimplemented', 'smtp synchronization', 'synchronization error', 'no permit', 'talking too soon',
      'before ~2 (greeting|banner)', '(imbalanced|unbalanced|mismatched|missing) ~2 (bracket|brackets|quote|quotes)',
      '(local part|path|address) ~1 too long',
    ],
    unless: ['POLICY', 'recipient address'],
    samples: ['502 5.5.1 too many unrecognized commands, goodbye', '501 Syntax error in parameters or arguments'],
  },

  {
    id: 'refused.mail', class: 'sender_blocked', code: [5], stage: ['mail'],
    when: ['REFUSED', 'INACTIVE', '(no access|black|banned|abuse)'],
    unless: ['POLICY', 'CLIENT', '(message|content|mail rejected)', 'RELAY', 'ip'],
    samples: ['550 Sorry, no access for this domain', '550 5.1.0 Address rejected.'],
  },
  {
    id: 'refused', class: 'policy', code: [5],
    when: [
      '(dont|do not|not|cannot|will not|wont|doesnt|does not) ~1 (accept|take|deliver|process|receive)', 'POLICY', 'REFUSED', 'denied',
      '(prohibited|unauthorized|not authorized|no permission|permission|violation|violations|refusé|verweigert|rechazado|отклонено|拒绝)',
      '(message|mail|email) ~2 (is|was|has been) ~1 (banned|forbidden|unwanted|disallowed)',
    ],
    unless: ['address rejected @host'],
    samples: ['550 5.0.0 Mail rejected.', '554 5.7.1 Forbidden for policy reasons', '550 5.7.0 Local Policy Violation'],
  },
  {
    id: 'refused.now', class: 'policy',
    when: ['POLICY', '(rejected|denied|blocked|prohibited|not authorized|not allowed|not permitted|forbidden|violation)'],
    samples: ['450 Reject due to policy violations.', 'Message rejected due to a rule of the gateway'],
  },
];
