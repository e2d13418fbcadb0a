/**
 * The search language, to a filter. Words that stand side by side must all
 * be there; `OR` between two asks for one of them; `-` in front excludes;
 * parentheses group. A bare word finds words that begin with it, quotes find
 * whole words in order. What it does not understand is a fault that names the
 * place and the nearest thing that exists, never a silent text search.
 * Pure; never throws, whatever is typed.
 *
 *     query   = all *( "OR" all )          all  = 1*( ["-"] one )
 *     one     = "(" query ")" / operator ":" value / word / quoted
 */
import { nearest } from '../nearest.ts';
import { parseSize } from '../units.ts';
import type { Filter } from './filter.ts';
import { EVERYTHING } from './filter.ts';
import { type Here, parseMoment } from './when.ts';
import { fold } from './words.ts';

/** `at` counts characters from the beginning of the text. */
export type SearchFault = { message: string; at: number; near?: string };
export type SearchResult = { filter: Filter; fault?: never } | { fault: SearchFault; filter?: never };

const LENGTH_LIMIT = 4_000;
const TERM_LIMIT = 200;
const DEPTH_LIMIT = 20;

const HAS = ['attachment', 'link', 'code', 'html', 'calendar'] as const;

type Reading = { value: string; at: number; here: Here };
type Read = (reading: Reading) => Filter | SearchFault;

const address = (kind: 'to' | 'from' | 'cc' | 'bcc' | 'inbox'): Read => ({ value, at }) => {
  const pattern = value.replace(/^<(.*)>$/s, '$1').trim();
  // `from:<>` asks for the null sender (bounces).
  if (pattern === '' && !(kind === 'from' && value !== '')) return { message: `"${kind}:" needs an address`, at };
  if (/[@*]/.test(pattern) || value.startsWith('<')) return { kind, address: pattern };
  // People type half an address: what is before the @ of one, or all behind it. In angle brackets it is a whole one.
  return { kind: 'or', any: [pattern, `${pattern}@*`, `*@${pattern}`].map((address) => ({ kind, address })) };
};
const moment = (kind: 'before' | 'since'): Read => ({ value, at, here }) => {
  const when = parseMoment(value, here);
  return when === undefined ? { message: `"${value}" is no time; write 2026-01-31, 2026-01-31T10:30, 2h, 3d, today or yesterday`, at } : { kind, at: when };
};
const size = (kind: 'larger' | 'smaller'): Read => ({ value, at }) => {
  const than = parseSize(value);
  return than === undefined ? { message: `"${value}" is no size; write 500, 10k or 2.5M`, at } : { kind, than };
};
const noSuch = (operator: string, value: string, known: readonly string[], at: number): SearchFault => {
  const near = nearest(value.slice(0, 40), known, `${operator}:%`);
  return { message: `There is no "${operator}:${value}"; it can be ${known.join(', ')}`, at, ...(near === '' ? {} : { near }) };
};

