/**
 * Schemas of scenarios and personas, for the document and the answers. What
 * comes in is read by scenario/read.ts, which also says what a rule cannot
 * mean; this is its shape.
 */
import { z } from '@hono/zod-openapi';
import type * as wire from '../../../sdk/contract.ts';
import { agree } from './agree.ts';
import { Classified, stage } from './answer.ts';

const span = z.union([z.number(), z.string()]).openapi({ description: 'Milliseconds, or a text like `90s`, `5m`, `72h`.' });
const pattern = z.union([z.string(), z.array(z.string())]).openapi({ description: 'Exact, or with `*`; a list matches when one does.' });

const reply = {
  code: z.number(),
  enhanced: z.string().nullable().optional(),
  text: z.string().optional().openapi({ description: 'Lines are separated by LF. `{recipient} {sender} {domain} {client} {host} {retry}` are filled in.' }),
  close: z.literal(true).optional(),
};
const ScenarioReply = z.object(reply).openapi('ScenarioReply');
const fault = z.enum([
  'nxdomain', 'servfail', 'no-mx', 'null-mx', 'refused', 'unreachable', 'silence', 'disconnect', 'reset', 'disconnect-after-dot',
  'tls-handshake', 'tls-expired', 'tls-self-signed', 'tls-wrong-host', 'tls-not-offered', 'garbage',
]);

const Afterwards = z.object({
  send: z.enum(['dsn', 'delay-dsn', 'text-bounce', 'complaint', 'ooo']), after: span, reply: ScenarioReply.optional(), says: z.string().optional(),
}).openapi('Afterwards');

export const Rule = z.object({
  id: z.string().optional(),
  note: z.string().optional(),
  side: z.enum(['remote', 'submission', 'both']).optional(),
  when: z.object({
    recipient: pattern.optional(), domain: pattern.optional(), site: pattern.optional(), host: pattern.optional(), sender: pattern.optional(), tag: pattern.optional(),
    header: z.record(z.string(), pattern).optional(), size: z.union([z.string(), z.number()]).optional(), tls: z.boolean().optional(),
    attempt: z.union([z.string(), z.number()]).optional(),
  }).optional(),
  what: z.object({
    at: stage.optional(), reply: ScenarioReply.optional(), says: z.string().optional(), fault: fault.optional(), delay: span.optional(), drip: span.optional(),
    accept: z.literal(true).optional(), hide: z.array(z.string()).optional(),
  }).optional(),
  often: z.object({
    times: z.number().optional(),
    sequence: z.array(z.union([ScenarioReply, z.string(), z.number(), z.null()])).optional(),
    probability: z.number().optional(),
    until: span.optional(),
    window: z.object({ from: z.string().optional(), to: z.string().optional() }).optional(),
    greylist: z.object({ wait: span, passFor: span.optional() }).optional(),
    rate: z.object({ messages: z.number().optional(), per: span.optional(), connections: z.number().optional(), messagesPerConnection: z.number().optional() }).optional(),
    per: z.enum(['recipient', 'message', 'address', 'domain', 'sender', 'client', 'all']).optional(),
  }).optional(),
  afterwards: Afterwards.optional(),
}).openapi('Rule');

const situations = [
  'unknown', 'disabled', 'full', 'toolarge', 'spam', 'virus', 'policy', 'dmarc', 'spf', 'blocklist', 'ptr', 'relay',
  'ratelimit', 'greylist', 'tlsrequired', 'toomany', 'connections', 'perconnection', 'recipientrate', 'sender', 'busy', 'malformed', 'blockedsender', 'nodomain',
] as const satisfies wire.Situation[];
const SituationReply = z.object({ ...reply, at: stage }).openapi('SituationReply');
const replies = Object.fromEntries(situations.map((name) => [name, SituationReply.optional()])) as Record<wire.Situation, z.ZodOptional<typeof SituationReply>>;

