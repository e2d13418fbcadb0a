/**
 * Words that are stronger than those beside them, wherever they stand. What
 * the other side says of itself (busy, at its limit, a file it cannot write)
 * beats what it says of the network or of a user; a choice of reasons is the
 * softest of them; "closed" said of a system is no closed mailbox. So these
 * come before the other phrases, and each says enough to stand alone.
 */
import type { Rule } from '../rule.ts';

const OR = '(or|and or|oder|ou|oppure|или|lub|eller|of|veya|nebo|vagy|或|または|또는)';
/** Not of us, whoever is meant. */
const NOT_OURS = ['SENDER', 'OURS', 'CLIENT', 'BOUNCE'];

export const STATED_RULES: readonly Rule[] = [
  // "X or Y": the sender of the reply does not know which, so the softer of the two counts.
  {
    id: 'either.full', class: 'mailbox_full',
    when: [
      `(ABSENT|INACTIVE|unavailable|not available) ~5 ${OR} ~5 FULL`, `FULL ~5 ${OR} ~5 (ABSENT|INACTIVE|unavailable|not exist)`,
      `(ABSENT|INACTIVE) ~4 ${OR} ~4 EXCEEDED ~3 (quota|storage|limit|space)`, '(ABSENT|INACTIVE) full or', 'either ~6 FULL & (ABSENT|INACTIVE)',
    ],
    unless: ['SENDER', 'OURS', 'CLIENT', 'message', 'domain'],
    samples: ['450 4.1.1 <a@example.test>: user unknown or mailbox full', '550 5.1.1 Mailbox might be disabled, full, or may not exist on the server'],
  },
  {
    id: 'either.busy', class: 'server_error',
    when: [
      `(ABSENT|INACTIVE) ~4 ${OR} ~4 (temporarily|temporary|temporaire|temporairement|vorübergehend|temporalmente|временно|暂时|busy|overloaded|under maintenance|server is down|server error)`,
      `(temporarily|temporary|busy|overloaded) ~3 ${OR} ~4 (ABSENT|INACTIVE)`,
    ],
    unless: [...NOT_OURS, 'FULL', 'domain', 'host', 'LISTED', 'SPAM', 'AUTHN'],
    samples: ['550 The mailbox does not exist or is temporarily unavailable', '550 5.2.1 Account is suspended or the server is overloaded'],
  },
  {
    id: 'either.refused', class: 'policy',
    when: [
      `(ABSENT|INACTIVE) ~4 ${OR} ~6 (policy|spam|blacklisted|blacklist|no permission|dont have permission|do not have permission|blocking you|blocks you|blocked you|sender blocked|restrictions|relay not permitted|relaying denied|relay denied)`,
      `(policy|spam|blacklisted|relaying denied|relay denied|no permission) ~2 ${OR} ~5 (ABSENT|INACTIVE)`,
      'mailbox not found no access',
    ],
    unless: [...NOT_OURS, 'FULL', 'domain', 'host', 'AUTHN', 'SECRET', 'TLS', '(group|list|header|parameter|certificate)', 'AUTH', 'address not found your message'],
    samples: ['550 5.7.1 Mailbox unknown or blocked by policy', '550 Requested action not taken: mailbox unavailable (e.g., mailbox not found, no access, or command rejected for policy reasons)'],
  },
  {
    id: 'either.denied', class: 'invalid_recipient', action: 'strike',
    when: [
      `(not found|unknown|does not exist|doesnt exist|not exist|invalid) ~3 ${OR} ~4 (access denied|access is denied|no access|not allowed|not permitted|not authorized|restricted)`,
      `(access denied|access is denied|no access|not allowed|not permitted|restricted) ~2 ${OR} ~4 (not found|unknown|does not exist|doesnt exist|not exist|invalid)`,
    ],
    unless: [
      ...NOT_OURS, 'FULL', 'domain', 'host', 'LISTED', 'AUTHN', 'SECRET', 'TLS', '(group|list|header|command|parameter|certificate|relay|relaying|command)', 'AUTH',
      'POLICY', 'SPAM', '(@ip|ip|connect|connection)',
    ],
    samples: ['550 Mailbox not found or access denied'],
  },

  {
    id: 'closed-system', class: 'policy',
    when: [
      '(closed|private|restricted|internal only|gated) ~1 (system|network|mail system|email system|messaging system|environment|community|platform|network only|user group)',
      '(limited|restricted) number of ~4 (addresses|senders|domains|contacts)', '(system|server|service|domain|network) is (closed|private|internal)',
      '(only|just) ~8 (approved|authorized|authorised|trusted|permitted|preapproved|whitelisted|allowed) ~2 (addresses|domains|contacts|partners|organizations|organisations|networks|hosts)',
      '(closed|restricted|limited|open) to ~2 (approved|authorized|authorised|trusted|known|internal|external|whitelisted) ~2 (addresses|senders|domains|contacts|partners|users)',
      'geschlossenes (system|netzwerk)', '(sistema|red|rete|reseau|systeme) ~1 (cerrado|cerrada|chiuso|chiusa|ferme)',
    ],
    unless: [
      'AUTHN', 'LISTED', 'BLOCKLIST', 'not (reachable|found)', '(mailing list|list of|this list|the list)', 'private (relay|network address)', 'RELAY', 'ip',
      '(@ip|connecting)', 'closed for', 'temporarily', '(list|group) ~3 (only|restricted)',
    ],
    samples: [
      '554 5.7.1 example.test is a closed system. Emails can only be sent to or received from a limited number of approved external addresses.',
      '550 5.7.1 This is a private network, only pre-approved domains may send mail',
    ],
  },
  {
    id: 'refused-letter', class: 'recipient_blocked_sender',
    when: [
      '(recipient|user|addressee|receiver|customer|subscriber|owner|mailbox|destinatario|destinataire) ~2 (refuse|refuses|refused|reject|rejects|rejected|decline|declines|declined|doesnt want|does not want|is not willing|not wish|has blocked|unwilling) ~3 (this|your|the|any|such|a) ~2 (letter|letters|mail|mails|message|messages|email|emails)',
      '(recipient|user|addressee|receiver|customer|subscriber|owner|mailbox|account) ~2 (does not|doesnt|do not|dont|not|no longer|will not|wont|cannot) ~1 (accept|accepting|accepts|receive|take|want|wish|allow) ~4 (from you|from your|from this sender|from that sender|from the sender|from unknown|from this address|from @addr|your mail|your email|your message|your messages|your letter|this letter)',
      '(letter|mail|message|email) ~2 (refused|declined|unwanted|not wanted|not accepted) by ~2 (recipient|addressee|receiver|user|customer|owner|subscriber|mailbox owner)',
      '(recipient|addressee|user|receiver) ~2 (blocked|blocks|has blocked|is blocking) you', '(отказался|отказывается|отказывает) ~2 (принимать|принять|получать)',
    ],
    unless: ['administrator', 'BLOCKLIST', 'SPAM', '(ip|@ip) ~6 blocked', 'RELAY', 'POLICY', 'FULL', 'TOO_LARGE', 'size', 'too many', 'domain', 'ABSENT'],
    samples: ['550 the recipient refuses to accept this letter', '550 5.7.1 Recipient does not accept mail from you'],
  },

  {
    id: 'server.files', class: 'server_error',
    when: [
      '(create|creating|open|opening|write|writing|mkdir|chdir|rename|stat|append|link|unlink|chown|lock|locking|access|read|reading|touch) ~3 (maildir|mbox|mailbox file|mail file|directory|dir|file|lock|lockfile|lock file|dotlock|dot lock|spool|tempfile|temp file|temporary file|tmp|folder|home|homedir) ~8 (permission denied|denied|failed|failure|error|cannot|read only|no such file|input output)',
      '(maildir|mbox|mail file|spool|home directory|homedir|mailbox file|file|directory|folder) ~12 (permission denied|read only file system|input output error|no such file|not a directory|stale|too many open files|no such directory|not writable|unwritable|not readable)',
      '(permission denied|no such file or directory|input output error|read only file system|no space left on device|too many open files|out of inodes|stale nfs|not a directory|bad file descriptor|file exists|resource temporarily|device or resource)',
      '(inode|inodes) ~4 (full|exhausted|no|out|free|left)', '(no|out of) ~1 (inode|inodes)', 'maildir delivery failed', '(stale|exclusive|dot) ~1 (lock|lockfile)', '(mailbox|account|user) ~1 being (migrated|moved)', '(mailbox|mailstore|mail store|store|index) ~2 (corrupt|corrupted|damaged|inconsistent)', '(mailbox|account|user|inbox) ~3 (moved|migrated|migrating) ~3 (another server|new server|different server|other server)',
      '(mailbox|maildir|file|dot|spool|inbox) lock ~2 (failed|failure|error|timeout|timed out|exists)', '(error|failure) ~2 (reading|accessing|opening|loading|fetching) ~3 (user|account|mailbox|recipient) ~2 (information|data|record|profile|settings|details)',
      '(file|files|directory|folder|path) (not found|not exist|does not exist|doesnt exist|missing)',
      '(cannot|cant|could not|couldnt|unable to|failed to|error|failure) ~1 (lock|locking|chdir|mkdir|stat|fork|rename|append|write|create) ~3 (maildir|mbox|directory|dir|file|lockfile|spool|folder|home|homedir|mailbox|inbox)',
    ],
    unless: [
      'quota', '(mailbox|maildir|inbox|user) ~3 FULL', 'file too large', 'attachment', 'VIRUS', 'PERSON unknown', 'no such (user|mailbox)', 'SPAM', 'RELAY', 'header',
      '(disk|storage|space) ~3 EXCEEDED', '(does not|doesnt|not) exist', 'AUTH', 'CLIENT', 'inode limit', 'user ~4 not found', 'unknown user',
    ],
    samples: [
      'maildir delivery failed: create maildir file /var/vmail/user1/tmp/1306777831.P18373.host: Permission denied',
      '550 5.3.0 cannot open lock file /var/mail/a.lock: No such file or directory',
    ],
  },
  {
    id: 'server.inside', class: 'server_error',
    when: [
      '(internal|software|hardware|runtime|script|sieve|storage engine|delivery agent|backend) ~2 (error|errors|failure|failed|fault|exception)', 'database connection ~2 (lost|failed|refused|error)',
      '(mailbox|inbox|maildir|mailstore) ~2 busy', '(mailbox|verification|lookup|ldap|callout|directory|backend|database) server ~3 (unavailable|down|unreachable|not available|offline|not responding|failed)',
    ],
    unless: [
      'PERSON unknown', 'no such', '(not|doesnt) exist', 'ABSENT', 'FULL', 'AUTH', 'AUTHN', 'TLS', 'LISTED', 'BLOCKLIST', 'RELAY', 'CLIENT', 'SENDER', 'VIRUS', 'scan', 'POLICY',
      'quota', 'rate', 'dns', 'header', 'queue', 'host ~2 (unreachable|not reachable|down)',
    ],
    samples: ['550 Internal server error', '550 local delivery agent failed for user', '550 Unable to deliver to mailbox: internal software error'],
  },
  {
    id: 'rate.busy', class: 'rate_limited',
    when: [
      '(connection|connections|session|call) ~2 (refused|rejected|dropped|closed|denied|not accepted) ~4 (busy|too busy|overloaded|overload|high load|load too high|server load|load average|system load)',
      '(busy|overloaded|overload|high load|heavy load|load too high) ~6 (connection|connections) ~2 (refused|rejected|dropped|closed|denied|not accepted)',
      '(all|every|no|no free) ~3 (ports|port|lines|slots|slot|workers|worker|processes|channels|channel|threads|sessions|connections|scanners) ~2 (busy|in use|occupied|taken|used|free|available)',
    ],
    unless: ['LISTED', 'BLOCKLIST', 'reputation', 'TLS', 'AUTHN', 'message', 'user'],
    samples: ['421 4.4.5 CCRT 192.0.2.1: Connection refused. Server is busy(RT)', '421 4.3.2 All server ports are busy', '421 4.3.2 All screening ports are busy'],
  },
  {
    id: 'full.contains', class: 'mailbox_full',
    when: [
      '(mailbox|inbox|mailboxes|maildir|mail folder|account|user|recipient|storage|mailfile|box) ~2 (contains|contain|holds|has|have|stores|with|keeps|collected) (too much|too many|more than|the maximum)',
      '(mailbox|inbox|account|storage|email service|mail service|user account|recipient) ~2 (over limit|over the limit|over its limit|over their limit|over allotted|above limit|above its limit|beyond its limit|over capacity|at its limit|over storage)',
    ],
    unless: [
      'RATE', '(sending|send|sent messages|hour|hourly|daily|day|minute|recipients|connections|attachments|failed|invalid|login|logins|attempts)', 'message ~2 contains',
      'received ~1 too', 'INACTIVE', 'header', 'SENDER', 'OURS', 'aliases',
    ],
    samples: ['users mailbox contains too much data', '550-5.7.1 Alumni email service over limit, email blocked outside example.test.'],
  },
  {
    id: 'rate.too-many', class: 'rate_limited',
    when: ['too many ~1 (same|identical|similar|duplicate|equal|copies) ~3 (mail|mails|message|messages|email|emails|size|content)', 'too many copies'],
    unless: ['header', 'headers', 'SPAM'],
    samples: ['552 too many same size mails.'],
  },

  {
    id: 'no-unicode', class: 'protocol',
    when: [
      '(unicode|smtputf|utf 8|eai|internationalized|internationalised|idn) ~5 (not supported|not support|does not support|doesnt support|unsupported|not offer|not offered|not available|not advertised|not accepted|not allowed|required|requires|needed|non unicode|cannot|without|must|no support|not)',
      '(not support|does not support|doesnt support|no support|without|requires|unable|cannot|not offer|does not offer|lacks|need|needs) ~5 (unicode|smtputf|utf 8|eai|internationalized|internationalised)', 'non unicode',
    ],
    unless: ['header', 'headers', 'rfc', 'body', 'subject', 'charset', 'ABSENT', 'content'],
    samples: ['553 Unable to deliver Unicode E-mail to a non-Unicode mail server.', '553 5.6.7 Must use SMTPUTF8, which is not supported by this server'],
  },
  {
    id: 'tenant.hosted', class: 'routing',
    when: ['hosted tenant', 'tenant ~5 (no mail enabled|mail enabled|subscriptions|subscription|license|licenses)', '(attr5|attr17|attr35|attr36)', 'domain ~6 wrong tenant'],
    unless: ['threshold', 'SPAM'],
    samples: ['451 4.4.4 Mail received as unauthenticated, incoming to a recipient domain configured in a hosted tenant which has no mail-enabled subscriptions. ATTR5 [x.prod.protection.outlook.com]'],
  },

  {
    id: 'domain.dns', class: 'invalid_domain', code: [5, 0],
    when: [
      '(dns|resolve|resolving|resolution|lookup|look up|mx|mail exchanger|mail exchange|a record|name) ~10 (recipient domain|recipients domain|specified domain|destination domain|target domain|domain of recipient|domain in recipient|receiving domain|given domain) & (no mx|error|failed|failure|no record|ABSENT|unable|cannot|could not|couldnt|no)',
      '(failed|unable|could not|couldnt|cannot|cant|not able|impossible|failure) ~1 (resolve|resolving|find|determine|locate|obtain|look up|get) ~8 (mx|mail exchange|mail exchanger|mail server|ip address|ip addresses|a record|dns record|dns records|mx record|mx records) ~6 (associated with|for domain|for the domain|for recipient|for the recipient|recipient domain|of domain|of the domain|of recipient|of the recipient|specified domain|for @host|of @host|for @addr)',
      'no ~3 (ip address|ip addresses|ip|a record|address record|mx|mx record|mx records|mx server|mx servers|dns record|dns records|mail exchanger|mail exchangers|mail server|mail servers|mail host) ~6 (for|of|in) ~2 (recipient domain|recipients domain|destination domain|domain of recipient|specified domain|target domain|destination host|recipient host|receiving domain)',
      'no mx (server|servers|host|hosts) ~1 found', '(recipient|destination|specified|target|receiving) domain ~4 (no|without|lacks) ~3 (mx|ip address|a record|dns|mail server|mail exchanger)',
      '(recipient|destination|specified|target) ~1 domain ~4 (not be resolved|cannot be resolved|could not be resolved|unresolvable|not resolve|does not resolve)',
    ],
    unless: [...NOT_OURS, 'PTR', 'temporary', 'temporarily', 'LATER', 'timed out', 'timeout', 'servfail', 'server failure', 'LISTED', 'BLOCKLIST', 'TLS', 'try again', 'AUTHN', 'refused', 'retry'],
    samples: [
      'no valid IP address could be found for recipient domain',
      'DNS Error: Failed to resolve any IP addresses for the Mail Exchange (MX) server associated with gmail.example',
      'DNS Error: DNS error occurred while resolving the Mail Exchange (MX) server for the specified domain (example.test). No MX server found',
    ],
  },
  {
    id: 'sender.dns', class: 'sender_invalid',
    when: [
      '(no|failed|unable|could not|couldnt|cannot|cant|error|failure|without) ~8 (mx|mx record|mx records|mx server|ip address|ip addresses|a record|dns record|dns records|mail exchanger|mail server) ~5 (of|for|in|with) ~2 (SENDER|OURS|sender domain|senders domain|mail from domain)',
      '(dns|mx) ~2 (error|failure) ~8 (sender domain|senders domain|mail from domain)',
    ],
    unless: ['AUTHN', 'PTR', 'LISTED', 'BLOCKLIST', 'recipient', 'TLS', 'CLIENT', '(your|client) ip'],
    samples: ['550 no valid IP address could be found for sender domain', '550 Failed to resolve the MX server associated with your domain'],
  },
  {
    id: 'thing.off', class: 'policy', code: [5, 0],
    when: ['THING ~3 INACTIVE', '(service|services) ~3 (disabled|suspended|deactivated|terminated|discontinued)', 'INACTIVE (THING|by user from|by customer from)', '(disabled|suspended|deactivated|switched off|turned off) by ~1 (user|customer|administrator|admin|owner|reseller|host) (from|in|via|using|through)'],
    unless: [
      '(mailbox|account|recipient|address|@addr|email address|inbox|addressee|user is|user has|this user|@recipient-rejected)', 'PLACES_ABROAD', 'FULL', 'LISTED', 'AUTH', 'TLS', 'SENDER', 'OURS', 'RELAY', 'SPAM', 'VIRUS',
      'message expired', 'certificate', 'AUTHN', 'BLOCKLIST', 'LATER', 'queue', '(command|parameter|option|vrfy|expn)', 'header', 'RATE', 'domain', 'attachment', 'PERSON INACTIVE', 'connection', 'session', 'file', 'content',
    ],
    samples: ['554 5.7.1 Disabled by user from hPanel', '550 This feature is disabled'],
  },
  {
    id: 'unknown-user.directory', class: 'invalid_recipient',
    when: [
      '(not found|not listed|not present|not in|not on|not registered|not exist|does not exist|doesnt exist|missing|missing from|unknown|no entry|no match|no se encuentra|no esta|no figura|no existe|no aparece|no encontrado|nicht|nicht gefunden|nicht vorhanden|introuvable|non trouve|non trouvé|pas|absent|non presente|non risulta|non trovato|non figura|nao encontrado|nao consta|nao esta|não existe|не найден|не найдена|отсутствует|нет|nie ma|nie znaleziono|nie figuruje|niet|niet gevonden|finns inte|ikke|ei|nenalezen|neni|yok|bulunamadı) ~3 (en|in|im|dans|nel|nella|no|na|w|we|v|ve|ve|i|on|at|from|of|from|din|в|из) ~3 (directory|directorio|verzeichnis|adressbuch|annuaire|carnet|rubrica|diretorio|directorul|справочнике|адресной книге|address book|addressbook|domino|domino directory|ldap|active directory|domain map|catalog|catalogue|catalogo|katalog|verzeichnisdienst|adreslijst|adresboek|katalogen|adressboken|adressebok|książce adresowej|adresáři|libreta|agenda|user map|gal|phone book|phonebook)',
      '(directory|domino|ldap|address book|domain map|catalog|user map) ~3 (no|does not contain|doesnt contain|has no|without|not contain|contains no) ~2 (entry|record|user|person|match|such|address|recipient|mailbox)',
      '(address|user|recipient|mailbox|account|alias|email address|email) ~1 (lookup|look up) ~4 (map|domain map|table|directory|catalog|alias|virtual|ldap) ~2 (failed|fails|unsuccessful|failure|no match|returned nothing)',
      '(目录|通讯录|地址簿) ~4 (不存在|找不到|没有|未找到|无)',
    ],
    unless: [
      ...NOT_OURS, 'file', 'LATER', 'temporarily', 'temporary', 'LISTED', 'ip', '@ip', 'PTR', 'header', 'FULL', 'AUTH', 'BLOCKLIST', 'TLS', 'maildir', 'home', 'working',
      'allowed', 'connect', '(accessible|available|reachable|responding)', 'error', 'attachment', 'rfc', 'spool', '(your|you) ~4 (address book|directory)',
    ],
    samples: ['no se encuentra en el Directorio de Domino', '550 5.1.1 <a@example.test>... email address lookup in domain map failed'],
  },
  {
    id: 'inactive.status', class: 'inactive_recipient',
    when: [
      '(account|mailbox|user|recipient|mail account|subscriber|customer|inbox) ~5 (status|state|flag|marked) ~3 (disabled|suspended|inactive|deactivated|locked|frozen|closed|terminated|expired|deleted|dormant|blocked)',
    ],
    unless: [...NOT_OURS, 'FULL', 'LATER', 'cannot log', 'sending', 'LISTED', '(smtp|relay|login|authentication|service|domain|ip)', 'authenticated', 'spam', 'SPAM', 'unknown'],
    samples: ['mailaddress account a@example.test Status is Disabled in the auth database: bouncing'],
  },
  {
    id: 'inactive.forbidden', class: 'inactive_recipient', action: 'strike', stage: ['rcpt'],
    when: ['(user|mailbox|account|recipient|addressee) ~1 is ~1 (forbidden|barred|prohibited|banned)'],
    unless: [...NOT_OURS, '(forbidden|prohibited|barred|banned) (to|from|for|by)', 'LISTED', 'SPAM', 'POLICY', 'RELAY', 'access'],
    samples: ['550 user is forbidden'],
  },
];
