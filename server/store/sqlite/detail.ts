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
  detail.session.transcript ??= transcriptOf(lines, detail.session.times.opened);
  return detail;
}

const LINE = /^([CS*])(-?\d+(?:\.\d+)?) (.*)$/s;

/** What is no line of its own goes on with the one before it: a line feed that got in by mistake must not make a message unreadable. */
function transcriptOf(lines: readonly string[], opened: number): TranscriptLine[] {
  const transcript: TranscriptLine[] = [];
  for (const text of lines) {
    const found = LINE.exec(text);
    const before = transcript.at(-1);
    if (found) transcript.push({ at: opened + Number(found[2]), by: found[1] as TranscriptLine['by'], line: found[3]! });
    else if (before) before.line += LF + text;
  }
  return transcript;
}
