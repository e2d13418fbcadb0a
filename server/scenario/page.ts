/** docs/scenarios.md, made from the tables of scenario/. `npm run docs` writes it; a test holds the page to the code. */
import type { Persona, Situation } from '../../sdk/contract.ts';
import { ALIASES } from './magic-aliases.ts';
import { MAGIC } from './magic-table.ts';
import { PERSONAS } from './personas/index.ts';
import { SITUATIONS } from './scenario.ts';
import { SITUATIONS_TABLE } from './situations.ts';

const say = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => (text === '' ? '' : `\`${say(text)}\``);
const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;

const magicTable = (): string[] => [
  row('tag', 'stage', 'what happens', 'arguments', 'own connection'), '|---|---|---|---|---|',
  ...MAGIC.map((one) => row(code(one.form), one.stage, say(one.says), say(one.arguments), one.alone)),
];

const aliasTable = (): string[] => [
  row('known from', 'address', 'is as'), '|---|---|---|',
  ...ALIASES.map(({ of, address, tag }) => row(of, code(address), code(`+${tag}`))),
  row('Mailtrap', code('bounce+451+text@…'), '`+rcpt.451` with that text (spaces as `+`, the rest as in a URL)'),
];

const situationTable = (): string[] => [
  row('situation', 'means', 'classified as', 'in plain words'), '|---|---|---|---|',
  ...SITUATIONS.map((name) => row(code(name), say(SITUATIONS_TABLE[name].says), SITUATIONS_TABLE[name].classes.map(code).join(' or '), code(wording(PERSONAS[0]!, name)))),
];

function wording({ replies }: Persona, name: Situation): string {
  const { code: number, enhanced, text, at } = replies[name]!;
  return `${at}: ${number}${typeof enhanced === 'string' ? ` ${enhanced}` : ''} ${text ?? ''}`;
}

function manners({ limits, greylist, requiresTls, size, domains, site }: Persona): string[] {
  return [
    domains.length > 0 ? `Domains: ${domains.map(code).join(', ')}${site === undefined ? '' : ', one site'}.` : '',
    [
      size === undefined ? '' : `messages up to ${Math.round(size / 1024 ** 2)} MB`,
      limits?.connections === undefined ? '' : `${limits.connections} connections`,
      limits?.messagesPerConnection === undefined ? '' : `${limits.messagesPerConnection} messages on each`,
      limits?.recipientsPerMessage === undefined ? '' : `${limits.recipientsPerMessage} recipients in a transaction`,
      limits?.messages === undefined ? '' : `${limits.messages.most} messages in ${limits.messages.per}`,
      greylist === undefined ? '' : `greylists for ${greylist.wait}`,
      requiresTls ? 'requires TLS' : '',
    ].filter((part) => part !== '').join(', '),
  ].filter((part) => part !== '');
}

const personaPart = (persona: Persona): string[] => [
  `### ${persona.name}`, '', persona.note, '', ...manners(persona).flatMap((line) => [line, '']),
  ...(Object.keys(persona.replies).length === 0 ? [] : [
    row('situation', 'reply'), '|---|---|',
    ...SITUATIONS.filter((name) => persona.replies[name]).map((name) => row(code(name), code(wording(persona, name)))), '',
  ]),
  ...(persona.rules ?? []).flatMap((rule) => [`- ${code(rule.id ?? '')}: ${code(JSON.stringify({ ...rule.what, ...rule.often }))}`]),
  ...(persona.rules ? [''] : []),
];

export const EXAMPLE_RULES: { says: string; rule: unknown }[] = [
  { says: 'A mailbox that is full for the first two attempts of each message', rule: { when: { recipient: 'ann@full.test' }, what: { reply: { code: 452, enhanced: '4.2.2', text: 'Mailbox full' } }, often: { times: 2 } } },
  { says: "The same in Gmail's words, for a whole domain", rule: { when: { domain: 'full.test' }, what: { says: 'gmail.full' }, often: { times: 2 } } },
  { says: 'Later, later, then welcome', rule: { when: { domain: 'later.test' }, often: { sequence: ['451 4.7.1 Try again later', 451, null] } } },
  { says: 'Ten messages a minute from a client, then the persona says that it is too much', rule: { when: { domain: 'slow.test' }, often: { rate: { messages: 10, per: '1m' } } } },
  { says: 'Greylisting with a window of its own', rule: { when: { domain: 'grey.test' }, often: { greylist: { wait: '10m', passFor: '36d' } } } },
  { says: 'One message in ten is lost after its final dot', rule: { what: { fault: 'disconnect-after-dot' }, often: { probability: 0.1 } } },
  { says: 'An expired certificate until noon', rule: { when: { domain: 'tls.test' }, what: { fault: 'tls-expired' }, often: { window: { to: '2026-01-31T12:00:00Z' } } } },
  { says: 'Accepted, and bounced an hour later', rule: { when: { recipient: '*@late.test' }, afterwards: { send: 'dsn', after: '1h', says: 'disabled' } } },
  { says: 'The first of two MX hosts is in trouble; mail goes to the second', rule: { when: { host: 'mx.two.test' }, what: { reply: { code: 451, enhanced: '4.3.0', text: 'Local error in processing' } } } },
  { says: 'Newsletters over 1 MB are too large', rule: { when: { header: { 'List-Id': '*' }, size: '>1mb' }, what: { at: 'body', says: 'toolarge' } } },
  { says: 'The application itself is refused while it hands mail in', rule: { side: 'submission', when: { sender: '*@blocked.test' }, what: { at: 'mail', reply: { code: 550, enhanced: '5.7.1', text: 'Not you' } } } },
];