const OPERATORS: Record<string, Read> = {
  to: address('to'),
  from: address('from'),
  cc: address('cc'),
  bcc: address('bcc'),
  inbox: address('inbox'),
  subject: ({ value }) => ({ kind: 'subject', contains: value }),
  'message-id': ({ value }) => ({ kind: 'message-id', id: value.replace(/^<(.*)>$/s, '$1') }),
  tag: ({ value }) => ({ kind: 'tag', tag: value }),
  header: ({ value, at }) => {
    const equals = value.indexOf('=');
    const name = (equals < 0 ? value : value.slice(0, equals)).trim().replace(/:+$/, '');
    if (name === '' || name.startsWith(':')) return { message: '"header:" needs the name of a field', at };
    // No name holds a colon (RFC 5322 §2.2): the value was meant.
    const colon = name.indexOf(':');
    if (colon >= 0) {
      const meant = (name.slice(colon + 1) + (equals < 0 ? '' : value.slice(equals))).trim();
      const shown = /^[^\s"()]+$/.test(meant) ? meant : `"${meant.replace(/["\\]/g, '\\$&')}"`;
      return { message: `"header:${name}" names no field, since no name holds a colon; write header:${name.slice(0, colon)}=${shown}`, at };
    }
    if (equals < 0) return { kind: 'header', name };
    const wanted = value.slice(equals + 1);
    return fold(wanted).length === 0 ? { message: `"header:${name}=" needs a word to look for`, at } : { kind: 'header', name, value: wanted };
  },
  has: ({ value, at }) => {
    const what = HAS.find((one) => one === value.toLowerCase() || `${one}s` === value.toLowerCase());
    return what ? { kind: 'has', what } : noSuch('has', value, HAS, at);
  },
  is: ({ value, at }) => {
    switch (value.toLowerCase()) {
      case 'read': return { kind: 'read', read: true };
      case 'unread': return { kind: 'read', read: false };
      case 'broken': return { kind: 'parse-failed' };
      default: return noSuch('is', value, ['read', 'unread', 'broken'], at);
    }
  },
  before: moment('before'),
  after: moment('since'),
  since: moment('since'),
  larger: size('larger'),
  smaller: size('smaller'),
};
export const OPERATOR_NAMES: readonly string[] = Object.keys(OPERATORS);

// What other mail tools call the same.
const SYNONYMS: Record<string, string> = {
  sender: 'from', recipient: 'to', rcpt: 'to', addressed: 'to', label: 'tag', size: 'larger', msgid: 'message-id',
  messageid: 'message-id', date: 'after', newer: 'after', older: 'before', attachment: 'has', filename: 'has', text: 'subject', body: 'subject',
};

type Piece = { kind: '(' | ')' | '-' | 'or'; at: number } | { kind: 'term'; at: number; operator?: string; value: string; quoted: boolean };

export function parseSearch(text: string, here: Here): SearchResult {
  if (text.length > LENGTH_LIMIT) return { fault: { message: `A search holds at most ${LENGTH_LIMIT} characters`, at: LENGTH_LIMIT } };
  const read = split(text);
  if ('message' in read) return { fault: read };
  const pieces: Piece[] = read;
  let next = 0;
  let terms = 0;
  let ignored: SearchFault | undefined;

  function any(depth: number): Filter | SearchFault {
    const alternatives: Filter[] = [];
    for (;;) {
      const filter = all(depth);
      if ('message' in filter) return filter;
      alternatives.push(filter);
      if (pieces[next]?.kind !== 'or') break;
      next++;
    }
    return alternatives.length === 1 ? alternatives[0]! : { kind: 'or', any: alternatives };
  }

  function all(depth: number): Filter | SearchFault {
    const wanted: Filter[] = [];
    const begin = next;
    for (;;) {
      const piece = pieces[next];
      if (!piece || piece.kind === 'or' || (piece.kind === ')' && depth > 0)) break;
      const filter = one(depth);
      if (filter && 'message' in filter) return filter;
      if (filter) wanted.push(filter);
    }
    // An OR with nothing on one side, or empty parentheses, would find everything.
    if (next === begin && (depth > 0 || pieces.length > 0)) return { message: 'Something to search for is missing here', at: pieces[next]?.at ?? text.length };
    return wanted.length === 1 ? wanted[0]! : { kind: 'and', all: wanted };
  }

  function one(depth: number): Filter | SearchFault | undefined {
    const piece = pieces[next++]!;
    switch (piece.kind) {
      case 'or': return { message: '"OR" stands between two things', at: piece.at };
      case ')': return { message: 'This parenthesis closes nothing', at: piece.at };
      case '-': {
        const following = pieces[next];
        if (!following || following.kind === 'or' || following.kind === ')') return { message: '"-" excludes what follows it, and nothing does', at: piece.at };
        if (following.kind === '-') return { message: '"-" twice', at: following.at };
        const filter = one(depth);
        return filter && !('message' in filter) ? { kind: 'not', not: filter } : filter;
      }
      case '(': {
        if (depth >= DEPTH_LIMIT) return { message: `Parentheses nest at most ${DEPTH_LIMIT} deep`, at: piece.at };
        const filter = any(depth + 1);
        if ('message' in filter) return filter;
        if (pieces[next]?.kind !== ')') return { message: 'This parenthesis is never closed', at: piece.at };
        next++;
        return filter;
      }
      case 'term': {
        if (++terms > TERM_LIMIT) return { message: `A search holds at most ${TERM_LIMIT} terms`, at: piece.at };
        if (piece.operator !== undefined) return operatorTerm(piece.operator, piece.value, piece.at, piece.quoted, here);
        const words = fold(piece.value);
        if (words.length > 0) return { kind: 'text', words, whole: piece.quoted };
        ignored = { message: `"${piece.value}" holds no letter or digit to search for`, at: piece.at };
        return undefined;
      }
    }
  }

  if (pieces.length === 0) return { filter: EVERYTHING };
  const filter = any(0);
  if ('message' in filter) return { fault: filter };
  // A stray comma between words is passed over; alone it would find everything.
  if (ignored && holdsNothing(filter)) return { fault: ignored };
  return { filter };
}

function operatorTerm(operator: string, value: string, at: number, quoted: boolean, here: Here): Filter | SearchFault {
  const read = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (!read) {
    const near = Object.hasOwn(SYNONYMS, operator) ? `${SYNONYMS[operator]}:` : nearest(operator, OPERATOR_NAMES, '%:');
    return { message: `There is no operator "${operator}:"; put it in quotes to search for it as text`, at, ...(near === '' ? {} : { near }) };
  }
  if (value === '' && !(quoted && operator === 'from')) return { message: `"${operator}:" needs a value right behind it`, at };
  return read({ value: value === '' ? '<>' : value, at, here });
}

function holdsNothing(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and': return filter.all.every(holdsNothing);
    case 'or': return filter.any.some(holdsNothing);
    default: return false;
  }
}

const SPACE = /\s/;
const OPERATOR = /^([a-z][a-z-]*):/i;

/** Into words, quoted texts, operators and signs. A quote that is never closed would take all that follows for one phrase, operators too. */
function split(text: string): Piece[] | SearchFault {
  const pieces: Piece[] = [];
  let depth = 0;
  for (let i = 0; i < text.length;) {
    const char = text[i]!;
    if (SPACE.test(char)) { i++; continue; }
    if (char === '(') { pieces.push({ kind: '(', at: i++ }); depth++; continue; }
    if (char === ')') { pieces.push({ kind: ')', at: i++ }); depth--; continue; }
    if (char === '-' && i + 1 < text.length && !SPACE.test(text[i + 1]!)) { pieces.push({ kind: '-', at: i++ }); continue; }
    const at = i;
    const operator = OPERATOR.exec(text.slice(i, i + 40))?.[1]?.toLowerCase();
    if (operator !== undefined) {
      const rest = i + operator.length + 1;
      const open = rest >= text.length || SPACE.test(text[rest]!);
      // `https://…` and the `Re:` of a pasted subject are text.
      if (!text.startsWith('//', rest) && !(open && !Object.hasOwn(OPERATORS, operator))) {
        const { value, end, quoted, unclosed } = readValue(text, rest, depth);
        if (unclosed !== undefined) return neverClosed(unclosed);
        pieces.push({ kind: 'term', at, operator, value, quoted });
        i = end;
        continue;
      }
    }
    const { value, end, quoted, unclosed } = readValue(text, i, depth);
    if (unclosed !== undefined) return neverClosed(unclosed);
    if (value === 'OR' && !quoted) pieces.push({ kind: 'or', at });
    else pieces.push({ kind: 'term', at, value, quoted });
    i = end;
  }
  return pieces;
}

const neverClosed = (at: number): SearchFault => ({ message: 'This quote is never closed; within quotes, \\" is a quote itself', at });

/** To the next space outside quotes; quotes may stand in the middle (`header:x-a="b c"`). */
function readValue(text: string, from: number, depth: number): { value: string; end: number; quoted: boolean; unclosed?: number } {
  let value = '';
  let i = from;
  const quoted = text[from] === '"';
  while (i < text.length && !SPACE.test(text[i]!)) {
    if (text[i] === ')' && depth > 0) break;
    if (text[i] !== '"') { value += text[i++]; continue; }
    const opened = i;
    for (i++; i < text.length && text[i] !== '"'; i++) {
      if (text[i] === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\')) i++;
      value += text[i];
    }
    if (i >= text.length) return { value, end: text.length, quoted, unclosed: opened };
    i++;
    if (quoted) break;
  }
  return { value, end: i, quoted };
}
