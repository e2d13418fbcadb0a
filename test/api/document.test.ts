/** The OpenAPI document says what the server does: which answers there are, and what it takes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

type Answer = { $ref?: string; description: string; content?: Record<string, { schema: unknown }> };
type Shape = { pattern?: string; enum?: string[]; required?: string[]; properties?: Record<string, Shape>; items?: { $ref?: string }; $ref?: string; allOf?: Shape[] };
type Operation = {
  parameters?: { name: string; in: string; schema: Shape }[];
  requestBody?: { content: Record<string, { schema: Shape }> };
  responses: Record<string, Answer>;
};
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Shape>; responses: Record<string, Answer> } };

let house: ApiHouse;
let document: Document;
beforeAll(async () => {
  house = await apiHouse();
  document = await house.json<Document>('/v1/openapi.json');
});
afterAll(() => house.close());

const operations = () => Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, ...operation })));
const says = ({ responses }: Operation, status: number, problem: string) => responses[status]?.description.includes(`\`${problem}\``) ?? false;
const lacking = (those: (one: Operation & { path: string }) => boolean, status: number, problem: string) => operations().filter((one) => those(one) && !says(one, status, problem)).map(({ name }) => name);

test('every route that takes the filters says that a search can be unreadable and a stream unknown', async () => {
  const filtered = ({ parameters = [] }: Operation) => ['q', 'subject'].every((filter) => parameters.some(({ name }) => name === filter));
  expect(operations().filter(filtered).length).toBeGreaterThan(10);
  expect(lacking(filtered, 400, 'bad-search')).toEqual([]);
  expect(lacking(filtered, 404, 'no-such-stream')).toEqual([]);
  await house.send({});
  const reading = operations().filter((one) => filtered(one) && one.name.startsWith('get /v1/messages/{id}'));
  for (const { path } of reading) {
    const at = path.replace('{id}', 'latest').replace('{part}', '1');
    expect([at, await house.json(`${at}?q=nothing:x`, {}, 400)]).toMatchObject([at, { type: '/problems/bad-search' }]);
    expect([at, await house.json(`${at}?stream=nowhere`, {}, 404)]).toMatchObject([at, { type: '/problems/no-such-stream' }]);
  }
  expect(await house.json('/v1/queue/recipients?message=nothing', {}, 404)).toMatchObject({ type: '/problems/no-such-message' });
  expect(document.paths['/v1/queue/recipients']!['get']!.responses[404]!.description).toContain('no-such-message');
});

test('every route that takes a body says that it can be too large, or that there is no room for it', () => {
  const taking = ({ requestBody }: Operation) => requestBody !== undefined;
  expect(lacking(taking, 413, 'body-too-large')).toEqual([]);
  expect(lacking(taking, 503, 'no-room')).toEqual([]);
});

test('every route has the answer that any request can have', () => {
  for (const { name, responses } of operations()) expect([name, responses['default']]).toEqual([name, { $ref: '#/components/responses/AnyProblem' }]);
  const { description, content } = document.components.responses['AnyProblem']!;
  expect(content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
  expect(document.components.schemas['Problem']).toBeDefined();
  for (const said of ['401 `token-required`', '403 `cross-origin`', '405 `method-not-allowed`', '421 `unknown-host`', '431 `header-too-large`', '500 `internal`']) expect(description).toContain(said);
});

test('answers that are no JSON and no problem are there, too', () => {
  const types = (path: string, method: string, status: number) => Object.keys(document.paths[path]![method]!.responses[status]!.content ?? {});
  for (const method of ['get', 'post']) expect(types('/u/{token}', method, 404)).toEqual(['text/html; charset=utf-8']);
  expect([types('/v1/messages/{id}/raw', 'get', 206), types('/v1/messages/{id}/raw', 'get', 304), types('/v1/messages/{id}/parts/{part}', 'get', 304)]).toEqual([['message/rfc822'], [], []]);
});

/** Each is refused by the server, so that its schema must not let it pass; and the other way round. */
test.each([
  ['StreamInput', 'name', (value: string) => ['/v1/streams', { name: value }] as const, ['a', 'a.b_c-1', 'x'.repeat(64)], ['', 'A', '-a', 'a-', 'a b', 'é', 'x'.repeat(65)]],
  ['CredentialInput', 'user', (value: string) => ['/v1/streams/default/credentials', { user: value }] as const, ['ann', 'Ann@x.test', 'x'.repeat(128)], ['', 'a b', 'a\u0001', 'a\u00ad', 'x'.repeat(129)]],
] as const)('the pattern of %s.%s is what the server takes', async (schema, field, ask, good, bad) => {
  const pattern = new RegExp(document.components.schemas[schema]!.properties![field]!.pattern!, 'u');
  for (const [values, status] of [[good, 201], [bad, 422]] as const) {
    for (const value of values) {
      const [path, json] = ask(value);
      await house.json(path, { json }, status);
      expect([value, pattern.test(value)]).toEqual([value, status === 201]);
    }
  }
});

test('the pattern of an Idempotency-Key is what the server takes, and a refusal says it', async () => {
  const { schema } = document.paths['/v1/streams/{stream}/messages']!['post']!.parameters!.find(({ name }) => name === 'Idempotency-Key')!;
  const pattern = new RegExp(schema.pattern!);
  const ask = (key: string, status: number) => house.json('/v1/streams/default/messages', { json: { from: 'a@a.test', to: 'b@b.test' }, headers: { 'idempotency-key': key } }, status);
  await ask('a-key', 202);
  expect(await ask('a key', 422)).toMatchObject({ errors: [{ path: 'Idempotency-Key', message: expect.stringContaining('no spaces') }] });
  expect([pattern.test('a-key'), pattern.test('a key'), pattern.test('x'.repeat(256))]).toEqual([true, false, false]);
});

test('a hook names kinds of event that there are', () => {
  for (const schema of ['HookInput', 'HookPatch']) expect(document.components.schemas[schema]!.properties!['types']!.items).toEqual({ $ref: '#/components/schemas/EventType' });
  expect(document.components.schemas['EventType']!.enum).toEqual(expect.arrayContaining(['message.captured', 'recipient.delivered', 'hook.enabled']));
});

test('a scenario may be given without rules, and is answered with them', async () => {
  const { schema } = document.paths['/v1/streams/{stream}/scenario']!['put']!.requestBody!.content['application/json']!;
  expect(schema.allOf).toEqual([{ $ref: '#/components/schemas/ScenarioInput' }]);
  expect(document.components.schemas['ScenarioInput']!.required ?? []).toEqual([]);
  expect(document.components.schemas['Scenario']!.required).toEqual(['rules']);
  expect(await house.json('/v1/streams/default/scenario', { method: 'PUT', json: {} })).toMatchObject({ scenario: { rules: [] } });
});
