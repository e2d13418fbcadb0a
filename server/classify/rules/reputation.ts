/**
 * Phrases about who sends and what is in the message: block lists,
 * reputation, spam, malware, malformed messages. All are the sender's matter;
 * none says anything about the recipient.
 */
import type { Rule } from '../rule.ts';

export const REPUTATION_RULES: readonly Rule[] = [
  {
    id: 'malware', class: 'malware',
    when: [
      'VIRUS',
      '(attachment|attachments|file|file type|filename|extension|extensions) ~4 (not allowed|not permitted|blocked|banned|forbidden|prohibited|restricted|disallowed|dangerous|rejected|unsafe|illegal)',
      '(attachment|attachments) ~5 (stripped|refused|removed|quarantined|suspicious|type|types)',
      '(blocked|banned|forbidden|prohibited|restricted|illegal|dangerous|potentially executable) ~2 (attachment|attachments|file|file type|extension|filename)',
      '(maximum|exceeded|many) ~3 (attachment|attachments) ~1 (count|number)', '(too many|number of) ~2 attachments',
      'password protected ~2 (file|attachment|archive|zip)',
      '(encrypted|executable|unacceptable|unwanted|suspicious|unsafe) ~1 (attachment|attachments|zip|archive)',
      'security ~3 (issue|threat|risk) ~3 (content|attachment)', 'potential security issue',
    ],
    unless: [
      'spam or virus', 'SPAM ~3 virus', '(unable|failed|could not|cannot|cant) ~2 scan', 'EXCEEDED ~6 length', '(EXCEEDED|limit) ~3 attachment size',
      'exploits block list', 'dbl', 'size',
    ],
    samples: [
      '554 5.7.1 We do not accept viral traffic',
      '550 Virus Detected; Content Rejected',
      '552 5.7.0 Our system detected an illegal attachment on your message.',
    ],
  },

  {
    id: 'url-list', class: 'sender_blocked',
    when: [
      'URLLIST', 'spam sender', 'sender denied', 'badmailfrom', '@sender-rejected ~3 (denied|rejected|blocked)',
      '(mailfrom|helo|sender|from|url|sending|sender address|envelope|return path|link) ~2 (domain|address|url) ~4 LISTED',
      '(mailfrom|helo|sender|from|url|sending|your|this) ~2 (domain|address|@addr|url) ~6 LISTED', 'SENDER ~3 LISTED',
      'LISTED ~3 (domain|sender|address|url|from)', '(domain|sender|url) ~3 (blacklisted|blocklisted|on blacklist|black listed|blocked|banned)',
      'domain ~6 (reputation|abuse|temporarily denied|excess spam)', 'reputation ~4 (domain|sender address)',
      '(messages|mail|email) from ~3 (domain|sender|sender address) ~4 (REFUSED|denied|temporarily)',
      '(blocked|banned|rejected) ~1 (sender|sender address|domain)', 'to from an address that has been blacklisted',
      '(outgoing|outbound|sending) ~5 (disabled|suspended|blocked|terminated)', '(fake|bogus|forged) sender', 'screening',
      '(blocked|banned|refuse|refused|reject|rejected|deny) ~3 (mail|email|emails|messages) from ~2 (domain|sender)',
      '(mail|email|emails|messages) from ~1 @host ~5 LISTED', 'sender reputation',
      'sender ~3 (banned|blocked|denied|blacklisted|refused|prohibited|disallowed|is not allowed|not accepted)',
    ],
    unless: [
      '(ip|client host|@ip) ~6 LISTED', 'smtp service', '(client host|host|server|mta) ~3 (blocked|blacklisted|listed)', 'contains', 'from ip',
      'bounce', 'by domain policy', 'your ip', 'ip address domain', 'SPAM source', 'recipient ~3 blocked', 'dns blacklist', 'spam probability',
      'because of black url', 'black url',
    ],
    samples: [
      '554 5.7.1 Blacklisted by black.uribl.com Contact the postmaster of this domain for resolution.',
      '554 5.7.1 Sender a@example.test is blacklisted',
      '550 5.7.1 Service unavailable, MailFrom domain is listed in Spamhaus.',
    ],
  },

  {
    id: 'block-list', class: 'ip_blocked',
    when: [
      'LISTED & IP', 'LISTED ~6 (at|in|by|on|using|from|see) ~2 (@host|@url|BLOCKLIST)',
      '(blocked|rejected|refused|listed|found|denied|listing|deferred|block) ~6 BLOCKLIST', 'BLOCKLIST',
      '(dnsbl|rbl|dnsrbl|blacklisted|blacklist|blackholed|blocklist|block list|lista negra|blacklistis)',
    ],
    unless: [
      'content ~3 (spam|blocked)', 'spf', 'score of', 'because ~3 reports', 'spam content', 'recipient ~2 address blacklisted', 'banned word',
      'banned from', 'user ~2 not listed', 'return path header', 'not listed', 'spam message rejected',
    ],
    samples: [
      '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1',
      '550 5.7.1 Rejected: 192.0.2.1 listed at zen.spamhaus.org',
      '550 5.7.1 Su IP esta en lista negra en SPAMBAG - Por favor vea http://www.spambag.org/',
    ],
  },
  {
    id: 'ip', class: 'ip_blocked',
    when: [
      '(accept|accepts|accepting|accepted) ~2 (mail|messages|email|connections) from ~2 (ip|@ip|your host|your server|client|network|range)',
      '(no|not) ~3 from your (ip|host|server|network|address)', '@client-rejected', '(messages|mail|email) from ~1 @ip',
      '(ip|ips|ip address|@ip|client|client host|your server|your mail server|your mailserver|sending mail server|connecting host|sending host|sending server|sending ip|sender ip|your host|your mta|sending mta|range|subnet|ip range|connections|connection|server access|your network|netblock) ~7 (blocked|block|banned|rejected|refused|denied|reputation|forbidden|flooding|excessive|not accepted|not be accepted|not allowed|not authorized|suspicious|spammer|spam source|untrusted|insufficient reputation|abusive|prohibited|temporarily blocked|not welcome|bad|dynamic|dial up|dialup|unwanted|bloquee|bloqueada|gesperrt|заблокирован|blacklisted)',
      '(blocked|blocking|banned|denied|rejected|refused|block|rejecting|bad|invalid|suspicious|deny|blacklisted|access denied|untrusted|dynamic|reputation of) ~4 (ip|ips|ip address|@ip|client host|your mail server|your server|connections|sending ip|sender ip)',
      '(reputation|badreputation|poor reputation|bad reputation|low reputation|senderscore)',
      '(connection|connections|mail|messages) ~3 (not accepted|refused|rejected|denied|not be accepted) ~3 from', 'deferred connection refused',
      '(excessive|too many) ~3 (invalid|rejected|bad|unknown) ~1 (recipients|rcpts|users|addresses)', 'directory harvest', 'dictionary attack',
      'dynamic ip', 'dial up', '(removal|delist|delisting|unblock|unblocked|block removal)', 'connection rejected ~3 policy', 'abuse ~5 from your',
      'mail refused', 'is blocked', '(doesnt|does not|not) ~2 trustworthy', '(not|isnt|arent) ~1 (allowed|permitted|welcome|authorized) to connect',
      'karma', 'reported for ~1 (abuse|spam)', '(ip|@ip) ~2 not ~3 (whitelist|whitelisted|allowlist|allow list)',
      '(excessive|many) ~2 recipients ~4 (relay|open)',
      '(cloud|hosting|dynamic|residential|dialup|dial up|dsl|broadband) ~2 (network|networks|range|ranges|pool|pools|hosts|addresses|ips|connections)',
      '(countries|country) ~2 (blacklisted|blocked|listed|banned)', 'go away',
      '(access|connection|connections|mail|smtp) ~2 not (permitted|allowed|accepted) from ~1 your', 'poor (behaviour|behavior|sending)',
      'bad (behaviour|behavior)',
      'your (host|server|ip|network|mail server|address range) ~6 (blocked|listed|banned|reported|throttled|denied|rejected)',
      '(open|unsecured|anonymous) (proxy|proxies)', 'connect ~3 denied', '(many|much) spam from', 'unusual ~2 recipients',
      '(many|excessive) ~2 (unknown|invalid|bad|failed|nonexistent) ~2 (users|recipients|rcpt|rcpts|rcpt to|addresses) ~3 (from|host|ip|@ip)',
      'too many unknown users',
      '(adresse ip|direccion ip|indirizzo ip|ip adresse|endereco ip) ~4 (bloquee|bloqueada|bloccato|bloccata|gesperrt|blockiert|REFUSED|LISTED)',
      '(many|bad) rcpt to',
    ],
    unless: [
      'domain reputation', 'spam source', 'content ~3 rejected', 'SPAM ~2 (content|filter)', 'PERSON ~1 (blocked|denied)',
      'message ~3 (rejected|blocked) ~3 policy', '(message|mail|email|content) ~4 (spam|dcc)', 'TLS', 'broken forward', 'relay access', 'spam score',
      'spamassassin', 'virus', 'access denied by', 'authentication failed', 'fortishield', 'rejected by dcc', 'loop', 'failed delivery',
      'policy reasons', 'message content', 'permit', 'purported', '(word|words|phrase|phrases)',
    ],
    samples: [
      '554 Your access to this mail system has been rejected due to the sending MTA\'s poor reputation.',
      '421 4.7.0: Sender IP rejected: sending IP has insufficient reputation. Please retry later.',
      '554 Your IP address is flooding our SMTP server with abusive requests',
      '554 5.7.1 Rejected because Bad IP',
      '554 5.7.1 <mail.example.test[192.0.2.25]>: Client host rejected: Delivery Failure',
    ],
  },

  {
    id: 'malformed', class: 'malformed',
    when: [
      'rfc ~1 (5322|2822|822|5321|compliant|2045|2047)', '(not|non) rfc',
      '(header|headers|field|fields|mime|from header|subject header|date header|message id|format|formatting|boundary|syntax|envelope) ~5 (malformed|invalid|missing|duplicate|duplicated|illegal|broken|improper|incorrect|multiple|violation|not accepted|required|bad|not valid)',
      '(malformed|duplicate|illegal|multiple|improper|missing|broken|invalid|bad|no) ~3 (header|headers|mime|from header|message id|date header|date|subject headers|boundary|header field|headers)',
      '(message|mail) ~2 malformed',
      '(not|does not|doesnt|non) ~1 (comply|conform|compliant|conforming) ~4 (standard|standards|rfc|rfcs|specification|specifications|internet)',
      'header contenttype', 'no ~2 (header|headers|date header|from header|message id|subject)',
      '(invalid|broken|malformed|bad|wrong) ~2 (mime|structure|format|encoding)',
      '(require|requires|required|need|needs|must have|must contain|does not contain|doesnt contain|without|lacks|lacking) ~5 (header|headers|header field|from header|message id)',
      'unparseable ~2 (header|from|message)', '(cannot|cant|could not|unable to) ~1 parse', 'headers are missing',
      '(lines|line) in ~2 (header|headers)', 'mime parts', '(8bit|8 bit|non ascii|nonascii) ~2 (character|characters)',
      '(more than one|two|several) ~1 (from|date|subject|to|sender)', 'header and body',
      'html ~2 (not accepted|unacceptable|not allowed|rejected|only)', 'header error', 'bare (lf|linefeed|linefeeds|cr|newline|newlines)',
      'barelinefeed', 'barelinefeedsareillegal',
      '(invalid|illegal|unsupported|8bit|8 bit|7bit|nul|null|non ascii) ~2 (7bit|8bit|8 bit|characters|character|data|byte|bytes|charset|encoding)',
      'multiple addresses in from', 'messages (missing|without)', '(improperly|incorrectly) formatted', 'binary content', '(line|lines) ~2 too long',
      'line length', 'media (error|not supported)', '(conversion|mime) ~3 (prohibited|failed|not supported)', 'header ~2 (too|exceeds)',
      'content transfer encoding', '(smtputf8|eai|internationalized)', 'not a valid rfc',
    ],
    unless: [
      'SPAM ~4 content', 'header based', 'recipient address syntax', 'mail client may not', 'helo', 'sender policy framework', 'domain of',
      'authentication', 'size',
    ],
    samples: [
      '550 5.7.1 This message is not RFC 5322 compliant because it has duplicate headers.',
      '554 5.6.0 Mail message is malformed. Not accepted.',
      '552 5.2.0 Invalid 7bit DATA',
      '550 5.7.1 Messages missing a valid Message-ID: header are not accepted.',
    ],
  },

  {
    id: 'spam', class: 'spam_content',
    when: [
      '(not pass|fail|failed) ~3 (filter|filters|content check)', 'SPAM',
      '(inappropriate|objectionable|offensive|obscene|offending|banned|forbidden|invalid|prohibited|unacceptable|disallowed|suspicious|bad|illegal|improper|profanity|unwanted) ~2 (content|body|word|words|language|subject|phrase|url|link|keyword|keywords|text|message content)',
      '(content|body|contents|message content) ~3 (REFUSED|rejected|filter|filtered|denied|blocked|unacceptable|restriction)',
      '(reject|rejected|rejecting|refused|blocked|failed) ~3 (content|contents|body)',
      '(url|urls|link|links|phone number|keyword|content|black url) ~3 (filter|blocked|blocking|banned|listed|black)', 'blocking url',
      '(word|words|phrase|phrases) ~6 (blocked|banned|rejected|filtered|prohibited|forbidden|not allowed|unacceptable)',
      '(sensitive|spammy|profane|filthy) (word|words|content|language)', 'headers consistent',
      '(contains|containing|contained) ~5 (url|link|word|phrase|content|keyword)', 'dcc', 'razor', 'bulk ~1 mail', 'blocked by ~3 filter',
      '(scored|score|score of|points) ~3 (high|exceeds|spam|too|above)', 'dictionary check', 'bayes', 'fingerprint', 'similar to ~3 reported',
      '(scored|score|scores|rated) ~3 (high|exceeds|over|above)', '(filter|filters) ~3 (score|scored|high)',
      'bulk (mailing|mailings|email|advertising|messages)', 'looks like', 'filter ~2 (rejected|blocked)', 'mail content denied', '内容',
      'contenu ~3 (refuse|suspect)',
    ],
    unless: ['POLICY ~1 (reasons|violation) local'],
    samples: [
      '554 5.7.1 Your message was rejected as spam',
      '550 5.7.1 message content rejected',
      '550 5.7.1 Blocked by SpamAssassin',
      '551 5.7.1 mail from 192.0.2.25 rejected by DCC',
      '550 5.7.1 Message content rejected, UBE, id=00000-22-225',
    ],
  },
];
