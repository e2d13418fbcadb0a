/**
 * A captured message as a test reads it. Links, codes and attachments are
 * found already; asking for one that is not there throws an error that lists
 * what is. A class, because `code` may throw: on the prototype, neither
 * `toEqual` nor a printed diff calls it by accident.
 */
import type { Api } from './api.ts';
import { comparable } from './comparing.ts';
import type { Attachment, CalendarPart, Check, Compat, EnvelopeDetail, Link, ListUnsubscribe, Mailbox, MessageDetail, MimePart, SessionDetail } from './contract.ts';
import { NotInMessageError } from './errors.ts';
import { cut } from './message-text.ts';
import { SentMessage } from './sent.ts';

export { cut };

const NOBODY: Mailbox = { name: '', address: '' };

export class ReceivedAttachment {
  readonly filename: string;
  readonly type: string;
  readonly disposition: 'attachment' | 'inline';
  readonly contentId: string | null;
  /** Octets, decoded; and the SHA-256 of them in hex. */
  readonly size: number;
  readonly sha256: string;
  readonly part: string;
  readonly #fetch: () => Promise<Response>;
  constructor(api: Api, message: string, facts: Attachment) {
    this.filename = facts.filename;
    this.type = facts.type;
    this.disposition = facts.disposition;
    this.contentId = facts.contentId;
    this.size = facts.size;
    this.sha256 = facts.sha256;
    this.part = facts.part;
    this.#fetch = () => api.part(message, facts.part);
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#fetch()).arrayBuffer());
  }

  /** As UTF-8. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }
}

export class ReceivedMessage extends SentMessage {
  /** Where it stands in the order of arrival: `after: message` waits for what came later. */
  readonly cursor: string;
  readonly subject: string;
  /** The first mailbox of From; both parts empty when there is none. */
  readonly from: Mailbox;
  readonly to: Mailbox[];
  readonly cc: Mailbox[];
  readonly replyTo: Mailbox[];
  /** `''` when the message has no such body. */
  readonly text: string;
  readonly html: string;
  readonly links: Link[];
  readonly codes: string[];
  readonly attachments: ReceivedAttachment[];
  readonly headers: { name: string; value: string }[];
  /** What the client said in SMTP, and whom the message was really for; `bcc` is who stands in no header. */
  readonly envelope: EnvelopeDetail;
  readonly session: SessionDetail;
  readonly tags: string[];
  readonly receivedAt: Date;
  /** Page of the message in the web inbox. */
  readonly url: string;
  readonly #api: Api;
  readonly #detail: MessageDetail;

  constructor(api: Api, detail: MessageDetail) {
    super(api, { id: detail.id, messageId: detail.messageId, stream: detail.stream, recipients: detail.envelope.to });
    this.#api = api;
    this.#detail = detail;
    this.cursor = detail.cursor;
    this.subject = detail.subject;
    this.from = detail.from[0] ?? NOBODY;
    this.to = detail.to;
    this.cc = detail.cc;
    this.replyTo = detail.replyTo;
    this.text = detail.text ?? '';
    this.html = detail.html ?? '';
    this.links = detail.links;
    this.codes = detail.codes;
    this.attachments = detail.files.map((file) => new ReceivedAttachment(api, detail.id, file));
    this.headers = detail.headers;
    this.envelope = detail.envelope;
    this.session = detail.session;
    this.tags = detail.tags;
    this.receivedAt = new Date(detail.receivedAt);
    this.url = `${api.wire.http}/#/messages/${detail.id}`;
  }

