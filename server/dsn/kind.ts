/**
 * Tells what kind of message came back. A report in its own MIME type says so
 * itself; without one, signs are weighed: an empty return path, who sends,
 * what the subject says, what the text begins with. A person's mail about a
 * bounce has none of the first two.
 */
import { anyOf } from '../classify/any-of.ts';
import type { BounceKind } from './bounce.ts';
import { decodedField, fieldOf, type Returned } from './read.ts';

const DAEMON = anyOf(String.raw`
  mailer-?daemon|post-?master|mail-?er[ _-]?daemon|mail delivery|maildelivery|delivery[ _-]?(?:subsystem|system|status|agent)
  mail (?:router|system|administrator)|system administrator|no-?reply.*bounce|administrador|autoanswer|mail-robot|<>
`);
const SUBJECT = anyOf(String.raw`
  undeliver|not delivered|delivery (?:status|failure|failed|report|problem|delay|has failed|notification|error|unsuccessful)
  deliver(?:y|ed).{0,30}(?:fail|unable|not be)|fail(?:ed|ure) (?:notice|delivery|mail)|failure notice|returned (?:mail|e-?mail|to sender|message)
  mail (?:delivery|could not|returned|system error|not delivered|failure)|message (?:delivery|you sent|status|delayed|could not|undelivered|bounced)
  could ?n.t be delivered|cannot be delivered|non-?remis|unzustellbar|nicht zugestellt|no se (?:ha podido|pudo) entregar|mensaje no entregado
  não (?:foi )?entreg|mancata consegna|недостав|не доставлен|notificaci|returned:|bounce|delayed|warning: (?:could|message)|nondeliverable
  user unknown|retour|mail error|rejected|unable to deliver|postmaster.{0,20}delivery|mail system|undelivered|エラー|配信
`);
const AUTOREPLY_SUBJECT = anyOf(String.raw`
  auto(?:matic|mated|response|respons|reply|-reply|-response)?[ :-]|auto-?(?:reply|response|respons)|automatic reply|automated response
  out of (?:the )?office|out of office|ooo\b|vacation|away from|abwesenheit|automatische antwort|respuesta automática|réponse automatique|absence
  risposta automatica|autoreply|on vacation|i am (?:away|out)
`);
const BODY = anyOf(String.raw`
  could(?: not|n.t) be delivered|(?:delivery|deliver).{0,60}(?:fail|problem|error|delayed)|undeliverable|unable to deliver|wasn.t able to deliver
  was not delivered|not (?:yet )?been delivered|permanent(?:ly)? (?:error|fail)|following (?:recipient|address)|did not reach|fatal errors
  unrecoverable error|user unknown|message (?:was )?(?:rejected|returned)|couldn.t (?:be )?deliver|delivery attempts|could not be reached
  не может быть (?:отправлено|доставлено)|cannot be delivered|no se pudo|quizás no exista|pravděpodobně neexistuje|may not exist|mailbox
  conta?nte?r en contacto|not received|have delivery problems|配信|送信
`);
const GONE = /(?:inbox|mailbox|address|account|e-?mail)\b.{0,80}(?:no longer (?:in use|active|valid|monitored|exist|available)|has been (?:closed|deactivated|disabled)|is (?:closed|disabled|deactivated))/is;

export function kindOf(mail: Returned): BounceKind {
  const { header } = mail;
  const subject = decodedField(header, 'subject');
  if (mail.feedback.length > 0 || mail.reportType === 'feedback-report') return 'arf';
  const from = `${decodedField(header, 'from')} ${decodedField(header, 'sender')}`;
  if (mail.encloses && (/^\s*complaint about message from|abuse report|spam complaint|feedback.?loop|\bfbl\b/i.test(subject) || /abuse report for an email|staff@hotmail|feedbackloop|complaints?@/i.test(`${from} ${mail.text.slice(0, 500)}`)) && mail.status.length === 0) return 'arf';
  if (mail.reportType === 'disposition-notification') return 'autoreply';
  if (mail.status.some((text) => /^\s{0,4}(?:final|original)-recipient\s*:/im.test(text))) return 'bounce';

  const auto = (fieldOf(header, 'auto-submitted') ?? '').toLowerCase();
  const failed = fieldOf(header, 'x-failed-recipients') !== undefined;
  const daemon = DAEMON.test(from);
  const empty = /^\s*<\s*>\s*$/.test(fieldOf(header, 'return-path') ?? '');
  const says = SUBJECT.test(subject);
  const begin = mail.text.slice(0, 6_000);
  if (failed || mail.reportType === 'delivery-status') return 'bounce';

  const replies = AUTOREPLY_SUBJECT.exec(subject.replace(/^\s*re: /i, ''))?.index === 0 || fieldOf(header, 'x-autoreply') !== undefined || fieldOf(header, 'x-autorespond') !== undefined || fieldOf(header, 'x-auto-reply') !== undefined
    || /auto[_-]?reply/i.test(fieldOf(header, 'precedence') ?? '') || (auto.startsWith('auto-replied') && !daemon && !says);
  if (replies && !daemon) return GONE.test(begin) ? 'bounce' : 'autoreply';

  const signs = (daemon ? 2 : 0) + (empty ? 1 : 0) + (says ? 1 : 0) + (/^auto-(?:replied|generated)/.test(auto) ? 1 : 0) + (BODY.test(begin) ? 1 : 0) + (fieldOf(header, 'x-loop') ? 1 : 0);
  return signs >= 3 ? 'bounce' : 'not_bounce';
}
