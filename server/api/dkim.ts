/** /v1/dkim: the keys that mail is signed with, as `postern dkim` has them. Private keys are never told. */
import { z } from '@hono/zod-openapi';
import type { KeyRefusal, KeysChanged } from '../outgoing/keys/desk.ts';
import { actorOf, BY } from './client.ts';
import type { ApiDeps } from './deps.ts';
import { problem, type ProblemName } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { DkimInput, DkimList, RetireInput } from './schemas/going-out.ts';
import { DkimFilter } from './schemas/query.ts';
import { keyOf } from './wire-live.ts';

const Pair = z.object({ domain: z.string(), selector: z.string().openapi({ description: 'The base of a pair, or the selector of one of its keys.' }) });

export function dkimRoutes({ add }: Routes, { real }: ApiDeps): void {
  add({
    method: 'get', path: '/v1/dkim', noun: 'Real delivery', summary: 'DKIM keys, with the records that are to be published',
    query: DkimFilter, answer: DkimList, problems: ['no-key-folder', 'key-trouble'],
  }, async ({ query: { domain } }) => {
    const found = await real.dkim.list(domain);
    return 'kind' in found ? refusal(found) : { keys: found.keys.map(keyOf), flaws: found.flaws };
  });

  add({
    method: 'post', path: '/v1/dkim', noun: 'Real delivery', summary: 'Make a pair of DKIM keys (RSA-2048 and Ed25519)',
    description: 'The first pair of a domain signs at once. A later one is prepared: publish its records, then activate it.',
    body: DkimInput, status: 201, answer: DkimList, headers: BY, problems: ['key-exists', 'no-key-folder', 'key-trouble', 'malformed-json', 'unsupported-type'],
  }, async ({ c, body: { domain, selector } }) => answered(await real.dkim.make(domain, selector, actorOf(c))));

  add({
    method: 'post', path: '/v1/dkim/{domain}/{selector}/activate', noun: 'Real delivery', summary: 'Let a pair sign from now on',
    description: 'Publish its records before. Those of the pair before it stay in the zone for a week, for mail that is on its way. Done again it changes nothing.',
    params: Pair, answer: DkimList, headers: BY, problems: ['no-such-key', 'no-key-folder', 'key-trouble'],
  }, async ({ c, params: { domain, selector } }) => answered(await real.dkim.activate(domain, selector, actorOf(c))));

  add({
    method: 'post', path: '/v1/dkim/{domain}/{selector}/retire', noun: 'Real delivery', summary: 'Retire a pair: it signs no more, and its records may go',
    description: 'Done again it changes nothing. Activating it takes it back into use.',
    params: Pair, body: RetireInput, bodyOptional: true, answer: DkimList, headers: BY, problems: ['no-such-key', 'key-in-use', 'no-key-folder', 'key-trouble', 'malformed-json', 'unsupported-type'],
  }, async ({ c, params: { domain, selector }, body: { force = false } }) => answered(await real.dkim.retire(domain, selector, { force }, actorOf(c))));
}

const answered = (done: KeysChanged) => (done.kind === 'refused' ? refusal(done) : { keys: done.keys.map(keyOf), flaws: [] });

const NAMED: Partial<Record<KeyRefusal['why'], ProblemName>> = { 'no-folder': 'no-key-folder', 'no-such-key': 'no-such-key', exists: 'key-exists', 'in-use': 'key-in-use', trouble: 'key-trouble' };

function refusal({ why, text }: KeyRefusal): Response {
  const name = NAMED[why];
  return name === undefined ? invalid([{ path: why === 'bad-selector' ? 'selector' : 'domain', message: text }]) : problem(name, { detail: `${text}.` });
}