  /** Everything as the API said it. */
  get detail(): MessageDetail { return this.#detail; }
  get size(): number { return this.#detail.size; }
  get metadata(): Record<string, string> { return this.#detail.metadata; }
  get listUnsubscribe(): ListUnsubscribe | null { return this.#detail.listUnsubscribe; }
  get calendar(): CalendarPart[] { return this.#detail.calendar; }
  get structure(): MimePart | null { return this.#detail.structure; }
  /** What is odd about the message, in sentences. */
  get warnings(): string[] { return this.#detail.warnings; }

  /** The likeliest one-time code. */
  get code(): string {
    const code = this.codes[0];
    if (code === undefined) throw new NotInMessageError(`No one-time code in ${this.#named()}. Its text says:\n${quote(this.text || this.#detail.snippet || '')}`);
    return code;
  }

  /** The address of the first link whose target or words match; without a pattern, of the only link. */
  link(pattern?: RegExp | string): string {
    if (pattern === undefined) {
      const targets = new Set(this.links.map(({ href }) => href));
      const [only] = targets;
      if (only !== undefined && targets.size === 1) return only;
      throw new NotInMessageError(targets.size === 0
        ? `No link in ${this.#named()}. Its text says:\n${quote(this.text || this.#detail.snippet || '')}`
        : `${this.#named()} has ${targets.size} links; say which: link(/…/).${listLinks(this.links)}`);
    }
    const found = this.links.find(({ href, text }) => matchesPattern(pattern, href) || matchesPattern(pattern, text));
    if (found) return found.href;
    throw new NotInMessageError(`No link matches ${show(pattern)} in ${this.#named()}.${this.links.length > 0 ? ` Its links:${listLinks(this.links)}` : ' It has no links at all.'}`);
  }

  /** The first attachment of that file name; without a name, the only one. */
  attachment(name?: RegExp | string): ReceivedAttachment {
    const fitting = this.attachments.filter(({ filename }) => name === undefined || (typeof name === 'string' ? filename.normalize('NFC') === name.normalize('NFC') : matchesPattern(name, filename)));
    const [first] = fitting;
    if (first && (name !== undefined || fitting.length === 1)) return first;
    const listed = this.attachments.map(({ filename, type, size }) => `\n  ${filename || '(no name)'}  ${type}, ${size} bytes`).join('');
    if (first) throw new NotInMessageError(`${this.#named()} has ${fitting.length} attachments; say which: attachment('…').${listed}`);
    throw new NotInMessageError(`No attachment ${name === undefined ? '' : `named ${show(name)} `}in ${this.#named()}.${listed ? ` It has:${listed}` : ' It has none at all.'}`);
  }

  /** The first header field of that name, decoded; undefined when there is none. */
  header(name: string): string | undefined {
    return this.headersNamed(name)[0];
  }

  headersNamed(name: string): string[] {
    return this.headers.filter((field) => field.name.toLowerCase() === name.toLowerCase()).map(({ value }) => value);
  }

  /** The message exactly as it was received. */
  async raw(): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#api.raw(this.id)).arrayBuffer());
  }

  /** What could be better about it, the gravest first: `verdict` is pass, info, warn or fail. See docs/checks.md. */
  async checks(): Promise<Check[]> {
    return (await this.#api.checks(this.id)).checks;
  }

  /** Which of its HTML and CSS mail clients support; null without HTML. */
  async compat(): Promise<Compat | null> {
    return (await this.#api.checks(this.id)).compat;
  }

  async delete(): Promise<void> {
    await this.#api.delete(this.id);
  }

  /** What a printed assertion shows. */
  override toJSON(): object {
    const { id, subject, from, to, envelope, text, links, codes, tags, receivedAt } = this;
    return {
      id, subject, from, to, envelope: { from: envelope.from, to: envelope.to }, receivedAt, tags,
      text: cut(text, 500), links: links.map(({ href }) => href), codes,
      attachments: this.attachments.map(({ filename, type, size }) => ({ filename, type, size })),
    };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return this.toJSON();
  }

  #named(): string {
    return `${this.subject ? `"${cut(this.subject, 80)}"` : 'the message without a subject'} to ${this.envelope.to.slice(0, 3).join(', ') || 'nobody'} (${this.id})`;
  }
}

/** A text is looked for as it is, whatever its case or the form of its letters; a pattern is fresh each time, so that `/g` keeps no place. */
export function matchesPattern(pattern: RegExp | string, text: string): boolean {
  if (typeof pattern === 'string') return comparable(text).includes(comparable(pattern));
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(text);
}

export const show = (pattern: RegExp | string): string => (typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern));

function listLinks(links: Link[]): string {
  const lines = links.slice(0, 20).map(({ href, text }) => `\n  ${cut(href, 200)}${text && text !== href ? `  "${cut(text, 60)}"` : ''}`);
  return lines.join('') + (links.length > 20 ? `\n  … and ${links.length - 20} more` : '');
}

function quote(text: string): string {
  const shown = cut(text.trim(), 600);
  return shown ? shown.split(/\r?\n/).map((line) => `  | ${line}`).join('\n') : '  (nothing: the message has no text)';
}
