/**
 * Finds messages: picks the table that a filter is best driven by, so that
 * the newest matches come first and the search stops when there are enough.
 *
 *     words in it         the full-text index, newest first
 *     one exact address   the rows of that address
 *     one tag             the rows of that tag
 *     anything else       the messages themselves (of a stream), from the end
 */
import type { Database, Statement } from 'better-sqlite3';
import { EVERYTHING, type Filter } from '../../inbox/filter.ts';
import type { ListQuery, Scope } from '../../inbox/port.ts';
import { addressKey } from '../../mail/address.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { compile, type Condition, exactKey, hasPattern, rolesOf } from './compile.ts';
import { joined, matchOf } from './match.ts';
import { ROLE } from './roles.ts';
import { SUMMARY_COLUMNS, SUMMARY_JOINS, type SummaryRow, summaryOf } from './row.ts';

/** An address or tag with fewer rows than this drives a search even when it has words in it. */
const RARE = 2_000;
/** Messages that an address pattern is tried on one by one. */
const NEAR = 1_000;
/** Kept prepared; a filter's SQL has as many shapes as users have ideas. */
const STATEMENTS_MOST = 200;

export type SeqQuery = Omit<ListQuery, 'limit' | 'order'>;
type Driver = { from: string; seq: string; where: Condition[]; rest: Filter[] };

