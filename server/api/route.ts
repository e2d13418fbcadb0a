/**
 * One way to declare a route: its path, what it takes (schemas that check the
 * request), what it answers, and which problems it can have. The same
 * declaration makes the OpenAPI document, the 405 and 404 answers and
 * docs/api.md, so none of them can drift from what is served.
 */
import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type BodyReader, SMALL_BODY } from './body.ts';
import { type Fault, readAs, told } from './faults.ts';
import { knownAt } from './known.ts';
import { isJson, parseJson, protoIn } from './json.ts';
import { problem, type ProblemName, PROBLEMS } from './problems.ts';
import { Problem } from './schemas/submit.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export type Spec<P, Q, B, A> = {
  method: Method;
  /** As OpenAPI writes it: `/v1/messages/{id}`. */
  path: string;
  noun: string;
  summary: string;
  description?: string;
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  /** A request without any body counts as `{}`. */
  bodyOptional?: true;
  /** Of the body; JSON bodies are small but where said. */
  bodyLimit?: number;
  status?: 200 | 201 | 202;
  /** Absent: 204, or a Response that the handler makes (then `produces` says what). */
  answer?: z.ZodType<A>;
  /** Content types of answers that are no JSON. */
  produces?: string[];
  /** Content types of bodies that the handler reads by itself, with a schema for the document. */
  consumes?: Record<string, z.ZodType>;
  problems?: ProblemName[];
  /** Request headers worth a line. */
  headers?: Record<string, string | { description: string; pattern: string }>;
  /** Answers that are neither the plain one nor a problem: status → what it says, and its type when it has a body. */
  also?: Record<number, { says: string; type?: string }>;
  /** Problems that say more than the plain ones: status → schema. */
  problemAnswers?: Record<number, z.ZodType>;
  noStore?: true;
};

export type Ask<P, Q, B> = { c: Context; params: P; query: Q; body: B };

export type Declared = { method: Method; path: string; matches: (path: string) => boolean; spec: Spec<never, never, never, never> };

export type Routes = {
  app: OpenAPIHono;
  declared: Declared[];
  add<P, Q, B, A>(spec: Spec<P, Q, B, A>, handle: (ask: Ask<P, Q, B>) => Promise<A | Response> | A | Response): void;
};

