/** /v1/streams/{stream}/hooks, /v1/hooks and /v1/hook-calls: who is called, and what became of each call. */
import { z } from '@hono/zod-openapi';
import type { EventType } from '../events/event.ts';
import type { Hook } from '../hooks/hook.ts';
import { ID_PATTERN } from '../ids.ts';
import type { ApiDeps, HookWish } from './deps.ts';
import { KIND } from './event-filters.ts';
import { problem } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { noWord } from './said.ts';
import { CallPaging, Hook as HookSchema, HookCall, HookCallPage, HookInput, HookList, HookPatch } from './schemas/hooks.ts';
import { noSuchStream } from './streams.ts';
import { hookCallOf, hookOf } from './wire-delivery.ts';
import { EVENT_TYPES } from './wire-event.ts';

const Name = z.object({ stream: z.string() });
const Id = z.object({ id: z.string() });

const noSuchHook = (id: string): Response => problem('no-such-hook', { detail: `There is no hook "${id.slice(0, 40)}".` });
const noSuchCall = (id: string): Response => problem('no-such-hook-call', { detail: `There is no call "${id.slice(0, 40)}".` });

export function hookRoutes({ add }: Routes, { hooks, streams }: ApiDeps): void {
  const shown = async (hook: Hook, withSecret: boolean) => hookOf(hook, await hooks.waiting(hook.id), hooks.standing(hook.id), withSecret);

  add({
    method: 'get', path: '/v1/streams/{stream}/hooks', noun: 'Hooks', summary: 'The hooks of a stream', params: Name, answer: HookList, problems: ['no-such-stream'],
  }, async ({ params: { stream } }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    return { hooks: await Promise.all((await hooks.list(stream)).map((hook) => shown(hook, false))) };
  });

  add({
    method: 'post', path: '/v1/streams/{stream}/hooks', noun: 'Hooks', summary: 'Have an address called when something happens in a stream',
    description: 'Signed as the Standard Webhooks specification says, with `secret`. Hears what happens from now on.',
    params: Name, body: HookInput, status: 201, answer: HookSchema, noStore: true, problems: ['no-such-stream', 'malformed-json', 'unsupported-type'],
  }, async ({ params: { stream }, body }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    const wish = wishOf(body);
    if (wish instanceof Response) return wish;
    const made = await hooks.create(stream, { ...wish, url: body.url });
    if (!('faults' in made)) return shown(made, true);
    return made.gone ? noSuchStream(stream) : invalid(made.faults);
  });

  add({
    method: 'get', path: '/v1/hooks/{id}', noun: 'Hooks', summary: 'One hook, with its secret', params: Id, answer: HookSchema, noStore: true, problems: ['no-such-hook'],
  }, async ({ params: { id } }) => {
    const hook = await hooks.get(id);
    return hook ? shown(hook, true) : noSuchHook(id);
  });

  add({
    method: 'patch', path: '/v1/hooks/{id}', noun: 'Hooks', summary: 'Change a hook, or switch it off or on',
    description: '`enabled: true` closes its circuit breaker, too: calls go on where they were.',
    params: Id, body: HookPatch, answer: HookSchema, noStore: true, problems: ['no-such-hook', 'malformed-json', 'unsupported-type'],
  }, async ({ params: { id }, body }) => {
    const wish = wishOf(body);
    if (wish instanceof Response) return wish;
    const changed = await hooks.change(id, { ...wish, ...(body.enabled === undefined ? {} : { enabled: body.enabled }) });
    if (!changed) return noSuchHook(id);
    return 'faults' in changed ? invalid(changed.faults) : shown(changed, true);
  });

  add({
    method: 'delete', path: '/v1/hooks/{id}', noun: 'Hooks', summary: 'Delete a hook with its calls', params: Id, problems: ['no-such-hook'],
  }, async ({ c, params: { id } }) => ((await hooks.remove(id)) ? c.body(null, 204) : noSuchHook(id)));

  add({
    method: 'get', path: '/v1/hooks/{id}/calls', noun: 'Hooks', summary: 'Calls of a hook, newest first, each with its tries and answers',
    params: Id, query: CallPaging, answer: HookCallPage, problems: ['no-such-hook', 'bad-cursor'],
  }, async ({ params: { id }, query: { state, cursor, limit = 50 } }) => {
    if (!(await hooks.get(id))) return noSuchHook(id);
    if (cursor !== undefined && !ID_PATTERN.test(cursor)) return problem('bad-cursor', { detail: '`cursor` is not a cursor of this list: give back what an answer said as `next`, unchanged.' });
    const found = await hooks.calls({ hook: id, limit: limit + 1, ...(state === undefined ? {} : { state }), ...(cursor === undefined ? {} : { before: cursor }) });
    const page = found.slice(0, limit);
    return { calls: page.map(hookCallOf), next: found.length > limit ? page.at(-1)!.id : null };
  });

  add({
    method: 'post', path: '/v1/hooks/{id}/test', noun: 'Hooks', summary: 'Call a hook now, without an event',
    description: 'Signed like any other, of type `hook.test`; how it went is in the hook\'s calls.',
    params: Id, status: 202, answer: HookCall, problems: ['no-such-hook'],
  }, async ({ params: { id } }) => {
    const call = await hooks.test(id);
    return call ? hookCallOf(call) : noSuchHook(id);
  });

  add({
    method: 'get', path: '/v1/hook-calls/{id}', noun: 'Hooks', summary: 'One call: what was sent, and what was answered each time', params: Id, answer: HookCall, problems: ['no-such-hook-call'],
  }, async ({ params: { id } }) => {
    const call = await hooks.call(id);
    return call ? hookCallOf(call) : noSuchCall(id);
  });

  add({
    method: 'post', path: '/v1/hook-calls/{id}/replay', noun: 'Hooks', summary: 'Make a call again',
    description: 'With the same `webhook-id`: a receiver that has seen it may pass over it.',
    params: Id, status: 202, answer: HookCall, problems: ['no-such-hook-call'],
  }, async ({ params: { id } }) => {
    const call = await hooks.replay(id);
    return call ? hookCallOf(call) : noSuchCall(id);
  });
}

function wishOf({ url, types, headers, secret, misbehave }: z.output<typeof HookPatch>): HookWish | Response {
  const stray = types?.findIndex((type) => !(EVENT_TYPES as string[]).includes(type)) ?? -1;
  if (stray >= 0) return invalid([{ path: `types.${stray}`, message: noWord(types![stray]!, KIND, EVENT_TYPES) }]);
  const shares = misbehave && Object.fromEntries(Object.entries(misbehave).filter(([, value]) => value !== undefined)) as NonNullable<HookWish['misbehave']>;
  return {
    ...(url === undefined ? {} : { url }),
    ...(types === undefined ? {} : { types: types as EventType[] }),
    ...(headers === undefined ? {} : { headers }),
    ...(secret === undefined ? {} : { secret }),
    ...(shares === undefined ? {} : { misbehave: shares }),
  };
}