export function createFind(db: Database) {
  const statements = new Map<string, Statement<(string | number)[]>>();
  const prepared = (sql: string) => {
    let statement = statements.get(sql);
    if (!statement) {
      if (statements.size >= STATEMENTS_MOST) statements.delete(statements.keys().next().value!);
      statement = db.prepare<(string | number)[]>(sql);
    }
    statements.delete(sql);
    statements.set(sql, statement);
    return statement;
  };
  const streamId = db.prepare('SELECT id FROM streams WHERE name = ?').pluck();

  const newest = db.prepare('SELECT max(seq) FROM messages').pluck();
  const newestSeq = () => (newest.get() as number | null) ?? 0;

  const isRare = ({ from, where }: Driver) => {
    const { sql, values } = all(where);
    return (prepared(`SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${sql} LIMIT ${RARE})`).get(...values) as { n: number }).n < RARE;
  };

  /** The conjunction taken apart: what drives, and what is left to check. */
  function drive(parts: Filter[], stream: number | undefined): Driver {
    const negative = (part: Filter) => (part.kind === 'not' ? matchOf(part.not) : undefined);
    const wanted = parts.map(matchOf).filter((match) => match !== undefined);
    let narrow: Driver | undefined;
    for (const part of parts) {
      const rest = parts.filter((other) => other !== part);
      if (part.kind === 'tag') narrow ??= { from: 'tags t', seq: 't.seq', where: [{ sql: 't.tag = ?', values: [part.tag] }], rest };
      if (part.kind === 'to' || part.kind === 'from' || part.kind === 'cc' || part.kind === 'bcc' || part.kind === 'inbox') {
        const key = exactKey(part);
        if (key !== undefined) narrow ??= { from: 'addresses a', seq: 'a.seq', where: [{ sql: `a.key = ? AND ${rolesOf(part)}`, values: [key] }], rest };
      }
    }
    if (wanted.length > 0 && !(narrow && isRare(narrow))) {
      const unwanted = parts.map(negative).filter((match) => match !== undefined);
      return {
        from: 'words', seq: 'words.rowid', where: [{ sql: 'words MATCH ?', values: [joined(wanted, unwanted)] }],
        rest: parts.filter((part) => matchOf(part) === undefined && negative(part) === undefined),
      };
    }
    if (narrow) return narrow;
    return { from: 'messages m', seq: 'm.seq', where: stream === undefined ? [] : [{ sql: 'm.stream = ?', values: [stream] }], rest: parts };
  }

  /** Undefined when there is no such stream. */
  function select(query: SeqQuery, order: 'newest' | 'oldest', limit: number, near: boolean): { sql: string; values: (string | number)[] } | undefined {
    const stream = query.stream === undefined ? undefined : (streamId.get(query.stream) as number | undefined);
    if (query.stream !== undefined && stream === undefined) return undefined;
    const { from, seq, where, rest } = drive(conjunction(query.filter), stream);
    const conditions = [...where, ...rest.map((part) => compile(part, near))];
    if (query.beforeSeq !== undefined) conditions.push({ sql: `${seq} < ?`, values: [query.beforeSeq] });
    if (query.afterSeq !== undefined) conditions.push({ sql: `${seq} > ?`, values: [query.afterSeq] });
    if (stream !== undefined && from !== 'messages m') conditions.push({ sql: 'm.stream = ?', values: [stream] });
    const { sql, values } = all(conditions);
    const tables = from === 'messages m' ? from : `${from} CROSS JOIN messages m ON m.seq = ${seq}`;
    return { sql: `SELECT m.seq FROM ${tables} WHERE ${sql} ORDER BY ${seq} ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT ?`, values: [...values, limit] };
  }

  function seqs(query: SeqQuery, order: 'newest' | 'oldest', limit: number): number[] {
    if (order === 'newest' && hasPattern(query.filter)) {
      // Most patterns fit often enough that the page is full before the whole past was looked at.
      const end = query.beforeSeq ?? newestSeq() + 1;
      const recent = run({ ...query, afterSeq: Math.max(query.afterSeq ?? 0, end - NEAR - 1) }, order, limit, true);
      if (recent.length >= limit) return recent;
    }
    return run(query, order, limit, false);
  }

  function run(query: SeqQuery, order: 'newest' | 'oldest', limit: number, near: boolean): number[] {
    const found = select(query, order, limit, near);
    return found ? (prepared(found.sql).all(...found.values) as { seq: number }[]).map((row) => row.seq) : [];
  }

  const one = db.prepare(`SELECT ${SUMMARY_COLUMNS} FROM messages m ${SUMMARY_JOINS} WHERE m.seq = ?`);
  const byId = db.prepare('SELECT seq FROM messages WHERE id = @id AND (@stream IS NULL OR stream = @stream)').pluck();
  const isFor = db.prepare(`SELECT 1 FROM addresses WHERE key = ? AND seq = ? AND roles & ${ROLE.recipient}`);

  /** Of these, those that are there, in order. */
  function seqsOf(ids: readonly string[], named: string | undefined): number[] {
    const stream = streamOrNone(named);
    const found = new Set<number>();
    for (const id of ids) {
      const seq = byId.get({ id, stream }) as number | undefined;
      if (seq !== undefined) found.add(seq);
    }
    return [...found].sort((a, b) => a - b);
  }
  /** Null is any; a stream that is not there has no messages. */
  const streamOrNone = (named: string | undefined) => (named === undefined ? null : ((streamId.get(named) as number | undefined) ?? 0));
  const inboxMail = db.prepare(`SELECT seq FROM addresses WHERE key = @key AND (@stream IS NULL OR stream = @stream) AND seq > @after AND seq <= @upTo AND roles & ${ROLE.recipient} ORDER BY seq LIMIT @limit`).pluck();

  return {
    /** Rows, not messages: they cross threads, and JSON crosses cheaper as text. */
    list({ order = 'newest', limit, ...query }: ListQuery): SummaryRow[] {
      return seqs(query, order, Math.min(Math.max(limit, 1), 500)).map((seq) => one.get(seq) as SummaryRow);
    },
    /** The next messages of a scope, oldest first, above `after` and up to `upTo`. */
    inScope(scope: Scope, after: number, upTo: number, limit: number): number[] {
      const between = { afterSeq: after, beforeSeq: upTo + 1 };
      switch (scope.kind) {
        case 'message': case 'messages': {
          const found = scope.kind === 'message' ? seqsOf([scope.id], undefined) : seqsOf(scope.ids, scope.stream);
          return found.filter((seq) => seq > after && seq <= upTo).slice(0, limit);
        }
        case 'inbox': {
          if (scope.ids) {
            const key = addressKey(scope.address);
            return seqsOf(scope.ids, scope.stream).filter((seq) => seq > after && seq <= upTo && isFor.get(key, seq) !== undefined).slice(0, limit);
          }
          if (scope.filter) {
            const filter: Filter = { kind: 'and', all: [{ kind: 'inbox', address: scope.address }, scope.filter] };
            return seqs({ filter, ...(scope.stream === undefined ? {} : { stream: scope.stream }), ...between }, 'oldest', limit);
          }
          return inboxMail.all({ key: addressKey(scope.address), stream: streamOrNone(scope.stream), after, upTo, limit }) as number[];
        }
        case 'stream': return seqs({ filter: EVERYTHING, stream: scope.stream, ...between }, 'oldest', limit);
        case 'found': return seqs({ filter: scope.filter, stream: scope.stream, ...between }, 'oldest', limit);
      }
    },
    newestSeq,
  };
}

export const hydrate = (rows: SummaryRow[]): MessageSummary[] => rows.map(summaryOf);

function conjunction(filter: Filter): Filter[] {
  return filter.kind === 'and' ? filter.all.flatMap(conjunction) : [filter];
}

function all(conditions: Condition[]): Condition {
  if (conditions.length === 0) return { sql: '1', values: [] };
  return { sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '), values: conditions.flatMap(({ values }) => values) };
}
