/** Every fault of every route, in plain words: of a table of bad inputs, made from the schemas that the document shows. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Problem } from '../../sdk/contract.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

type Shape = { $ref?: string; allOf?: Shape[]; anyOf?: Shape[]; oneOf?: Shape[]; type?: string | string[]; properties?: Record<string, Shape>; additionalProperties?: Shape | boolean; items?: Shape; enum?: unknown[]; maxLength?: number };
type Operation = { parameters?: { name: string; in: string; schema: Shape }[]; requestBody?: { content: Record<string, { schema: Shape }> } };
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Shape> } };

let house: ApiHouse;
let document: Document;
let id = '';
beforeAll(async () => {
  house = await apiHouse();
  document = await house.json<Document>('/v1/openapi.json');
  ({ id } = await house.send({}));
});
afterAll(() => house.close());

/** Nothing takes effect: each input has a key, too, that nobody knows. */
const STRAY = 'strayKey';
const BAD: unknown[] = ['', ' ', 'nonsense', 'x'.repeat(3_000), -1, 1.5, 1e300, true, null, [], ['nonsense'], {}, Array.from({ length: 1_001 }, () => 'x')];
const BAD_TEXTS = ['', ' ', 'nonsense', '-1', '1.5', '9'.repeat(30), 'null', 'a,b', 'x'.repeat(3_000)];
/** How zod says things, and how no person does. */
const IDIOMS = /too (?:small|big)|invalid (?:input|option|string|key|element|number|type|ISO|IPv|value|datetime|date)|unrecognized|not multiple|expected|received|[<>]=|undefined|\bNaN\b|\[object|regex|\bzod\b|null_|union/i;

/** Of what must be another way, what it was. */
const saysNot = (message: string): boolean => message.startsWith('must ') && !/; it (?:is|has) /.test(message);

function resolved(shape: Shape): Shape {
  if (shape.$ref !== undefined) return resolved(document.components.schemas[shape.$ref.split('/').at(-1)!]!);
  return shape.allOf?.length === 1 ? resolved(shape.allOf[0]!) : shape;
}

/** A value of the shape, `depth` levels down, in which everything at the bottom is the bad one. Of alternatives the n-th. */
function spoilt(shape: Shape, bad: unknown, depth: number, n: number): unknown {
  const { properties, items, additionalProperties, anyOf, oneOf } = resolved(shape);
  const ways = anyOf ?? oneOf;
  if (ways) return spoilt(ways[n % ways.length]!, bad, depth, n);
  if (depth > 0 && properties) return { ...Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, spoilt(one, bad, depth - 1, n)])), [STRAY]: 1 };
  if (depth > 0 && items) return [spoilt(items, bad, depth - 1, n)];
  if (depth > 0 && typeof additionalProperties === 'object') return { key: spoilt(additionalProperties, bad, depth - 1, n), ['k'.repeat(300)]: 1 };
  return bad;
}

const at = (path: string): string => path.replace('{stream}', 'default').replace('{id}', id).replace('{part}', '1').replace(/\{\w+\}/g, 'x');
const operations = () => Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, method: method.toUpperCase(), ...operation })));

async function faultsOf(method: string, path: string, body?: unknown): Promise<Problem['errors']> {
  const response = await house.ask(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) });
  const text = await response.text();
  return response.status === 422 ? (JSON.parse(text) as Problem).errors ?? [] : [];
}

test('no fault of a query says it as zod would, and a name that is not known tells those that are', async () => {
  const said = new Map<string, string>();
  const asked = operations().filter(({ parameters = [] }) => parameters.some((one) => one.in === 'query'));
  expect(asked.length).toBeGreaterThan(25);
  for (const { name, path, method, parameters = [], requestBody } of asked) {
    if (name.endsWith('/messages') && method === 'POST') continue; // of raw messages: the next test
    const names = parameters.filter((one) => one.in === 'query').map((one) => one.name);
    for (const bad of BAD_TEXTS) {
      const query = new URLSearchParams([...names.map((one) => [one, bad] as [string, string]), [STRAY, bad]]);
      const errors = await faultsOf(method, `${at(path)}?${query.toString()}`, requestBody && {});
      expect([name, errors]).toEqual([name, expect.arrayContaining([{ path: STRAY, message: `is not known here; known are ${names.join(', ')}` }])]);
      for (const { path: place, message } of errors!) said.set(`${name} ${place}`, message);
    }
  }
  expect([...said].filter(([, message]) => IDIOMS.test(message))).toEqual([]);
  expect([...said].filter(([, message]) => saysNot(message))).toEqual([]);
});

test('no fault of a body says it as zod would', async () => {
  const said = new Map<string, string>();
  const taking = operations().filter(({ requestBody }) => requestBody?.content['application/json']);
  expect(taking.length).toBeGreaterThan(25);
  for (const { name, path, method, requestBody } of taking) {
    const { schema } = requestBody!.content['application/json']!;
    let told = 0;
    for (let depth = 0; depth < 6; depth++) {
      for (const bad of BAD) {
        for (let n = 0; n < 3; n++) {
          for (const fault of await faultsOf(method, at(path), spoilt(schema, bad, depth, n)) ?? []) {
            told++;
            said.set(`${name} ${fault.path.replace(/k{90,}/, 'kkk')}: ${fault.message}`, fault.message);
          }
        }
      }
    }
    expect([name, told > 0]).toEqual([name, true]);
  }
  expect([...said].filter(([, message]) => IDIOMS.test(message)).slice(0, 50)).toEqual([]);
  expect([...said].filter(([place, message]) => saysNot(message) && !/\.?(?:password|secret):/.test(place)).slice(0, 50)).toEqual([]);
});

