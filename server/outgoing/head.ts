/**
 * The header of a message that goes out, as fields whose octets are kept.
 * What every MTA would do with a broken one is done here, so that all of them
 * see what was signed: the first line that is no field begins the body, an
 * mbox "From " line is dropped, and so are lines of nothing but white space.
 * A CR or NUL in the midst of a line becomes a space: it must not make a
 * field of what was none.
 */

/** `raw` holds one octet a character (latin1), folded as it was, and ends with CR LF. */
export type Field = { /** In lower case. */ name: string; raw: string };

export type Head = { fields: Field[]; /** Octets of the block before the body. */ length: number };

/** Octets of a header; no mail that people send comes near. */
export const HEAD_LIMIT = 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
// RFC 5322 §2.2 and §4.5 (white space before the colon).
const FIELD = /^([\x21-\x39\x3b-\x7e]{1,255})[ \t]*:/;

/** Undefined when the block ends before the header does and more of it may come. */
export function readHead(block: Buffer, isWhole: boolean): Head | undefined {
  const fields: Field[] = [];
  let folds: string[] = [];
  let name: string | undefined;
  const endField = () => {
    if (name !== undefined) fields.push({ name, raw: folds.join('') });
    name = undefined;
  };
  for (let at = 0; at < block.length;) {
    const lf = block.indexOf(LF, at);
    if (lf < 0 && !isWhole) return undefined;
    let end = lf < 0 ? block.length : lf;
    while (end > at && block[end - 1] === CR) end--;
    const line = block.toString('latin1', at, end).replace(/[\r\0]/g, ' ');
    const next = lf < 0 ? block.length : lf + 1;
    const field = FIELD.exec(line);
    if (line === '') {
      endField();
      return { fields, length: next };
    }
    if (field) {
      endField();
      name = field[1]!.toLowerCase();
      folds = [line, '\r\n'];
    } else if (/^[ \t]/.test(line) && name !== undefined) {
      if (/[^ \t]/.test(line)) folds.push(line, '\r\n');
    } else if (at > 0 || !/^>?From /.test(line)) {
      endField();
      return { fields, length: at };
    }
    at = next;
  }
  endField();
  return isWhole ? { fields, length: block.length } : undefined;
}

/** The value as text: unfolded, its octets read as UTF-8 where they are. */
export function valueOf({ raw }: Field): string {
  const octets = Buffer.from(raw.slice(raw.indexOf(':') + 1).replace(/\r\n/g, ''), 'latin1');
  return octets.toString('utf8').trim();
}

/** A field of ours, from text without line ends but those of its folds. */
export function fieldOf(name: string, value: string): Field {
  return { name: name.toLowerCase(), raw: Buffer.from(`${name}: ${value}\r\n`, 'utf8').toString('latin1') };
}