const persona = {
  name: z.string(),
  label: z.string(),
  note: z.string(),
  domains: z.array(z.string()),
  site: z.string().optional(),
  provider: z.string().optional(),
  banner: z.string(),
  hide: z.array(z.string()).optional(),
  size: z.number().optional(),
  requiresTls: z.literal(true).optional(),
  limits: z.object({
    connections: z.number().optional(), messagesPerConnection: z.number().optional(), recipientsPerMessage: z.number().optional(),
    messages: z.object({ most: z.number(), per: span }).optional(),
  }).optional(),
  greylist: z.object({ wait: span, passFor: span.optional() }).optional(),
  replies: z.object(replies),
  rules: z.array(Rule).optional(),
};
const Persona = z.object(persona).openapi('Persona');
export const ListedPersona = z.object({ ...persona, builtIn: z.boolean() }).openapi('ListedPersona');
export const PersonaList = z.object({ personas: z.array(ListedPersona) }).openapi('PersonaList');

export const Scenario = z.object({
  rules: z.array(Rule),
  personas: z.record(z.string(), z.string()).optional().openapi({ description: 'Domain pattern → persona.' }),
  define: z.record(z.string(), Persona).optional(),
  persona: z.string().optional().openapi({ description: 'What domains without a persona have; default `plain`.' }),
  seed: z.number().optional(),
}).openapi('Scenario');
/** As it is given: a scenario of personas needs no rules. For the document only. */
export const ScenarioGiven = Scenario.partial({ rules: true });
/** Of a request: judged by scenario/read.ts, for its better words. */
export const ScenarioInput = z.unknown().openapi({ type: 'object', allOf: [{ $ref: '#/components/schemas/ScenarioInput' }] });

const RuleHits = z.object({
  id: z.string(), from: z.enum(['rule', 'magic', 'persona']), hits: z.number(), lastAt: z.string().nullable(),
  left: z.number().nullable().openapi({ description: 'What is left of `times`.' }),
}).openapi('RuleHits');
export const ScenarioView = z.object({ scenario: Scenario, hits: z.array(RuleHits), from: z.enum(['none', 'config', 'request']) }).openapi('ScenarioView');

export const ScenarioTry = z.strictObject({
  recipient: z.string().min(1).max(320),
  sender: z.string().max(320).optional(),
  tags: z.array(z.string().max(100)).max(50).optional(),
  headers: z.record(z.string().max(200), z.string().max(10_000)).optional(),
  size: z.number().int().min(0).optional(),
  attempt: z.number().int().min(1).optional(),
  scenario: ScenarioInput.optional().openapi({ description: 'Instead of the stream\'s own.' }),
}).openapi('ScenarioTry');
export const ScenarioTried = z.object({
  persona: z.string(),
  site: z.string(),
  stages: z.array(z.object({
    stage, rule: z.string().nullable(), reply: z.object({ code: z.number(), enhanced: z.string().nullable(), text: z.string() }).nullable(),
    fault: z.string().nullable(), delay: z.number().nullable(),
  })),
  verdict: Classified.nullable(),
  afterwards: z.array(z.object({ send: z.string(), after: z.number(), rule: z.string() })),
  hint: z.string().optional().openapi({ description: 'The tag of the address does nothing, and was probably meant to.' }),
}).openapi('ScenarioTried');

agree<typeof Rule, wire.Rule>();
agree<typeof ListedPersona, wire.PersonaList['personas'][number]>();
agree<typeof Scenario, wire.Scenario>();
agree<typeof ScenarioView, wire.ScenarioView>();
agree<typeof ScenarioTried, wire.ScenarioTried>();

export const MagicList = z.object({
  rows: z.array(z.object({ form: z.string(), example: z.string(), arguments: z.string(), stage: z.string(), says: z.string() })),
  aliases: z.array(z.object({ of: z.string(), address: z.string(), tag: z.string() })),
}).openapi('MagicList');
agree<typeof MagicList, wire.MagicList>();
