/**
 * Reads a notice that is written for people only: which addresses it is
 * about, and what it says of each. There are hundreds of forms; what they
 * share is used: the notice ends where the returned mail begins, a failed
 * address stands at the beginning of a line (or behind "to", "recipient",
 * "RCPT TO:"), and what is said of it follows, or stands before it where
 * nothing follows.
 */
import { anyOf } from '../classify/any-of.ts';

export type NoticeGroup = { recipient: string; said: string };

const LINES_LIMIT = 600;
const SAID_LIMIT = 2_000;
const GROUPS_LIMIT = 200;

/** From here on it is the returned mail, not the notice. */
const COPY = anyOf(String.raw`
  this is a copy of|below this line is a copy|(?:----- )?original message|original mail
  (?:the )?(?:header|body|text|first \d+ lines) (?:of (?:the|your)|follows)|returned message|message header
  the (?:original|following) message (?:follows|headers)|unsent message|your (?:original )?message (?:follows|reads|is)|message follows
  original headers?|copy of (?:your|the) message|the message (?:headers?|contents?)|undelivered message|here is a copy|attached is|included is
  for reference|unsent|start of returned|returned mail|returned text|transcript of session follows is below|исходное|оригинал|originalnachricht|ursprüngliche nachricht|message d.origine|mensaje original|messaggio originale|送信メッセージ|received:\s*from
  received:from|return-path:\s*<
`);
/** The dashes or marks before it. */
const RULE = /^\s*(?:[-=*_>]{2,}\s*)?/;

const ADDRESS = /[^\s<>()[\]{}"',;:=@]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?/;
const LEADING = new RegExp(`^\\s*(?:[-*>•·|+]{1,4}\\s*)?(?:(?:to|for|recipients?|address|mailbox|user|e-?mail|rcpt to|to addr|failed (?:recipient|address)|adresat|an|para|à|destinataire|empfänger|кому|final-recipient|original-recipient|the user|status: error, address)(?:\\s*[:=]\\s*|\\s+))?(?:rfc822;\\s*)?[<"'\\[(]{0,2}(?:mailto:|smtp:)?(${ADDRESS.source})`, 'i');
const INLINE = [
  new RegExp(`RCPT TO:\\s{0,3}<(${ADDRESS.source})>`, 'i'),
  new RegExp(`(?:delivered to|deliver(?:y)?(?: it)?(?: the)?(?: message)? to|delivery to|message to|mail to|recipients?|mailbox|addressed to|reach|following address(?:es)?|address(?:es)? failed|address|account|inbox|user)[\\s:<"'(]{1,6}(?:mailto:)?(${ADDRESS.source})`, 'i'),
];

const ANYWHERE = new RegExp(ADDRESS.source, 'g');

/** Not a recipient: they are named in notices for other reasons. */
const OTHERS = /^(?:mailer-daemon|postmaster|abuse|support|help|helpdesk|admin|administrator|webmaster|hostmaster|noc|root|no-?reply|delist|info-?mailer|esmtp|security)@/i;

export function noticeText(text: string): string {
  const lines = text.split('\n', 4_000);
  // Not at once: a notice may begin with such a line.
  const end = lines.findIndex((line, n) => n > 0 && COPY.exec(line.slice(0, 200).replace(RULE, ''))?.index === 0);
  return (end < 0 ? lines : lines.slice(0, end)).join('\n');
}

/** `aside` are addresses that are not meant: the sender of the lost mail, the daemon. */
export function readNotice(text: string, aside: readonly string[], wanted: readonly string[] = []): NoticeGroup[] {
  const lines = noticeText(text).split('\n', LINES_LIMIT);
  const notMeant = new Set(aside.map((address) => address.toLowerCase()));
  const groups: (NoticeGroup & { line: number })[] = [];
  const add = (recipient: string, line: number, rest: string, alone = false) => {
    const bare = recipient.replace(/[.>)]+$/, '');
    const key = bare.toLowerCase();
    const known = groups.find((group) => group.recipient.toLowerCase() === key);
    if (known) {
      known.said += ` ${rest}`;
      return;
    }
    if (notMeant.has(key) || (!alone && OTHERS.test(key)) || groups.length >= GROUPS_LIMIT) return;
    groups.push({ recipient: bare, said: rest, line });
  };
  for (const address of wanted) {
    const at = lines.findIndex((line) => line.toLowerCase().includes(address.toLowerCase()));
    groups.push({ recipient: address, said: at < 0 ? '' : afterAddress(lines[at]!, address), line: at });
  }
  if (wanted.length === 0) {
    for (const [n, line] of lines.entries()) {
      const found = isHeaderLine(line) ? null : LEADING.exec(line);
      if (found) add(found[1]!, n, line.slice(found[0].length), /^\s*(?:<\S+>|\S+@\S+)[:.]?\s*$/.test(line));
    }
    const whole = groups.length === 0 ? lines.join(' ') : '';
    for (const pattern of INLINE) {
      const found = groups.length === 0 ? pattern.exec(whole) : null;
      if (found) add(found[1]!, -1, '');
    }
    // Nobody in any of the usual places: then whoever is named first and is not somebody else.
    for (const [address] of whole.slice(0, 8_000).matchAll(ANYWHERE)) if (groups.length === 0) add(address, -1, '');
  }
  // What is said of one lasts until the next one begins.
  const starts = groups.map(({ line }) => line).filter((line) => line >= 0).sort((a, b) => a - b);
  return groups.map(({ recipient, said, line }) => {
    if (line < 0) return { recipient, said: lines.join(' ').slice(0, SAID_LIMIT) };
    const next = starts.find((start) => start > line) ?? lines.length;
    return { recipient, said: `${said} ${lines.slice(line + 1, next).join('\n')}`.replace(/[ \t]+/g, ' ').trim().slice(0, SAID_LIMIT) };
  });
}

const afterAddress = (line: string, address: string): string => line.slice(line.toLowerCase().indexOf(address.toLowerCase()) + address.length);

/** `To: a@b.test` of a quoted header names the sender of the lost mail as often as not. */
const isHeaderLine = (line: string): boolean => /^\s*(?:from|sender|reply-to|cc|x-[a-z-]+|message-id|return-path|date|subject)\s*:/i.test(line);

/** What stands before the first address: for notices that name the reason first. */
export function beforeFirst(text: string, recipient: string): string {
  const at = text.toLowerCase().indexOf(recipient.toLowerCase());
  return at <= 0 ? text.slice(0, SAID_LIMIT) : text.slice(Math.max(0, at - SAID_LIMIT), at);
}
