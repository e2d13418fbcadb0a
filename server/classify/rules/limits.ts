/**
 * Phrases of limits: too fast, too many, too large, full, and what the other
 * side or the network cannot do just now. Most pass with time, whatever the
 * reply code says.
 */
import type { Rule } from '../rule.ts';

export const LIMIT_RULES: readonly Rule[] = [
  {
    id: 'size', class: 'too_large',
    when: [
      '(message|mail|email|content|body|data|header|attachment|attachments|msg) ~2 (too large|too big|too long|oversized|oversize)',
      '(message|mail|email|data|header|content|maximum) ~2 (size|length) ~3 EXCEEDED', 'EXCEEDED ~8 (size|length)',
      '(mailsize|messagesize|msgsize|mail size|message size|msg size) ~4 EXCEEDED',
      'EXCEEDED ~6 (mailsize|messagesize|message size|mail size|maximum size|size limit|size limits|maximum allowed size|header size|length limit|fixed maximum|file system)',
      '(message|mail|email|attachment) ~2 (bigger|larger|heavier) than',
      '(bigger|larger) than ~3 (mb|kb|bytes|megabytes|kilobytes|permitted|permissible)', '(maximum|max) ~2 (size|length) EXCEEDED',
      'size ~3 (exceeds|larger|greater|too) ', '(larger|greater|bigger) than ~6 (limit|maximum|allowed|bytes|size|mb)',
      'too (large|big) ~4 (message|recipient|accept)', 'recipsizelimit', 'message ~2 larger', '(nachricht|mail|email) ~2 zu gross',
      'messaggio troppo grande', 'mensagem muito grande', 'message trop', 'mensaje demasiado', 'слишком большой', '邮件过大',
    ],
    unless: [
      'header ~2 too long', 'command line', 'mailbox full', 'mailbox is full', 'mailbox size', 'quota', 'storage', 'mailbox ~4 (full|exceeded)',
      'space (available|left|remaining)', 'available space', 'mailbox ~2 (too big|too large)',
    ],
    samples: ['552 5.3.4 Message size exceeds fixed maximum message size (10485760)', '400 4.2.3 Message too big', '554 maximum email size exceeded'],
  },

  {
    id: 'server.disk', class: 'server_error',
    when: [
      '(insufficient|not enough|no|out of|low) ~2 (system storage|system resources|memory|file descriptors|resources|disk space)', 'load average',
      'rejecting connections on', 'list expansion problem', 'system incorrectly configured', 'disk full',
      '(system|server|filesystem|file system|partition|spool) ~2 full', 'queue file write error', 'write error or disk',
      '(cannot|cant|could not|unable to) ~1 (write|create|rename|chdir|stat|fork)', 'out of memory',
      '(unable|failed|could not|cannot|cant|error) ~1 (to scan|scanning|scan)',
      '(virus|spam|content) ~1 (scanner|scan|checker|filter) ~3 (failed|failure|error|unavailable|timeout|not available)',
      '(could not|cannot|cant|unable to|failed to|error) ~2 (be saved|save|saved|store|stored|queue|queued|writing|connect to queue|read controls)',
      'technical (difficulties|problem|problems|issue|issues)',
      '(storage|backend|database|store|filesystem|directory|disk|volume|cluster|node) ~2 (offline|failure|failed|error|unavailable|problem|not available|down)',
      'unknown mail transport', 'transport error', '(alias|forwarding|forward) (database|file)', 'shutting down', 'time limit exceeded',
      'command time limit', 'permission denied', '(ldap|database) ~2 (error|lookup|unavailable|down|timeout)',
      'ldap server ~2 (error|unavailable|down|not)',
    ],
    unless: ['mailbox', 'user output file', 'user quota', 'disk quota', 'user ~3 (disk|space)', 'maildir'],
    samples: ['452 4.3.1 Insufficient system storage', '451 4.3.0 qq write error or disk full (#4.3.0)', '451 4.3.0 Error: queue file write error'],
  },
  {
    id: 'full.disk-quota', class: 'mailbox_full',
    when: [
      '(disk|mailbox|maildir|inbox|storage|diskspace|disk space|mail box|home directory) quota ~3 EXCEEDED',
      '(maildir|mailbox|inbox|mail box|recipient|account) ~2 (over quota|overquota|out of quota|over its quota)',
      'too many (messages|mails|emails) ~1 (on|in) ~1 (mailbox|inbox|account|folder)', 'number of messages ~4 mailbox',
    ],
    unless: ['domain ~2 quota', 'rate', 'daily', 'hourly', 'inactive', 'transcript'],
    samples: ['452 4.2.2 Disk quota exceeded', 'maildir delivery failed: error writing message: Disk quota exceeded'],
  },
  {
    id: 'full.size', class: 'mailbox_full',
    when: [
      'mailbox size ~3 (exceeded|limit)', 'MAILBOX ~6 FULL', 'FULL ~3 (mailbox|inbox|account|folder)',
      '(mailbox|account|user|recipient|inbox|box|@addr|storage|disk|email|emails|mails) ~6 EXCEEDED ~5 (quota|storage|limit|space|allotment|size)',
      '(user|mailbox|disk|storage|email|account|recipient|recipients|mail|inbox|maildir|space|diskspace|disk space) quota',
      'MAILBOX ~2 EXCEEDED ~3 (limit|quota)', 'EXCEEDED ~3 mailbox size', 'exceed maximum mailbox',
      '(mailbox|inbox|account|maildir) ~2 (too big|too large|over limit|over its limit|over the limit|at its limit|at capacity)',
      'no more (mail|messages|room|space)', '(maximum|allowed|max) ~1 number of ~2 (messages|mails|emails) ~3 (mailbox|inbox|account|folder|@addr)',
      'too many (messages|mails|emails) ~1 (on|in) ~2 (mailbox|inbox|account|server|folder)', 'allowed ~1 number of messages',
      'maximum allowed number of messages', '(message|mail) count ~3 EXCEEDED', '(larger|bigger|more) than ~2 space',
      'space ~3 (used up|not enough|exhausted|is full)',
      '(not|no longer|cant|cannot|unable) ~2 (receive|accept|hold|store|take) ~2 more (mail|messages|email)',
      '(not|no|insufficient|without|lacks|enough|out of) ~2 (diskspace|disk space|free space|mailbox space|space left|space available)',
      'out of quota', 'dropfile',
      '(kapazitat|speicherplatz|speichervolumen|espace|espacio|spazio|espaco|место|места) ~8 (erschopft|uberschritten|ueberschritten|voll|insuffisant|insuficiente|esaurito|agotado|esgotado|закончилось|нет)',
      '(quota|limit) ~2 (for|of) ~3 (mailbox|user|account|recipient|@addr) ~4 EXCEEDED',
      '(maildir|mailfolder|mail folder|home directory|maildrop) ~4 (quota|FULL|EXCEEDED)',
    ],
    unless: [
      '(receive|message|sending|daily|hourly|rate|per hour|per day|submission|relay|queue) ~3 (limit|quota)', 'RATE', 'too many connections',
      'per hour', 'daily', 'messages per', 'queue quota', 'transcript', 'INACTIVE ~5 (no longer|due)',
      'number of (recipients|connections|messages you|messages per|errors|hops|received)',
    ],
    samples: [
      '552 5.5.0 Requested mail action aborted: exceeded storage allocation',
      '422 User has exhausted allowed storage space',
      '552 5.2.2 User\'s mailbox is full',
      '552 Mailbox size limit exceeded',
      '550 5.0.0 <user@example.net>... user user@example.net has exceeded the mail storage limit',
    ],
  },
  {
    id: 'full.quota', class: 'mailbox_full',
    when: [
      'quota violation', '(over|exceed|exceeded|exceeds|exceeding) ~2 (quota|storage|disk|mailbox quota)', 'overquota',
      '(quota|storage|disk|mailbox) ~3 EXCEEDED',
      '(exhausted|insufficient|not enough|out of|no|lack of) ~3 (storage|disk space|storage space|space)', 'exceeded storage allocation',
      'quota full', 'mapiexceptionshutoffquotaexceeded', '(zuviele|zu viele) ~1 mails', 'trouble in home directory', 'storage allocation',
      'mailbox ~2 is over', '(квота|квоту|переполнен)', 'cuota', 'quota ~4 depasse', '已满', '空间不足',
    ],
    unless: [
      '(daily|hourly|sending|submission|relay|rate|connections|queue|thread|domain|domains|message|recipients) ~3 (quota|limit)',
      'too many connections', 'per hour', 'transcript', 'its quota for sending', 'system storage', '(system|server) ~2 (disk|storage)',
    ],
    samples: ['452 4.2.2 Over Quota', '552 Insufficient space'],
  },

  {
    id: 'recipient-rate', class: 'recipient_rate',
    when: [
      'receiving ~1 mail ~1 (too quickly|too fast)',
      '(mailbox|recipient|user|account|inbox) ~3 (receiving|received|gets|getting) ~2 (too many|too much|excessive)',
      'too many (messages|mails|emails) ~3 (to|for) ~2 (user|mailbox|recipient|account)',
      '(recipient|mailbox|user|inbox) ~3 (incoming|receive|receiving|inbound) ~3 (limit|quota)', 'receiving (mail|messages|email) at a rate',
      '(user|recipient|mailbox) ~2 receiving ~4 (quickly|fast|many|much)', '(messages|mail) to @addr ~1 deferred',
      '(recipient|recipients|mailbox|user|account) ~6 EXCEEDED ~6 (rate|receive|receiving|per hour|per day|daily|hourly|number of messages)',
      '(recipient|recipients|mailbox|user) ~2 (rate|domain daily|daily|hourly|per hour|receive|receiving) ~4 (exceeded|limit|quota)',
      'too many ~1 (messages|mails) (to|for) ~2 (recipient|user|mailbox|@addr)', '(messages|mail) ~2 to this (recipient|user|mailbox)',
      'too many recent messages', 'recipient is receiving', 'receive limit',
    ],
    unless: ['too many recipients', 'relay limit', 'sending'],
    samples: [
      '450 4.2.1 The recipient has exceeded message rate limit. Try again later.',
      '550 5.4.7 <user@example.test>: Recipient address rejected: Recipients Domain Daily Quota Exceeded',
      '452 4.1.1 <user@example.test> too many recent messages; Try again later',
    ],
  },

  {
    id: 'too-many-recipients', class: 'too_many_recipients',
    when: [
      'amount of recipients', 'too many (recipients|rcpts|rcpt|receivers|destinations|recipient|addressees|addresses|users|envelope)',
      '(recipient|recipients|rcpt) ~2 (limit|count|number) ~3 (exceeded|reached|exceeds)',
      '(number|maximum|limit) ~3 (recipients|rcpts) ~4 EXCEEDED', 'only ~2 (recipients|rcpts) ~3 (allowed|permitted|accepted|per)',
      '(recipients|rcpts) ~3 (are|is) ~1 (allowed|permitted) ~1 per', 'EXCEEDED ~4 (number of|maximum|allowed) ~2 recipients',
      '(max|maximum|limit) of ~2 (recipients|rcpts|rcpt)', '(more|fewer|less) than ~2 (recipients|rcpts|rcpt|addresses)',
      'recipients ~2 (reached|per message|at once)', 'split (transaction|message|delivery)', 'reduce ~2 number of recipients',
      'multiple destination domains', 'multiple domains per', 'one recipient at a time', 'only one recipient', 'maximum recipients',
      'recipients per (message|session|transaction|connection)', 'trop de destinataires', 'zu viele empfanger', 'demasiados destinatarios',
    ],
    unless: ['(invalid|unknown|bad|rejected|nonexistent) (recipients|users|addresses)', 'per (hour|day)', 'hourly', 'daily'],
    samples: [
      '452 4.5.3 Error: too many recipients',
      '550 5.5.3 too many recipients for this sender',
      '451 4.3.0 Multiple destination domains per transaction is unsupported. Please try again.',
    ],
  },

  {
    id: 'rate.connections', class: 'rate_limited',
    when: [
      'again slower',
      'too (many|much) ~4 (connection|connections|sessions|session|concurrent|simultaneous|smtp|connects|errors|mail|messages|mails|emails|transactions|requests|attempts|hits|deliveries|traffic|invalid|bad|unknown|failed)',
      '(connection|connections|session|sessions|concurrent|concurrency|simultaneous|thread|threads|message|messages|sending|send|mail|submission|relay|hourly|daily|rate|smtp|ip|traffic|delivery|outbound|per hour|per day|queue|recipients|domain|domains|envelope|sender) ~3 (limit|limits|quota|rate|maximum|threshold|cap) ~4 EXCEEDED',
      'EXCEEDED ~8 (rate|connection|connections|messages per|per hour|per minute|per day|sending|daily|hourly|concurrent|number of messages|simultaneous|relay|allowed number|max number|maximum number|thread|sending limit|outbound)',
      '(faster|more quickly|more often) than', '(maximum|max|allowed) ~2 (concurrent|simultaneous|parallel) ~1 (connections|sessions|connects)',
      '(slower|slow) down', 'temporarily deferred', '(rate|volume|frequency) ~3 (restricted|restriction|policy|control|controlled)',
      '(connection|message|messages|sending|mail|ip|sender|rate|delivery) ~1 (rate|throttled|throttling|limited|throttle)',
      'rate (limit|limited|limiting|limits|control|exceeded|too)',
      '(throttled|throttling|ratelimit|ratelimited|ratelimiting|slow down|sending too|too fast|too quickly|too frequent|too frequently|too often|mail flood|flooding|mailflood)',
      '(max|maximum) ~3 (messages|message|connections|connection|mails|recipients) ~2 (per|from|reached|exceeded|for|allowed)',
      '(daily|hourly) ~3 (limit|quota|relay|sending|sent|allowance)', 'max message per connection',
      'messages per (hour|minute|day|connection|session)', 'unusual rate', '(excessive|high|unusual) ~1 (volume|rate|traffic)', 'too many spam',
      '(max|maximum) ~2 number of (messages|mails|emails|connections)',
      '(messages|mails|emails|connections) ~6 (past|last|previous) ~2 (hour|hours|24h|day|minute|minutes)', 'limits for how many', 'sender rate',
      '(zu viele|trop de|demasiados|demasiadas|troppi|troppe|muitas|muitos) ~2 (verbindungen|nachrichten|mails|messages|mensajes|conexiones|connexions|messaggi|connessioni|mensagens|conexoes)',
      '(频率|过于频繁|过高|超过限制)', 'exceeded the max', '(emails|messages|mails) per (hour|minute|day)', 'max defers and failures', 'slow down',
      'rate of ~3 messages', '(volume|traffic) ~3 (exceeded|limit|too high)', 'temporarily deferred due to', 'unexpected volume', 'user complaints',
      'Trop de connexions', 'trop de (messages|connections|requetes)', 'zu viele (verbindungen|nachrichten|mails)', 'demasiadas conexiones',
      'troppe connessioni', '(превышен|слишком) ~3 (лимит|много|частот)', '频率', 'sending ~2 (limit|quota)', 'quota exceeded ~3 (connections|send)',
      'server ports are busy', 'all server ports',
    ],
    unless: [
      '(lines|parts) ~3 (header|message)', 'spam from', 'attachments', 'reputation ~3 (of|sending ip)', 'hops', 'received headers',
      '(judged|considered) to be spam', 'excessive ~3 (invalid|unknown|spam|bad|recipients|rcpt|abuse|users)', 'too many invalid recipients',
      'flooding our', 'size limit', 'mailbox ~2 (full|quota)', 'probability', 'loop', 'mailbox ~1 not exist',
    ],
    samples: [
      '421 Too many connections',
      '450 4.7.1 Error: too much mail from 192.0.2.25',
      '550 5.4.5 Daily SMTP relay limit exceeded for user.',
      '550 exceeding outbound thread limit',
      '421 4.3.2 All server ports are busy',
    ],
  },

  {
    id: 'loop', class: 'routing',
    when: [
      '(mail|routing|forwarding|message|delivery|email|dns|infinite) ~1 (loop|loops|looping)', '(loop|looping) (detected|back|to|found)',
      'too many (hops|received)', '(hop|hops) ~2 (count|exceeded|limit)', 'EXCEEDED ~3 (hops|hop)', '(loop|loops|looped) back',
      '(points|point) back', '(server|host|name server|between|alias|forward|dns) ~2 (loop|loops|looping)',
      '(visited|passed|travelled|through|forwarded|relayed) ~2 too many (hosts|servers|times|hops)', 'looping between',
      '(number of|many) ~2 received ~4 (headers|header|EXCEEDED)', 'received ~3 (headers|lines) ~3 EXCEEDED', 'same mail exchanger',
      'best preference mx', 'lowest numbered mx', 'mx ~3 points to (local|us|me|itself)', 'forwarded more than', 'hopcount', 'mailloop',
      'maximum ~3 hops', 'already ~3 delivered through', 'boucle', 'wrong ~3 region', 'misrouted', 'local configuration error',
    ],
    samples: ['554 Mail loop detected.', '554 5.4.6 Too many hops', '554 5.4.6 Message exceeded 50 hops, this may indicate a mail loop.'],
  },

  {
    id: 'expired.queue', class: 'expired',
    when: [
      'queue expired', '(message|mail) expired', 'expired in ~2 queue', 'unable to deliver this message after', 'not delivered within',
      'all hosts have been failing', 'will be retried', 'will keep trying', 'continue to try', 'has been delayed', 'delivery (delayed|delay)',
      'is delayed', 'warning message only', 'could not be delivered (for|within) ~3 (hours|days|minutes)',
      '(after|for) ~3 (days|hours|day) ~3 (giving up|gave up|unable)', 'not ~1 been delivered', 'still ~1 (retried|tried)',
      '(max|maximum) ~2 (age|retries|retry) ~2 (exceeded|reached)', 'delivery time expired', 'time expired', 'past ~1 expiration',
      'has expired ~2 (queue|message)', 'undeliverable for', 'being unable to connect successfully', 'not yet been delivered',
      'not been able to deliver', 'still trying', 'not yet delivered', 'delivery attempts will continue', 'no later than', 'trying to send',
      'retry your message', 'host is not responding', 'failed ~2 attempts', 'attempts ~2 failed',
    ],
    unless: [
      'SPAM', 'content rejected', 'message content', 'VIRUS', 'FULL ~6 retry', 'account ~3 expired', 'mailbox ~3 expired', 'connection timed out',
      'save to',
    ],
    samples: [
      '550 4.4.7 QUEUE.Expired; message expired in the queue',
      'unable to deliver this message after 1 day',
      'all hosts have been failing for a long time and were last tried after this message arrived',
    ],
  },
  {
    id: 'network.connection', class: 'network',
    when: [
      '(connection|connect|connecting|session|conversation|host|hostname|server|network|dns|smtp|operation|data|lookup|address|delivery|sender) ~4 (timed out|timeout|time out|timedout)',
      '(connection|connect) ~3 (refused|reset|dropped|lost|failed|closed|broken|aborted|terminated|unexpectedly|interrupted|failure|rejected by peer|died)',
      '(unable|could not|couldnt|cannot|cant|wasnt able|not able|failed|failure|not) ~2 (connect|establish|reach|contact|open connection|make connection|make a connection)',
      'no route to', '(network|host|server|destination) ~2 (unreachable|not reachable)', 'no answer from', 'lost connection', 'connected to ~3 but',
      'temporary ~1 (dns|name)',
      '(dns|name service|name server|hostname|domain|mx|name) ~3 (temporarily|temporary|servfail|server failure|lookup failure|lookup timeout|lookup failed|lookup error|query failed)',
      'could not resolve', 'cannot resolve', 'unable to resolve', 'nameserver', 'name service error', 'name server reply', 'requests to connect',
      'server not reachable', 'deferred connection', 'operation timed out', 'timed out while', 'read error', 'write error', 'broken pipe',
      'timeout exceeded', 'no response from', 'did not respond', '(dropped|lost|refused|reset|aborted|broke) ~1 (connection|session|link)',
      'no route to', 'timeout ~1 (while|waiting|during|after)', 'waiting for ~2 (data|response|reply|client|server|greeting)',
      '(mail server|mailserver|server|host) ~2 (unreachable|cannot be reached|could not be reached|not reached|did not answer|does not answer|no answer)',
      'dns (query|lookup|resolution|error|failure|problem)', '(smtp|rcpt|data|handle|read|write|server|connect) ~1 (timeout|timed out)',
      'recipients server ~3 (temporarily|unavailable)', '(establish|establishing) ~3 connection', 'address lookup', 'name resolution',
      'cname lookup', 'host lookup', 'dns server returned', 'dns error', 'with no data', 'smtp connection', 'bad connection', 'dns lookup',
      'host not responding', 'peer', 'socket', 'network error', 'communication failure', 'connection unexpectedly', 'closing connection timeout',
      'timeout closing connection', 'timeout ~1 waiting',
    ],
    unless: [
      '(connection|connections) ~1 (refused|rejected|denied) from', '(allowed|permitted|welcome|authorized) to connect', 'connect to queue',
      'domain ~2 disabled', 'SENDER ~6 (resolve|address|lookup)', 'RATE', 'too many', 'queue quota', 'tls', 'certificate', 'resolve sender',
      'BLOCKLIST', 'write error or disk', 'ib103', 'connection refused ~4 (listed|poor|has been)', 'retry timeout exceeded', 'spamming',
      'due to abuse', 'lookup failed permanently', 'doesnt receive', 'does not receive', 'domain name not found', 'ip address', 'poor reputation',
      '(recipient|user|mailbox) ~1 (not found|unknown|not exist)',
    ],
    samples: [
      'connect to mx.example.test[192.0.2.1]:25: Connection timed out',
      '450 4.1.1 <user@example.net>: Recipient address rejected: unverified address: connect to mx.example.net[198.51.100.7]: No route to host',
      '450 4.4.3 Could not resolve ns1.example.test (#4.4.3)',
    ],
  },

  {
    id: 'server.verifying', class: 'server_error',
    when: [
      'address verification in progress', 'verification ~2 (temporarily|progress|pending)',
      'unverified address ~6 (temporary|temporarily|in progress)',
    ],
    samples: ['421 4.1.1 <user@example.test>: Recipient address rejected: unverified address: Address verification in progress'],
  },
];
