/** Microsoft 365 and Outlook.com: codes beyond the registered ones, and what Exchange says of itself. */
import type { Rule } from '../rule.ts';

export const MICROSOFT_RULES: readonly Rule[] = [
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
];
