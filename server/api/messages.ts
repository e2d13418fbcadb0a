/** /v1/messages: lists, one message, changes and deletions. Reading changes nothing. */
import { z } from '@hono/zod-openapi';
import { ID_PATTERN } from '../ids.ts';
import type { ApiDeps } from './deps.ts';
import { type Asked, cursorIn, filterOf } from './filters.ts';
import { problem } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { IdParam, Message, MessageChange, MessageDetail, MessagePage, Waiting } from './schemas/message.ts';
import { Filters, Paging, ScopeFilters } from './schemas/query.ts';
import { scopeOf } from './scope.ts';
import { awaitIndex } from './searchable.ts';
import { noSuchStream } from './streams.ts';
import { cursorOf } from './cursor.ts';
import { detailOf, messageOf } from './wire.ts';

/** What a store lists at once (ListQuery). */
const PAGE_LIMIT = 500;

export function messageRoutes({ add }: Routes, deps: ApiDeps): void {
  const { store } = deps;

  add({
    method: 'get', path: '/v1/messages', noun: 'Messages', summary: 'Messages, newest first',
    description: 'All filters must hold. A search of bodies waits up to a second for mail that is still being indexed.',
    query: Paging, answer: MessagePage, problems: ['bad-cursor', 'bad-search', 'no-such-stream'],
  }, async ({ query: { cursor, limit = 50, ...asked } }) => {
    const found = filterIn(deps, asked);
    if (found instanceof Response) return found;
    const beforeSeq = cursorIn('cursor', cursor);
    if (beforeSeq instanceof Response) return beforeSeq;
    const unindexed = await awaitIndex(deps, found.filter);
    // One more than asked for tells whether there is a next page; a full page of the largest size is asked again.
    const messages = await store.list({ ...found, limit: Math.min(limit + 1, PAGE_LIMIT), ...(beforeSeq === undefined ? {} : { beforeSeq }) });
    const page = messages.slice(0, limit);
    const last = page.at(-1)?.seq;
    const more = messages.length > limit || (page.length === PAGE_LIMIT && (await store.list({ ...found, limit: 1, beforeSeq: last! })).length > 0);
    return { messages: page.map(messageOf), next: more ? cursorOf(last!) : null, unindexed };
  });

  add({
    method: 'delete', path: '/v1/messages', noun: 'Messages', summary: 'Delete the messages of a stream or an inbox',
    description: 'Needs `stream` or `inbox`; other filters, or a list of ids, narrow within it. What is deleted in one inbox stays in the others that it is for.',
    query: ScopeFilters, answer: z.object({ deleted: z.number() }), problems: ['unscoped', 'no-such-stream', 'bad-search'],
  }, async ({ query }) => {
    const scope = await scopeOf(deps, query);
    return scope instanceof Response ? scope : { deleted: await store.delete(scope) };
  });

  add({
    method: 'patch', path: '/v1/messages', noun: 'Messages', summary: 'Mark or tag the messages of a stream or an inbox',
    query: ScopeFilters, body: MessageChange, answer: z.object({ changed: z.number() }), problems: ['unscoped', 'no-such-stream', 'bad-search', 'malformed-json', 'unsupported-type'],
  }, async ({ query, body }) => {
    const scope = await scopeOf(deps, query);
    return scope instanceof Response ? scope : { changed: await store.change(scope, tidy(body)) };
  });

  add({
    method: 'get', path: '/v1/messages/waiting', noun: 'Messages', summary: 'What a deletion of messages would cancel',
    description: 'Takes what `DELETE /v1/messages` takes, and deletes nothing: how many recipients of these messages are still to get them. Held ones are among them.',
    query: ScopeFilters, answer: Waiting, problems: ['unscoped', 'no-such-stream', 'bad-search'],
  }, async ({ query }) => {
    const scope = await scopeOf(deps, query);
    return scope instanceof Response ? scope : await store.waiting(scope);
  });

  add({
    method: 'get', path: '/v1/messages/{id}', noun: 'Messages', summary: 'One message: envelope, headers, session, text, links, attachments',
    description: 'A message that is not parsed yet is parsed first. `latest` takes the filters of the list.',
    params: IdParam, query: Filters, answer: MessageDetail, problems: ['no-such-message', 'no-such-stream', 'bad-search'],
  }, async ({ params, query }) => {
    const id = await resolveId(deps, params.id, query);
    if (id instanceof Response) return id;
    await deps.parser.parsed(id);
    const message = await store.read(id);
    return message ? detailOf(message) : noSuchMessage(id);
  });

  add({
    method: 'patch', path: '/v1/messages/{id}', noun: 'Messages', summary: 'Mark or tag a message',
    params: IdParam, body: MessageChange, answer: Message, problems: ['no-such-message', 'malformed-json', 'unsupported-type'],
  }, async ({ params: { id }, body }) => {
    if (!ID_PATTERN.test(id)) return noSuchMessage(id);
    await store.change({ kind: 'message', id }, tidy(body));
    const message = await store.read(id);
    return message ? messageOf(message) : noSuchMessage(id);
  });

  add({
    method: 'delete', path: '/v1/messages/{id}', noun: 'Messages', summary: 'Delete a message',
    params: IdParam, problems: ['no-such-message'],
  }, async ({ c, params: { id } }) =>
    ID_PATTERN.test(id) && (await store.delete({ kind: 'message', id })) > 0 ? c.body(null, 204) : noSuchMessage(id));
}

export const noSuchMessage = (id: string): Response =>
  problem('no-such-message', { detail: id === 'latest' ? '`latest` is for reading; a message is changed and deleted by its id.' : `There is no message "${id.slice(0, 40)}".` });

/** The filter, of a stream that is there. */
export function filterIn(deps: Pick<ApiDeps, 'clock' | 'streams'>, asked: Asked): ReturnType<typeof filterOf> {
  const found = filterOf(asked, deps.clock);
  return !(found instanceof Response) && found.stream !== undefined && !deps.streams.get(found.stream) ? noSuchStream(found.stream) : found;
}

/** The id that a path names: itself, or for `latest` that of the newest message that the filters find. */
export async function resolveId(deps: ApiDeps, id: string, asked: Asked): Promise<string | Response> {
  if (id !== 'latest') {
    const stray = Object.keys(asked)[0];
    if (stray !== undefined) return invalid([{ path: stray, message: 'filters go with /v1/messages/latest' }]);
    return ID_PATTERN.test(id) ? id : noSuchMessage(id);
  }
  const found = filterIn(deps, asked);
  if (found instanceof Response) return found;
  await awaitIndex(deps, found.filter);
  const [newest] = await deps.store.list({ ...found, limit: 1 });
  return newest ? newest.id : problem('no-such-message', { detail: 'No message matches; GET /v1/wait waits for one.' });
}

/** Without the keys that are absent: the port knows no undefined. */
function tidy({ read, tags, addTags, removeTags }: z.output<typeof MessageChange>): { read?: boolean; tags?: string[]; addTags?: string[]; removeTags?: string[] } {
  return {
    ...(read === undefined ? {} : { read }),
    ...(tags === undefined ? {} : { tags }),
    ...(addTags === undefined ? {} : { addTags }),
    ...(removeTags === undefined ? {} : { removeTags }),
  };
}
