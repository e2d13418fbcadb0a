/**
 * What one provider means by a code or an idiom of its own. These come first:
 * they are exact, and several say with a 5xx what others say with a 4xx, or
 * give a registered enhanced code a meaning of their own.
 */
import type { Rule } from '../rule.ts';
import { GOOGLE_RULES } from './google.ts';
import { MICROSOFT_RULES } from './microsoft.ts';

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

  ...MICROSOFT_RULES,
  ...GOOGLE_RULES,
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
