/**
 * A message that came back, read: RFC 3464 reports, feedback reports, the
 * notices of mailers that write for people only, automatic replies. Never
 * throws; memory is bounded by what read.ts looks at. Each recipient is
 * judged by the one classifier that judges live replies, too.
 */
import { CLASSES } from '../classify/classes.ts';
import { classify } from '../classify/classify.ts';
import type { Verdict } from '../classify/verdict.ts';
import { type EnhancedStatus, findEnhanced, formatEnhanced } from '../mail/enhanced-status.ts';
import { parseReply, type Stage } from '../mail/reply.ts';
import type { Bounce, BounceRecipient, DsnAction } from './bounce.ts';
import { feedbackVerdict, readFeedback, recipientsOfOriginal } from './feedback.ts';
import { kindOf } from './kind.ts';
import { beforeFirst, noticeText, readNotice } from './notice.ts';
import { decodedField, fieldOf, readReturned, type Returned } from './read.ts';
import { addressOf, readStatus, type StatusGroup } from './status-fields.ts';

/** `about` is whom it is known to be about (from a signed return path), for a notice that names nobody. */
export function parseBounce(raw: Uint8Array, about?: string): Bounce {
  const mail = readReturned(raw);
  const kind = kindOf(mail);
  const originalMessageId = (fieldOf(mail.original, 'message-id') ?? /^message-id:\s{0,10}<([^<>\s]{1,998})>/im.exec(mail.text.slice(200))?.[1] ?? '').replace(/^\s*<|>\s*$/g, '');
  const sender = addressOf(fieldOf(mail.original, 'return-path') ?? '');
  const bounce: Bounce = { kind, recipients: [], ...(originalMessageId === '' || kind === 'not_bounce' ? {} : { originalMessageId }), ...(sender.includes('@') && kind !== 'not_bounce' ? { originalSenders: [sender] } : {}) };
  switch (kind) {
    case 'arf': return feedback(bounce, mail);
    case 'autoreply': return autoreply(bounce, mail);
    case 'not_bounce': return bounce;
    case 'bounce': case 'delivered_dsn': return delivery(bounce, mail, about);
  }
}

function feedback(bounce: Bounce, mail: Returned): Bounce {
  const report = readFeedback(mail.feedback.join('\n'));
  const recipients = report.recipients.length > 0 ? report.recipients : recipientsOfOriginal(mail.original);
  const verdict = feedbackVerdict(report.type);
  const diagnostic = oneLine(`${noticeText(mail.text)} ${report.words}`);
  const senders = [...(report.sender?.includes('@') ? [report.sender] : []), ...(bounce.originalSenders ?? [])];
  return { ...bounce, ...(senders.length > 0 ? { originalSenders: senders } : {}), feedbackType: report.type, recipients: recipients.map((recipient) => ({ recipient, action: null, status: null, replyCode: null, diagnostic, class: verdict.class, hard: false, verdict })) };
}

function autoreply(bounce: Bounce, mail: Returned): Bounce {
  const recipient = addressOf(decodedField(mail.header, 'from'));
  const verdict: Verdict = { class: 'autoreply', scope: 'none', permanence: 'none', action: 'ignore', rule: 'message.autoreply', facets: { confidence: 'structured' } };
  return { ...bounce, recipients: recipient.includes('@') ? [{ recipient, action: null, status: null, replyCode: null, diagnostic: oneLine(mail.text), class: verdict.class, hard: false, verdict }] : [] };
}

function delivery(bounce: Bounce, mail: Returned, about?: string): Bounce {
  const notice = noticeText(mail.text);
  const reports = mail.status.map(readStatus);
  const groups = reports.flatMap((report) => report.groups);
  const head = reports.find(({ reportingMta, envelopeId }) => reportingMta ?? envelopeId);
  const found = groups.length > 0 ? groups.map((group) => fromGroup(group, notice, groups.length)) : fromNotice(mail, notice, about);
  const recipients = unique(found.filter(({ recipient }) => recipient !== ''));
  const delivered = recipients.length > 0 && recipients.every(({ action }) => action !== null && action !== 'failed' && action !== 'delayed');
  return {
    ...bounce,
    kind: delivered ? 'delivered_dsn' : 'bounce',
    ...(head?.reportingMta === undefined ? {} : { reportingMta: head.reportingMta }),
    ...(head?.envelopeId === undefined ? {} : { envelopeId: head.envelopeId }),
    recipients,
  };
}

