/**
 * Reads the MIME structure of a message as its bytes stream by, keeping only
 * the tree. Offsets are exact octets of the raw message: header [start,
 * bodyStart), body [bodyStart, end); the line break before a boundary belongs
 * to the boundary (RFC 2046 §5.1.1). Children lie inside their parents.
 *
 * It takes anything: bare LF, NULs, lines without end, a missing end
 * boundary, a boundary inside a header, endless nesting. Nothing throws, and
 * memory is bounded by the limits below, not by the message.
 *
 *     header ──empty line──▶ body (leaf) ─┐
 *       ▲  └──────────────▶ preamble ─────┤ boundary line of an open multipart:
 *       └──────── open ───────────────────┤ everything inside it is closed
 *                 epilogue ◀── close ─────┘
 */
import { isAscii } from 'node:buffer';
import { readFields } from '../../mail/header.ts';
import type { HeaderField, MimePart } from '../../mail/message.ts';
import { openBoundaries } from './boundaries.ts';
import { headerBlock } from './header-block.ts';
import { type PartHeader, partHeader } from './part-header.ts';
import { pathOf } from './part-path.ts';

export const PART_LIMIT = 10_000;
export const DEPTH_LIMIT = 100;
/** Octets of header that are read, of the message and of each part. */
export const HEADER_LIMIT = 256 * 1024;
const PART_HEADER_LIMIT = 32 * 1024;
/** Octets; a longer line is no boundary (RFC 5322 §2.1.1 allows 998). */
const LINE_LIMIT = 1_100;
/** Octets of a line without its break (RFC 5322 §2.1.1). */
const LINE_ALLOWED = 998;

/** Hears the bodies of leaves (and the preambles of multiparts) as they pass, in order. */
export type BodySink = {
  begin?(part: MimePart, header: PartHeader, parent: MimePart | undefined): void;
  /** Octets of a leaf's body, or of what stands before the first boundary of a multipart. Valid only during the call. */
  body?(part: MimePart, bytes: Buffer): void;
  /** Every octet of the message in order; those of a part's body pass between its `begin` and its `end`. */
  pass?(bytes: Buffer): void;
  end?(part: MimePart): void;
};

export type Structure = { tree: MimePart; fields: HeaderField[]; warnings: string[] };

/** `boundary` while more parts may come; `unclosed` until the end boundary came. */
type Frame = { part: MimePart; boundary: string | undefined; unclosed: boolean };
type State = 'header' | 'body' | 'preamble' | 'skip';

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;