export function vocabularyPage(): string {
  return [
    '# What the pretend remote says', '',
    '<!-- Made from the tables in server/scenario by `npm run docs`. -->', '',
    'A stream in mode `simulate` delivers to a pretend remote side. What it says is decided at every stage of the conversation by the first of these that answers:', '',
    '```', 'magic address  →  rules of the scenario, in order  →  persona of the domain  →  accepted', '```', '',
    'Everything counts in the time of the stream, and every chance comes from a seed: the same mail in the same order gets the same answers.', '',
    '## Magic addresses', '',
    'They work on any domain, without any set-up. The last `+tag` of the local part counts, in any case; its arguments are parted by dots. SPAN is `20s`, `5m`, `1h30m`. A tag that means nothing is an ordinary subaddress and is accepted. Rules and limits do not touch a magic address; where its tag acts on a connection or on a whole site, it has a connection and a site of its own, so that it disturbs nobody else.', '',
    ...magicTable(), '',
    'While mail is handed in (a setting of the stream), and at the pretend remote\'s own port (`remoteListen`), nobody knows the address before RCPT: what a tag would say before is said at RCPT, and DNS, connection and certificate faults do nothing.', '',
    '### Known from elsewhere', '',
    'Labels (`bounce+label1@…`) are free. Case, `_` and `-` do not count.', '', ...aliasTable(), '',
    '## Situations', '',
    `A situation is said in the words of the domain's persona (\`+full\`, \`says: full\`) or of a named one (\`+gmail.full\`, \`says: gmail.full\`). What a persona has no words for is said in plain ones.`, '',
    ...situationTable(), '',
    '## Rules', '',
    'A scenario is JSON: `{ "rules": […], "persona": "plain", "personas": { "acme.test": "gmail" }, "define": {}, "seed": 1 }`. A rule says whom it is for (`when`), what it says (`what`), how often (`often`), and what follows (`afterwards`). Patterns are exact or hold `*`; case does not count. A rule that only slows down (`delay`, `drip`) or hides an extension does not answer: the rules below it are asked, too.', '',
    ...EXAMPLE_RULES.flatMap(({ says, rule }) => [`${says}:`, '', '```json', JSON.stringify(rule), '```', '']),
    'All patterns with `*` of a scenario together have at most 65536 characters; exact ones do not count.', '',
    '`when`: `recipient`, `domain`, `site` (or provider), `host`, `sender`, `tag`, `header`, `size` (`>10mb`), `tls`, `attempt` (`>=3`). What is not known yet at a stage cannot be asked there: the sender from `mail` on, header fields at `body`. Where a rule says `host`, each domain has two MX hosts, `mx.<domain>` and after it `mx2.<domain>`; else it has the first alone. The remote\'s own port is the first host of every domain.', '',
    '`often`: `times`, `sequence`, `probability`, `until`, `window`, `greylist`, `rate`; together, all must agree. `per` says what is counted together: `recipient` (of a message; usual), `message`, `address`, `domain`, `sender`, `client` (usual for `rate`), `all`. `rate` counts what comes to the stage where the rule acts: messages at `mail` and `body`, recipients at `rcpt`, connections at `greeting`.', '',
    'Placeholders in a text: `{recipient}`, `{sender}`, `{domain}`, `{client}`, `{host}`, `{retry}` (how long to wait). A reply at `connect` is the banner, after which the connection is closed.', '',
    '## Personas', '',
    'Manners of mailbox providers, as data. A domain has the persona that names it, or the one that the scenario gives it; `<name>.test` has it without any set-up. Sizes and recipients in a transaction are approximate. Copy one under `define`, change it, and give it to your domains.', '',
    ...PERSONAS.filter(({ name }) => name !== 'plain').flatMap(personaPart),
  ].join('\n');
}