test('what is misspelt is told with the nearest word that there is, wherever it stands', async () => {
  const told = async (method: string, path: string, body?: unknown) => (await faultsOf(method, path, body))!.map(({ path: place, message }) => `${place} ${message}`);
  expect(await told('GET', '/v1/messages?subjet=x')).toEqual(['subjet is not known here; did you mean `subject`?']);
  expect(await told('GET', '/v1/messages?inbox=a@b.test&inbox=c@d.test')).toEqual(['inbox is said 2 times, and can be said once']);
  expect(await told('GET', '/v1/messages?inboxx=a@b.test&inboxx=c@d.test')).toEqual([expect.stringMatching(/^inboxx is not known here; did you mean `inbox`/)]);
  expect(await told('POST', '/v1/streams', { name: 'a', mode: 'simulat', delivery: { live: { relays: [{ domain: ['*'], host: 'x', domains: ['*'] }] }, softBounces: { cuont: 3, count: 3, within: '1d' } } })).toEqual([
    'mode must be one of capture, simulate, deliver; it is "simulat"; did you mean `simulate`?',
    'delivery.softBounces.cuont is not known here; did you mean `count`?',
    'delivery.live.relays.0.domain is not known here; did you mean `domains`?',
  ]);
  expect(await told('POST', '/v1/streams', { name: 'a', delivery: { schedule: { kind: 'growing', first: '1m', factr: 2, most: '1h' } } })).toEqual(['delivery.schedule.factor is missing', 'delivery.schedule.factr is not known here; did you mean `factor`?']);
  expect(await told('POST', '/v1/streams/default/messages', { from: { adress: 'a@a.test' }, to: [{ address: 'b@b.test', nmae: 'B' }], metadata: { a: 1 } })).toEqual([
    'from.address is missing', 'from.adress is not known here; did you mean `address`?', 'to.0.nmae is not known here; did you mean `name`?', 'metadata.a must be a text; it is 1',
  ]);
  expect(await told('GET', '/v1/events/wait?class=mailbox_fll&timeout=0')).toEqual(['class "mailbox_fll" is no class; did you mean `mailbox_full`?']);
  expect(await told('GET', '/v1/events?types=recipient.deliverd')).toEqual(['types "recipient.deliverd" is no kind of event; did you mean `recipient.delivered`?']);
  expect(await told('GET', '/v1/queue/recipients?stream=default&states=defered')).toEqual(['states "defered" is no state; did you mean `deferred`?']);
  expect(await told('GET', '/v1/queue/recipients?stream=default&states=x')).toEqual([expect.stringMatching(/^states "x" is no state; they are queued, /)]);
  const noTime = '"soon" is no time; write 2026-01-31, 2026-01-31T10:30:00Z, or how long ago: 10m, 2d';
  for (const [path, name] of [['messages?since=soon', 'since'], ['messages?before=soon', 'before'], ['telemetry?from=soon', 'from'], ['telemetry/compare?before=2d..soon&after=1d..now', 'before']] as const) expect(await told('GET', `/v1/${path}`)).toEqual([`${name} ${noTime}`]);
  expect(await told('PUT', '/v1/streams/default/scenario', { rules: [{ what: { fault: 'silense' } }] })).toEqual([expect.stringMatching(/^rules\.0\.what\.fault must be one of .*; it is "silense"; did you mean `silence`\?$/)]);
});

test('a secret is not told back, nor one in an address or a header field', async () => {
  const errors = await faultsOf('POST', '/v1/streams/default/credentials', { user: 'ann', password: ['hunter2'] });
  expect(errors).toEqual([{ path: 'password', message: 'must be a text' }]);
  const relays = async (...given: unknown[]) => (await faultsOf('PATCH', '/v1/streams/default', { delivery: { live: { relays: given } } }))!.map(({ message }) => message);
  expect(await relays({ domains: ['*'], host: 'ann:hunter2@relay.test' })).toEqual(['must be a host name or an address']);
  expect(await relays('smtp://ann:hunter2@relay.test')).toEqual(['must be an object; it is "smtp://…@relay.test"']);
  expect(await faultsOf('POST', '/v1/streams/default/hooks', { url: 'https://hook.test', headers: { Authorization: 4242, 'X-Api-Key': 4242, 'X-Other': 4242 } })).toEqual([
    { path: 'headers.Authorization', message: 'must be a text' }, { path: 'headers.X-Api-Key', message: 'must be a text' }, { path: 'headers.X-Other', message: 'must be a text; it is 4242' },
  ]);
});

test('names as long as the body are told by their beginning', async () => {
  const long = 'x'.repeat(200_000);
  for (const [method, path, body] of [
    ['PUT', '/v1/streams/default/scenario', { [long]: 1, define: { [long]: { rules: [{}, {}, {}] } }, personas: { [long]: 'none' } }],
    ['POST', '/v1/streams/default/messages', JSON.parse(`{"${long}":{"__proto__":1}}`) as unknown],
    ['POST', '/v1/streams/default/messages', { metadata: { [long]: 1 }, [long]: 1 }],
  ] as const) {
    const errors = await faultsOf(method, path, body);
    expect(errors!.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors).length).toBeLessThan(10_000);
  }
  const batch = await house.json<{ results: { problem: Problem }[] }>('/v1/streams/default/messages', { method: 'POST', json: [JSON.parse(`{"${long}":{"__proto__":1}}`)] }, 202);
  expect(JSON.stringify(batch).length).toBeLessThan(10_000);
});

test('a body of faults alone is answered with the first of them', async () => {
  const stray = Array.from({ length: 200_000 }, () => 1);
  for (const body of [{ from: 'a@a.test', to: stray }, { from: 'a@a.test', headers: { a: stray } }]) {
    expect(await faultsOf('POST', '/v1/streams/default/messages', body)).toHaveLength(50);
  }
});
