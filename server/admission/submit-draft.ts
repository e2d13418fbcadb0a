/**
 * A message as an HTTP client describes it, judged: every address, header and
 * attachment is checked before a byte is composed, and everything that is
 * wrong is said at once, each with its path. Nothing that a client writes can
 * end a header line (CR, LF, NUL are refused, never cleaned away), and a
 * header that a field of the message owns cannot be overridden beside it.
 */
import { addressFault, addressKey } from '../mail/address.ts';
import type { EnvelopeRecipient } from '../mail/envelope.ts';
import { parseMailboxes } from '../mail/header.ts';
import type { Mailbox } from '../mail/message.ts';
import type { Priority } from '../mail/recipient.ts';
import { parseDuration, parseInstant } from '../units.ts';
import type { DeliveryWish } from './admit.ts';

type AddressInput = string | { name?: string | undefined; address: string };
type AddressesInput = AddressInput | AddressInput[] | undefined;

/** The shape of sdk/contract.ts MessageInput; arrives checked as to types only. */
export type Draft = {
  from: AddressInput;
  to?: AddressesInput;
  cc?: AddressesInput;
  bcc?: AddressesInput;
  replyTo?: AddressesInput;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  attachments?: { filename?: string | undefined; content: string; type?: string | undefined; cid?: string | undefined; disposition?: 'attachment' | 'inline' | undefined }[] | undefined;
  headers?: Record<string, string | string[]> | undefined;
  tags?: string[] | undefined;
  metadata?: Record<string, string> | undefined;
  envelope?: { from?: string | undefined; to?: string[] | undefined } | undefined;
} & Wishes;

/** What may be asked for beside the stream's policy, of a draft and of a message as it is. */
export type Wishes = {
  /** ISO 8601; milliseconds or a text like `72h`. */
  sendAt?: string | undefined;
  expiresAfter?: string | number | undefined;
  priority?: Priority | undefined;
  /** Stops at the inbox, whatever the stream's mode. */
  mode?: 'capture' | undefined;
};

export type Fault = { path: string; message: string };

/** Ready to compose: nothing in it can be refused any more, but for its size. */
export type Judged = {
  from: Mailbox;
  to: Mailbox[];
  cc: Mailbox[];
  replyTo: Mailbox[];
  subject: string;
  text?: string;
  html?: string;
  attachments: { filename: string | false; content: Buffer; type: string | undefined; cid: string | undefined; disposition: 'attachment' | 'inline' | undefined }[];
  headers: { key: string; value: string }[];
  sender: string;
  recipients: EnvelopeRecipient[];
  delivery?: DeliveryWish;
};

/** Header fields that a field of the message (or the composer) writes. */
const OWNED: Record<string, string> = {
  from: 'from', to: 'to', cc: 'cc', bcc: 'bcc', 'reply-to': 'replyTo', subject: 'subject',
  'mime-version': '', 'content-type': 'text, html and attachments', 'content-transfer-encoding': '', 'content-disposition': '', 'content-id': '',
};
/** At most one of each in a message (RFC 5322 §3.6). */
const SINGLE = new Set(['date', 'message-id', 'in-reply-to', 'references', 'sender']);

const HEADER_NAME = /^[\x21-\x39\x3b-\x7e]{1,76}$/; // RFC 5322 §3.6.8: printable ASCII but the colon
/** What mail/header.ts reads of one address field, in characters. */
const LONGEST_LIST = 16_384;
const LINE_BREAKING = /[\r\n\0]/;
const TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(?:\s*;[^\r\n\0]{0,300})?$/;
const CID = /^[^\s<>\0-\x1f\x7f]{1,250}$/;

