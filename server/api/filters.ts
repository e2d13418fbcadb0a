/**
 * Query parameters to what a store is asked: a Filter, ANDed with the search
 * language in `q`. What cannot be read is a problem that says where.
 */
import type { z } from '@hono/zod-openapi';
import type { Clock } from '../clock.ts';
import type { Filter } from '../inbox/filter.ts';
import { parseSearch } from '../inbox/search.ts';
import { seqOf } from './cursor.ts';
import type { Fault } from './faults.ts';
import { problem } from './problems.ts';
import { invalid } from './route.ts';
import { momentOf } from './said.ts';
import type { Filters } from './schemas/query.ts';

export type Asked = z.output<typeof Filters>;

/** The filter (without the stream, which stores take apart) and the stream; or the problem to answer. */
export function filterOf(asked: Asked, clock: Clock): { filter: Filter; stream?: string } | Response {
  const all: Filter[] = [];
  const here = { now: clock.now(), timeZone: 'UTC' };
  const errors: Fault[] = [];
  const moment = (name: 'since' | 'before') => {
    const text = asked[name];
    const at = text === undefined ? undefined : momentOf(name, text, here.now, errors);
    if (at !== undefined) all.push({ kind: name, at });
  };
  // An empty variable in a script must not turn "these" into "any". An empty `from` is the null sender.
  for (const name of ['stream', 'inbox', 'to', 'subject', 'tag', 'q'] as const) {
    if (asked[name]?.trim() === '') errors.push({ path: name, message: 'is empty; leave it out to look at any' });
  }
  if (asked.inbox !== undefined) all.push({ kind: 'inbox', address: asked.inbox });
  if (asked.to !== undefined) all.push({ kind: 'to', address: asked.to });
  if (asked.from !== undefined) all.push({ kind: 'from', address: asked.from });
  if (asked.subject !== undefined) all.push({ kind: 'subject', contains: asked.subject });
  if (asked.tag !== undefined) all.push({ kind: 'tag', tag: asked.tag });
  if (asked.unread !== undefined) all.push({ kind: 'read', read: !asked.unread });
  moment('since');
  moment('before');
  if (errors.length > 0) return invalid(errors);
  if (asked.q !== undefined) {
    const { filter, fault } = parseSearch(asked.q, here);
    if (fault) {
      const meant = fault.near ? `; did you mean ${fault.near}?` : '';
      return problem('bad-search', { detail: `At character ${fault.at + 1}: ${fault.message}${meant}`, errors: [{ path: `q[${fault.at}]`, message: `${fault.message}${meant}` }] });
    }
    all.push(filter);
  }
  return {
    filter: all.length === 1 ? all[0]! : { kind: 'and', all },
    ...(asked.stream === undefined ? {} : { stream: asked.stream }),
  };
}

/** Undefined when there is none; the problem when it is none of ours. */
export function cursorIn(name: string, text: string | undefined): number | undefined | Response {
  if (text === undefined) return undefined;
  return seqOf(text) ?? problem('bad-cursor', { detail: `\`${name}\` is not a cursor of this server: give back what an answer said, unchanged.` });
}
