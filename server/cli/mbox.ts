/**
 * mbox in the `mboxrd` manner: each message begins with a `From ` line, and a
 * line of a message that begins with any number of `>` and `From ` gets one
 * `>` more, so that reading takes exactly that one off again. Lines of the
 * file end in LF, as every reader of mbox expects; reading makes CR LF of
 * them, as mail has it. Both work on pieces and hold no message whole.
 */

const LF = 0x0a;
const CR = 0x0d;

/** How an mbox has always written the null sender, of bounces for instance. */
export const NULL_SENDER = 'MAILER-DAEMON';

/** `From sender Thu Jan  1 00:00:00 2026`, in UTC. Nothing of a message can break out of the line. */
export function fromLine(sender: string, at: Date): string {
  const [day, date, month, year, time] = at.toUTCString().replace(',', '').split(' ');
  const plain = sender.replace(/[^\x21-\x7e\u0080-\uffff]+/g, '') || NULL_SENDER;
  return `From ${plain} ${day} ${month} ${date!.replace(/^0/, ' ')} ${time} ${year}\n`;
}

/** Whole lines, each with its end, at most `limit` octets a piece: a longer line comes in several, `start` true on the first. */
async function* lines(input: AsyncIterable<Uint8Array>, limit = 65_536): AsyncGenerator<{ line: Buffer; start: boolean }> {
  let rest: Buffer = Buffer.alloc(0);
  let start = true;
  for await (const chunk of input) {
    const held = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let lf = held.indexOf(LF); lf >= 0; lf = held.indexOf(LF, from)) {
      yield { line: held.subarray(from, lf + 1), start };
      start = true;
      from = lf + 1;
    }
    rest = held.subarray(from);
    // A CR at the end may be half of a line's end: it stays.
    if (rest.length > limit) {
      yield { line: rest.subarray(0, rest.length - 1), start };
      start = false;
      rest = rest.subarray(rest.length - 1);
    }
  }
  if (rest.length > 0) yield { line: rest, start };
}

const FROM = Buffer.from('From ');
const QUOTE = 0x3e;

function isFrom(line: Buffer, quotes: 'none' | 'any' | 'some'): boolean {
  let at = 0;
  while (line[at] === QUOTE) at++;
  if (quotes === 'none' ? at > 0 : quotes === 'some' && at === 0) return false;
  return line.length >= at + 5 && line.compare(FROM, 0, 5, at, at + 5) === 0;
}

/** A message as it stands in the file, after its `From ` line: quoted, LF, closed by an empty line. */
export async function* quoted(message: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let open = false;
  for await (const { line, start } of lines(message)) {
    const ends = line[line.length - 1] === LF;
    const text = ends && line[line.length - 2] === CR ? Buffer.concat([line.subarray(0, -2), line.subarray(-1)]) : line;
    yield start && isFrom(line, 'any') ? Buffer.concat([Buffer.of(QUOTE), text]) : text;
    open = !ends;
  }
  yield Buffer.from(open ? '\n\n' : '\n');
}

export type MboxPiece = { kind: 'begin'; sender: string; /** The From line, without its end. */ line: string } | { kind: 'bytes'; bytes: Buffer };

/** The messages of a file, as pieces; each begins with a `begin`. What stands before the first `From ` line is passed over. */
export async function* readMbox(input: AsyncIterable<Uint8Array>): AsyncGenerator<MboxPiece> {
  let inside = false;
  let afterEmpty = true;
  let held: Buffer | undefined; // an empty line, which may be the one that closes a message
  for await (const { line, start } of lines(input)) {
    if (start && afterEmpty && isFrom(line, 'none')) {
      held = undefined;
      inside = true;
      afterEmpty = false;
      const begin = line.toString('utf8').trimEnd();
      yield { kind: 'begin', sender: begin.split(' ')[1] ?? '', line: begin };
      continue;
    }
    if (!inside) {
      afterEmpty = start && isEmpty(line);
      continue;
    }
    if (held) yield { kind: 'bytes', bytes: held };
    held = undefined;
    const bytes = wireLine(start && isFrom(line, 'some') ? line.subarray(1) : line);
    afterEmpty = start && isEmpty(line);
    if (afterEmpty) held = bytes;
    else yield { kind: 'bytes', bytes };
  }
}

const isEmpty = (line: Buffer): boolean => line.length <= 2 && (line[0] === LF || (line[0] === CR && line[1] === LF));

function wireLine(line: Buffer): Buffer {
  if (line[line.length - 1] !== LF || line[line.length - 2] === CR) return line;
  return Buffer.concat([line.subarray(0, -1), Buffer.from('\r\n')]);
}
