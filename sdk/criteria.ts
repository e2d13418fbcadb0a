/**
 * What a wait looks for. What the server can decide goes to the server; what
 * it cannot (patterns, text of the body, a function) is decided here, on each
 * message that the server lets through. Texts compare without regard to case.
 */
import { comparable } from './comparing.ts';
import type { MessageQuery } from './contract.ts';
import { checkCriteria } from './criteria-check.ts';
import { cut, matchesPattern, ReceivedMessage, show } from './message.ts';

export type Criteria = {
  /** Contains this text, or matches. */
  subject?: string | RegExp;
  /** The whole address (`*` stands for any characters, half an address is an error), or matches. Names are not looked at. */
  from?: string | RegExp;
  /** An address of the envelope or of To. */
  to?: string | RegExp;
  /** The body contains this text (line breaks count as spaces), or matches. */
  text?: string | RegExp;
  html?: string | RegExp;
  /** Each named field is there with a value that is this text, or matches. */
  headers?: Record<string, string | RegExp>;
  tag?: string;
  stream?: string;
  /** The search language, as in the web inbox. */
  q?: string;
  where?: (message: ReceivedMessage) => boolean;
  /** Only what came after this: a mark, or a message. */
  after?: string | ReceivedMessage | undefined;
};

/** A text or a pattern alone looks at the subject. */
export type Wanted = Criteria | string | RegExp;

export type Difference = { field: string; wanted: string; got: string };

export type Compiled = {
  query: MessageQuery & { after?: string };
  /** How a message that the server let through differs; undefined when there is nothing left to decide. */
  judge: ((message: ReceivedMessage) => Difference[]) | undefined;
  /** One line for each. */
  says: string[];
};

export function compile(wanted: Wanted = {}, scope: { stream?: string; inbox?: string } = {}, alsoKnown: string[] = []): Compiled {
  const criteria = typeof wanted === 'string' || wanted instanceof RegExp ? { subject: wanted } : wanted;
  checkCriteria(criteria, alsoKnown);
  const query: Compiled['query'] = {};
  const says: string[] = [];
  const checks: ((message: ReceivedMessage) => Difference | undefined)[] = [];
  if (scope.inbox !== undefined) says.push(`inbox ${query.inbox = scope.inbox}`);
  if (scope.stream !== undefined) says.push(`stream ${query.stream = scope.stream}`);
  const check = (field: string, pattern: string | RegExp, values: (message: ReceivedMessage) => string[], fits = matchesPattern) => {
    checks.push((message) => {
      const got = values(message);
      return got.some((value) => fits(pattern, value)) ? undefined : { field, wanted: show(pattern), got: got.map((value) => cut(value.trim().replace(/\s+/g, ' '), 160)).join(', ') || '(none)' };
    });
  };

  const { subject, from, to, text, html, headers, tag, stream, q, where, after } = criteria;
  for (const [field, value] of Object.entries({ subject, from, to })) {
    if (value === undefined) continue;
    says.push(`${field} ${show(value)}`);
    if (typeof value === 'string') query[field as 'subject' | 'from' | 'to'] = value;
  }
  if (subject instanceof RegExp) check('subject', subject, (message) => [message.subject]);
  if (from instanceof RegExp) check('from', from, (message) => [message.from.address, message.envelope.from]);
  if (to instanceof RegExp) check('to', to, (message) => [...new Set([...message.to.map(({ address }) => address), ...message.envelope.to])]);
  for (const [field, value] of Object.entries({ text, html })) {
    if (value === undefined) continue;
    says.push(`${field} ${show(value)}`);
    check(field, value, (message) => [message[field as 'text' | 'html']], (pattern, got) => (typeof pattern === 'string' ? matchesPattern(flat(pattern), flat(got)) : matchesPattern(pattern, got)));
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    says.push(`header ${name} ${show(value)}`);
    check(name, value, (message) => message.headersNamed(name), (pattern, got) => (typeof pattern === 'string' ? comparable(got) === comparable(pattern) : matchesPattern(pattern, got)));
  }
  if (tag !== undefined) says.push(`tag ${show(query.tag = tag)}`);
  if (stream !== undefined && scope.stream === undefined) says.push(`stream ${query.stream = stream}`);
  if (q !== undefined) says.push(`search ${show(query.q = q)}`);
  if (where) {
    says.push('where(message) is true');
    checks.push((message) => {
      try {
        return where(message) ? undefined : { field: 'where', wanted: 'true', got: 'false' };
      } catch (error) {
        return { field: 'where', wanted: 'true', got: `threw ${cut((error as Error).message, 200)}` };
      }
    });
  }
  if (after !== undefined) {
    query.after = typeof after === 'string' ? after : after.cursor;
    says.push(typeof after === 'string' ? 'after the mark' : `after "${cut(after.subject, 60)}"`);
  }
  return {
    query, says,
    judge: checks.length === 0 ? undefined : (message) => checks.flatMap((one) => one(message) ?? []),
  };
}

/** Mail wraps its lines wherever it likes. */
const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