export function judgeDraft(draft: Draft, limits: { recipients: number }): { judged: Judged } | { faults: Fault[] } {
  const faults: Fault[] = [];
  const fault = (path: string, message: string) => void faults.push({ path, message });

  const plain = (path: string, value: string): string => {
    if (LINE_BREAKING.test(value)) fault(path, 'must not hold line breaks or NUL');
    return value;
  };
  const address = (path: string, value: string): string => {
    const why = addressFault(value);
    if (why !== undefined) fault(path, ADDRESS_FAULTS[why]);
    return value;
  };
  const mailboxes = (path: string, input: AddressesInput): Mailbox[] => {
    const list = input === undefined ? [] : Array.isArray(input) ? input : [input];
    if (list.length > limits.recipients) {
      fault(path, `at most ${limits.recipients} addresses`);
      return [];
    }
    return list.flatMap((one, i) => {
      const at = Array.isArray(input) ? `${path}.${i}` : path;
      if (typeof one !== 'string') return [{ name: plain(`${at}.name`, one.name ?? ''), address: address(`${at}.address`, one.address) }];
      if (one.length > LONGEST_LIST) {
        fault(at, `is longer than ${LONGEST_LIST} characters: give the addresses as an array`);
        return [];
      }
      if (LINE_BREAKING.test(one)) {
        plain(at, one);
        return [];
      }
      const found = parseMailboxes(one);
      // A text without an address is read as a name alone.
      if (found.length === 0 || found.some((mailbox) => mailbox.address === '')) fault(at, 'is not an address, like ann@example.test or "Ann" <ann@example.test>');
      else for (const mailbox of found) {
        address(at, mailbox.address);
        // `a b@x.test` would go to b: a name is told from an address by its brackets, or stands in a comment.
        if (mailbox.name !== '' && !/[<(]/.test(one)) fault(at, `has words beside the address; with a name it is "Ann" <${mailbox.address}>`);
      }
      return found;
    });
  };

  const senders = mailboxes('from', draft.from);
  if (senders.length > 1) fault('from', 'must be one address');
  const to = mailboxes('to', draft.to);
  const cc = mailboxes('cc', draft.cc);
  const bcc = mailboxes('bcc', draft.bcc);
  const replyTo = mailboxes('replyTo', draft.replyTo);

  const headers = Object.entries(draft.headers ?? {}).flatMap(([key, value]) => {
    const path = `headers.${key.slice(0, 100)}`;
    const name = key.toLowerCase();
    const values = Array.isArray(value) ? value : [value];
    if (!HEADER_NAME.test(key)) fault(path, 'is not a header name: printable ASCII without spaces and colons, up to 76 characters');
    if (Object.hasOwn(OWNED, name)) fault(path, OWNED[name] ? `is written from ${OWNED[name]}: set that instead` : 'is written by Postern; send message/rfc822 to say it yourself');
    if (SINGLE.has(name) && values.length !== 1) fault(path, 'can be given once only');
    return values.map((one) => ({ key, value: plain(path, one) }));
  });

  const attachments = (draft.attachments ?? []).map((one, i) => {
    const path = `attachments.${i}`;
    const content = decodeBase64(one.content);
    if (content === undefined) fault(`${path}.content`, 'is not base64 (RFC 4648 §4)');
    if (one.type !== undefined && (!TYPE.test(one.type) || /^multipart\//i.test(one.type))) fault(`${path}.type`, 'is not the type of one part, like application/pdf');
    if (one.cid !== undefined && !CID.test(one.cid)) fault(`${path}.cid`, 'must not hold spaces, angle brackets or control characters');
    const filename = one.filename === undefined ? (false as const) : plain(`${path}.filename`, one.filename);
    return { filename, content: content ?? Buffer.alloc(0), type: one.type, cid: one.cid, disposition: one.disposition };
  });

  const sender = draft.envelope?.from ?? senders[0]?.address ?? '';
  if (draft.envelope?.from) address('envelope.from', sender);
  const said = draft.envelope?.to?.map((one, i) => address(`envelope.to.${i}`, one)) ?? [...to, ...cc, ...bcc].map((one) => one.address);
  const recipients = uniqueRecipients(said);
  if (recipients.length === 0 && !faults.some(({ path }) => /^(?:to|cc|bcc|envelope)\b/.test(path))) fault(draft.envelope?.to ? 'envelope.to' : 'to', 'at least one recipient is needed, in to, cc, bcc or envelope.to');

  const subject = plain('subject', draft.subject ?? '').trim();
  const delivery = deliveryOf(draft, fault);
  if (draft.tags) draft.tags.forEach((tag, i) => plain(`tags.${i}`, tag));
  if (faults.length > 0) return { faults: faults.slice(0, 50) };
  return {
    judged: {
      from: senders[0]!, to, cc, replyTo, subject,
      ...(draft.text === undefined ? {} : { text: draft.text }),
      ...(draft.html === undefined ? {} : { html: draft.html }),
      attachments, headers, sender, recipients,
      ...(delivery ? { delivery } : {}),
    },
  };
}

/** Longest that a message may be tried or put off: 30 days. */
const LONGEST_WAIT = 30 * 86_400_000;

export function deliveryOf({ sendAt, expiresAfter, priority }: Wishes, fault: (path: string, message: string) => void): DeliveryWish | undefined {
  const wish: DeliveryWish = { ...(priority === undefined ? {} : { priority }) };
  if (sendAt !== undefined) {
    const at = parseInstant(sendAt);
    if (at === undefined) fault('sendAt', 'is not a time with its zone, like 2026-05-01T09:00:00Z');
    else wish.sendAt = at;
  }
  if (expiresAfter !== undefined) {
    const ms = parseDuration(String(expiresAfter));
    if (ms === undefined || ms < 1_000 || ms > LONGEST_WAIT) fault('expiresAfter', 'must be a duration from 1s to 30d');
    else wish.expiresAfter = ms;
  }
  return Object.keys(wish).length > 0 ? wish : undefined;
}

const ADDRESS_FAULTS = {
  empty: 'must not be empty',
  syntax: 'is not an address (RFC 5321 §4.1.2)',
  'local-too-long': 'has more than 64 octets before the @',
  'domain-too-long': 'has more than 255 octets after the @',
  'too-long': 'has more than 254 octets',
} as const;

/** The first spelling of each. */
export function uniqueRecipients(addresses: string[]): EnvelopeRecipient[] {
  const byKey = new Map<string, EnvelopeRecipient>();
  for (const address of addresses) {
    const key = addressKey(address);
    if (!byKey.has(key)) byKey.set(key, { address });
  }
  return [...byKey.values()];
}

/** Buffer.from ignores what it cannot read; a client should hear of it instead. */
function decodeBase64(text: string): Buffer | undefined {
  const packed = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined;
  const digits = packed.endsWith('=') ? packed.indexOf('=') : packed.length;
  if (digits % 4 === 1 || (digits !== packed.length && packed.length % 4 !== 0)) return undefined;
  return Buffer.from(packed, 'base64');
}