function fromGroup(group: StatusGroup, notice: string, of: number): BounceRecipient {
  const final = isAddress(group.final) ? group.final : undefined;
  const named = of === 1 && final === undefined && !isAddress(group.original) ? readNotice(notice, [])[0]?.recipient : undefined;
  const recipient = final ?? (isAddress(group.original) ? group.original : undefined) ?? named ?? group.final ?? '';
  const diagnostic = group.diagnostic ?? '';
  const status = group.status;
  const action = group.action ?? (status?.startsWith('4') ? 'delayed' : status?.startsWith('2') ? 'delivered' : 'failed');
  // The notice says more than "smtp; 550 Failed" does; of one recipient it says it of that one.
  const about = of === 1 ? notice : readNotice(notice, [], [recipient])[0]?.said ?? '';
  return {
    ...judged(recipient, action, status, diagnostic, about, group.remoteMta),
    ...(group.original && group.original.includes('@') && group.original.toLowerCase() !== recipient.toLowerCase() ? { originalRecipient: group.original } : {}),
  };
}

/** A local part, a domain with a dot or of this house: `@mx.test` and `a@server` are routes, not people. */
const isAddress = (text: string | undefined): text is string => text !== undefined && /^[^@].*@[^@]+\.[^@]+$/.test(text);

function fromNotice(mail: Returned, notice: string, known?: string): BounceRecipient[] {
  const { header, original } = mail;
  const failed = (fieldOf(header, 'x-failed-recipients') ?? '').split(',').map(addressOf).filter((address) => address.includes('@'));
  const aside = [decodedField(header, 'to'), decodedField(header, 'from'), fieldOf(original, 'from') ?? '', fieldOf(original, 'return-path') ?? '', fieldOf(header, 'delivered-to') ?? ''].map(addressOf).filter(Boolean);
  const subject = decodedField(header, 'subject');
  let groups = readNotice(notice, failed.length > 0 ? [] : aside, failed);
  if (groups.length === 0) groups = readNotice(mail.text, aside);
  if (groups.length === 0) groups = recipientsOfOriginal(original).map((recipient) => ({ recipient, said: notice }));
  if (groups.length === 0 && known !== undefined) groups = [{ recipient: known, said: notice }];
  const late = /delay|warning/i.test(subject) || /(?:has been delayed|warning message only|will be retried|only a notification about a delay|not need to resend|will (?:keep|continue) trying|still trying)/i.test(notice.slice(0, 3_000));
  return groups.slice(0, 1_000).map(({ recipient, said }) => {
    const about = groups.length === 1 ? `${beforeFirst(notice, recipient)} ${said}` : said || notice;
    return judged(recipient, late ? 'delayed' : 'failed', undefined, said, about);
  });
}

// "(in reply to RCPT TO command)", "after RCPT TO:<…>", "in reply to end of DATA command". Not sendmail's ">>> DATA": with
// pipelining it stands before the answer to RCPT.
const STAGES: readonly [RegExp, Stage][] = [
  [/(?:reply to|after|in response to)\s{1,3}(?:the\s)?(?:end of data|\.|final dot|message)/i, 'body'],
  [/(?:reply to|after|in response to)\s{1,3}(?:the\s)?(?:RCPT)/i, 'rcpt'],
  [/(?:reply to|after|in response to)\s{1,3}(?:the\s)?(?:MAIL FROM|MAIL)/i, 'mail'],
  [/(?:reply to|after|in response to)\s{1,3}(?:the\s)?(?:DATA|pipelined DATA)/i, 'body'],
  [/(?:reply to|after|in response to)\s{1,3}(?:the\s)?(?:EHLO|HELO)/i, 'ehlo'],
  [/(?:initial connection|greeting|banner)/i, 'greeting'],
];

