/**
 * What only the message itself shows (envelope, session, metadata), as it
 * stands before the body: JSON, and behind it the dialogue, a line for each of
 * its lines. `C120 RCPT TO:<a@b.test>` was said by the client 120 ms after the
 * connection was opened. As JSON too the dialogue would be most of the text
 * and most of the work; what Postern wrote before has it there.
 */
import type { Submission } from '../../admission/port.ts';
import type { MessageDetail } from '../../mail/message.ts';
import type { Session, TranscriptLine } from '../../mail/session.ts';

export type Detail = Pick<MessageDetail, 'envelope' | 'session' | 'metadata'>;

/** JSON.stringify leaves no line feed, and a line of a dialogue has none. On disk: never change. */
const LF = '\n';

export function writeDetail({ envelope, session, metadata }: Pick<Submission, 'envelope' | 'session' | 'metadata'>): string {
  const { id, protocol, client, hello, tls, login, transcript, times } = session;
  // Named one by one: a rest makes a slow object, and the type sees to it that none is forgotten.
  const facts: Record<Exclude<keyof Session, 'transcript'>, unknown> = { id, protocol, client, hello, tls, login, times };
  let text = JSON.stringify({ envelope, session: facts, metadata });
  for (const { at, by, line } of transcript) text += LF + by + (at - times.opened) + ' ' + line;
  return text;
}

export function readDetail(text: string): Detail {
  const [json, ...lines] = text.split(LF);
  const detail = JSON.parse(json!) as Detail;
  const { opened } = detail.session.times;
  detail.session.transcript ??= lines.map((line) => lineOf(line, opened));
  return detail;
}

function lineOf(text: string, opened: number): TranscriptLine {
  const space = text.indexOf(' ');
  return { at: opened + Number(text.slice(1, space)), by: text[0] as TranscriptLine['by'], line: text.slice(space + 1) };
}
