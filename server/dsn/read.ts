/**
 * Takes from a returned message what matters: its header, its readable text,
 * the machine-readable reports and the header of the mail that came back.
 * At most 2 MB of message and 256 KB of each part are looked at; broken MIME
 * is read as text. Never throws.
 */
import { decodeCharset } from '../inbox/mime/charset.ts';
import { transferDecoder } from '../inbox/mime/decode.ts';
import { treeReader } from '../inbox/mime/tree.ts';
import { decodeText, readFields } from '../mail/header.ts';
import type { HeaderField, MimePart } from '../mail/message.ts';

export const MESSAGE_LIMIT = 2 * 1024 * 1024;
const PART_LIMIT = 256 * 1024;
const PARTS_LIMIT = 30;

export type Returned = {
  header: HeaderField[];
  type: string;
  reportType: string | undefined;
  /** The text for people; of HTML only the words. */
  text: string;
  /** Bodies of message/delivery-status, or what looks like one. */
  status: string[];
  /** Bodies of message/feedback-report. */
  feedback: string[];
  /** Fields of the message that is returned, where it is there. */
  original: HeaderField[];
  /** Whether a message, or its header, is enclosed. */
  encloses: boolean;
};

type Kept = { part: MimePart; depth: number; pieces: Buffer[]; left: number };

export function readReturned(raw: Uint8Array): Returned {
  const kept: Kept[] = [];
  const open: MimePart[] = [];
  let enclosed: MimePart | undefined;
  let inside = 0;
  const reader = treeReader({
    begin(part) {
      open.push(part);
      if (inside > 0 || part.type === 'message/rfc822' || part.type === 'message/global') {
        if (inside === 0) enclosed ??= part;
        inside++;
        return;
      }
      if (kept.length < PARTS_LIMIT && WANTED.test(part.type)) kept.push({ part, depth: open.length, pieces: [], left: PART_LIMIT });
    },
    body(part, bytes) {
      const use = kept.at(-1);
      if (use?.part !== part || use.left <= 0) return;
      // The bytes are good only during the call.
      use.pieces.push(Buffer.from(bytes.subarray(0, use.left)));
      use.left -= bytes.length;
    },
    end() {
      open.pop();
      if (inside > 0) inside--;
    },
  });
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.length, MESSAGE_LIMIT));
  reader.push(bytes);
  const { tree, fields } = reader.end();

  const texts: string[] = [];
  let html = '';
  const result: Returned = { header: fields, type: tree.type, reportType: reportTypeOf(fields), text: '', status: [], feedback: [], original: [], encloses: enclosed !== undefined };
  for (const { part, pieces } of kept) {
    const decoder = transferDecoder(part.encoding);
    const body = Buffer.concat([...pieces.map((piece) => decoder.push(piece)), decoder.end()]);
    const text = decodeCharset(body, part.charset).replaceAll('\r\n', '\n').replaceAll('\0', '');
    if (part.type.endsWith('delivery-status')) result.status.push(text);
    else if (part.type === 'message/feedback-report') result.feedback.push(text);
    else if (part.type.endsWith('rfc822-headers') || part.type === 'message/global-headers') {
      result.encloses = true;
      if (result.original.length === 0) result.original = readFields(Buffer.from(text));
    } else if (part.type === 'text/html') html += wordsOfHtml(text);
    else texts.push(text);
  }
  result.text = texts.some((text) => text.trim().length > 20) ? texts.join('\n') : `${texts.join('\n')}\n${html}`;
  if (enclosed) result.original = readFields(bytes.subarray(enclosed.bodyStart, Math.min(enclosed.end, enclosed.bodyStart + PART_LIMIT)));
  // A person forwarded it, quoted.
  if (/^>[> ]*final-recipient:/im.test(result.text)) result.text = result.text.replace(/^>[> ]{0,8}/gm, '');
  // Broken MIME, or an old mailer: the fields stand in the text.
  if (result.status.length === 0 && /^(?:final|original)-recipient:/im.test(result.text)) result.status.push(result.text);
  if (result.feedback.length === 0 && /^feedback-type:/im.test(result.text)) result.feedback.push(result.text);
  return result;
}

const WANTED = /^(text\/(plain|html|x-[a-z-]+|rfc822-headers|enriched)|message\/(delivery-status|global-delivery-status|x-delivery-status|feedback-report|global-headers)|text\/delivery-status|multipart\/(report|mixed|alternative))$/;

function reportTypeOf(fields: readonly HeaderField[]): string | undefined {
  const type = fields.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '';
  return /report-type\s*=\s*"?([\w-]+)/i.exec(type)?.[1]?.toLowerCase();
}

/** Tags go, blocks end a line, the few entities that matter are undone. Linear: no pattern runs over a `<`. */
function wordsOfHtml(html: string): string {
  return without(without(html, '<style', '</style'), '<script', '</script')
    .replace(/<(?:br|\/p|\/div|\/tr|\/li|\/h\d|hr)\b[^<>]{0,1000}>/gi, '\n')
    .replace(/<[^<>]{0,2000}>/g, ' ')
    .replace(/&nbsp;|&#160;/gi, ' ').replace(/&lt;/gi, '<').replace(/&gt;/gi, '>').replace(/&quot;/gi, '"').replace(/&#39;|&apos;/gi, "'").replace(/&amp;/gi, '&')
    .replace(/[ \t]{1,200}/g, ' ');
}

function without(html: string, from: string, to: string): string {
  const lower = html.toLowerCase();
  if (lower.length !== html.length) return html;
  let kept = '';
  let at = 0;
  for (;;) {
    const start = lower.indexOf(from, at);
    const end = start < 0 ? -1 : lower.indexOf(to, start);
    if (end < 0) return kept + html.slice(at);
    kept += html.slice(at, start);
    at = end;
  }
}

export const fieldOf = (fields: readonly HeaderField[], name: string): string | undefined => fields.find((field) => field.name.toLowerCase() === name)?.value;

export const decodedField = (fields: readonly HeaderField[], name: string): string => decodeText(fieldOf(fields, name) ?? '');
