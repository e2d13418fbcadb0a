/**
 * Phrases about the recipient: the only ones, beside complaints, that may
 * stop mail to an address. So they say who and what, both; a bare
 * "unavailable" or "rejected" is not enough (see weak.ts).
 */
import type { Rule } from '../rule.ts';

export const RECIPIENT_RULES: readonly Rule[] = [
  {
    id: 'unknown-user.plain', class: 'invalid_recipient',
    when: [
      '(user|recipient|mailbox|addressee|account) (unknown|not found|does not exist|doesnt exist|not exist|not known)',
      '(unknown|no such) (user|recipient|mailbox|addressee|account)',
    ],
    unless: [
      '@sender-rejected', 'too many ~1 unknown', 'SENDER ~2 (user|account|mailbox) ABSENT', 'SENDER verify', 'FULL', 'lookup', 'temporary',
      'or undefined', 'AUTH',
    ],
    samples: [
      '550 5.1.1 <user@example.net>... User unknown',
      '550 5.0.0 <user@example.net>... User unknown - Remove this address from your lists - You may be bouncing mail with forged headers and addresses from spammers or zombies',
    ],
  },
  {
    id: 'blocked-sender', class: 'recipient_blocked_sender',
    when: ['because they are not accepting', 
      '(rejected|blocked|refused|declined|denied) by ~3 (recipient|recipients|addressee|user|mailbox owner|user filter|user request)',
      '(sender|sender email|you) ~3 not in my ~1 (domain|list|address book|whitelist)',
      'not (allowed|permitted|authorized) to send ~3 (to this|to that|to the) ~1 (list|group|recipient|user|address|mailbox|person)',
      '(recipient|user|mailbox|list|group) ~3 (only|does not|doesnt|not) ~1 (accept|accepts|accepting) ~4 (from|outside|external|unknown senders|anonymous)',
      'mail to that recipient is not accepted', 'message filtered', 'block send er',
      '(you are|sender|senders|message) ~3 (not|isnt) ~2 (permitted|allowed|authorized) ~3 (group|list|recipient)', '(members|subscribers) only',
      'only (members|subscribers)', 'subscribers may post', 'not a member', 'recipient privacy',
      '(recipient|user|addressee|customer) ~3 (blocked|blocks|blacklisted|rejects|refuses|denied|has blocked|opted out|filter|filters) ~3 (sender|you|your|mail from|messages from)',
      'not ~4 (whitelist|white list|whitelisted)', 'personal ~2 (blacklist|block list|filter)',
      '(restricted|closed) ~1 (list|group|recipient|mailbox)', 'challenge response', 'not on ~3 (allowed|approved|safe) ~1 (list|senders|sender)',
      'sender not allowed',
    ],
    unless: ['administrator', 'BLOCKLIST', 'SPAM & content', 'relay', 'network messages'],
    samples: [
      '550 Mail is rejected by recipients',
      '553 5.7.1 sorry, mail to that recipient is not accepted on this system (#5.7.1)',
      '550 5.2.0 Message Filtered',
    ],
  },

  {
    id: 'domain.null-mx', class: 'invalid_domain', code: [5],
    when: [
      'null mx', 'nullmx', 'no smtp service', '(domain|host) ~3 (does not|doesnt|not) ~1 (accept|accepts|receive|accepting) ~2 (mail|email)',
      '(host|system|domain) not accepting network messages',
    ],
    unless: ['SENDER', 'no smtp service bad', 'mail from', 'service unavailable'],
    samples: [
      '556 5.1.10 Recipient address has null MX',
      '521 5.3.2 <a@example.test>: Recipient address rejected: System not accepting network messages.',
    ],
  },
  {
    id: 'domain.null-mx-text', class: 'invalid_domain',
    when: ['null mx', 'srv record ~3 no smtp', 'indicated no smtp service', 'domain ~3 (doesnt|does not|not) ~1 receive ~2 (mail|email)'],
    samples: ['an MX or SRV record indicated no SMTP service'],
  },
  {
    id: 'domain.mailbox-first', class: 'invalid_recipient',
    when: ['recipient domain & after the recipients email address'],
    samples: [
      '553 5.1.2 We weren\'t able to find the recipient domain. Please check for any spelling errors, and make sure you didn\'t enter any spaces after the recipient\'s email address.',
    ],
  },
  {
    id: 'domain.unknown', class: 'invalid_domain',
    when: [
      '(host|domain|domain name|hostname|system address|destination system|destination domain|recipient domain|mail domain|mx|domaine|domane|dominio|домен|域名) ~4 ABSENT',
      '(host|domain|domain name|hostname|destination system|destination domain|recipient domain) ~4 ABSENT',
      '(no such|unknown|invalid|nonexistent|bad|unrecognized|illegal|couldnt find any|no) ~1 (host|domain|domains|hostname|domain name|destination domain|destination system)',
      '(unroutable|unrouteable) ~2 (address|domain|host|email|mail domain)',
      '(no|couldnt find|could not find|cannot find|cant find|unable to find) ~4 (mx|mail exchanger|a record|mx record|host named|mx host)',
      'no ~1 mx ~2 (found|for|exists)', 'nxdomain', 'domain ~3 (couldnt|could not) ~1 (found|resolved)', 'dns domain ~2 not exist',
      'name server ~4 no data known', 'host or domain name not found', 'not a valid domain', 'no dns ~2 (record|entry|records)', 'domain has no',
      'domain not ~1 (found|hosted|reachable)', 'domain ~2 not reachable', 'domain ~2 (expired|parked|suspended|disabled|inactive)',
      'there is no such domain', 'lookup failed permanently', 'domain name not found', 'point to nonexistent hosts', 'mx records point to non',
    ],
    unless: [
      'SENDER', 'PTR', 'not local host', 'helo', 'temporary', 'from domain', 'user unknown', 'mailbox ABSENT', 'unknown user', 'no such user',
      'unrouteable ~1 sender', 'timed out', 'BLOCKLIST', 'LISTED', 'no such ~3 user',
    ],
    samples: [
      '550 5.1.2 <a@example.test>... Host unknown (Name server: ns.example.test: no data known)',
      'Unrouteable address',
      'Sorry, I couldn\'t find a mail exchanger or IP address. (#5.4.4)',
      '550 Host unknown',
      'No mx record found for domain=example.test',
    ],
  },

  {
    id: 'inactive.spamtrap', class: 'policy',
    when: ['spamtrap', 'spam trap'],
    samples: ['553 5.7.1 <a@example.test>... SpamTrap=reject mode, dsn=5.7.1, Message blocked by SpamTrap Technology'],
  },
  {
    id: 'inactive.suspended', class: 'inactive_recipient',
    when: [
      '(recipient|user|mailbox|account|email address|address|inbox|compte|cuenta|conta|konto|@addr) ~6 (disabled|suspended|locked|frozen|bloque|bloquee|on hold|suspendu|suspendida|deaktiviert|gesperrt|заблокирован)',
      '(account|mailbox|recipient) ~1 blocked', '(disabled|suspended|locked|frozen) ~2 (mailbox|account|user|recipient|address)', 'partner migration',
    ],
    unless: [
      '(disabled|suspended) or (deleted|discontinued)', 'not found', 'FULL', 'SENDER ~3 INACTIVE', 'BLOCKLIST', 'your ~2 account',
      '(smtp|relay|relaying|login|authentication|auth|service|access|sending|server|domain) ~3 (disabled|suspended|locked)', 'URLLIST', 'block rcpt',
      '(ip|@ip) ~2 blocked', 'due to ~1 inactivity',
    ],
    samples: [
      '550 5.2.1 The email account that you tried to reach is disabled.',
      '451 4.2.1 mailbox temporarily disabled: user@example.net',
      '550 5.2.1 <user@example.test> : Recipient address rejected: Incoming temporarily suspended due to partner migration',
    ],
  },
  {
    id: 'inactive', class: 'inactive_recipient',
    when: [
      'PERSON ~5 INACTIVE',
      '(recipient|user|mailbox|account|email|@addr|email address|address|utilisateur|compte|benutzer|postfach|cuenta|usuario|casella|utente|konto|ящик|пользователь|получатель|邮箱|@recipient-rejected|mailbox|box) ~4 INACTIVE',
      'INACTIVE ~3 PERSON', 'INACTIVE ~2 (email|address|email address|mailbox|adresse|compte|cuenta|konto)',
      '(user|mailbox|recipient|address|@addr|account|customer|subscriber|they|person|employee|he|she) ~4 (moved|relocated|replaced by|changed|left|departed|passed away)',
      '(no longer|not anymore) ~2 (works|working|employed|with|in use|used|valid|active|monitored|accept|accepting|accepts|receives)',
      'compte ~4 bloque', '(account|mailbox|recipient) ~1 (blocked|locked|frozen)', 'cuenta expirada', 'has been replaced by', 'not an active',
      '(is|been) ~1 (disabled|deactivated|suspended|discontinued|terminated)', 'has moved to', 'user not local please try', 'address change',
      'new address', 'over quota ~3 inactive', 'inactive user', 'account ~2 (expired|closed)', 'possible forgery or deactivated', 'deactivated due',
      'discontinued his', '(user|recipient|account) ~2 not (active|activated|enabled)', 'mailbox ~2 not (active|activated|enabled)',
      '(email|mailbox|account|recipient) ~2 unavailable ~3 inactive',
    ],
    unless: [
      'FULL', 'SENDER ~3 INACTIVE', 'BLOCKLIST', 'your ~2 account', 'smtp service',
      '(smtp|relay|relaying|login|authentication|auth|service|delivery|access|sending|server) ~3 (disabled|suspended|terminated|discontinued)',
      'domain ~2 (suspended|disabled)', '(mta|mail server|ip|@ip) ~3 (blocked|locked)', 'service expired', 'message ~2 expired', 'URLLIST', 'queue',
      'block rcpt',
    ],
    samples: [
      '550 5.2.1 Mailbox is inactive: <user@example.net>',
      '551 5.1.6 <a@example.test> has been replaced by b@example.test',
      '554 5.7.1 <user@example.net>: Recipient address rejected: Account expired',
    ],
  },

  { id: 'nobody-left', class: 'protocol', when: ['no valid recipients'], enhanced: ['5.0-5'], samples: ['554 5.5.1 Error: no valid recipients'] },
  {
    id: 'unknown-user', class: 'invalid_recipient',
    when: [
      'PERSON ~6 ABSENT', 'NO_SUCH ~3 PERSON',
      '(address|email address|email|mail address|destination|destination address|recipient address|recipient email|mailaddress|adresse|@addr|boite|compte|destinataire|utilisateur|empfanger|benutzer|postfach|konto|mailadresse|usuario|destinatario|cuenta|buzon|utente|casella|indirizzo|odbiorca|gebruiker|получатель|получателя|пользователь|пользователя|ящик|адрес|адресат|用户|收件人|邮箱|宛先|ユーザー) ~4 ABSENT',
      '(address|email address|email|mail address|destination|destination address|recipient address|@addr|boite|compte|destinataire|utilisateur|empfanger|benutzer|postfach|konto|mailadresse|usuario|destinatario|cuenta|buzon|utente|casella|indirizzo|odbiorca|gebruiker|получатель|получателя|пользователь|пользователя|ящик|адрес|адресат|用户|收件人|邮箱|宛先|ユーザー) ~4 ABSENT',
      '(no such|nonexistent|non existent|nonexist|unknown|invalid|bad|incorrect|illegal) ~1 (address|email address|email|mail address|destination address|destination mailbox|destination|recipient address|mailbox address)',
      '(unknown|invalid|no such|nonexistent|kein|unbekannter|unbekannte|inconnu|aucun|nessun|nessuna|ningun|desconocido|неизвестный|нет) ~2 (recipient|user|address|empfanger|benutzer|utilisateur|usuario|utente|casella|cuenta|compte|адресат|пользователь|пользователя)',
      'no ~2 (mailbox|user|recipient|account|person|addressee|addressees|alias) ~3 (here|by that name|name|with|of that|on this|at this|found|named)',
      '(user|mailbox|recipient|account|address|person|she|he|addressee) ~4 (not here|isnt here|not at this|not on this|unknown here|not live here|not exist|not found|not known|doesnt have|does not have|hasnt|has no|not have|not a)',
      '(doesnt|does not|not) have ~2 ~1 (account|mailbox)', 'doesnt have a ~3 account', 'does not have an account',
      '(not|isnt|never) ~3 (a valid|an existing|a known|a current|one of our|our) ~2 (mailbox|user|recipient|account|address|customer|email|addressee|users|customers|accounts)',
      '(isnt|not) in my list of allowed recipients',
      '(not|isnt) (in|on|listed) ~3 (recipient|directory|address book|user list|valid recipients|relay recipient|alias|virtual|local recipient|access list|table|recipients)',
      'unknown in ~3 (table|virtual|local|relay|recipient)', 'does not protect this',
      '(all|no) ~1 (recipients|rcpts|recipient) ~3 (invalid|rejected|valid|refused)', 'badrcptto', 'marked as invalid',
      '(address|recipient|user|mailbox|account) ~2 (misspelled|mistyped|typo)', 'check ~4 (spelling|typos|address)', 'double checking the recipients',
      'recipient reject', 'cannot find ~3 (user|recipient|mailbox)',
      '(dont|do not|cannot|could not|couldnt|unable to) ~2 (know|recognize|find|locate|identify|match|deliver to) ~3 (user|recipient|mailbox|addressee|account|address|person)',
      '(user|recipient|mailbox) ~2 (lookup|verify|verification|validation) ~1 (failed|failure)', 'failed recipient',
      '(recipient|address|user) ~2 (verification|validation|lookup) ~2 failed', 'nobody ~3 (here|that name|by)',
      '(user|recipient|mailbox) ~3 (deleted|removed)', 'user unk', 'unknown ~2 local part', 'unrecognized recipient', 'bad destination mailbox',
      'recipient is invalid', 'delivery to mailbox ~2 failed', 'no valid recipients', 'unable to deliver message to ~1 @addr ~1 other recipients',
      'not a user', 'typo', 'this account is not', '查无此人', '(无此|没有|不存在) ~1 (用户|邮箱)', 'this address ~2 (accepts|receives) no', 'not our customer',
      'invalid rcpt', 'unlisted ~1 (recipient|address)', 'mailbox name not allowed', 'not in recipient list',
      '@recipient-rejected (invalid recipient|unknown|not found|not exist|nonexistent)', 'mailbox ~2 (not|isnt) (available|exist)', 'email not found',
      'bad address', '(user|recipient) ~2 invalid', '(recipient|user|address|mailbox) ~2 (cannot be verified|not be verified|could not be verified)',
      '(recipients|recipient) ~1 (cannot be verified|wrong|incorrect)',
    ],
    unless: [
      'SENDER ~4 ABSENT', 'FULL', '(ip|@ip) ~2 address', 'domain ~2 not reachable', 'too many (invalid|unknown|bad|rejected)',
      '(many|excessive) ~3 (invalid|unknown|rejected|bad) ~1 recipients', 'relaying denied', 'domain couldnt be found', 'AUTH ~1 failed', 'AUTHN',
      'may not follow', 'policy violation', 'temporary lookup', 'lookup failure', 'number of invalid', 'administrative prohibition', 'or undefined',
      'header', 'invalid command', 'syntax error', 'message content',
    ],
    samples: [
      '550 5.7.1 Requested action not taken: mailbox not available',
      '550 5.1.1 The email account that you tried to reach does not exist.',
      '553 sorry, no mailbox here by that name (#5.7.1)',
      '501 5.1.3 Odbiorca <user@example.net> nie istnieje / Recipient <user@example.net> does not exist',
      '550 5.7.1 sorry, that address isn\'t in my list of allowed recipients',
      '554 delivery error: dd This user doesn\'t have a example.test account',
      '550 Bad destination mailbox address',
    ],
  },
];
