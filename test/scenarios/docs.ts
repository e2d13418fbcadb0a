/**
 * The pages of the simulator, made from the stories that the tests play:
 * docs/simulator/<group>.md, and docs/scenarios.md as their index, with the
 * vocabulary. `node test/scenarios/docs.ts` (a part of `npm run docs`) writes
 * them; a test holds them to what they are made from.
 */
import { writeFileSync } from 'node:fs';
import type { Scenario } from '../../sdk/contract.ts';
import { MAGIC } from '../../server/scenario/magic-table.ts';
import { vocabularyPage } from '../../server/scenario/page.ts';
import { exampleOf } from './example.ts';
import { STORIES } from './stories/index.ts';
import { GROUPS, readLine, type Group, type Line, type Story } from './story.ts';

export type Page = { /** Below docs/. */ path: string; text: string };

const INTRO: Record<Group, string> = {
  replies: 'What a server can say at each stage, by magic addresses: no set-up is needed, the address says it all.',
  classes: 'What a server can mean, in plain words. The class decides what happens: whether the mail is tried again, whether the address is suppressed, whether a whole site rests.',
  providers: 'The built-in personas in all the words that are their own. The texts stand in [the table of each](../scenarios.md#personas); here is what Postern makes of them.',
  faults: 'When no answer is heard at all: nobody is to blame, and the mail is tried again.',
  dns: 'What happens before there is a host to connect to.',
  tls: 'Certificates, handshakes, and servers that insist.',
  time: 'Slow servers, greylists, limits, and rules that count. All of it runs on the time of the stream, so nobody waits for it.',
  afterwards: 'A 250 is not the end: bounces, complaints and automatic replies come as mail, to the envelope sender.',
  aliases: 'Test addresses of other products work as they are.',
  rules: 'A scenario is a list of rules and, if need be, personas. The first rule that answers wins.',
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``);
const count = (tally: object): string => Object.entries(tally).map(([state, n]: [string, number]) => `${n} ${state}`).join(', ') || 'nothing was taken';
const pageOf = (group: Group): string => `simulator/${group}.md`;

function historyTable({ mail, expect }: Story): string[] {
  const histories: [string, Line[]][] = Array.isArray(expect.history) ? [['', expect.history]] : Object.entries(expect.history);
  if (histories.every(([, lines]) => lines.length === 0)) return [];
  const told = histories.flatMap(([who, lines]) => (lines.length === 0 ? [{ who, ...readLine('') }] : lines.map((line, i) => ({ who: i === 0 ? who : '', ...readLine(line) }))));
  const [several, beside] = [histories.length > 1, told.some((one) => one.beside !== '')];
  const cells = (who: string, ...rest: string[]) => row([...(several ? [who] : []), ...rest.slice(0, 4), ...(beside ? [rest[4]!] : [])]);
  const second = (who: string) => who.replace(/^(.*) #(\d+)$/, (_, address: string, n: string) => `${code(address)}, ${ORDINALS[Number(n) - 1] ?? `no. ${n}`}`);
  return [
    cells(mail.length > 1 ? 'recipient, message' : 'recipient', 'at', 'heard', 'taken for', 'becomes', ''),
    cells('---', '---', '---', '---', '---', '---'),
    ...told.map(({ who, at, said, class: verdict, outcome, beside: more }) => cells(who.includes(' #') ? second(who) : code(who), at || 'never', code(said), code(verdict), outcome || 'suppressed', more)),
    '',
  ];
}

const ORDINALS = ['first', 'second', 'third', 'fourth'];

function ending({ expect }: Story): string {
  const { tally, returns = [], suppressed = [], notices = {}, refused = {} } = expect;
  return [
    ...Object.entries(refused).map(([n, said]) => `Letter ${n} was not taken: ${code(said)}.`),
    `In the end: **${count(tally)}**.`,
    ...returns.map((line) => {
      const [at, type, about, verdict] = line.split('  ');
      return `Came back after ${at!.slice(1)}: ${type} for ${code(about!)}${verdict === undefined || verdict === type ? '' : ` (${code(verdict)})`}.`;
    }),
    ...(suppressed.length === 0 ? ['Nobody is suppressed.'] : [`Suppressed: ${suppressed.map((line) => line.split('  ')).map(([address, reason]) => `${code(address!)} (${code(reason!)})`).join(', ')}.`]),
    ...Object.entries(notices).map(([subject, recipients]) => `The sender is told: "${subject}"${recipients > 1 ? `, of ${recipients} recipients` : ''}.`),
  ].join(' ');
}

/** A line for each rule, as a file would have it. */
function json(scenario: Scenario): string {
  const parts = Object.entries(scenario).map(([key, value]: [string, unknown]) => (Array.isArray(value) && value.length > 0
    ? `  ${JSON.stringify(key)}: [\n${value.map((one) => `    ${spaced(one)}`).join(',\n')}\n  ]`
    : `  ${JSON.stringify(key)}: ${spaced(value)}`));
  return `{\n${parts.join(',\n')}\n}`;
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${spaced(one)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

const section = (story: Story): string[] => [
  `<a id="${story.id}"></a>`, '', `## ${story.title}`, '', story.why, '',
  ...historyTable(story), ending(story), '',
  '```js', exampleOf(story), '```', '',
  ...(story.scenario ? ['The scenario as JSON, for a file or for `PUT /v1/streams/{stream}/scenario`:', '', '```json', json(story.scenario), '```', ''] : []),
];

const groupPage = (group: Group): Page => ({
  path: pageOf(group),
  text: [
    `# ${GROUPS[group]}`, '', '<!-- Made from the stories in test/scenarios by `npm run docs`. -->', '',
    INTRO[group], '',
    'Each story is played by a test, and so is each example, with this before it:', '',
    '```js', "import { createTransport } from 'nodemailer';", "import { start } from 'postern/sdk';", "import { expect } from 'postern/sdk/vitest';", '', 'const sandbox = await start();', '```', '',
    'Times are counted from acceptance, by the clock of the stream. Waits are exact here because `jitter` is 0; a stream has 0.1 unless it is told. All pages: [scenarios](../scenarios.md).', '',
    ...STORIES.filter((story) => story.group === group).flatMap(section),
  ].join('\n'),
});

function indexPage(): Page {
  const linked = MAGIC.reduce((page, { story, form }) => {
    const { group } = STORIES.find(({ id }) => id === story)!;
    return page.replace(`\n| ${code(form)} |`, () => `\n| [${code(form)}](${pageOf(group)}#${story}) |`);
  }, vocabularyPage());
  return {
    path: 'scenarios.md',
    text: [
      linked.trimEnd(), '',
      '## Stories', '',
      'Each of these is played by a test on the whole of Postern, and tells what real servers do, what an application should do, and every attempt that was made.', '',
      ...(Object.keys(GROUPS) as Group[]).flatMap((group) => [
        `### [${GROUPS[group]}](${pageOf(group)})`, '',
        ...STORIES.filter((story) => story.group === group).map(({ id, title }) => `- [${title}](${pageOf(group)}#${id})`), '',
      ]),
    ].join('\n'),
  };
}

export const storyPages = (): Page[] => [indexPage(), ...(Object.keys(GROUPS) as Group[]).map(groupPage)];

export function writeStoryPages(): void {
  for (const { path, text } of storyPages()) writeFileSync(new URL(`../../docs/${path}`, import.meta.url), text);
}

if (import.meta.main) writeStoryPages();
