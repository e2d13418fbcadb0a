/**
 * Takes what matters from a message while its bytes pass, in one go: the
 * encoded text bodies (up to a limit), size and SHA-256 of each attachment
 * after decoding, calendar parts. An attachment is never whole in memory.
 *
 * A text part is shown as text unless it is meant as a file; what is inside
 * an attached message belongs to that message.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Attachment, MimePart } from '../../mail/message.ts';
import { doubtsOf, transferDecoder, type Decoder, type Doubt } from '../mime/decode.ts';
import type { PartHeader } from '../mime/part-header.ts';
import type { BodySink } from '../mime/tree.ts';

/** Octets of text and of HTML that are shown and searched; the rest is in the raw message. */
export const TEXT_LIMIT = 2 * 1024 * 1024;
/** Base64 is a third larger than what it encodes, with its line breaks 37 %; quoted-printable may be thrice as large. */
const ENCODED_LIMIT = { base64: TEXT_LIMIT * 1.38, 'quoted-printable': TEXT_LIMIT * 3, other: TEXT_LIMIT + 4 };
/** Text parts that are put together; the others count as attachments. */
const TEXTS_LIMIT = 100;
const CALENDAR_LIMIT = 256 * 1024;
const CALENDARS_LIMIT = 20;
const PREAMBLE_LIMIT = 64 * 1024;

export type TextBody = { part: MimePart; header: PartHeader; kind: 'text' | 'html'; encoded: Buffer };
export type CalendarBody = { part: MimePart; header: PartHeader; bytes: Buffer };
export type Collected = { texts: TextBody[]; attachments: Attachment[]; calendars: CalendarBody[]; truncated: boolean; /** Parts whose transfer encoding holds what it should not. */ doubtful: Doubtful };
export type Doubtful = Record<Doubt, MimePart[]>;

/** What is being done with the bytes of an open part. */
type Use =
  | { kind: 'text'; body: Omit<TextBody, 'encoded'>; pieces: Buffer[]; left: number }
  | { kind: 'file'; hash: Hash; size: number; decoder: Decoder | undefined; attachment: Attachment | undefined; calendar: { header: PartHeader; pieces: Buffer[]; left: number } | undefined };

