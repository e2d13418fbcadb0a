/** /v1/openapi.json, /docs and /problems: what the server says about itself. All of it works without another host. */
import { z } from '@hono/zod-openapi';
import { openApi, type OpenApi } from './openapi.ts';
import { isProblemName, problem, PROBLEMS } from './problems.ts';
import type { Routes } from './route.ts';

export function docRoutes({ add, app }: Routes, version: string): void {
  let made: OpenApi | undefined;
  const document = () => (made ??= openApi(app, version));

  add({
    method: 'get', path: '/v1/openapi.json', noun: 'Operation', summary: 'This, as an OpenAPI 3.1 document', produces: ['application/json'],
  }, ({ c }) => c.json(document()));

  add({
    method: 'get', path: '/docs', noun: 'Operation', summary: 'This, as a page', produces: ['text/html'],
  }, async () => {
    const { page } = await import('./reference.ts');
    return new Response(page(document()), {
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'" },
    });
  });

  const Meaning = z.object({ type: z.string(), title: z.string(), status: z.number(), means: z.string() });
  const meaningOf = (name: keyof typeof PROBLEMS) => ({ type: `/problems/${name}`, ...PROBLEMS[name] });

  add({
    method: 'get', path: '/problems', noun: 'Operation', summary: 'Every problem there is', answer: z.object({ problems: z.array(Meaning) }),
  }, () => ({ problems: Object.keys(PROBLEMS).map((name) => meaningOf(name as keyof typeof PROBLEMS)) }));

  add({
    method: 'get', path: '/problems/{name}', noun: 'Operation', summary: 'What a problem means',
    params: z.object({ name: z.string() }), answer: Meaning, problems: ['no-such-problem'],
  }, ({ params: { name } }) => (isProblemName(name) ? meaningOf(name) : problem('no-such-problem')));
}