// A reply code with what follows it: "550 5.1.1 …", "550-…", "(550)", "code 550", "error 550".
const CODE = /(?:^|[\s:;("'<#>=])([245]\d\d)(?=[ \t-]{1,2}\S|$)/m;

function judged(recipient: string, action: DsnAction, status: string | undefined, diagnostic: string, about: string, remoteMta?: string): BounceRecipient {
  const code = codeOf(diagnostic) ?? codeOf(about);
  const own = findEnhanced(diagnostic) ?? (diagnostic === '' ? findEnhanced(about) : undefined);
  const given = status === undefined ? undefined : findEnhanced(status);
  // x.0.0 says nothing; the other side's own code does.
  const enhanced = given && (given.subject !== 0 || given.detail !== 0 || !own) ? given : own ?? given;
  const stage = STAGES.find(([pattern]) => pattern.test(diagnostic) || pattern.test(about.slice(0, 4_000)))?.[1];
  const known = { ...(code === undefined ? {} : { code }), ...(enhanced ? { enhanced: formatEnhanced(enhanced) } : {}), ...(stage ? { stage } : {}), ...(remoteMta === undefined ? {} : { host: remoteMta }) };
  const verdict = action === 'failed' || action === 'delayed' ? settled(judge(diagnostic, about, known, action), action) : success(action);
  return {
    recipient, action,
    status: enhanced ? formatEnhanced(enhanced) : status ?? null,
    replyCode: code ?? null,
    diagnostic: oneLine((diagnostic || about).replace(/^[\s>:)\]]{1,20}/, '')),
    ...(remoteMta === undefined ? {} : { remoteMta }),
    class: verdict.class,
    hard: action === 'failed' && CLASSES[verdict.class].permanence === 'hard' && !mayPass(verdict, recipient, enhanced),
    verdict,
  };
}

/**
 * Carriers in Japan say "user unknown" after the message, also for a user whose
 * filter refuses it; a suspended mailbox may come back, and so may a domain
 * that DNS did not know for now.
 */
const FILTERING = /@(?:[\w.-]+\.)?(?:docomo\.ne\.jp|ezweb\.ne\.jp|au\.com|mineo\.jp)$/i;
const mayPass = (verdict: Verdict, recipient: string, status: EnhancedStatus | undefined): boolean =>
  (verdict.class === 'invalid_recipient' && (FILTERING.test(recipient) || verdict.facets.phase === 'body')) || verdict.rule === 'inactive.suspended' || (verdict.class === 'invalid_domain' && status?.class === 4);

const VAGUE = new Set(['code', 'none']);

/** The diagnosis first; where it is vague the words of the notice, and of a late mail at least that it is late. */
function judge(diagnostic: string, about: string, known: Parameters<typeof parseReply>[1], action: DsnAction): Verdict {
  const first = classify(parseReply(diagnostic.replace(PREFIX, ''), known));
  if (diagnostic !== '' && !VAGUE.has(first.facets.confidence)) return first;
  const second = classify(parseReply(about, known));
  const better = !VAGUE.has(second.facets.confidence) || diagnostic === '' || first.class === 'unknown' ? second : first;
  if (action === 'delayed' && VAGUE.has(better.facets.confidence)) return { ...better, ...classOf('expired'), rule: 'dsn.delayed' };
  return better;
}

const PREFIX = /^\s*(?:smtp|x-postfix|x-unix|unix|dns|sm?tp|lmtp)\s*;\s*/i;

function classOf(name: Verdict['class']) {
  const { scope, permanence, permanent } = CLASSES[name];
  return { class: name, scope, permanence, action: permanent };
}

const success = (action: DsnAction): Verdict => ({ ...classOf('delivered'), rule: `dsn.${action}`, facets: { confidence: 'structured' } });

/**
 * The other side has ended its tries: what would be tried again has failed
 * here, and an address that a 4xx spoke against needs a second witness.
 */
function settled(verdict: Verdict, action: DsnAction): Verdict {
  if (action === 'delayed') return verdict.action === 'suppress' || verdict.action === 'strike' ? { ...verdict, action: 'retry' } : verdict;
  if (verdict.action !== 'retry' && verdict.action !== 'split') return verdict;
  return { ...verdict, action: verdict.permanence === 'hard' ? 'strike' : 'fail' };
}

function codeOf(text: string): number | undefined {
  const found = CODE.exec(text.slice(0, 4_000));
  return found ? Number(found[1]) : undefined;
}

/** One group a recipient: of two that say the same of one address, the first. */
function unique(recipients: BounceRecipient[]): BounceRecipient[] {
  const seen = new Set<string>();
  return recipients.filter(({ recipient }) => !seen.has(recipient.toLowerCase()) && seen.add(recipient.toLowerCase()));
}

const oneLine = (text: string): string => text.slice(0, 4_000).replace(/\s+/g, ' ').trim().slice(0, 1_000);
