/**
 * Replies made whole: the enhanced code and the text that a reply code
 * suggests when the rule names none (RFC 5321 §4.2.3, RFC 3463), and the
 * placeholders filled in when it is said. What is filled in comes from the
 * other side, so it is cut and cleaned: one reply never becomes two.
 */
import type { ScenarioReply } from '../../sdk/contract.ts';
import type { Stage } from '../mail/reply.ts';
import type { Said } from './compiled.ts';
import type { Answering } from './scenario.ts';

const TEXTS: Record<number, string> = {
  220: '{host} ESMTP', 250: 'OK', 354: 'Start mail input; end with <CRLF>.<CRLF>',
  421: 'Service not available, closing transmission channel',
  450: 'Mailbox temporarily unavailable',
  451: 'Requested action aborted: local error in processing',
  452: 'Requested action not taken: insufficient system storage',
  454: 'TLS not available due to temporary reason',
  455: 'Server unable to accommodate parameters',
  500: 'Syntax error, command unrecognized', 501: 'Syntax error in parameters or arguments',
  502: 'Command not implemented', 503: 'Bad sequence of commands', 504: 'Command parameter not implemented',
  521: 'Host does not accept mail', 530: 'Authentication required', 535: 'Authentication credentials invalid',
  550: 'Requested action not taken: mailbox unavailable', 551: 'User not local; please try another path',
  552: 'Requested mail action aborted: exceeded storage allocation', 553: 'Requested action not taken: mailbox name not allowed',
  554: 'Transaction failed', 555: 'MAIL FROM/RCPT TO parameters not recognized or not implemented',
};

/** What RFC 3463 (and its registry) calls the subject and detail. */
const MEANINGS: Record<string, string> = {
  '1.1': '<{recipient}>: Recipient address rejected: User unknown', '1.2': 'Bad destination system address: host not found', '1.3': 'Bad destination mailbox address syntax',
  '1.6': 'Destination mailbox has moved, no forwarding address', '1.7': "Bad sender's mailbox address syntax", '1.8': 'Sender address rejected: Domain not found', '1.10': 'Recipient address has null MX',
  '2.1': 'Mailbox disabled, not accepting messages', '2.2': 'Mailbox full', '2.3': 'Message length exceeds administrative limit',
  '3.1': 'Mail system full', '3.2': 'System not accepting network messages', '3.4': 'Message too big for system',
  '4.1': 'No answer from host', '4.2': 'Bad connection', '4.3': 'Name server failure, host not found', '4.4': 'Unable to route', '4.5': 'Mail system congestion', '4.6': 'Routing loop detected', '4.7': 'Delivery time expired',
  '5.3': 'Too many recipients', '6.0': 'Message is malformed', '7.1': 'Delivery not authorized, message refused', '7.26': 'Multiple authentication checks failed', '7.25': 'Reverse DNS validation failed',
};

const SUGGESTED: Record<number, string | Partial<Record<Stage, string>> & { else: string }> = {
  421: '4.3.2', 450: '4.2.0', 451: '4.3.0', 452: { rcpt: '4.2.2', else: '4.3.1' }, 454: '4.7.0', 455: '4.5.4',
  500: '5.5.2', 501: '5.5.4', 502: '5.5.1', 503: '5.5.1', 504: '5.5.4', 521: '5.3.2', 530: '5.7.0', 535: '5.7.8',
  550: { rcpt: '5.1.1', else: '5.7.1' }, 551: '5.1.6', 552: { rcpt: '5.2.2', else: '5.3.4' }, 553: { mail: '5.1.7', else: '5.1.3' }, 554: '5.0.0', 555: '5.5.4',
  250: { mail: '2.1.0', rcpt: '2.1.5', else: '2.0.0' },
};

/** Servers give no enhanced code in the greeting and to EHLO (RFC 2034 §4), nor with 2xx and 3xx to DATA and STARTTLS where it is only noise. */
function suggested(code: number, stage: Stage): string | null {
  if (stage === 'greeting' || stage === 'ehlo' || stage === 'connect' || (code >= 300 && code < 400)) return null;
  const known = SUGGESTED[code];
  if (known === undefined) return `${Math.floor(code / 100)}.0.0`;
  return typeof known === 'string' ? known : (known[stage] ?? known.else);
}

/** Decides what a reply leaves open. 421 always closes (RFC 5321 §3.8). */
export function completed(reply: ScenarioReply, stage: Stage): Said {
  const enhanced = reply.enhanced === undefined ? suggested(reply.code, stage) : reply.enhanced;
  // The meaning of an enhanced code that was chosen, or that the stage makes certain; else the words of the reply code.
  const meaning = enhanced !== null && (reply.enhanced !== undefined || stage === 'rcpt') ? MEANINGS[enhanced.slice(2)] : undefined;
  const text = reply.text ?? meaning ?? TEXTS[reply.code] ?? (reply.code < 400 ? 'OK' : reply.code < 500 ? 'Temporary failure' : 'Refused');
  return { code: reply.code, enhanced, text, close: reply.close === true || reply.code === 421 };
}

export type Words = { recipient: string; sender: string; domain: string; client: string; retryMs: number };

const PLACE = /\{(recipient|sender|domain|client|host|retry)\}/g;
// A reply line holds 512 octets with its code and CR LF (RFC 5321 §4.5.3.1.5).
const LINE = 480;

export function spoken(said: Said, words: () => Words): NonNullable<Answering['reply']> {
  const text = said.text.includes('{') ? filled(said.text, words()) : said.text;
  return { code: said.code, enhanced: said.enhanced, lines: text.split('\n').map((line) => line.slice(0, LINE)), close: said.close };
}

/** The text of a persona's banner and of replies. */
export function filled(text: string, words: Words): string {
  return text.replace(PLACE, (_, name: string) => {
    switch (name) {
      case 'host': return clean(`mx.${words.domain}`);
      case 'retry': return inWords(words.retryMs);
      default: return clean(words[name as 'recipient' | 'sender' | 'domain' | 'client']);
    }
  });
}

// oxlint-disable-next-line no-control-regex
const clean = (text: string): string => text.slice(0, 320).replace(/[\x00-\x1f\x7f]/g, '?');

/** As a reply says it: `90 seconds`, `5 minutes`. */
function inWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds % 60 === 0 && seconds >= 120 ? `${seconds / 60} minutes` : seconds < 600 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
