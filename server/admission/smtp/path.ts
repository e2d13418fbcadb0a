/**
 * Reads `MAIL FROM:<path> params` and `RCPT TO:<path> params` (RFC 5321
 * §4.1.2). The address is kept exactly as it was written, quotes and case and
 * IDN form too; angle brackets may be missing, since real applications leave
 * them out; a source route is ignored (RFC 5321 appendix C). Pure; whether
 * the address is a good one is judged by mail/address.ts.
 */
export type PathCommand = {
  address: string;
  /** Names in upper case; `true` for one without a value. */
  params: Map<string, string | true>;
};

export type PathFault = 'syntax' | 'control' | 'parameter' | 'duplicate';

// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
// U+FFFD is what octets that are no UTF-8 were read as; the others cannot be seen and only deceive.
const UNSEEN = /[\u200b\u2028\u2029\u2060\ufeff\ufffd]/;
const BEGIN = { MAIL: /^MAIL\s+FROM\s*:\s*/i, RCPT: /^RCPT\s+TO\s*:\s*/i } as const;
const PARAM = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=(.+))?$/s;
const NO_PARAMS: Map<string, string | true> = new Map();

export function readPath(verb: 'MAIL' | 'RCPT', line: string): PathCommand | PathFault {
  if (CONTROL.test(line)) return 'control';
  const begin = BEGIN[verb].exec(line);
  if (!begin) return 'syntax';
  const start = begin[0].length;
  const bracketed = line[start] === '<';
  const end = endOfPath(line, bracketed ? start + 1 : start, bracketed);
  if (end < 0) return 'syntax';
  let address = line.slice(bracketed ? start + 1 : start, end);
  // Nothing at all is not the null sender, `<>` is.
  if (!bracketed && address === '') return 'syntax';
  if (address[0] === '@') {
    const colon = address.indexOf(':');
    if (colon < 0) return 'syntax';
    address = address.slice(colon + 1);
  }
  if (UNSEEN.test(address)) return 'syntax';

  const rest = line.slice(bracketed ? end + 1 : end);
  if (rest.trim() === '') return { address, params: NO_PARAMS };
  if (rest[0] !== ' ') return 'syntax';
  const params = new Map<string, string | true>();
  for (const word of rest.split(' ')) {
    if (word === '') continue;
    const param = PARAM.exec(word);
    if (!param) return 'parameter';
    const name = param[1]!.toUpperCase();
    if (params.has(name)) return 'duplicate';
    params.set(name, param[2] ?? true);
  }
  return { address, params };
}

/** Where the `>` (or, without brackets, the space) is; a quoted local part may hold either. */
function endOfPath(line: string, from: number, bracketed: boolean): number {
  let quoted = false;
  for (let i = from; i < line.length; i++) {
    const sign = line[i];
    if (sign === '"') quoted = !quoted;
    else if (quoted && sign === '\\') i++;
    else if (!quoted && sign === (bracketed ? '>' : ' ')) return i;
    else if (!quoted && sign === '<') return -1;
  }
  return bracketed || quoted ? -1 : line.length;
}
