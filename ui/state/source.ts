/**
 * A message's source as rows to draw: where each begins and what kind of line
 * it is. One pass over the text, in slices, so that 50 MB do not hold up the
 * page; a row is cut out and coloured only when it is drawn. A line longer
 * than a row goes on in the next one, without a number.
 */

export const KINDS = ['field', 'folded', 'blank', 'boundary', 'text', 'base64'] as const;
export type Kind = (typeof KINDS)[number];

export type Source = {
  text: string;
  rows: number;
  /** Characters of the longest row. */
  widest: number;
  lines: number;
  /** Lines that end in LF without CR: not what RFC 5321 §2.3.8 allows on the wire. */
  bareLf: number;
  row(index: number): { text: string; kind: Kind; /** 0 goes on with the line above. */ line: number };
  /** The next row that holds the text (in any case), going round; −1 when none does. */
  find(wanted: string, from: number, backwards?: boolean): number;
};

/** Characters in a row; RFC 5322 §2.1.1 allows lines of 998. */
const ROW = 1_000;
/** Characters between two breathers. */
const SLICE = 4_000_000;

const FIELD = 0, FOLDED = 1, BLANK = 2, BOUNDARY = 3, TEXT = 4, BASE64 = 5;

export async function readSource(text: string, breathe: () => Promise<void> = () => Promise.resolve()): Promise<Source> {
  let room = Math.max(1024, Math.ceil(text.length / 40));
  let starts = new Uint32Array(room + 1);
  let numbers = new Uint32Array(room);
  let kinds = new Uint8Array(room);
  let rows = 0;
  let lines = 0;
  let bareLf = 0;
  let widest = 0;

  const boundaries = new Set<string>();
  let inHeader = true;
  let nested = false;
  let base64 = false;
  let field = '';

  const endField = () => {
    if (/^content-type:/i.test(field)) {
      const boundary = /boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(field);
      if (boundary) boundaries.add(boundary[1]?.replace(/\\(.)/g, '$1') ?? boundary[2]!);
      nested = /^content-type:\s*message\/rfc822/i.test(field);
    } else if (/^content-transfer-encoding:\s*base64/i.test(field)) base64 = true;
    field = '';
  };
  const kindOf = (begin: number, end: number): number => {
    if (text.charCodeAt(begin) === 45 && text.charCodeAt(begin + 1) === 45 && end - begin < 300) {
      const mark = text.slice(begin + 2, end).trimEnd();
      const closes = mark.endsWith('--') && boundaries.has(mark.slice(0, -2));
      if (closes || boundaries.has(mark)) {
        endField();
        inHeader = !closes;
        base64 = nested = false;
        return BOUNDARY;
      }
    }
    if (!inHeader) return begin === end ? BLANK : base64 ? BASE64 : TEXT;
    const first = text.charCodeAt(begin);
    if (begin === end) {
      endField();
      // A message within the message begins with a header of its own.
      if (nested) nested = false;
      else inHeader = false;
      return BLANK;
    }
    if (first === 32 || first === 9) {
      if (field.length < 10_000) field += text.slice(begin, Math.min(end, begin + ROW));
      return FOLDED;
    }
    endField();
    field = text.slice(begin, Math.min(end, begin + ROW));
    return FIELD;
  };

  let nextBreath = SLICE;
  for (let begin = 0; begin < text.length;) {
    const lf = text.indexOf('\n', begin);
    const after = lf < 0 ? text.length : lf + 1;
    let end = lf < 0 ? text.length : lf;
    if (lf >= 0 && end > begin && text.charCodeAt(end - 1) === 13) end--;
    else if (lf >= 0) bareLf++;
    const kind = kindOf(begin, end);
    lines++;
    for (let at = begin, piece = 0; at < end || piece === 0; at += ROW, piece++) {
      if (rows === room) {
        room *= 2;
        starts = grown(starts, new Uint32Array(room + 1));
        numbers = grown(numbers, new Uint32Array(room));
        kinds = grown(kinds, new Uint8Array(room));
      }
      starts[rows] = at;
      numbers[rows] = piece === 0 ? lines : 0;
      kinds[rows++] = kind;
      widest = Math.max(widest, Math.min(ROW, end - at));
    }
    begin = after;
    if (begin > nextBreath) {
      nextBreath = begin + SLICE;
      await breathe();
    }
  }
  starts[rows] = text.length;
  if (starts.length > rows + 1) starts = starts.slice(0, rows + 1);

  const rowAt = (offset: number): number => {
    let low = 0;
    let high = rows - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    text, rows, lines, bareLf, widest,
    row: (index) => ({ text: text.slice(starts[index], starts[index + 1]).replace(/\r?\n$/, ''), kind: KINDS[kinds[index]!]!, line: numbers[index]! }),
    find(wanted, from, backwards = false) {
      if (wanted === '' || rows === 0) return -1;
      const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
      if (!backwards) {
        pattern.lastIndex = starts[Math.min(rows, Math.max(0, from))]!;
        const found = pattern.exec(text) ?? (pattern.lastIndex = 0, pattern.exec(text));
        return found ? rowAt(found.index) : -1;
      }
      for (const [begin, end] of [[0, starts[Math.max(0, Math.min(rows, from))]!], [0, text.length]] as const) {
        // From behind in slices: the last hit is near the end.
        for (let to = end; to > begin; to -= SLICE) {
          const slice = text.slice(Math.max(begin, to - SLICE - wanted.length), to);
          const last = [...slice.matchAll(pattern)].at(-1);
          if (last) return rowAt(to - slice.length + last.index);
        }
      }
      return -1;
    },
  };
}

function grown<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

export type Token = { text: string; as: '' | 'name' | 'word' | 'mark' | 'tag' | 'link' | 'dim' };

/** Quoted-printable escapes, encoded words, tags, links and parameters: what an eye looks for. */
const BODY = /(=[0-9A-F]{2}|=$)|(<\/?[a-z!][^<>]{0,400}>?)|(https?:\/\/[^\s<>"')]{1,500})/gi;
const VALUE = /(=\?[^\s?]{1,60}\?[bq]\?[^\s?]*\?=)|(\b(?:boundary|charset|name|filename|format|type|[a-z]{1,3})=(?=[^\s]))|(<[^<>\s]{1,300}>)/gi;

export function tokens(text: string, kind: Kind): Token[] {
  switch (kind) {
    case 'blank': return [];
    case 'boundary': return [{ text, as: 'mark' }];
    case 'base64': return [{ text, as: 'dim' }];
    case 'field': {
      const colon = text.indexOf(':');
      if (colon <= 0) return [{ text, as: '' }];
      return [{ text: text.slice(0, colon + 1), as: 'name' }, ...split(text.slice(colon + 1), VALUE, ['word', 'dim', 'link'])];
    }
    case 'folded': return split(text, VALUE, ['word', 'dim', 'link']);
    case 'text': return split(text, BODY, ['dim', 'tag', 'link']);
  }
}

function split(text: string, pattern: RegExp, as: readonly Token['as'][]): Token[] {
  const out: Token[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) out.push({ text: text.slice(at, match.index), as: '' });
    out.push({ text: match[0], as: as[match.slice(1).findIndex((group) => group !== undefined)] ?? '' });
    at = match.index + match[0].length;
  }
  if (at < text.length) out.push({ text: text.slice(at), as: '' });
  return out;
}

/** Bytes as text: UTF-8 when they are that, else one character an octet, so that nothing is lost to the eye. */
export function sourceText(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
