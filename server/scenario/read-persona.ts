/** Reads a persona: built-in data and a user's own go the same way. */
import type { Persona, Situation } from '../../sdk/contract.ts';
import { STAGES, type Stage } from '../mail/reply.ts';
import { type CompiledPersona, PASS_FOR } from './compiled.ts';
import { readReply } from './read-reply.ts';
import { readRule } from './read-rule.ts';
import { type Fields, type Flaws, fields, list, number, onlyTrue, oneOf, pathOf, span, text, wrong } from './reading.ts';
import { SITUATIONS } from './scenario.ts';
import { completed } from './speech.ts';

const KNOWN = ['name', 'label', 'note', 'domains', 'site', 'provider', 'banner', 'hide', 'size', 'requiresTls', 'limits', 'greylist', 'replies', 'rules'];
/** A name stands in an address tag: `+acme.full`. */
export const PERSONA_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const MANY = 1_000_000_000;

export function readPersona(flaws: Flaws, value: unknown, path: string, isPersona: (name: string) => boolean): CompiledPersona | undefined {
  const before = flaws.length;
  const said = fields(flaws, value, path, KNOWN);
  if (!said) return undefined;
  const name = text(flaws, said['name'], pathOf(path, 'name'));
  if (name !== undefined && !PERSONA_NAME.test(name)) wrong(flaws, name, pathOf(path, 'name'), 'must be lower-case letters, digits and `-`');
  text(flaws, said['label'], pathOf(path, 'label'));
  text(flaws, said['note'], pathOf(path, 'note'), { most: 1_000, least: 0 });
  text(flaws, said['banner'], pathOf(path, 'banner'), { most: 400, least: 0 });
  for (const key of ['site', 'provider']) if (said[key] !== undefined) text(flaws, said[key], pathOf(path, key));
  list(flaws, said['domains'], pathOf(path, 'domains'), 1_000, (one, place) => text(flaws, one, place));
  if (said['hide'] !== undefined) list(flaws, said['hide'], pathOf(path, 'hide'), 20, (one, place) => text(flaws, one, place));
  if (said['size'] !== undefined) number(flaws, said['size'], pathOf(path, 'size'), 1, Number.MAX_SAFE_INTEGER);
  if (said['requiresTls'] !== undefined) onlyTrue(flaws, said['requiresTls'], pathOf(path, 'requiresTls'));
  const messages = said['limits'] === undefined ? undefined : readLimits(flaws, said['limits'], pathOf(path, 'limits'));
  const greylist = said['greylist'] === undefined ? undefined : readGreylist(flaws, said['greylist'], pathOf(path, 'greylist'));
  const replies = readReplies(flaws, said['replies'], pathOf(path, 'replies'));
  const rules = said['rules'] === undefined ? [] : list(flaws, said['rules'], pathOf(path, 'rules'), 1_000, (one, place) => readRule({ flaws, isPersona, from: 'persona' }, one, place, Number(place.split('.').at(-1)) + 1));
  if (flaws.length > before) return undefined;
  return {
    wire: said as unknown as Persona, replies,
    rules: rules.filter((rule) => rule !== undefined).map((rule) => ({ ...rule, id: `${name}.${rule.id}` })),
    ...(greylist ? { greylist } : {}), ...(messages ? { messages } : {}),
  };
}

function readLimits(flaws: Flaws, value: unknown, path: string): CompiledPersona['messages'] {
  const said = fields(flaws, value, path, ['connections', 'messagesPerConnection', 'recipientsPerMessage', 'messages']);
  if (!said) return undefined;
  for (const key of ['connections', 'messagesPerConnection', 'recipientsPerMessage']) if (said[key] !== undefined) number(flaws, said[key], pathOf(path, key), 1, MANY);
  if (said['messages'] === undefined) return undefined;
  const rate: Fields | undefined = fields(flaws, said['messages'], pathOf(path, 'messages'), ['most', 'per']);
  if (!rate) return undefined;
  const most = number(flaws, rate['most'], pathOf(path, 'messages.most'), 1, MANY);
  const perMs = span(flaws, rate['per'], pathOf(path, 'messages.per'));
  if (perMs === 0) wrong(flaws, rate['per'], pathOf(path, 'messages.per'), 'must be longer than nothing');
  return most === undefined || perMs === undefined ? undefined : { most, perMs };
}

function readGreylist(flaws: Flaws, value: unknown, path: string): CompiledPersona['greylist'] {
  const said = fields(flaws, value, path, ['wait', 'passFor']);
  if (!said) return undefined;
  const waitMs = span(flaws, said['wait'], pathOf(path, 'wait'));
  const passForMs = said['passFor'] === undefined ? PASS_FOR : span(flaws, said['passFor'], pathOf(path, 'passFor'));
  return waitMs === undefined || passForMs === undefined ? undefined : { waitMs, passForMs };
}

function readReplies(flaws: Flaws, value: unknown, path: string): CompiledPersona['replies'] {
  const replies: CompiledPersona['replies'] = new Map();
  const said = fields(flaws, value, path, SITUATIONS);
  for (const [situation, one] of Object.entries(said ?? {})) {
    const place = pathOf(path, situation);
    const reply = readReply(flaws, one, place, ['at']);
    const at: Stage | undefined = oneOf(flaws, (one as Fields | null)?.['at'], pathOf(place, 'at'), STAGES);
    if (at === 'resolve' || at === 'connect') flaws.push({ path: pathOf(place, 'at'), message: 'a reply comes from `greeting` on' });
    if (reply && at !== undefined) replies.set(situation as Situation, { at, said: completed(reply, at) });
  }
  return replies;
}
