/**
 * Writes a judged draft as MIME, through nodemailer's composer: it encodes
 * words and folds lines; it is given no file, no URL and no clock of its own.
 * Bcc is not written.
 */
import type { Judged } from './submit-draft.ts';

/** Octets of composed message handed over at a time. */
const PIECE = 256 * 1024;

/** The composer is loaded with the first message that needs it (about 15 ms). */
const composer = async () => (await import('nodemailer/lib/mail-composer')).default;

export async function composeMime(judged: Judged, stamp: { date: number; messageId: string }): Promise<Uint8Array[]> {
  const MailComposer = await composer();
  const named = new Set(judged.headers.map(({ key }) => key.toLowerCase()));
  const node = new MailComposer({
    from: judged.from,
    to: judged.to,
    cc: judged.cc,
    replyTo: judged.replyTo,
    subject: judged.subject,
    ...(judged.text === undefined ? {} : { text: judged.text }),
    ...(judged.html === undefined ? {} : { html: judged.html }),
    attachments: judged.attachments.map(({ filename, content, type, cid, disposition }) => ({
      filename,
      content,
      ...(type === undefined ? {} : { contentType: type }),
      ...(cid === undefined ? {} : { cid, contentDisposition: disposition ?? 'inline' as const }),
      ...(disposition === undefined ? {} : { contentDisposition: disposition }),
    })),
    headers: judged.headers,
    ...(named.has('date') ? {} : { date: new Date(stamp.date) }),
    ...(named.has('message-id') ? {} : { messageId: `<${stamp.messageId}>` }),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const whole = await node.build();
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < whole.length; from += PIECE) pieces.push(whole.subarray(from, from + PIECE));
  return pieces;
}
