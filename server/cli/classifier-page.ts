/** docs/classifier.md, made from the tables of classify/. `npm run docs` writes it; a test holds the page to the code. */
import { ACTIONS, CLASSES } from '../classify/classes.ts';
import { TIERS } from '../classify/rules/index.ts';

const GROUPS = {
  hard: ['Hard', 'The address or its domain is the reason. Only these (and a complaint) ever stop mail to an address.'],
  soft: ['Soft', 'Time is the reason, whatever the reply code says.'],
  policy: ['Policy', 'The sender, the message or the set-up is the reason: never held against the recipient.'],
  none: ['Others', 'No failure of delivery, or none that is understood.'],
} as const;

const TIER_SAYS: readonly string[] = [
  'what one provider means by a code or an idiom of its own',
  'phrases that name who or what is the reason, the specific before the general',
  'enhanced codes that servers rarely set by mistake (5.2.2, 5.3.4, 5.7.26)',
  'vague words: "unavailable", "busy", "rejected"',
  'the other enhanced codes',
  'reply code and stage',
];

const say = (text: string): string => text.replaceAll('|', '\\|');

export function classifierPage(): string {
  const tables = Object.entries(GROUPS).flatMap(([permanence, [title, says]]) => [
    `### ${title}`, '', says, '',
    '| class | means | scope | on 5xx | on 4xx |',
    '|---|---|---|---|---|',
    ...Object.entries(CLASSES).filter(([, one]) => one.permanence === permanence).map(([name, one]) => `| \`${name}\` | ${say(one.says)} | ${one.scope} | ${one.permanent} | ${one.temporary} |`),
    '',
  ]);
  return [
    '# What a reply means',
    '',
    '<!-- Made from the tables in server/classify by `npm run docs`. -->',
    '',
    'Mail servers say "no" in thousands of ways, and the reply code tells little: of the 5xx replies that are seen in the wild about three in four are about the sender, the message or the set-up, not about the recipient. The classifier reads a reply and gives a verdict. It is one pure function, used for what the pretend remote says, for real deliveries and for bounces that come back.',
    '',
    '```sh',
    'npx postern classify "550 5.7.26 This mail has been blocked because the sender is unauthenticated."',
    'npx postern classify --jsonl < replies.jsonl     # {"reply_code": 550, "enhanced": "5.1.1", "text": "…", "phase": "rcpt"}',
    'npx postern bounce bounce.eml',
    `curl -s http://127.0.0.1:8025/v1/classify --json '{"text": "452 4.2.2 The email account is over quota"}'`,
    '```',
    '',
    '## How to read a verdict',
    '',
    '| field | meaning |',
    '|---|---|',
    '| `class` | why; one of the names below |',
    '| `permanence` | `hard`, `soft`, `policy` or `none`: the group of the class |',
    '| `scope` | what the action applies to: the `recipient`, its `domain`, this `message`, the `sender` (address, domain, stream), the `source` (our IP address at this site), the `site` |',
    '| `action` | what Postern does, see below |',
    '| `rule` | the rule that said so; each has real replies that it is for, in `server/classify/rules` |',
    '| `facets` | `provider`, `providerCode`, `phase`, `blocklist` and `delistUrl`, `retryAfter` in seconds, and `confidence`: how it was found, from `structured` and `provider` over `phrase` and `enhanced` to `weak-phrase`, `code` and `none` |',
    '',
    'A 4xx never suppresses. A user that is unknown after DATA is a `strike`, since some sites refuse content in these words; so is a text without any code, as bounces have it. What is not understood is `unknown`: a 4xx is tried again, a 5xx fails, and nothing is held against the address.',
    '',
    'Where a reply leaves a choice ("does not exist or is full") the softest of its reasons counts: a hard class stands only if each of them is hard, and "… or access denied" makes it a `strike`.',
    '',
    '## Classes',
    '',
    ...tables,
    '## Actions',
    '',
    '| action | what becomes of the mail |',
    '|---|---|',
    ...Object.entries(ACTIONS).map(([name, says]) => `| \`${name}\` | ${says} |`),
    '',
    '## How it is found',
    '',
    'Faults of our own (DNS, connection, TLS, expiry) are structured and are never guessed from text. The text of a reply is read as words, at most 2 KB of it: case, accents and endings go, and addresses, hosts and URLs are set aside. Then the first rule that fits wins, in this order:',
    '',
    ...TIERS.map(({ rules }, n) => `${n + 1}. ${TIER_SAYS[n]} (${rules.length} rules)`),
    '',
    '## Bounces',
    '',
    '`postern bounce` reads RFC 3464 reports, feedback reports (RFC 5965; `auth-failure` is no complaint), automatic replies, and the notices of mailers that write for people only. It prints `kind` (`bounce`, `delivered_dsn`, `arf`, `autoreply`, `not_bounce`) and for each recipient `status`, `action` (`failed`, `delayed`, `delivered`, `relayed`, `expanded`), `replyCode`, `diagnostic`, `class`, `hard` and the whole verdict. A late notice is a `bounce` whose action is `delayed`.',
    '',
  ].join('\n');
}
