/** /v1/messages/{id}/checks: what could be better about a message. Run when asked; nothing is kept or marked. */
import type { ApiDeps } from './deps.ts';
import { noSuchMessage, resolveId } from './messages.ts';
import type { Routes } from './route.ts';
import { MessageChecks } from './schemas/checks.ts';
import { IdParam } from './schemas/message.ts';
import { Filters } from './schemas/query.ts';

export function checkRoutes({ add }: Routes, deps: ApiDeps): void {
  add({
    method: 'get', path: '/v1/messages/{id}/checks', noun: 'Messages', summary: 'What could be better about a message, and what mail clients support of it',
    description: 'Run in the process, when asked. Nothing leaves the machine unless a setting says so (`linkCheck`, `rspamdUrl`, `spamdAddress`). The gravest come first.',
    params: IdParam, query: Filters, answer: MessageChecks, problems: ['no-such-message', 'no-such-stream', 'bad-search'], noStore: true,
  }, async ({ params, query }) => {
    const id = await resolveId(deps, params.id, query);
    if (id instanceof Response) return id;
    return (await deps.checks.of(id)) ?? noSuchMessage(id);
  });
}
