/** /v1/audit: who changed what about real delivery, the newest first. It is only ever added to. */
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';
import type { Routes } from './route.ts';
import { AuditPage } from './schemas/going-out.ts';
import { AuditPaging } from './schemas/query.ts';
import { auditOf } from './wire-live.ts';

const CURSOR = /^a([0-9a-z]{1,11})$/;

export function auditRoutes({ add }: Routes, { store }: ApiDeps): void {
  add({
    method: 'get', path: '/v1/audit', noun: 'Real delivery', summary: 'Who changed what about real delivery, and when',
    description: 'Stops and starts, modes and policies of streams, releases, keys, and who unsubscribed. Of a stream also after it is gone.',
    query: AuditPaging, answer: AuditPage, problems: ['bad-cursor'],
  }, async ({ query: { stream, what, cursor, limit = 100 } }) => {
    const digits = cursor === undefined ? undefined : CURSOR.exec(cursor)?.[1];
    if (cursor !== undefined && digits === undefined) return problem('bad-cursor', { detail: '`cursor` is not a cursor of this list: give back what an answer said as `next`, unchanged.' });
    const found = await store.audited({ limit: limit + 1, ...(stream === undefined ? {} : { stream }), ...(what === undefined ? {} : { what }), ...(digits === undefined ? {} : { before: Number.parseInt(digits, 36) }) });
    const page = found.slice(0, limit);
    return { entries: page.map(auditOf), next: found.length > limit ? `a${page.at(-1)!.id.toString(36)}` : null };
  });
}
