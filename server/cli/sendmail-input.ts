/**
 * The message on sendmail's standard input: ends it at a lone dot where that
 * is asked for, takes the header off (it is all that is held in memory), adds
 * what a mail system adds, and gives the rest on as it comes.
 */
import addressparser from 'nodemailer/lib/addressparser';

/** Octets of header that are held. */
export const HEADER_LIMIT = 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

/** Up to a line that is only a dot (not included). Lines may end in LF or CR LF. */
export async function* untilDot(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let lineStart = true;
  for await (const piece of input) {
    const chunk = Buffer.concat([rest, typeof piece === 'string' ? Buffer.from(piece) : piece]);
    rest = Buffer.alloc(0);
    let from = 0;
    for (;;) {
      if (lineStart && chunk[from] === DOT) {
        const next = chunk[from + 1];
        if (next === LF || (next === CR && chunk[from + 2] === LF)) {
          if (from > 0) yield chunk.subarray(0, from);
          return;
        }
        // The piece ends where the line may or may not be a lone dot.
        if (from + 1 >= chunk.length || (next === CR && from + 2 >= chunk.length)) break;
      }
      const lf = chunk.indexOf(LF, from);
      if (lf < 0) {
        lineStart = from >= chunk.length ? lineStart : false;
        from = chunk.length;
        break;
      }
      from = lf + 1;
      lineStart = true;
    }
    if (from > 0) yield chunk.subarray(0, from);
    rest = chunk.subarray(from);
  }
  if (rest.length > 0 && !/^\.\r?$/.test(rest.toString('latin1'))) yield rest;
}

export type Field = { name: string; /** As it stands, with its line ends; octets as Latin-1. */ raw: string };
export type Head = { fields: Field[]; /** What was read beyond the header: the body's beginning. */ rest: Buffer };

/** Reads up to the empty line; 'too-long' beyond HEADER_LIMIT. The iterator then gives the rest of the body. */
export async function readHead(input: AsyncIterator<Uint8Array | string>): Promise<Head | 'too-long'> {
  let held: Buffer = Buffer.alloc(0);
  for (;;) {
    const { done, value } = await input.next();
    if (!done) held = Buffer.concat([held, typeof value === 'string' ? Buffer.from(value) : value]);
    const head = splitHead(held, done === true);
    if (head) return head;
    if (held.length > HEADER_LIMIT) return 'too-long';
  }
}

const FIELD = /^[!-9;-~]+[ \t]*:/;

/** Undefined when more is needed to tell. A first line that is no field begins the body. */
export function splitHead(held: Buffer, ended: boolean): Head | undefined {
  const fields: Field[] = [];
  for (let from = 0; ;) {
    const lf = held.indexOf(LF, from);
    if (lf < 0 && !ended) return undefined;
    const next = lf < 0 ? held.length : lf + 1;
    const line = held.toString('latin1', from, next);
    if (line === '' || line === '\n' || line === '\r\n') return { fields, rest: held.subarray(next) };
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) last.raw += line;
    else if (FIELD.test(line)) fields.push({ name: line.slice(0, line.indexOf(':')).trimEnd().toLowerCase(), raw: line });
    else if (from > 0 || !line.startsWith('From ')) return { fields, rest: held.subarray(from) };
    from = next;
    if (lf < 0) return { fields, rest: held.subarray(next) };
  }
}

/** Whom To, Cc and Bcc name; Resent- ones alone when there are any (RFC 5322 §3.6.6). */
export function recipientsOf(fields: Field[]): string[] {
  const resent = fields.some(({ name }) => /^resent-(to|cc|bcc)$/.test(name));
  const names = ['to', 'cc', 'bcc'].map((name) => (resent ? `resent-${name}` : name));
  return fields.filter(({ name }) => names.includes(name)).flatMap(({ raw }) => {
    const value = Buffer.from(raw.slice(raw.indexOf(':') + 1), 'latin1').toString('utf8').replace(/\r?\n(?=[ \t])/g, '').trim();
    // In pieces: addressparser is quadratic, and a list of thousands is no rarity here.
    return splitList(value).flatMap((piece) => addressparser(piece, { flatten: true }).map(({ address, name }) => address || (/^\S+$/.test(name) ? name : '')).filter(Boolean));
  });
}

/** At commas and semicolons that stand outside quotes, comments and angle brackets; groups stay whole. */
function splitList(value: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let quoted = false;
  let group = false;
  let begin = 0;
  for (let i = 0; i < value.length; i++) {
    const char = value[i];
    if (char === '\\') i++;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '(' || char === '<') depth++;
    else if (char === ')' || char === '>') depth = Math.max(0, depth - 1);
    else if (char === ':' && depth === 0) group = true;
    else if (char === ';') group = false;
    else if (char === ',' && depth === 0 && !group) {
      pieces.push(value.slice(begin, i));
      begin = i + 1;
    }
  }
  return [...pieces, value.slice(begin)].filter((piece) => piece.trim() !== '');
}

export type Additions = { from: string; date: string; messageId: string };

/** The header as it is sent: Bcc taken off when it was read for recipients, From, Date and Message-ID added where they are missing. */
export function finishHead(fields: Field[], additions: Additions, withoutBcc: boolean): Buffer {
  const kept = withoutBcc ? fields.filter(({ name }) => name !== 'bcc' && name !== 'resent-bcc') : fields;
  const has = (name: string) => fields.some((field) => field.name === name);
  const added = [
    ...(has('from') ? [] : [`From: ${additions.from}\r\n`]),
    ...(has('date') ? [] : [`Date: ${additions.date}\r\n`]),
    ...(has('message-id') ? [] : [`Message-ID: ${additions.messageId}\r\n`]),
  ];
  const raw = kept.map((field) => (field.raw.endsWith('\n') ? field.raw : `${field.raw}\r\n`)).join('');
  return Buffer.concat([Buffer.from(raw, 'latin1'), Buffer.from(added.join('') + '\r\n', 'utf8')]);
}