export function collector(): { sink: BodySink; collected(): Collected } {
  const texts: TextBody[] = [];
  const attachments: Attachment[] = [];
  const calendars: CalendarBody[] = [];
  const left = { text: TEXT_LIMIT * 3, html: TEXT_LIMIT * 3 };
  const doubtful: Doubtful = { foreign: [], escape: [], blank: [] };
  let truncated = false;

  /** The innermost part that is read now, and what for. */
  let current: { part: MimePart; use: Use } | undefined;
  /** An attached message: its octets pass through a hash, and its parts are its own business. */
  let embedded: { part: MimePart; use: Use & { kind: 'file' } } | undefined;

  function useOf(part: MimePart, header: PartHeader, parent: MimePart | undefined): Use {
    const kind = textKind(part, header, parent);
    if (kind !== undefined && texts.length < TEXTS_LIMIT) {
      const limit = part.type.startsWith('multipart/') ? PREAMBLE_LIMIT
        : part.encoding === 'base64' ? ENCODED_LIMIT.base64 : part.encoding === 'quoted-printable' ? ENCODED_LIMIT['quoted-printable'] : ENCODED_LIMIT.other;
      return { kind: 'text', body: { part, header, kind }, pieces: [], left: Math.min(limit, left[kind]) };
    }
    const invitation = part.type === 'text/calendar' || part.type === 'application/ics';
    const alternative = part.type === 'text/calendar' && part.filename === undefined && part.disposition !== 'attachment';
    const decoder = embeds(part) ? undefined : transferDecoder(part.encoding);
    const attachment: Attachment | undefined = alternative ? undefined : {
      part: part.path,
      filename: part.filename ?? '',
      type: part.type,
      disposition: part.disposition === 'inline' || (part.disposition === undefined && part.contentId !== undefined && parent?.type === 'multipart/related') ? 'inline' : 'attachment',
      ...(part.contentId === undefined ? {} : { contentId: part.contentId }),
      size: 0,
      sha256: '',
    };
    if (attachment) attachments.push(attachment);
    return { kind: 'file', hash: createHash('sha256'), size: 0, decoder, attachment, calendar: invitation && calendars.length < CALENDARS_LIMIT ? { header, pieces: [], left: CALENDAR_LIMIT } : undefined };
  }

  function textKind(part: MimePart, header: PartHeader, parent: MimePart | undefined): 'text' | 'html' | undefined {
    // Without parts it may still hold text: a multipart without a boundary, or the preamble of an empty one.
    if (part.type.startsWith('multipart/')) return 'text';
    if (part.type !== 'text/plain' && part.type !== 'text/html') return undefined;
    const kind = part.type === 'text/html' ? 'html' : 'text';
    if (part.disposition === 'attachment') return undefined;
    if (header.filename === undefined || parent === undefined) return kind;
    // A named text is the body only when nothing else is.
    return texts.some((text) => text.kind === kind && !text.part.type.startsWith('multipart/')) ? undefined : kind;
  }

  function feed(use: Use, bytes: Buffer): void {
    if (use.kind === 'text') {
      const taken = bytes.subarray(0, use.left);
      if (taken.length < bytes.length) truncated = true;
      if (taken.length === 0) return;
      use.pieces.push(Buffer.from(taken));
      use.left -= taken.length;
      left[use.body.kind] -= taken.length;
      return;
    }
    const decoded = use.decoder ? use.decoder.push(bytes) : bytes;
    count(use, decoded);
  }

  function count(use: Use & { kind: 'file' }, decoded: Buffer): void {
    use.hash.update(decoded);
    use.size += decoded.length;
    const { calendar } = use;
    if (calendar && calendar.left > 0) {
      calendar.pieces.push(Buffer.from(decoded.subarray(0, calendar.left)));
      calendar.left -= decoded.length;
    }
  }

  function doubt(part: MimePart, doubts: readonly Doubt[]): void {
    // White space at the end of a line says nothing in HTML.
    for (const one of doubts) if (one !== 'blank' || part.type !== 'text/html') doubtful[one].push(part);
  }

  function finish(part: MimePart, use: Use): void {
    if (use.kind === 'text') {
      // What stands before the parts of a multipart is for software that knows no MIME.
      if (part.parts || (part.type.startsWith('multipart/') && use.pieces.length === 0)) return;
      const encoded = use.pieces.length === 1 ? use.pieces[0]! : Buffer.concat(use.pieces);
      doubt(part, doubtsOf(part.encoding, encoded, use.left === 0));
      texts.push({ ...use.body, encoded });
      return;
    }
    if (use.decoder) {
      count(use, use.decoder.end());
      doubt(part, use.decoder.doubts?.() ?? []);
    }
    if (use.attachment) {
      use.attachment.size = use.size;
      use.attachment.sha256 = use.hash.digest('hex');
    }
    if (use.calendar) calendars.push({ part, header: use.calendar.header, bytes: Buffer.concat(use.calendar.pieces) });
  }

  const sink: BodySink = {
    begin(part, header, parent) {
      if (embedded) return;
      // A multipart stays current until its first part begins.
      if (current && current.part.type.startsWith('multipart/')) finish(current.part, current.use);
      const use = useOf(part, header, parent);
      if (embeds(part) && use.kind === 'file') {
        embedded = { part, use };
        current = undefined;
      } else {
        current = { part, use };
      }
    },
    body(part, bytes) {
      if (!embedded && current?.part === part) feed(current.use, bytes);
    },
    pass(bytes) {
      if (embedded) feed(embedded.use, bytes);
    },
    end(part) {
      if (embedded?.part === part) {
        finish(part, embedded.use);
        embedded = undefined;
      } else if (!embedded && current?.part === part) {
        finish(part, current.use);
        current = undefined;
      }
    },
  };
  return { sink, collected: () => ({ texts, attachments, calendars, truncated, doubtful }) };
}

function embeds(part: MimePart): boolean {
  return (part.type === 'message/rfc822' || part.type === 'message/global') && /^(7bit|8bit|binary)$/.test(part.encoding);
}
