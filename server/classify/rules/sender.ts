/** Phrases that say the sender address is wrong: refused by name or by a callout, not ours to use, or one that nobody can answer. */
import type { Rule } from '../rule.ts';

export const SENDER_RULES: readonly Rule[] = [
  {
    id: 'sender.callout', class: 'sender_invalid',
    when: [
      'sender verify failed', '(verification|verify) failed for @addr', 'postmaster verification', 'dns check failed',
      '(sender|return|envelope sender|return path|from) ~1 (mailbox|user|address|account) ~4 (not exist|does not exist|doesnt exist|unknown|not found|not valid|invalid|undeliverable|no longer exists)',
      'envelope sender ~3 (not a valid|not valid|invalid|unknown|does not exist)',
    ],
    unless: ['(recipient|rcpt) ~2 (verify|verification)', 'spf check', 'AUTHN'],
    samples: [
      '550-Verification failed for <a@example.test>\n550-The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.\n550 Sender verify failed',
      '550 Domain may not exist or DNS check failed',
    ],
  },
  {
    id: 'sender.rejected', class: 'sender_invalid',
    when: [
      '@sender-rejected ~8 (ABSENT|undeliverable|unverified|not owned|not logged|verify|resolve|fully qualified)', 'sender verify failed',
      'sender ~1 verification failed', 'sender callout', 'callout', 'callback ~2 (failed|setup|while|error|refused)',
      '(verification|verify) failed for @addr',
      '(sender|sending|from|mail from|return path) ~2 domain ~2 (resolve|resolution|lookup|dns) ~1 (fail|failed|failure|error)',
      'SENDER & (doesnt have|does not have|has no|have no|neither|without|has neither|lacks) ~4 (mx|mx record|mx records|a record|a records|dns records|dns record)',
      'postmaster verification', 'verification failed ~2 (while|checking)',
      'sender ~1 (check|verification|verify|validation) ~1 (error|failed|failure)',
      '(callout|callback|call back) ~2 (error|failed|failure|incomplete)',
    ],
    unless: [
      'LISTED', '(recipient|rcpt) ~1 (verify|verification|callout)', 'callout verification failed ~6 (recipient|rcpt|user) ABSENT',
      'callout verification failed ~6 ABSENT (recipient|rcpt|user)',
    ],
    samples: [
      '550 Could not complete sender verify callout',
      '550 5.1.0 <a@example.test>: Sender address rejected: User unknown in virtual mailbox table',
    ],
  },
  {
    id: 'sender.absent', class: 'sender_invalid',
    when: [
      'SENDER ~6 ABSENT_ABROAD', 'ABSENT_ABROAD ~3 SENDER',
      '(unknown|nonexistent|non existent|nonexisting|unresolvable|unqualified) ~1 (domain|domains|sender|senders|host|tld) ~1 in ~1 SENDER',
      'mail from ~1 (unknown|nonexistent|non existent|unresolvable|unqualified|fake|bogus) ~1 (domain|domains|address|user|users)',
    ],
    unless: ['LISTED', 'AUTHN', 'SENDER ~3 user unknown', '(header|headers)'],
    samples: ['550 Die Domain des Absenders existiert nicht', '550 Домен отправителя не найден'],
  },
  {
    id: 'sender.ours', class: 'sender_invalid',
    when: [
      'OURS ~5 ABSENT', 'ABSENT ~3 OURS',
      'OURS ~5 (not resolve|doesnt resolve|does not resolve|cannot be resolved|could not be resolved|cannot be verified|could not be verified|not verified|no mx|has no mx|has no|no dns|unresolvable|unverified)',
      '(cannot|can not|cant|could not|couldnt|unable to|failed to|not able to) ~2 (find|resolve|verify|locate|validate|look up) ~1 OURS',
      'verify that you exist', '(cannot|could not|couldnt|cant|unable to) verify you', 'your mx says',
      '(no|valid|missing|without|find) ~3 (mx|mx record|mx records|a record|dns record|dns records) ~2 OURS',
      '(user|mailbox|address|account|domain) in ~1 (mail from|mailfrom|from|from header|from line|sender|reply to) ~3 ABSENT', '(cannot|can not|must not|may not) be used as ~1 sender',
      'sender ~2 domain ~2 (not resolvable|unresolvable|not resolve)',
    ],
    unless: [
      'LISTED', 'AUTHN', 'FULL', '(header|headers)', 'check', 'address book', 'spelling', '(recipient|rcpt) ~3 ABSENT', '(recipient|rcpt) ~1 your',
      'user unknown',
    ],
    samples: ['550 your email address does not exist', '553 Your domain has no MX record'],
  },
  {
    id: 'sender.stage', class: 'sender_invalid', stage: ['mail'],
    when: [
      '(user|users|address|mailbox|account|email|domain|hostname|name|recipient|@addr) ~5 ABSENT',
      'ABSENT ~2 (user|address|mailbox|account|email|domain|hostname|domain name|name|recipient|@addr)', 'address ~1 syntax',
      'PLACES_ABROAD ~5 ABSENT_ABROAD', 'ABSENT_ABROAD ~3 PLACES_ABROAD', 'domain name required',
    ],
    unless: [
      'LISTED', 'BLOCKLIST', 'AUTHN', 'AUTH', 'SECRET', 'TLS', 'CLIENT', 'SPAM', '(parameter|parameters|command|option)', '(size|quota|limit)',
      'LATER', 'temporary',
    ],
    samples: ['550 unknown user', '550 domain does not exist'],
  },
  {
    id: 'bounce', class: 'policy',
    when: [
      'BOUNCE ~8 (ABSENT|REFUSED|unauthenticated|failed|invalid|detected|not accepted|accepted|protection|rejected|cannot|user|address|only|wrong|expired)',
      '(ABSENT|REFUSED|invalid|unauthenticated|failed|only) ~3 BOUNCE', '(backscatter|batv|prvs)', 'bounces ~1 not accepted', 'bounces only',
      'only ~1 bounces (are|is)', 'not accept bounces', 'bounces to this',
    ],
    unless: [
      'BLOCKLIST', 'LISTED', 'AUTHN', 'PERSON unknown', 'FULL', 'mailman', 'RELAY', 'your ~1 (ip|server)',
      '(from|server|servers) ~3 (authorized|designated|permitted)',
    ],
    samples: ['550 5.1.1 Backscatter Protection detected an invalid or unauthenticated address', '550 5.7.1 Bounces are not accepted for this address'],
  },
  { id: 'sender.status', class: 'sender_invalid', enhanced: ['1.7', '1.8'], unless: ['outbound', '(recipient|user) ~3 ABSENT', 'no such', 'LISTED', 'BLOCKLIST', 'AUTHN'], samples: ['553 5.1.7 Rejected', '550 5.1.8 <a@example.test> Invalid address'] },
  {
    id: 'sender.unresolved', class: 'sender_invalid',
    when: [
      '(required|must contain|must resolve|must have|cannot route|callback|callout|route to) ~3 SENDER',
      'SENDER ~3 (required|must contain|must resolve|must have|unverifiable)', 'unverifiable ~3 SENDER', 'callback to ~1 SENDER',
      'SENDER ~5 (not exist|does not exist|doesnt exist|not found|must exist|does not resolve|not resolve|unresolvable|unroutable|cannot be verified|could not be verified|could not be confirmed|not verified|verify failed|verification failed|verification|callout|callback|no mx|has no mx|invalid|not valid|is bad|not good|unknown|must be valid|no dns|domain not found|nullmx|null mx|does not accept|mx record|syntax|fully qualified|unverified|undeliverable|not local|not registered|not exists)',
      '(invalid|bad|bogus|unqualified|unknown|illegal|unroutable|unrouteable|unresolvable|nonexistent|malformed|improper|verify|resolve|no such|unverified|fake|forged|missing|valid mx for|records for|valid) ~2 SENDER',
      'valid from address', '(no|find|valid) ~2 mx ~2 SENDER', '(cannot|no|unable|could not|invalid|missing) ~3 SENDER ~1 (mx|a record|dns)',
      'no mx record', 'from ~6 no mx record', 'sender from ~3 has no', 'return email domain', 'return address ~6 (invalid|resolve|exist)',
      '(invalid|bad) dns mx', 'mail from ~4 (domain|address) ~3 (not exist|doesnt exist|does not exist|not found|not resolve|does not resolve)',
      'sending domain ~4 (not exist|does not exist|not resolve|no mx|not found)', 'sender email ~4 not (valid|registered|verified)',
      'from domain is invalid', 'registered gateway user', 'can not verify sender', 'purported responsible', 'could not verify sender',
      'SENDER ~5 (not be resolved|cannot be resolved|could not be resolved|can not be resolved|unresolved)',
    ],
    unless: [
      'AUTH ~3 SENDER', '(mail from|rcpt to) ~1 (parameter|parameters|command|option)', 'LISTED', 'recipient domain', 'RECIPIENT unknown in',
      'no mx record found for domain', 'reputation', 'sender ~3 SPAM', 'BLOCKLIST', 'notauthorized', 'for several', 'recipient address',
      '(user|recipient|mailbox) ~3 ABSENT',
    ],
    samples: ['550 5.1.0 Invalid sender domain', '550 <a@example.test>: Invalid DNS MX or A/AAAA resource record'],
  },
  {
    id: 'sender.from-header', class: 'sender_invalid',
    when: ['sending mail as', 'from a different address or alias', 'not ~2 owned by', 'send as'],
    unless: ['ptr'],
    samples: ['You\'re sending this from a different address or alias using the \'Send mail as\' feature.'],
  },
];