export function createRoutes(app: OpenAPIHono, bodies: BodyReader): Routes {
  const declared: Declared[] = [];
  app.openAPIRegistry.registerComponent('responses', ANY, {
    description: `What any request can be answered instead: ${ANYWHERE.map((name) => `${PROBLEMS[name].status} \`${name}\``).join(', ')}.`,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  return {
    app,
    declared,
    add(spec, handle) {
      declared.push({ method: spec.method, path: spec.path, matches: matcher(spec.path), spec: spec as unknown as Spec<never, never, never, never> });
      document(app, spec);
      const honoPath = spec.path.replaceAll(/\{(\w+)\}/g, ':$1');
      app.on(spec.method.toUpperCase(), honoPath, async (c) => {
        const faults: Fault[] = [];
        const check = <T>(schema: z.ZodType<T> | undefined, value: unknown, prefix = ''): T => {
          if (!schema) return value as T;
          const read = readAs(schema, value, prefix);
          if (!read.faults) return read.value;
          faults.push(...read.faults);
          return undefined as T;
        };
        const params = check(spec.params, c.req.param());
        const asked = queryOf(c);
        const query = check(spec.query, asked);
        const once = faults.length > 0 && spec.query ? knownAt(spec.query, []) : [];
        for (const fault of faults) if (once.includes(fault.path) && Array.isArray(asked[fault.path])) fault.message = `is said ${asked[fault.path]!.length} times, and can be said once`;
        let body = undefined as never;
        // RFC 9112 §6.3: neither length nor transfer coding is no body, as `curl -X POST` asks.
        const length = c.req.header('content-length');
        const bare = spec.bodyOptional && c.req.header('content-type') === undefined && (c.req.raw.body === null || length === '0' || (length === undefined && c.req.header('transfer-encoding') === undefined));
        if (spec.body && bare) {
          body = check(spec.body, {}) as never;
        } else if (spec.body) {
          if (!isJson(c.req.header('content-type'))) return problem('unsupported-type', { detail: 'This takes application/json.' });
          const read = await bodies.read(c, spec.bodyLimit ?? SMALL_BODY);
          if (read instanceof Response) return read;
          read.release();
          const parsed = parseJson(read.bytes);
          if (parsed instanceof Response) return parsed;
          const proto = protoIn(parsed.value);
          if (proto !== undefined) faults.push({ path: proto, message: 'is no name that can be kept' });
          body = check(spec.body, parsed.value) as never;
        }
        if (faults.length > 0) return invalid(faults);
        const answer = await handle({ c, params, query, body });
        if (answer instanceof Response) return answer;
        if (!spec.answer) return c.body(null, 204);
        return c.json(answer as object, spec.status ?? 200, spec.noStore ? { 'cache-control': 'no-store' } : {});
      });
    },
  };
}

/** The answer to a method that a path which exists does not take; asked by OPTIONS, it says which it takes. */
export function notBy(c: Context, allow: string): Response {
  if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  return problem('method-not-allowed', { detail: `${c.req.path.slice(0, 200)} takes ${allow}.` }, { allow });
}

export function invalid(faults: readonly Fault[]): Response {
  const errors = told(faults);
  return problem('invalid', { detail: errors.slice(0, 3).map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '), errors });
}

/** One value per name, or all of them where a name comes twice (which most schemas refuse). */
function queryOf(c: Context): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, values] of Object.entries(c.req.queries())) query[name] = values.length === 1 ? values[0]! : values;
  return { ...query };
}

function matcher(path: string): (path: string) => boolean {
  const pattern = new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return (asked) => pattern.test(asked);
}

/** Problems that no route has of its own: what guards, Node's parser and the store say, whatever was asked. */
const ANYWHERE: ProblemName[] = [
  'bad-request', 'token-required', 'cross-origin', 'method-not-allowed', 'request-timeout', 'expectation', 'unknown-host', 'header-too-large', 'internal', 'store-broken', 'shutting-down', 'disk-full',
];
/** Their place in the document, once for all routes. */
export const ANY = 'AnyProblem';

function document<P, Q, B, A>(app: OpenAPIHono, spec: Spec<P, Q, B, A>): void {
  const consumes = spec.body ? { 'application/json': spec.body as z.ZodType } : spec.consumes;
  const content = Object.fromEntries((spec.produces ?? []).map((type) => [type, { schema: { type: 'string' as const } }]));
  if (spec.answer) content['application/json'] = { schema: spec.answer as never };
  const done = spec.answer || spec.produces ? spec.status ?? 200 : 204;
  const also = Object.entries(spec.also ?? {}).map(([status, { says, type }]) => [status, { description: says, ...(type === undefined ? {} : { content: { [type]: { schema: { type: 'string' as const } } } }) }]);
  const problems = new Map<number, ProblemName[]>();
  const takes = spec.params || spec.query || spec.body || spec.consumes;
  const read = (['body-too-large', 'no-room'] as const).filter((name) => consumes && !spec.problems?.includes(name));
  for (const name of [...(takes ? ['invalid' as const] : []), ...(spec.problems ?? []), ...read]) {
    problems.set(PROBLEMS[name].status, [...(problems.get(PROBLEMS[name].status) ?? []), name]);
  }
  app.openAPIRegistry.registerPath({
    method: spec.method,
    path: spec.path,
    tags: [spec.noun],
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    request: {
      ...(spec.params ? { params: spec.params as never } : {}),
      ...(spec.query ? { query: spec.query as never } : {}),
      ...(consumes ? { body: { required: !spec.bodyOptional, content: Object.fromEntries(Object.entries(consumes).map(([type, schema]) => [type, { schema }])) } } : {}),
    },
    ...(spec.headers ? { parameters: Object.entries(spec.headers).map(headerOf) } : {}),
    responses: {
      [done]: { description: done === 204 ? 'Done; nothing to say.' : spec.summary, ...(Object.keys(content).length > 0 ? { content } : {}) },
      ...Object.fromEntries(also),
      ...Object.fromEntries([...problems].map(([status, names]) => [status, {
        description: names.map((name) => `${PROBLEMS[name].title} (\`${name}\`)`).join('; '),
        content: { 'application/problem+json': { schema: spec.problemAnswers?.[status] ?? Problem } },
      }])),
      default: { $ref: `#/components/responses/${ANY}` },
    },
  });
}

function headerOf([name, said]: [string, string | { description: string; pattern: string }]) {
  const { description, ...shape } = typeof said === 'string' ? { description: said } : said;
  return { name, in: 'header' as const, description, schema: { type: 'string' as const, ...shape } };
}
