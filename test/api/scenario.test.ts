/** What the pretend remote side says, over HTTP. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonaList, Problem, ScenarioTried, ScenarioView } from '../../sdk/contract.ts';
import { ListedPersona, ScenarioTried as TriedSchema, ScenarioView as ViewSchema } from '../../server/api/schemas/scenario.ts';
import { PERSONAS } from '../../server/scenario/personas/index.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeAll(async () => { house = await apiHouse(); });
afterAll(() => house.close());
beforeEach(async () => { await house.json('/v1/streams/default/scenario', { method: 'DELETE' }, 204); });

const PATH = '/v1/streams/default/scenario';
const full = { rules: [{ id: 'full', when: { recipient: '*@full.test' }, what: { at: 'rcpt', reply: { code: 452, enhanced: '4.2.2', text: 'Mailbox full' } }, often: { times: 2 } }] };
const put = <T = ScenarioView>(json: unknown, status?: number) => house.json<T>(PATH, { method: 'PUT', json }, status);
const attempt = <T = ScenarioTried>(json: object, status?: number) => house.json<T>(`${PATH}/try`, { json }, status);

test('a stream has none until it is given one; it is read as it was given', async () => {
  expect(await house.json(PATH)).toEqual({ scenario: { rules: [] }, hits: [], from: 'none' });
  const view = await put(full);
  expect(view).toMatchObject({ scenario: full, from: 'request' });
  expect(ViewSchema.parse(view)).toEqual(view);
  expect(await house.json(PATH)).toEqual(view);
  await house.json(PATH, { method: 'DELETE' }, 204);
  expect(await house.json(PATH)).toMatchObject({ from: 'none' });
});

test('which rule answered, how often, and what is left is told; a reset forgets it', async () => {
  await house.json('/v1/streams', { json: { name: 'hits', mode: 'simulate' } }, 201);
  await house.json('/v1/streams/hits/scenario', { method: 'PUT', json: full });
  await house.send({ to: 'ann@full.test' }, 'hits');
  await house.json('/v1/streams/hits/clock/advance', { json: { by: 0 } });
  const view = await house.json<ScenarioView>('/v1/streams/hits/scenario');
  expect(view.hits).toMatchObject([{ id: 'full', from: 'rule', hits: 1 }]);
  expect(ViewSchema.parse(view)).toEqual(view);
  expect((await house.json<ScenarioView>('/v1/streams/hits/scenario/reset', { method: 'POST' })).hits).toMatchObject([{ id: 'full', hits: 0 }]);
});

test('what cannot mean anything is told with its path, and what stood before stands', async () => {
  await put(full);
  const problem = await put<Problem>({ rules: [{ when: { recipent: 'x' } }, { what: { reply: { code: 99 } } }], persona: 'gmial' }, 422);
  expect(problem).toMatchObject({ type: '/problems/invalid' });
  expect(problem.errors!.map(({ path }) => path)).toEqual(expect.arrayContaining(['rules.0.when.recipent', 'rules.1.what.reply.code', 'persona']));
  expect((await house.json<ScenarioView>(PATH)).scenario).toEqual(full);
  expect(await put([], 422)).toMatchObject({ type: '/problems/invalid' });
  expect(await put(null, 422)).toMatchObject({ type: '/problems/invalid' });
});

test('what would be answered can be tried, with its verdict, and counts nothing', async () => {
  await put(full);
  const tried = await attempt({ recipient: 'ann@full.test' });
  expect(TriedSchema.parse(tried)).toEqual(tried);
  expect(tried.stages.at(-1)).toMatchObject({ stage: 'rcpt', rule: 'full', reply: { code: 452, enhanced: '4.2.2' } });
  expect(tried.verdict).toMatchObject({ class: 'mailbox_full', action: expect.any(String), consequence: expect.any(String) });
  expect((await house.json<ScenarioView>(PATH)).hits).toMatchObject([{ hits: 0 }]);
  expect(await attempt({ recipient: 'ann@full.test', attempt: 3 })).toMatchObject({ verdict: null });
  expect(await attempt({ recipient: 'ann@other.test' })).toMatchObject({ verdict: null, persona: 'plain' });
});

test('another scenario than the stream\'s own can be tried; a fault in it is told', async () => {
  expect(await attempt({ recipient: 'ann@any.test', scenario: { rules: [{ what: { at: 'connect', fault: 'refused' } }] } })).toMatchObject({ stages: expect.arrayContaining([expect.objectContaining({ fault: 'refused' })]), verdict: { class: 'network' } });
  expect(await attempt<Problem>({ recipient: 'ann@any.test', scenario: { rules: {} } }, 422)).toMatchObject({ errors: [{ path: expect.stringContaining('rules') }] });
});

test('personas are data that can be read, one by one or all', async () => {
  const { personas } = await house.json<PersonaList>('/v1/personas');
  expect(personas.map(({ name }) => name)).toEqual(PERSONAS.map(({ name }) => name));
  for (const persona of personas) expect(ListedPersona.parse(persona)).toEqual(persona);
  expect(await house.json('/v1/personas/GMAIL')).toMatchObject({ name: 'gmail', builtIn: true });
  expect(await house.json('/v1/personas/gmial', {}, 404)).toMatchObject({ type: '/problems/no-such-persona', detail: expect.stringContaining('Did you mean gmail?') });
});

test('a stream that is not there has no scenario', async () => {
  for (const [path, init] of [['', {}], ['', { method: 'PUT', json: full }], ['', { method: 'DELETE' }], ['/reset', { method: 'POST' }], ['/try', { json: { recipient: 'a@x.test' } }]] as const) {
    expect(await house.json(`/v1/streams/nobody/scenario${path}`, init, 404)).toMatchObject({ type: '/problems/no-such-stream' });
  }
});

test('a tag that was probably meant to be magic is told', async () => {
  const { hint, ...rest } = await attempt({ recipient: 'ann+rcpt.999@x.test' });
  expect(hint).toContain('`+rcpt.999` is not understood');
  expect(TriedSchema.parse({ hint, ...rest })).toEqual({ hint, ...rest });
  expect((await attempt({ recipient: 'ann+gmial.full@x.test' })).hint).toContain('no persona `gmial`');
  for (const recipient of ['ann@x.test', 'ann+full@x.test', 'ann+news@x.test', 'ann+gmail.full@x.test']) expect(await attempt({ recipient })).not.toHaveProperty('hint');
  const define = { gmial: { ...PERSONAS[0]!, name: 'gmial', domains: [] } };
  expect(await attempt({ recipient: 'ann+gmial.full@x.test', scenario: { rules: [], define } })).not.toHaveProperty('hint');
});
