/**
 * What is wrong with an input, in plain words: which field, what is expected,
 * and what it was. zod finds the faults; none of its own sentences goes out.
 * A schema may have words of its own (`must be …`), to which only the value
 * is added.
 */
import type { z } from '@hono/zod-openapi';
import { nearest } from '../nearest.ts';
import { shown } from '../shown.ts';
import { knownAt } from './known.ts';

/** By its path (`rules.2.what.reply.code`). */
export type Fault = { path: string; message: string };
type Issue = z.core.$ZodIssue;

const MOST = 50;
/** Characters of a path that are told: names in a body may be as long as the body. */
const PATH_MOST = 500;
/** Of an object, so many keys that are not known are told. */
const STRAY_MOST = 20;

/** The value as the schema reads it, or what is wrong with it, with paths like `attachments.0.content` behind the prefix. */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): { value: T; faults?: never } | { faults: Fault[]; value?: never } {
  const read = schema.safeParse(value, { error: plainly });
  if (read.success) return { value: read.data };
  const faults: Fault[] = [];
  for (const issue of read.error.issues) tell(issue, []);
  return { faults: faults.slice(0, MOST) };

  function tell(issue: Issue, above: readonly PropertyKey[]): void {
    // A body can have hundreds of thousands; to look for the nearest word of each would take seconds of everybody's time.
    if (faults.length >= MOST) return;
    const at = [...above, ...issue.path];
    const path = pathOf(prefix, at);
    const said = valueAt(value, at);
    if (issue.code === 'unrecognized_keys') {
      const known = knownAt(schema, at);
      for (const key of issue.keys.slice(0, STRAY_MOST)) faults.push({ path: pathOf(path, [key]), message: `is not known here${meant(key, known)}` });
      return;
    }
    if (issue.code === 'invalid_union' && said !== undefined) {
      const branch = likeliest(issue.errors);
      if (branch) return branch.forEach((inner) => tell(inner, at));
    }
    if (said === undefined && issue.code !== 'custom') faults.push({ path, message: 'is missing' });
    else if (issue.code === 'invalid_key') faults.push({ path, message: issue.message });
    else faults.push({ path, message: withValue(issue, said, at.at(-1)) });
  }
}

/** So many of them as an answer holds, none larger than a person reads. */
export const told = (faults: readonly Fault[]): Fault[] =>
  faults.slice(0, MOST).map(({ path, message }) => ({ path: path.length > PATH_MOST ? `${path.slice(0, PATH_MOST - 1).toWellFormed()}…` : path, message }));

const pathOf = (prefix: string, at: readonly PropertyKey[]): string => [prefix, ...at.map((key) => String(key).slice(0, 100))].filter(Boolean).join('.');

const valueAt = (value: unknown, at: readonly PropertyKey[]): unknown =>
  at.reduce<unknown>((within, key) => (typeof within === 'object' && within !== null && Object.hasOwn(within, key) ? (within as Record<PropertyKey, unknown>)[key] : undefined), value);

function meant(key: string, known: readonly string[]): string {
  if (known.length === 0) return '; nothing is taken here';
  return nearest(key.slice(0, 100), known, '; did you mean `%`?') || `; known are ${known.join(', ')}`;
}

/** Names of what nobody else shall read: those of the API, and header fields that let somebody in. */
const SECRET = /^(?:.*[-_])?(?:password|secret|token|authorization|cookie|api[-_]?key)$/i;

/** Nobody is told a secret back, and what a sentence says already is not said twice. */
function withValue(issue: Issue, said: unknown, key: PropertyKey | undefined): string {
  const { message } = issue;
  if (said === undefined || / it (?:is|has) |^is empty/.test(message) || SECRET.test(String(key))) return message;
  if (typeof said === 'string' && said.trim() !== '' && message.includes(`"${said.trim().slice(0, 40)}`)) return message;
  const near = issue.code === 'invalid_value' && typeof said === 'string' ? nearest(said.slice(0, 100), issue.values.map(String), '; did you mean `%`?') : '';
  return `${message}; it is ${shown(said)}${near}`;
}

/** Of a union the branch that was meant, as far as that can be told: the one that got furthest, unless it is marked as another kind. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const rated = branches.map((issues) => ({ issues, depth: deepest(issues), another: issues.some(isMark) })).filter(({ depth, another }) => depth > 0 && !another);
  return rated.sort((one, two) => two.depth - one.depth || one.issues.length - two.issues.length)[0]?.issues;
}

const isMark = (issue: Issue): boolean => issue.path.length > 0 && issue.code === 'invalid_value' && issue.values.length === 1;
const depthOf = (issue: Issue): number =>
  issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : issue.code === 'invalid_union' ? deepest(likeliest(issue.errors) ?? []) : 0);
/** Of any number of them: more than a call takes as arguments. */
const deepest = (issues: readonly Issue[]): number => issues.reduce((most, issue) => Math.max(most, depthOf(issue)), 0);

/** What zod would say, where a schema has no words of its own. */
function plainly(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_key': return `has a name that ${(issue.issues as { message?: string }[])[0]?.message ?? 'cannot be one'}`;
    case 'too_small':
    case 'too_big': return bound(issue as Bound);
    default: return `must be ${expected(issue)}`;
  }
}

const TYPES: Record<string, string> = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object', null: 'null' };

/** Behind `must be`. */
function expected(issue: z.core.$ZodRawIssue | Issue): string {
  switch (issue.code) {
    case 'invalid_type': return TYPES[issue.expected as string] ?? `of type ${String(issue.expected)}`;
    case 'invalid_value': {
      const values = (issue.values as unknown[]).map(String);
      return values.length === 1 ? values[0]! : `one of ${values.join(', ')}`;
    }
    case 'invalid_union': {
      const kinds = (issue.errors as Issue[][] | undefined ?? []).map((branch) => branch[0]).filter((one) => one !== undefined);
      return [...new Set(kinds.map(expected))].join(', or ') || 'of another kind';
    }
    default: return issue.message?.replace(/^must be /, '') ?? 'of another form';
  }
}

type Bound = { code: 'too_small' | 'too_big'; origin: string; minimum?: number | bigint; maximum?: number | bigint; inclusive?: boolean; input?: unknown };

function bound({ code, origin, minimum, maximum, inclusive, input }: Bound): string {
  const most = code === 'too_big';
  const limit = Number(most ? maximum : minimum);
  if (origin !== 'string' && origin !== 'array') return `must be ${inclusive === false ? (most ? 'less than' : 'more than') : most ? 'at most' : 'at least'} ${limit}`;
  const { length } = input as string | unknown[];
  if (!most && length === 0) return 'is empty, and must not be';
  const unit = origin === 'string' ? 'character' : 'value';
  return `must have ${most ? 'at most' : 'at least'} ${limit} ${unit}${limit === 1 ? '' : 's'}; it has ${length}`;
}
