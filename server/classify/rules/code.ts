/**
 * The last resort: reply code × stage. It knows little, so it says little: a
 * bare 550 to RCPT is likely an unknown user and never suppresses at once;
 * refusals of the connection are about us; after the message they are about
 * the message.
 */
import type { Rule } from '../rule.ts';

export const CODE_RULES: readonly Rule[] = [
  { id: 'code.full', class: 'mailbox_full', code: [522], samples: ['522 Failed'] },
  { id: 'code.size', class: 'too_large', code: [552], stage: ['mail'], samples: ['552 b17'] },
  { id: 'code.552', class: 'mailbox_full', code: [552], samples: ['552 Requested mail action aborted'] },
  { id: 'code.credentials', class: 'credentials', code: [530, 538], samples: ['530 Error'] },
  { id: 'code.null-mx', class: 'invalid_domain', code: [556], samples: ['556 No'] },
  { id: 'code.moved', class: 'inactive_recipient', code: [551], stage: ['rcpt'], action: 'strike', samples: ['551 b17'] },
  { id: 'code.protocol', class: 'protocol', code: [500, 501, 502, 503, 504], samples: ['501 Error'] },
  { id: 'code.auth', class: 'credentials', code: [5], stage: ['auth'], samples: ['550 b17'] },
  { id: 'code.connection', class: 'ip_blocked', code: [5], stage: ['connect', 'greeting', 'ehlo'], samples: ['554 b17'] },
  { id: 'code.mail', class: 'sender_invalid', code: [5], stage: ['mail'], samples: ['550 b17'] },
  { id: 'code.message', class: 'policy', code: [5], stage: ['data', 'body'], samples: ['554 b17'] },
  { id: 'code.recipient', class: 'invalid_recipient', code: [550, 553, 511], stage: ['rcpt'], action: 'strike', unless: ['SENDER', 'OURS', 'CLIENT', 'BOUNCE', 'AUTHN', 'LISTED', 'BLOCKLIST', 'POLICY', 'SPAM', 'ip', 'TLS', 'AUTH', 'header'], samples: ['550 b17'] },
  {
    id: 'code.recipient-rejected', class: 'invalid_recipient', code: [5], action: 'strike',
    when: ['@recipient-rejected'],
    samples: ['550 <a@example.test>: Recipient address rejected: b17'],
  },
  {
    id: 'code.recipient-named', class: 'invalid_recipient', code: [550, 551, 553, 511], action: 'strike',
    when: ['(recipient|recipients|user|mailbox|account|addressee|rcpt)'],
    unless: [
      'SENDER', 'OURS', 'CLIENT', 'BOUNCE', 'AUTHN', 'LISTED', 'header', 'internal', '(limit|maximum|maximal|maximale|size)', 'POLICY', 'SPAM',
      'your ~2 account', '(database|maintenance|process|module|sending|outgoing|outbound|authenticated)', '(mailbox|user) server', '(agent|busy|error|encrypted|only|internal|smtp|relay|failed)',
    ],
    samples: ['550 That user we would rather like to be told about'],
  },
  {
    id: 'code.refused', class: 'policy', code: [554, 571],
    when: ['(message|mail|email|transaction|delivery|your|you|we|our|access|sorry|not|cannot|unable|error|problem|failed|failure)'],
    samples: ['554 Transaction failed', '571 Sorry, try the front door'],
  },
  { id: 'code.later', class: 'server_error', code: [4], samples: ['451 b17'] },
];
