/**
 * What a deletion or change applies to. Always within a stream or an inbox:
 * there is no request that empties everything because a parameter was left
 * out or misspelt. Ids are looked for there and nowhere else.
 */
import type { Scope } from '../inbox/port.ts';
import type { ApiDeps } from './deps.ts';
import { type Asked, filterOf } from './filters.ts';
import { problem } from './problems.ts';
import { invalid } from './route.ts';
import { awaitIndex } from './searchable.ts';

/** The scope, or the problem to answer. */
export async function scopeOf(deps: ApiDeps, asked: Asked & { id?: string[] | undefined }): Promise<Scope | Response> {
  const { stream, inbox, id: ids, ...narrower } = asked;
  if (stream === undefined && inbox === undefined) return problem('unscoped', { detail: 'Say `stream` or `inbox`; the other parameters narrow it.' });
  if (stream !== undefined && !deps.streams.get(stream)) return problem('no-such-stream', { detail: `There is no stream "${stream.slice(0, 100)}".` });
  const wild = inbox?.includes('*') ?? false;
  // `*` alone would be everything, by way of a scope.
  if (wild && stream === undefined) return problem('unscoped', { detail: 'A pattern of inboxes needs its `stream`; one address does not.' });
  const plain = Object.values(narrower).every((value) => value === undefined);
  if (ids) {
    if (!plain || wild) return invalid([{ path: 'id', message: 'goes with one `stream` or `inbox` and no other filter' }]);
    return inbox === undefined ? { kind: 'messages', ids, stream: stream! } : { kind: 'inbox', address: inbox, ids, ...(stream === undefined ? {} : { stream }) };
  }
  if (plain && inbox === undefined) return { kind: 'stream', stream: stream! };
  const found = filterOf({ ...narrower, ...(inbox === undefined ? {} : { inbox }) }, deps.clock);
  if (found instanceof Response) return found;
  await awaitIndex(deps, found.filter);
  // The mail of one address: what is deleted there stays in the other inboxes that it is for.
  if (inbox !== undefined && !wild) return { kind: 'inbox', address: inbox, ...(stream === undefined ? {} : { stream }), ...(plain ? {} : { filter: found.filter }) };
  return { kind: 'found', stream: stream!, filter: found.filter };
}