export function treeReader(sink: BodySink = {}): { push(chunk: Uint8Array): void; end(): Structure } {
  const frames: Frame[] = [];
  const boundaries = openBoundaries();
  const warnings = new Set<string>();
  let fields: HeaderField[] = [];
  let state: State = 'header';
  let parts = 0;
  let tree: MimePart | undefined;

  let rest: Buffer = Buffer.alloc(0);
  /** Where in `rest` the next unread line begins; before it stands at most the line break of the last. */
  let scanned = 0;
  /** Offset of rest[0]. */
  let base = 0;
  /** The next octet continues a line that was too long to wait for. */
  let midLine = false;
  /** Offset at which the line being read begins. */
  let lineAt = 0;
  /** What is being read, and how far (an offset) it has been given to the sink. */
  let data = rest;
  let given = 0;

  let block = headerBlock(HEADER_LIMIT);

  openPart(0);

  function openPart(at: number): void {
    const parent = frames.at(-1)?.part;
    const part: MimePart = { path: '', type: 'text/plain', encoding: '7bit', start: at, bodyStart: at, end: at };
    if (parent) (parent.parts ??= []).push(part);
    else tree = part;
    frames.push({ part, boundary: undefined, unclosed: false });
    parts++;
    state = 'header';
    block = headerBlock(parent ? PART_HEADER_LIMIT : HEADER_LIMIT);
  }

  /** The header of the innermost part ended without an empty line; what was taken for it up to `end` may be its body. */
  function cutHeader(at: number, end: number): void {
    const { part } = frames.at(-1)!;
    const { strayAt } = block;
    if (strayAt === undefined) return closeHeader(at);
    warnings.add('A header ends without an empty line');
    const taken = block.bytes();
    const stray = strayAt - part.start;
    closeHeader(at, taken.subarray(0, stray));
    if (state as State === 'header') return; // an embedded message: it has lost its beginning
    part.bodyStart = strayAt;
    part.end = Math.max(end, strayAt);
    if (taken.length > stray) sink.body?.(part, taken.subarray(stray, Math.max(stray, end - part.start)));
  }

  /** The header of the innermost part is over: its body begins at `at`. */
  function closeHeader(at: number, bytes = block.bytes()): void {
    give(at);
    const frame = frames.at(-1)!;
    const { part } = frame;
    const parent = frames.at(-2)?.part;
    if (block.overflows) warnings.add('A header is longer than is read; fields beyond are in the raw message only');
    const own = readFields(bytes);
    if (!parent) {
      fields = own;
      if (!isAscii(bytes)) warnings.add('Header fields hold 8-bit characters that are not encoded (RFC 2047)');
    }
    const header = partHeader(own, parent?.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain');
    part.type = header.type;
    part.encoding = header.encoding;
    if (header.charset !== undefined) part.charset = header.charset;
    if (header.filename !== undefined) part.filename = header.filename;
    if (header.disposition !== undefined) part.disposition = header.disposition;
    if (header.contentId !== undefined) part.contentId = header.contentId;
    part.bodyStart = at;
    part.end = at;

    const multipart = part.type.startsWith('multipart/');
    const deep = frames.length >= DEPTH_LIMIT;
    if (multipart && header.boundary === undefined) warnings.add(`A ${part.type} names no boundary`);
    const splits = multipart && header.boundary !== undefined && !deep;
    const embeds = (part.type === 'message/rfc822' || part.type === 'message/global') && /^(7bit|8bit|binary)$/.test(part.encoding) && !deep && parts < PART_LIMIT;
    if (deep && (multipart || part.type.startsWith('message/'))) warnings.add(`Parts nest more than ${DEPTH_LIMIT} deep; what is deeper is not taken apart`);
    part.path = pathOf(parent, splits);
    if (splits) {
      frame.boundary = header.boundary!;
      frame.unclosed = true;
      boundaries.open(frame.boundary, frames.length - 1);
      state = 'preamble';
    } else {
      state = 'body';
    }
    sink.begin?.(part, header, parent);
    if (embeds) openPart(at);
  }

  /** Closes every part inside frame `keep`; their bodies end at `at`. */
  function closeTo(keep: number, at: number): void {
    while (frames.length > keep + 1) {
      const frame = frames.pop()!;
      frame.part.end = Math.max(at, frame.part.bodyStart);
      if (frame.unclosed) warnings.add(`A ${frame.part.type} has no end boundary`);
      forget(frame);
      sink.end?.(frame.part);
    }
  }

  function forget(frame: Frame): void {
    if (frame.boundary !== undefined) boundaries.close(frame.boundary);
    frame.boundary = undefined;
  }

  function give(until: number): void {
    if (until <= given) return;
    const bytes = data.subarray(given - base, until - base);
    sink.pass?.(bytes);
    if (state === 'body' || state === 'preamble') sink.body?.(frames.at(-1)!.part, bytes);
    given = until;
  }

  /** `[from, to)` is one line of `data`, with its line break if it has one. */
  function line(from: number, to: number): void {
    if (boundaries.size > 0 && data[from] === DASH && data[from + 1] === DASH && to - from <= LINE_LIMIT) {
      const match = boundaries.match(data.toString('latin1', from + 2, to).trimEnd());
      if (match) return boundaryLine(from, to, match.level, match.closing);
    }
    if (state !== 'header') return;
    const ending = to - from >= 2 && data[to - 2] === CR ? 2 : 1;
    if (data[to - 1] === LF && to - from === ending) return closeHeader(base + to);
    headerLine(from, to);
  }

  /** A line of the header, or the beginning of one that is too long to wait for. */
  function headerLine(from: number, to: number): void {
    const written = data.subarray(from, to);
    if (!block.isField(written)) {
      // The header may run straight into the boundary that it names. Looked at once: a header may hold 100,000 such lines.
      if (block.strayAt === undefined && written[0] === DASH && written[1] === DASH && written.length <= LINE_LIMIT && block.boundary() === written.toString('latin1', 2).trimEnd()) {
        warnings.add('A header ends without an empty line');
        closeHeader(base + from);
        return line(from, to);
      }
      block.stray(base + from);
    }
    block.keep(written);
  }

  function boundaryLine(from: number, to: number, index: number, closing: boolean): void {
    const at = base + from;
    const lineBreak = from >= 1 && data[from - 1] === LF ? (from >= 2 && data[from - 2] === CR ? 2 : 1) : 0;
    if (state === 'header') {
      cutHeader(at, at - lineBreak);
      // An embedded message that begins with a boundary: closed by the same line, empty.
      if (state as State === 'header') closeHeader(at);
    }
    const end = Math.max(at - lineBreak, frames.at(-1)!.part.bodyStart);
    give(end);
    closeTo(index, end);
    const frame = frames[index]!;
    if (closing) {
      frame.unclosed = false;
      forget(frame);
      state = 'skip';
    } else if (parts >= PART_LIMIT) {
      warnings.add(`There are more than ${PART_LIMIT} parts; those beyond are not listed`);
      state = 'skip';
    } else {
      openPart(base + to);
    }
  }

  function read(next: Buffer, final: boolean): void {
    data = next;
    let from = scanned;
    if (!warned.nul && data.includes(0, from)) warn('nul', 'The message holds NUL bytes');
    for (;;) {
      const lf = data.indexOf(LF, from);
      if (lf < 0) break;
      if (!warned.bareLf && (lf === 0 || data[lf - 1] !== CR)) warn('bareLf', 'Lines end in a bare LF');
      if (midLine) {
        if (state === 'header') block.keep(data.subarray(from, lf + 1));
        midLine = false;
      } else {
        line(from, lf + 1);
      }
      from = lf + 1;
      checkLength(base + lf);
      lineAt = base + from;
    }
    // What is left has no line break yet.
    const left = data.length - from;
    // A CR may turn out to be half of a line break, which belongs to a boundary.
    const half = data[data.length - 1] === CR && !final ? 1 : 0;
    let keep = from;
    if (left > 0 && !midLine && final) {
      line(from, data.length);
      keep = from = data.length;
    } else if (left > 0 && (midLine || left > LINE_LIMIT + half || (state !== 'header' && data[from] !== DASH))) {
      keep = data.length - half;
      if (state === 'header' && midLine) block.keep(data.subarray(from, keep));
      else if (state === 'header') headerLine(from, keep);
      midLine = true;
      from = keep;
    } else if (!midLine && from >= 1 && data[from - 1] === LF && !final) {
      keep = from - (from >= 2 && data[from - 2] === CR ? 2 : 1);
    }
    if (final) checkLength(base + data.length);
    give(base + (final ? data.length : keep));
    rest = Buffer.from(data.subarray(keep));
    scanned = from - keep;
    base += keep;
  }

  /** Of a line that ends before offset `end`, where its LF stands or would. */
  function checkLength(end: number): void {
    if (end - lineAt <= LINE_ALLOWED || warned.long) return;
    if (end - lineAt > LINE_ALLOWED + 1 || data[end - base - 1] !== CR) warn('long', `Lines are longer than the ${LINE_ALLOWED} octets that RFC 5322 §2.1.1 allows`);
  }

  const warned = { nul: false, bareLf: false, long: false };
  function warn(kind: keyof typeof warned, sentence: string): void {
    if (!warned[kind]) warnings.add(sentence);
    warned[kind] = true;
  }

  return {
    push(chunk) {
      if (chunk.length === 0) return;
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      read(rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes, false);
    },
    end() {
      read(rest, true);
      const size = base + rest.length;
      if (state === 'header') cutHeader(size, size);
      if (state as State === 'header') closeHeader(size);
      closeTo(-1, size);
      // In the order of the alphabet: that of finding them depends on the pieces the message came in.
      return { tree: tree!, fields, warnings: [...warnings].sort() };
    },
  };
}
