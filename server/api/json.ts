/** Bytes of a body to a value: only what is JSON, can be answered again, and costs no more than a body should. */
import { problem } from './problems.ts';

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;
export const isJson = (contentType: string | undefined): boolean => contentType !== undefined && JSON_TYPE.test(contentType);

/** Values that a body may hold, and how deep: millions of empty lists would cost gigabytes, and seconds of everybody's time. */
const VALUES_MOST = 1_000_000;
const DEPTH_MOST = 200;

/** The value, or the problem to answer. */
export function parseJson(bytes: Buffer): { value: unknown } | Response {
  const bomb = bombIn(bytes);
  if (bomb) return bomb;
  try {
    // fatal: what is not UTF-8 is not JSON (RFC 8259 §8.1) and must not come in as replacement characters.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value = JSON.parse(text) as unknown;
    // Half of a surrogate pair can only be said with an escape (RFC 8259 §8.2); as it is no character, no answer could hold it.
    if (/\\u[dD][89a-fA-F]/.test(text) && !wellFormed(value)) return problem('malformed-json', { detail: 'A text in it holds half of a surrogate pair, which is no character (RFC 8259 §8.2).' });
    return { value };
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    // V8 quotes from the text; a body has no business in an error that may be logged.
    return problem('malformed-json', { detail: why.replace(/,? "[^]*$|"[^]*"/g, '').trim().replace(/^is not/, 'It is not').slice(0, 200) });
  }
}

/** Counted in the bytes, before anything is made of them. What is no JSON at all is left to the parser. */
function bombIn(bytes: Buffer): Response | undefined {
  let values = 0;
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case 0x22: // "
        i = endOfText(bytes, i);
        break;
      case 0x5b: case 0x7b: // [ {
        values++;
        if (++depth > DEPTH_MOST) return problem('malformed-json', { detail: `It nests deeper than ${DEPTH_MOST}.` });
        break;
      case 0x5d: case 0x7d: // ] }
        depth--;
        break;
      case 0x2c: // ,
        values++;
    }
    if (values > VALUES_MOST) return problem('body-too-large', { detail: `It holds more than ${VALUES_MOST} values.` });
  }
  return undefined;
}

/** Of the quote that ends the text which begins at `start`; the end of all where none does. */
function endOfText(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(0x22, start + 1); end !== -1; end = bytes.indexOf(0x22, end + 1)) {
    let before = end;
    while (bytes[before - 1] === 0x5c) before--;
    if ((end - before) % 2 === 0) return end;
  }
  return bytes.length;
}

function wellFormed(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one === 'string' ? !one.isWellFormed() : typeof one === 'object' && one !== null && Object.entries(one).some(([name, inner]) => (left.push(inner), !name.isWellFormed()))) return false;
  }
  return true;
}

/** Where a body names `__proto__`, which schemas would pass over in silence; undefined when it does nowhere. Of any depth. */
export function protoIn(value: unknown): string | undefined {
  const left: { path: string; value: unknown }[] = [{ path: '', value }];
  for (let one = left.pop(); one; one = left.pop()) {
    if (typeof one.value !== 'object' || one.value === null) continue;
    for (const [name, inner] of Object.entries(one.value)) {
      const path = one.path === '' ? name : `${one.path}.${name}`;
      if (name === '__proto__') return path;
      if (typeof inner === 'object') left.push({ path, value: inner });
    }
  }
  return undefined;
}
