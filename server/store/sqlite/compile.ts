/**
 * A filter to a condition in SQL, over `messages m`. Says the same as
 * inbox/matches.ts does of a summary in memory; a conformance test compares
 * them. Whatever a user wrote is a bound value, never SQL; what GLOB would
 * take for a wildcard is quoted, but for the `*` that was meant.
 */
import type { Filter, Term } from '../../inbox/filter.ts';
import { comparable } from '../../inbox/words.ts';
import { addressKey } from '../../mail/address.ts';
import { matchOf } from './match.ts';
import { HAS, ROLE } from './roles.ts';

export type Condition = { sql: string; values: (string | number)[] };

type AddressTerm = Extract<Term, { address: string }>;

const TRUE: Condition = { sql: '1', values: [] };

/**
 * `near`: few messages are looked at, so an address pattern is tried on each
 * message's addresses instead of on all addresses there are.
 */
export function compile(filter: Filter, near = false): Condition {
  const match = matchOf(filter);
  if (match !== undefined) return { sql: 'm.seq IN (SELECT rowid FROM words WHERE words MATCH ?)', values: [match] };
  switch (filter.kind) {
    case 'and': return join(filter.all.map((part) => compile(part, near)), ' AND ', TRUE);
    case 'or': return join(filter.any.map((part) => compile(part, near)), ' OR ', { sql: '0', values: [] });
    case 'not': {
      const { sql, values } = compile(filter.not, near);
      return { sql: `NOT (${sql})`, values };
    }
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': {
      const key = exactKey(filter);
      if (key !== undefined) return { sql: `EXISTS (SELECT 1 FROM addresses a WHERE a.key = ? AND a.seq = m.seq AND ${rolesOf(filter)})`, values: [key] };
      const { sql, values } = keyCondition(filter.address);
      if (near) return { sql: `EXISTS (SELECT 1 FROM addresses a INDEXED BY addresses_seq WHERE a.seq = m.seq AND (${sql}) AND ${rolesOf(filter)})`, values };
      return { sql: `m.seq IN (SELECT a.seq FROM addresses a WHERE (${sql}) AND ${rolesOf(filter)})`, values };
    }
    case 'subject': return subjectCondition(filter.contains);
    case 'message-id': return { sql: 'm.message_id = ?', values: [filter.id] };
    case 'tag': return { sql: 'EXISTS (SELECT 1 FROM tags t WHERE t.tag = ? AND t.seq = m.seq)', values: [filter.tag] };
    case 'has': return { sql: `(m.has & ${HAS[filter.what]}) <> 0`, values: [] };
    case 'read': return { sql: 'm.read = ?', values: [Number(filter.read)] };
    case 'parse-failed': return { sql: 'm.parse = 2', values: [] };
    case 'before': return { sql: 'm.received_at < ?', values: [filter.at] };
    case 'since': return { sql: 'm.received_at >= ?', values: [filter.at] };
    case 'larger': return { sql: 'm.size > ?', values: [filter.than] };
    case 'smaller': return { sql: 'm.size < ?', values: [filter.than] };
    // With a part that words alone do not answer; or a text without any word in it, which says nothing.
    case 'text': return TRUE;
    case 'header': throw new Error('unreachable: matchOf answers header terms');
  }
}

/** Older rows hold subjects as they came, only in lower case: those written with marks apart (NFD) are looked for in that form, too. */
function subjectCondition(contains: string): Condition {
  const wanted = comparable(contains);
  const apart = wanted.normalize('NFD');
  return wanted === apart ? { sql: 'instr(m.subject, ?) > 0', values: [wanted] } : { sql: '(instr(m.subject, ?) > 0 OR instr(m.subject, ?) > 0)', values: [wanted, apart] };
}

/** The one key that an address term asks for, or undefined when it is a pattern. */
export function exactKey(term: AddressTerm): string | undefined {
  return term.address.includes('*') ? undefined : addressKey(term.address);
}

/** Whether an address pattern in it makes `near` worth trying. */
export function hasPattern(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and': return filter.all.some(hasPattern);
    case 'or': return filter.any.some(hasPattern);
    case 'not': return hasPattern(filter.not);
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': return exactKey(filter) === undefined;
    default: return false;
  }
}

/** Over `addresses a`. */
export function rolesOf({ kind }: AddressTerm): string {
  switch (kind) {
    case 'to': return `(a.roles & ${ROLE.recipient | ROLE.to}) <> 0`;
    case 'from': return `(a.roles & ${ROLE.sender | ROLE.from}) <> 0`;
    case 'cc': return `(a.roles & ${ROLE.cc}) <> 0`;
    case 'inbox': return `(a.roles & ${ROLE.recipient}) <> 0`;
    case 'bcc': return `(a.roles & ${ROLE.recipient | ROLE.to | ROLE.cc}) = ${ROLE.recipient}`;
  }
}

/** Of a pattern with `*`. */
function keyCondition(pattern: string): Condition {
  const key = addressKey(pattern);
  const prefix = key.slice(0, key.indexOf('*'));
  const glob: Condition = { sql: 'a.key GLOB ?', values: [globOf(key)] };
  if (prefix === '') return glob;
  return { sql: `a.key >= ? AND a.key < ? AND ${glob.sql}`, values: [prefix, prefix + '\u{10ffff}', ...glob.values] };
}

/** `*` stays; the other wildcards of GLOB stand for themselves. */
function globOf(text: string): string {
  return text.replace(/[?[]/g, '[$&]');
}

function join(parts: Condition[], operator: string, none: Condition): Condition {
  if (parts.length === 0) return none;
  return { sql: parts.map(({ sql }) => `(${sql})`).join(operator), values: parts.flatMap(({ values }) => values) };
}
