/** /livez, /readyz, /metrics and /v1/info: what orchestrators, scrapers and clients ask first. */
import { z } from '@hono/zod-openapi';
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';
import type { Routes } from './route.ts';
import { Info } from './schemas/streams.ts';
import { openSmtp } from './smtp-settings.ts';

export function healthRoutes({ add }: Routes, deps: ApiDeps): void {
  const Ok = z.object({ status: z.literal('ok') });

  add({
    method: 'get', path: '/livez', noun: 'Operation', summary: 'The process answers', answer: Ok, noStore: true,
    description: 'Needs no token.',
  }, () => ({ status: 'ok' as const }));

  add({
    method: 'get', path: '/readyz', noun: 'Operation', summary: 'Mail can be taken: the store was written to and read just now',
    description: 'Needs no token.', answer: Ok, noStore: true, problems: ['store-broken', 'shutting-down'],
  }, async () => {
    const health = await deps.store.health();
    if (health.ok) return { status: 'ok' as const };
    const name = health.reason === 'closed' ? 'shutting-down' : 'store-broken';
    // An orchestrator looks for 503, whatever the reason.
    return problem(name, { detail: health.detail });
  });

  add({
    method: 'get', path: '/metrics', noun: 'Operation', summary: 'Counters for Prometheus', produces: ['text/plain'],
  }, async () => {
    const { type, text } = await deps.metrics.scrape();
    return new Response(text, { headers: { 'content-type': type, 'cache-control': 'no-store' } });
  });

  add({
    method: 'get', path: '/v1/info', noun: 'Operation', summary: 'Addresses, limits and version', answer: Info, noStore: true,
  }, () => {
    const { version, http, loginRequired, limits: { messageSize, recipients }, inboxDomain } = deps.info;
    return { name: 'postern' as const, version, http: http(), smtp: openSmtp(deps.info), loginRequired, limits: { messageSize, recipients }, inboxDomain };
  });
}
