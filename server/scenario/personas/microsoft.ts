/** Microsoft: Outlook.com for consumers, and Microsoft 365. Several 5xx of theirs only mean "slow down". */
import type { Persona } from '../../../sdk/contract.ts';

const shared: Persona['replies'] = {
  unknown: { at: 'rcpt', code: 550, enhanced: '5.5.0', text: 'Requested action not taken: mailbox unavailable (S2017062302).' },
  toolarge: { at: 'mail', code: 552, enhanced: '5.3.4', text: 'Message size exceeds fixed maximum message size' },
  blocklist: { at: 'rcpt', code: 550, enhanced: '5.7.1', text: "Unfortunately, messages from [{client}] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors." },
  ratelimit: { at: 'mail', code: 451, enhanced: '4.7.651', text: 'The mail server [{client}] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S3114)' },
  dmarc: { at: 'body', code: 550, enhanced: '5.7.515', text: "Access denied, sending domain [{sender}] doesn't meet the required authentication level. The sender's domain in the 5322.From address doesn't meet the authentication requirements defined for the sender. Spf=Fail, Dkim=Fail, DMARC=Fail" },
  toomany: { at: 'rcpt', code: 452, enhanced: '4.5.3', text: 'Too many recipients (AS780090)' },
  connections: { at: 'greeting', code: 421, enhanced: '4.3.2', text: 'The maximum number of concurrent connections has exceeded a limit, closing transmission channel' },
  recipientrate: { at: 'body', code: 554, enhanced: '5.2.122', text: 'The recipient has exceeded their limit for the number of messages they can receive per hour. For more information go to http://go.microsoft.com/fwlink/?LinkId=526653.' },
  busy: { at: 'body', code: 451, enhanced: '4.7.0', text: 'Temporary server error. Please try again later. PRX6' },
  malformed: { at: 'body', code: 550, enhanced: '5.6.11', text: 'Invalid characters (bare line feed)' },
  ptr: { at: 'rcpt', code: 550, enhanced: '5.7.25', text: 'Access denied, the sending IPv6 address [{client}] must have a reverse DNS record' },
};

export const outlook: Persona = {
  name: 'outlook', label: 'Outlook.com',
  note: "Microsoft's consumer mailboxes: replies from its postmaster pages and real bounces; limits are those that large senders keep to.",
  domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'hotmail.co.uk', 'hotmail.de', 'hotmail.fr', 'hotmail.it', 'hotmail.es', 'live.co.uk', 'live.fr', 'live.nl', 'outlook.de', 'outlook.fr', 'outlook.test'],
  site: 'outlook', provider: 'microsoft',
  banner: '{host} Microsoft ESMTP MAIL Service ready',
  size: 49_283_072,
  limits: { connections: 5, messagesPerConnection: 50, recipientsPerMessage: 500 },
  replies: {
    ...shared,
    blockedsender: { at: 'rcpt', code: 550, enhanced: '5.7.1', text: 'Service unavailable, MailFrom domain is listed in Spamhaus. To request removal from this list see https://www.spamhaus.org/query/lookup/ (S8002)' },
  },
};

export const microsoft365: Persona = {
  name: 'microsoft365', label: 'Microsoft 365',
  note: "Exchange Online: replies from Microsoft's NDR reference and real bounces. An unknown user is refused as `5.4.1 Access denied`.",
  domains: ['*.onmicrosoft.com', 'microsoft365.test'],
  provider: 'microsoft',
  banner: '{host} Microsoft ESMTP MAIL Service ready',
  size: 157_286_400,
  limits: { connections: 5, messagesPerConnection: 50, recipientsPerMessage: 500 },
  replies: {
    ...shared,
    unknown: { at: 'rcpt', code: 550, enhanced: '5.4.1', text: 'Recipient address rejected: Access denied. AS(201806281)' },
    full: { at: 'body', code: 554, enhanced: '5.2.2', text: 'STOREDRV.Deliver.Exception:QuotaExceededException; mailbox full' },
    policy: { at: 'body', code: 550, enhanced: '5.7.750', text: 'Service unavailable. Client blocked from sending from unregistered domains' },
    dmarc: { at: 'body', code: 550, enhanced: '5.7.509', text: 'Access denied, sending domain [{sender}] does not pass DMARC verification and has a DMARC policy of reject.' },
    blocklist: { at: 'rcpt', code: 550, enhanced: '5.7.511', text: 'Access denied, banned sender[{client}]. To request removal from this list please forward this message to delist@messaging.microsoft.com. For more information please go to http://go.microsoft.com/fwlink/?LinkId=526653.' },
    ratelimit: { at: 'rcpt', code: 451, enhanced: '4.7.500', text: 'Server busy. Please try again later from [{client}]. (AS77712344)' },
    relay: { at: 'rcpt', code: 550, enhanced: '5.7.64', text: 'TenantAttribution; Relay Access Denied' },
    recipientrate: { at: 'body', code: 550, enhanced: '5.2.121', text: "Recipient's per hour message receive limit from specific sender exceeded." },
    malformed: { at: 'body', code: 550, enhanced: '5.7.512', text: 'Access denied, message must be RFC 5322 section 3.6.2 compliant' },
    blockedsender: { at: 'rcpt', code: 550, enhanced: '5.7.507', text: 'Access denied, rejected by recipient' },
  },
};
