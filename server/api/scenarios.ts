/** /v1/streams/{stream}/scenario and /v1/personas: what the pretend remote side says. */
import { z } from '@hono/zod-openapi';
import type { Scenario, ScenarioView } from '../../sdk/contract.ts';
import { nearest } from '../nearest.ts';
import { verdictOf } from './classified.ts';
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { magicList } from '../scenario/magic-list.ts';
import { nearMagic } from '../scenario/magic.ts';
import { ListedPersona, MagicList, PersonaList, ScenarioGiven, ScenarioInput, ScenarioTried, ScenarioTry, ScenarioView as ViewSchema } from './schemas/scenario.ts';
import { noSuchStream } from './streams.ts';

const Name = z.object({ stream: z.string() });
/** Octets: a thousand rules with long texts. */
const LARGEST = 2 * 1024 * 1024;

export function scenarioRoutes({ add, app }: Routes, { scenarios, streams, personas }: ApiDeps): void {
  app.openAPIRegistry.register('ScenarioInput', ScenarioGiven);
  const view = (stream: string): ScenarioView => {
    const { scenario, from, hits } = scenarios.of(stream);
    return { scenario, hits: hits(), from };
  };

  add({
    method: 'get', path: '/v1/streams/{stream}/scenario', noun: 'Scenarios', summary: 'The scenario of a stream, and how often each rule answered',
    params: Name, answer: ViewSchema, problems: ['no-such-stream'],
  }, ({ params: { stream } }) => (streams.get(stream) ? view(stream) : noSuchStream(stream)));

  add({
    method: 'put', path: '/v1/streams/{stream}/scenario', noun: 'Scenarios', summary: 'Give a stream its scenario, instead of the one it has',
    description: 'The first rule that answers wins. Counters begin anew. Acts on what is tried from now on.',
    params: Name, body: ScenarioInput, bodyLimit: LARGEST, answer: ViewSchema, problems: ['no-such-stream', 'malformed-json', 'unsupported-type', 'body-too-large'],
  }, async ({ params: { stream }, body }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    const put = await scenarios.put(stream, body);
    return put === 'ok' ? view(stream) : invalid(put.faults);
  });

  add({
    method: 'delete', path: '/v1/streams/{stream}/scenario', noun: 'Scenarios', summary: 'Take a scenario away',
    description: 'Magic addresses and personas still answer. A scenario of the configuration comes back.',
    params: Name, problems: ['no-such-stream'],
  }, async ({ c, params: { stream } }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    await scenarios.remove(stream);
    return c.body(null, 204);
  });

  add({
    method: 'post', path: '/v1/streams/{stream}/scenario/reset', noun: 'Scenarios', summary: 'Forget what was counted: hits, greylist, rates',
    params: Name, answer: ViewSchema, problems: ['no-such-stream'],
  }, async ({ params: { stream } }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    await scenarios.reset(stream);
    return view(stream);
  });

  add({
    method: 'post', path: '/v1/streams/{stream}/scenario/try', noun: 'Scenarios', summary: 'What would be answered, stage by stage',
    description: 'Counts nothing and sends nothing. With `scenario`, of that one instead of the stream\'s own.',
    params: Name, body: ScenarioTry, bodyLimit: LARGEST, answer: ScenarioTried, problems: ['no-such-stream', 'malformed-json', 'unsupported-type', 'body-too-large'],
  }, ({ params: { stream }, body: { recipient, sender, tags, headers, size, attempt, scenario } }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    const tried = scenarios.try(stream, {
      recipient,
      ...(sender === undefined ? {} : { sender }),
      ...(tags === undefined ? {} : { tags }),
      ...(headers === undefined ? {} : { headers }),
      ...(size === undefined ? {} : { size }),
      ...(attempt === undefined ? {} : { attempt }),
      ...(scenario === undefined ? {} : { scenario }),
    });
    if ('faults' in tried) return invalid(tried.faults);
    const defined = [scenario ?? scenarios.of(stream).scenario].flatMap((one) => Object.keys((one as Scenario).define ?? {}));
    const near = nearMagic(recipient, (name) => defined.includes(name) || personas().some((persona) => persona.name === name));
    return { ...tried, verdict: verdictOf(tried), ...(near ? { hint: near.hint } : {}) };
  });

  add({
    method: 'get', path: '/v1/magic', noun: 'Scenarios', summary: 'Magic addresses: what a tag in an address makes the pretend remote do',
    description: 'The same table that reads them, and that docs/scenarios.md is made from. Upper case in `form` stands for an argument.', answer: MagicList,
  }, () => magicList());

  add({
    method: 'get', path: '/v1/personas', noun: 'Scenarios', summary: 'Mailbox providers that can be played: their limits and their words',
    description: 'Data to read, copy and change: a copy goes into `define` of a scenario.', answer: PersonaList,
  }, () => ({ personas: personas().map((persona) => ({ ...persona, builtIn: true })) }));

  add({
    method: 'get', path: '/v1/personas/{name}', noun: 'Scenarios', summary: 'One persona', params: z.object({ name: z.string() }), answer: ListedPersona, problems: ['no-such-persona'],
  }, ({ params: { name } }) => {
    const found = personas().find((persona) => persona.name === name.toLowerCase());
    if (found) return { ...found, builtIn: true };
    return problem('no-such-persona', { detail: `There is no persona "${name.slice(0, 40)}".${nearest(name.slice(0, 40), personas().map((persona) => persona.name), ' Did you mean %?')}` });
  });
}
