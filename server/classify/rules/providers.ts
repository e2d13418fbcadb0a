/**
 * What one provider means by a code or an idiom of its own. These come first:
 * they are exact, and several say with a 5xx what others say with a 4xx, or
 * give a registered enhanced code a meaning of their own.
 */
import type { Rule } from '../rule.ts';

export const PROVIDER_RULES: readonly Rule[] = [
  // Yahoo and AOL: senders.yahooinc.com. TS03 and TSS09 are permanent in effect whatever the code says.
  {
    id: 'yahoo.permanent-deferral', class: 'ip_blocked', token: ['TS03', 'TSS09', 'TSS11'], action: 'fix_config',
    samples: [
      '421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed. See https://postmaster.yahooinc.com/error-codes',
      '553 5.7.2 [TSS09] All messages from 192.0.2.25 will be permanently deferred; Retrying will NOT succeed.',
    ],
  },
  {
    id: 'yahoo.deferral', class: 'rate_limited', token: ['TS0*', 'TSS0*', 'IPTS0*', 'GL01'],
    samples: [
      '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
    ],
  },
  {
    id: 'yahoo.block-list', class: 'ip_blocked', token: ['BL0*', 'BL1*', 'BL2*'],
    unless: ['comcast'],
    samples: [
      '553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus\'s list; see http://postmaster.yahoo.com/550-bl23.html',
    ],
  },
  // AOL as it was; forwarders still repeat it.
  { id: 'aol.ptr', class: 'dns_identity', token: ['DNS:NR'], samples: ['550 5.7.1 : (DNS:NR) https://postmaster.aol.com/error-codes#554dnsnr'] },
  { id: 'aol.client', class: 'ip_blocked', token: ['DNS:*', 'RTR:*', 'CON:*', 'DYN:*'], unless: ['(greylist|greylisted|greylisting)'], samples: ['521 5.2.1 : (CON:B1) https://postmaster-blog.aol.com/2012/02/11/554-conb1/', '554 5.7.1 : (DNS:B1) http://postmaster.info.aol.com/errors/554dnsb1.html'] },
  { id: 'aol.content', class: 'spam_content', token: ['HVU:*'], samples: ['554 5.7.1 : (HVU:B1) http://postmaster.info.aol.com/errors/554hvub1.html'] },
  { id: 'yahoo.policy', class: 'policy', when: ['message not allowed'], unless: ['rfc'], samples: ['554 Message not allowed - [299]'] },

  // Microsoft 365 and Outlook.com: codes beyond the registered ones.
  {
    id: 'microsoft.recipient-rate', class: 'recipient_rate', enhanced: ['2.121', '2.122'],
    samples: [
      '554 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour.',
      '550 5.2.121 Recipient\'s per hour message receive limit from specific sender exceeded.',
    ],
  },
  {
    id: 'microsoft.edge-block', class: 'invalid_recipient', enhanced: ['4.1'],
    when: ['@recipient-rejected ~3 access denied', '(recipient|recipients) (address|addresses) rejected ~3 access denied'],
    samples: [
      '550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [mail.prod.protection.outlook.com]',
      '550 5.4.1 All recipient addresses rejected : Access denied [mail.prod.protection.outlook.com]',
    ],
  },
  {
    id: 'microsoft.authentication', class: 'authentication', enhanced: ['7.515', '7.509', '7.23', '7.5-9', '7.26'],
    when: ['authentication level', 'AUTHN', 'dmarc verification', 'unauthenticated'],
    samples: [
      '550 5.7.515 Access denied, sending domain example.test doesn\'t meet the required authentication level.',
      '550 5.7.509 Access denied, sending domain example.test does not pass DMARC verification',
    ],
  },
  {
    id: 'microsoft.banned', class: 'ip_blocked', enhanced: ['7.511', '7.606-649', '7.708', '7.513'],
    samples: [
      '550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list please visit https://sender.office.com/',
      '550 5.7.511 Access denied, banned sender[192.0.2.4]. To request removal from this list please forward this message to delist@messaging.microsoft.com.',
      '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.',
    ],
  },
  {
    id: 'microsoft.throttled', class: 'rate_limited', enhanced: ['7.500', '7.650-699', '7.850-899', '7.508'], code: [4, 5],
    unless: ['spam abuse', 'banned'],
    samples: [
      '451 4.7.650 The mail server [192.0.2.2] has been temporarily rate limited due to IP reputation.',
      '451 4.7.500 Server busy. Please try again later from [192.0.2.2]. (S77719)',
    ],
  },
  {
    id: 'microsoft.suspicious', class: 'sender_blocked', enhanced: ['7.501-503', '7.700-705', '1.8'],
    when: ['tenant allow block list', 'spam abuse', 'bad outbound sender', 'threshold exceeded', 'exceeded threshold', 'traffic'],
    samples: [
      '550 5.7.501 Access denied, spam abuse detected',
      '550 5.1.8 Access denied, bad outbound sender. AS(42004)',
      '550 5.7.705 Access denied, tenant has exceeded threshold',
    ],
  },
  {
    id: 'microsoft.unregistered', class: 'policy', enhanced: ['7.750', '7.12'],
    when: ['unregistered domains', 'not authenticated by organization'],
    samples: [
      '550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains',
      '550 5.7.12 Sender was not authenticated by organization',
    ],
  },
  {
    id: 'microsoft.restricted', class: 'recipient_blocked_sender', enhanced: ['7.507', '7.124', '7.129', '7.133-136', '7.510', '7.193', '7.233'],
    samples: [
      '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group',
      '550 5.7.507 Access denied, rejected by recipient',
    ],
  },
  {
    id: 'microsoft.not-authorized', class: 'recipient_blocked_sender',
    when: ['resolver rst notauthorized', 'resolver rst (senderrestricted|sendernotauthenticatedforgroup|recipientrestricted)'],
    samples: ['550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized'],
  },
  {
    id: 'microsoft.auth-required', class: 'credentials',
    when: ['resolver rst authrequired', 'client was not authenticated', 'smtpclientauthentication is disabled'],
    samples: [
      '550 5.7.1 RESOLVER.RST.AuthRequired; authentication required',
      '530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM',
    ],
  },
  {
    id: 'microsoft.too-large', class: 'too_large',
    when: ['resolver rst (recipsizelimit|sendsizelimit|recvsizelimit)'],
    samples: ['550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient'],
  },
  {
    id: 'microsoft.not-found', class: 'invalid_recipient',
    when: [
      'resolver adr (recipnotfound|recipientnotfound|exrecipnotfound|badprimary|invalidinsmtpaddress|invalid)', 'recipientnotfound', 'recipnotfound',
    ],
    samples: [
      '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found',
      '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    ],
  },
  {
    id: 'microsoft.ambiguous', class: 'server_error',
    when: ['resolver adr ambiguous', 'resolver fwd', 'storedrv'],
    unless: ['submission', 'quotaexceededexception', 'quotaexceedexception', 'quota', 'accountdisabledexception', 'mailbox disabled'],
    samples: [
      '554 5.2.0 STOREDRV.Deliver.Exception:StoragePermanentException; Failed to process message due to a permanent exception',
      '550 5.1.4 RESOLVER.ADR.Ambiguous; ambiguous address',
    ],
  },
  {
    id: 'microsoft.outbound-spam', class: 'sender_blocked',
    when: ['storedrv submission ~3 outbound spam'],
    samples: ['554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Failed to process message due to a permanent exception'],
  },
  {
    id: 'microsoft.submission-quota', class: 'rate_limited',
    when: ['storedrv submission ~3 (quota|submissionquotaexceededexception|limit)'],
    samples: ['554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException'],
  },
  {
    id: 'microsoft.disabled', class: 'inactive_recipient',
    when: ['accountdisabledexception', 'storedrv ~4 mailbox disabled'],
    samples: ['554 5.2.1 STOREDRV.Deliver.Exception:AccountDisabledException; mailbox disabled'],
  },
  {
    id: 'microsoft.banned-recipient', class: 'invalid_recipient', enhanced: ['7.505'], action: 'strike',
    samples: ['550 5.7.505 Access denied, banned recipient'],
  },
  {
    id: 'microsoft.domain-name', class: 'sender_invalid', enhanced: ['5.4'], code: [550],
    when: ['invalid domain name'],
    samples: ['550 5.5.4 Invalid domain name'],
  },
  {
    id: 'microsoft.storage-full', class: 'mailbox_full',
    when: ['quotaexceedexception', 'quotaexceededexception', 'storedrv ~6 quota'],
    unless: ['submission'],
    samples: ['554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException; mailbox full'],
  },
  {
    id: 'microsoft.block-list', class: 'ip_blocked', token: ['S3140', 'S3150'],
    samples: [
      '550 5.7.1 Unfortunately, messages from [192.0.2.3] weren\'t sent. Please contact your Internet service provider since part of their network is on our block list (S3150).',
    ],
  },
  {
    id: 'microsoft.region', class: 'routing', enhanced: ['4.62', '4.14', '4.11', '2.14'],
    samples: ['451 4.4.62 Mail sent to the wrong Office 365 region. ATTR35.', '554 5.4.14 Hop count exceeded - possible mail loop ATTR34'],
  },
  {
    id: 'microsoft.tenant', class: 'relay_denied', enhanced: ['7.64'],
    when: ['tenantattribution', 'tenant attribution', 'relay access denied'],
    samples: ['550 5.7.64 TenantAttribution; Relay Access Denied'],
  },
  {
    id: 'microsoft.dns', class: 'invalid_domain', enhanced: ['4.310'],
    samples: ['550 5.4.310 DNS domain example.invalid does not exist [Message=InfoDomainNonexistent] [LastAttemptedServerName=example.invalid]'],
  },
  {
    id: 'microsoft.next-hop', class: 'network', enhanced: ['4.300-309', '4.311-319'],
    samples: ['550 5.4.316 Message expired, connection refused(Socket error code 10061)', '550 5.4.312 Message expired, DNS query failed'],
  },
  {
    id: 'microsoft.tls', class: 'tls', enhanced: ['7.320-325', '4.320-325'],
    samples: ['451 4.7.320 Certificate not trusted. The certificate is not trusted for domain example.test'],
  },
  {
    id: 'microsoft.malformed', class: 'malformed', enhanced: ['7.512', '6.11'],
    samples: [
      '550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant',
      '550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which cannot be sent via DATA',
    ],
  },
  { id: 'microsoft.helo', class: 'dns_identity', enhanced: ['7.506'], samples: ['550 5.7.506 Access Denied, Bad HELO'] },

  {
    id: 'microsoft.sender-denied', class: 'sender_invalid', enhanced: ['1.0'],
    when: ['sender denied'],
    unless: ['senderfilterconfig', 'list'],
    samples: ['550 5.1.0 Sender denied'],
  },

  // Google: the page that a reply links to says which case it is; the codes 7.27 to 7.30 are not the registered ones.
  {
    id: 'google.recipient-rate', class: 'recipient_rate', token: ['RECEIVINGRATE*'],
    samples: [
      '550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered. https://support.google.com/mail/?p=ReceivingRatePerm - gsmtp',
    ],
  },
  {
    id: 'google.inactive', class: 'inactive_recipient', token: ['DISABLEDUSER'],
    samples: [
      '550 5.2.1 The email account that you tried to reach is inactive. Learn more at https://support.google.com/mail/?p=DisabledUser - gsmtp',
    ],
  },
  {
    id: 'google.no-such-user', class: 'invalid_recipient', token: ['NOSUCHUSER'],
    samples: [
      '550-5.1.1 The email account that you tried to reach does not exist. Please try\n550 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp',
    ],
  },
  {
    id: 'google.help-page', class: 'invalid_recipient',
    when: ['google com ~6 /6596'],
    unless: ['FULL'],
    samples: ['550 5.1.1 http://support.google.com/mail/bin/answer.py?answer=6596 ad1si1997204pbd.83 - gsmtp'],
  },
  {
    id: 'google.full', class: 'mailbox_full', token: ['OVERQUOTA*'],
    samples: [
      '452 4.2.2 The recipient\'s inbox is out of storage space. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaTemp',
    ],
  },
  {
    id: 'google.rate', class: 'rate_limited', token: ['UNSOLICITEDRATELIMITERROR', 'RATELIMIT*'],
    samples: [
      '421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address. https://support.google.com/mail/?p=UnsolicitedRateLimitError',
    ],
  },
  {
    id: 'google.ip', class: 'ip_blocked', token: ['UNSOLICITEDIPERROR', 'BLOCKEDIP*'],
    samples: ['550 5.7.1 The IP you\'re using to send mail is not authorized. https://support.google.com/mail/?p=UnsolicitedIPError'],
  },
  {
    id: 'google.authentication', class: 'authentication', enhanced: ['7.27', '7.30', '7.32'],
    when: ['authenticate', 'authentication', 'unauthenticated', 'AUTHN', 'alignment', 'aligned'],
    samples: [
      '550 5.7.27 Your email has been blocked because SPF authentication didn\'t pass. Gmail requires all large senders to authenticate with SPF.',
      '421 4.7.32 Your email has been rate limited because the From: header (RFC5322) in this message isn\'t aligned with either the authenticated SPF or DKIM organizational domain.',
    ],
  },
  {
    id: 'google.sender-syntax', class: 'sender_invalid', enhanced: ['1.7'],
    when: ['sender address ~4 not ~1 valid'],
    samples: ['553 5.1.7 The sender address <a@example.test> is not a valid RFC 5321 address. - gsmtp'],
  },
  { id: 'google.tls', class: 'tls', enhanced: ['7.29'], when: ['TLS'], samples: ['421 4.7.29 Your email has been rate limited because this message wasn\'t sent over a TLS connection.'] },
  {
    id: 'google.blocked-rate', class: 'ip_blocked', enhanced: ['7.28'], code: [5],
    when: ['unusual rate ~12 ip address'],
    samples: [
      '550 5.7.28 There is an unusual rate of unsolicited mail originating from your IP address. To protect our users from spam, mail sent from your IP address has been blocked.',
    ],
  },
  {
    id: 'google.transaction', class: 'too_many_recipients',
    when: ['separate transaction', 'per transaction exceeded'],
    samples: ['452 4.5.3 Domain policy size per transaction exceeded, please try this recipient in a separate transaction.'],
  },
  {
    id: 'google.unusual-rate', class: 'rate_limited', enhanced: ['7.28'],
    when: ['gmail', 'google', 'unusual rate', 'quota'],
    samples: ['421 4.7.28 Gmail has detected this message exceeded its quota for sending messages with the same Message-ID:.'],
  },
  {
    id: 'google.domain-reputation', class: 'sender_blocked',
    when: ['(reputation|policy) of ~1 (sending domain|domain)'],
    samples: [
      '550 5.7.1 [192.0.2.1] Our system has detected that this message is likely suspicious due to the very low reputation of the sending domain.',
    ],
  },
  {
    id: 'google.suspicious', class: 'spam_content',
    when: ['suspicious due to the nature of'],
    samples: [
      '421 4.7.0 [192.0.2.1] Our system has detected that this message is suspicious due to the nature of the content and/or the links within.',
    ],
  },
  {
    id: 'google.group', class: 'recipient_blocked_sender',
    when: [
      'groups google com',
      '(group|grupo|groupe|skupina|gruppe|gruppo|groep|grupa) ~8 (tried to contact|contacto|contacter|kontaktovat|kontaktieren|contattare)',
      'permission to post',
    ],
    unless: ['send mail as'],
    samples: [
      'We\'re writing to let you know that the group you tried to contact (announce) may not exist, or you may not have permission to post messages to the group.',
    ],
  },

  // Orange and La Poste: the last three digits are one list.
  {
    id: 'orange.unknown', class: 'invalid_recipient', token: ['OFR*416', 'OFR_416', 'LPN*416', 'OFR006_416', 'LPN007_416'],
    samples: ['550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]'],
  },
  { id: 'orange.full', class: 'mailbox_full', token: ['OFR_417', 'LPN007_417', 'OFR006_417'], samples: ['552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]'] },
  {
    id: 'orange.connections', class: 'rate_limited', token: ['OFR_104', 'OFR004_104', 'LPN007_104', 'LPN004_104', 'OFR006_104', 'OFR004_999', 'OFR_109', 'OFR004_109'],
    samples: ['421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]'],
  },
  {
    id: 'orange.spam', class: 'spam_content',
    token: ['OFR_506', 'OFR_510', 'LPN007_506', 'LPN007_510', 'OFR004_506', 'OFR006_506', 'OFR006_510', 'OFR_513', 'OFR_515', 'OFR_517', 'OFR_518'],
    samples: ['550 5.7.1 Suspicion de contenu non sollicite. Likely unsolicited email. LPN007_510'],
  },

  // GoDaddy: IB1xx is about the client, IB2xx about the content.
  { id: 'godaddy.ptr', class: 'dns_identity', token: ['IB108', 'IB109'], samples: ['421 Temporarily rejected. Reverse DNS for 192.0.2.1 failed. IB108'] },
  {
    id: 'godaddy.connections', class: 'rate_limited', token: ['IB007', 'IB111', 'IB112', 'IB114', 'IB504', 'IB510'],
    samples: ['421 bizsmtp Too many connections from your IP. Please reduce. IB007', '550 You have exceeded the number of messages. IB504'],
  },
  {
    id: 'godaddy.client', class: 'ip_blocked', token: ['IB102', 'IB103', 'IB104', 'IB105', 'IB106', 'IB110', 'IB113', 'IB115', 'IB116'],
    samples: ['554 IB103. Connection refused. 192.0.2.1 has a poor reputation on Cloudmark Sender Intelligence (CSI).'],
  },
  { id: 'godaddy.content', class: 'spam_content', token: ['IB2*'], samples: ['552 This message has been rejected due to content judged to be spam by the internet community IB212'] },
  {
    id: 'godaddy.spf', class: 'authentication', token: ['IB508', 'IB509'],
    samples: ['550 192.0.2.1 is not allowed to send from <example.test> per its SPF Record. Please inspect your SPF settings, and try again. IB508'],
  },
  { id: 'godaddy.from', class: 'sender_invalid', token: ['IB501', 'IB502', 'IB506', 'IB507'], samples: ['550 5.2.0 From: Domain is invalid. Please provide a valid From: IB506'] },

  // Comcast: the letters of the code say it.
  {
    id: 'comcast.rate', class: 'rate_limited', token: ['RL0*'],
    samples: ['421 4.1.0 Throttled - try again later. For more information, refer to: http://postmaster.comcast.net/smtp-error-codes.php#RL000010'],
  },
  {
    id: 'comcast.block-list', class: 'ip_blocked', token: ['BL0*', 'ES0*'],
    when: ['comcast'],
    samples: ['554 5.7.1 imta.comcast.net comcast 192.0.2.1 Comcast block for spam. http://postmaster.comcast.net/smtp-error-codes.php#BL000000'],
  },
  { id: 'comcast.ptr', class: 'dns_identity', token: ['PT0*'], samples: ['554 imta.comcast.net comcast 192.0.2.1 refused. http://postmaster.comcast.net/smtp-error-codes.php#PT000001'] },
  { id: 'comcast.dmarc', class: 'authentication', token: ['DM0*'], samples: ['550 5.2.0 Message rejected. http://postmaster.comcast.net/smtp-error-codes.php#DM000001'] },

  // Apple.
  { id: 'apple.authentication', class: 'authentication', token: ['HME1'], samples: ['554 5.7.1 [HME1] This message was blocked for failing both SPF and DKIM authentication checks.'] },
  { id: 'apple.deferred', class: 'rate_limited', token: ['HCM1', 'HCM2'], code: [4], samples: ['421 4.7.1 [HCM1] Message deferred'] },
  { id: 'apple.local-policy', class: 'policy', token: ['CS01', 'CS02', 'HM08', 'HM07', 'HM09'], samples: ['554 5.7.1 [CS01] Message rejected due to local policy.'] },
  { id: 'apple.not-accepting', class: 'server_error', when: ['@host ~2 not accepting connections'], samples: ['554 user-smtpin001.me.example.net ESMTP not accepting connections'] },

  // Tencent QQ and NetEase 163: limits come as 550.
  {
    id: 'qq.frequency', class: 'rate_limited',
    when: ['(ip|sender|connection|domain|recipient|mail|message) frequency limited', 'frequency (limited|limit)'],
    samples: [
      '550 Connection frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000722',
      '550 Sender frequency limited.',
    ],
  },
  { id: 'netease.ptr', class: 'dns_identity', token: ['RP:RDN'], samples: ['553 RP:RDN mx22 http://mail.163.com/help/help_spam_16.htm'] },
  { id: 'netease.address', class: 'ip_blocked', token: ['HL:IPB', 'HL:IHU', 'HL:REP', 'HL:MEP', 'WM:BLI', 'DT:RBL'], samples: ['554 HL:IPB 163 mx4'] },
  {
    id: 'netease.rate', class: 'rate_limited', token: ['HL:*', 'RP:*', 'MI:CEL', 'MI:DMC', 'MI:IMF', 'MI:CCL', 'MI:SFQ', 'MI:STC'],
    samples: ['550 RP:ORQ http://mail.163.com/help/help_spam_16.htm', '550 HL:ITC gzga2-smtp, too many messages'],
  },
  { id: 'netease.spam', class: 'spam_content', token: ['DT:*', 'MI:SPB'], samples: ['554 DT:SPM mx10, http://mail.163.com/help/help_spam_16.htm'] },
  { id: 'netease.authentication', class: 'authentication', token: ['MI:SPF', 'MI:DMA', 'MI:DMR'], samples: ['550 MI:SPF mx4, http://mail.163.com/help/help_spam_16.htm'] },
  { id: 'netease.block', class: 'ip_blocked', token: ['IB:*', 'IP:*'], samples: ['554 IP:BLK mx13, http://mail.163.com/help/help_spam_16.htm'] },

  // Mimecast: a deferral for senders it does not know yet or thinks little of. Waiting and going slower are right for both.
  {
    id: 'mimecast.deferral', class: 'rate_limited', code: [4],
    when: ['internal (resource|resources) ~2 (temporarily|not) ~1 (unavailable|available)', 'account service ~2 unavailable'],
    samples: [
      '451 Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451 [#]',
      '451 Account service is temporarily unavailable',
    ],
  },
  {
    id: 'mimecast.user-entry', class: 'recipient_blocked_sender',
    when: ['envelope blocked ~2 (user|domain|group) ~2 entry', 'manually blocked (senders|sender)', 'manual block'],
    samples: [
      '550 Envelope blocked - User Entry - https://community.mimecast.com/docs/DOC-1369#550 [#]',
      '550 Rejected by header-based manually Blocked Senders - block for manual block.',
    ],
  },
  {
    id: 'mimecast.envelope', class: 'sender_blocked',
    when: ['block policy for envelope from', 'envelope rejected'],
    unless: ['AUTHN'],
    samples: ['550 envelope rejected - block policy for envelope from address'],
  },
  {
    id: 'mimecast.security', class: 'spam_content',
    when: ['due to security policies', 'content examination policy'],
    samples: ['554 Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554 [#]'],
  },

  // Others.
  {
    id: 'spectrum.rate', class: 'rate_limited', token: ['AUP#IN-13*', 'AUP#IN-12*', 'AUP#MXRT', 'AUP#OUT-13*', 'AUP#OUT-1'],
    samples: [
      '550 5.1.0 <a@example.test> sender rejected. Please see https://www.spectrum.net/support/internet/understanding-email-error-codes for more information. AUP#In-1310',
    ],
  },
  {
    id: 'cox.connections', class: 'rate_limited', token: ['AUP#CXCNCT', 'AUP#CXMXRT', 'AUP#CXTHRT', 'AUP#CXRCPT'],
    samples: ['421 cxr.cox.test cmsmtp 192.0.2.1 blocked. Refer to Error Codes section at http://postmaster.cox.net for more information. AUP#CXCNCT'],
  },
  {
    id: 'cox.sender', class: 'sender_invalid', token: ['AUP#CXSNDR', 'AUP#SNDR'],
    samples: ['550 5.1.0 <a@example.test> message rejected. Refer to Error Codes section at http://postmaster.cox.net for more information. AUP#CXSNDR'],
  },
  { id: 'spectrum.block', class: 'ip_blocked', token: ['AUP#*'], samples: ['554 5.7.1 ERROR: Mail refused. AUP#I-1000'] },
  {
    id: 'gmx.header', class: 'policy',
    when: ['policy (restrictions|restriction|violations) (header|ip|url|content)'],
    unless: ['ip based'],
    samples: ['550 Requested action not taken: mailbox unavailable\n550 Reject due to policy restrictions (header based)'],
  },
  {
    id: 't-online.block', class: 'ip_blocked',
    when: ['problem occurred ~2 ask your postmaster'],
    samples: ['554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.) (BL)'],
  },
  { id: 'gmx.domain', class: 'sender_blocked', when: ['policy ~2 domain based'], samples: ['550 <a@example.test>: Reject due to policy restrictions (domain based)'] },
  { id: 'gmx.ip', class: 'ip_blocked', when: ['ip based'], samples: ['550 <a@example.test>: Reject due to policy restrictions (IP based)'] },
  {
    id: 'facebook.privacy', class: 'recipient_blocked_sender',
    when: ['recipient (privacy|preferences)'],
    samples: ['550 5.7.1 RCP-P2 Recipient privacy settings disallowed delivery of this message'],
  },
  { id: 'symantec.no-auth', class: 'credentials', when: ['turn on smtp authentication'], samples: ['550 Please turn on SMTP Authentication in your mail client.'] },
  {
    id: 'ses.identity', class: 'credentials',
    when: ['email address is not verified', 'identities failed the check'],
    samples: [
      '554 Message rejected: Email address is not verified. The following identities failed the check in region AP-NORTHEAST-1: a@example.test',
    ],
  },
  {
    id: 'ses.suppressed', class: 'suppressed',
    when: [
      'suppression list', 'suppressed (recipient|address)', '(recipient|address|addresses|recipients) ~2 suppressed', 'on ~3 suppression',
      '(not|wont|stopped) ~1 (delivering|sending|deliver|send) to ~2 (previously|unsubscribed|bounced|suppressed)', 'unsubscribed from your',
      'user who (marked|unsubscribed)', 'unsubscribe list', 'do not (mail|email|contact|send) list',
      '(previously|previous) ~1 (bounced|hard bounced|hard bounce) ~1 (address|recipient)', 'marked as inactive because',
    ],
    samples: ['Amazon SES has suppressed sending to this address because it is on the account suppression list.'],
  },
];
