/**
 * A message as a test hands it in. On the wire the content of an attachment
 * is base64; here a text is a text, as it is for nodemailer, and bytes are
 * bytes.
 */
import type { AttachmentInput, MessageInput } from './contract.ts';
import { sayValue } from './message-text.ts';

export type OutgoingAttachment = Omit<AttachmentInput, 'content'> & {
  /** A text, sent as its UTF-8, or bytes. */
  content: string | Uint8Array | ArrayBuffer;
  /** Says that a `content` of text is base64 (`utf8` unless said). Bytes have none. */
  encoding?: 'utf8' | 'base64';
};

/** As on the wire, but for attachments: `{ filename: 'terms.txt', content: 'Be kind.' }`. */
export type Outgoing = Omit<MessageInput, 'attachments'> & { attachments?: OutgoingAttachment[] };

export function wireMessage({ attachments, ...message }: Outgoing): MessageInput {
  if (attachments === undefined) return message;
  if (!Array.isArray(attachments)) throw new TypeError(`\`attachments\` is a list: [{ filename: 'terms.txt', content: 'Be kind.' }]; it is ${sayValue(attachments)}`);
  return { ...message, attachments: attachments.map(wireAttachment) };
}

function wireAttachment(attachment: OutgoingAttachment, place: number): AttachmentInput {
  const name = `\`attachments[${place}]\``;
  if (typeof attachment !== 'object' || attachment === null) throw new TypeError(`${name} is an object like { filename: 'terms.txt', content: 'Be kind.' }; it is ${sayValue(attachment)}`);
  const { content, encoding, ...rest } = attachment;
  if (encoding !== undefined && encoding !== 'utf8' && encoding !== 'base64') throw new TypeError(`The encoding of ${name} is 'utf8' (a text) or 'base64'; it is ${sayValue(encoding)}`);
  if (typeof content === 'string') return { ...rest, content: encoding === 'base64' ? content : base64(new TextEncoder().encode(content)) };
  // By what they are, not by their class: a test runner may have classes of its own.
  if (ArrayBuffer.isView(content)) return { ...rest, content: base64(new Uint8Array(content.buffer, content.byteOffset, content.byteLength)) };
  if (Object.prototype.toString.call(content) === '[object ArrayBuffer]') return { ...rest, content: base64(new Uint8Array(content)) };
  throw new TypeError(`${name} needs a \`content\`: a text, or bytes (Uint8Array; \`await readFile(…)\` gives them); it is ${sayValue(content)}`);
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces that are a multiple of 3 octets, and few enough to be arguments.
  for (let i = 0; i < bytes.length; i += 24_576) text += btoa(String.fromCharCode(...bytes.subarray(i, i + 24_576)));
  return text;
}
