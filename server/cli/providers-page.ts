/** docs/providers.md, made from the profiles of queue/profiles. `npm run docs` writes it; a test holds the page to the code. */
import { actText, plural, timeText } from '../queue/pacing-rules.ts';
import { ANY_RULES, type Profile, type ProfileRule, PROFILES } from '../queue/profiles/profiles.ts';

const say = (text: string): string => text.replaceAll('|', '\\|');
/** As code, whatever is in it: the fence is longer than what it holds. */
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

const HOUR = 3_600_000;
const lasting = (ms: number): string => (ms % HOUR === 0 ? `${ms / HOUR} h` : `${ms / 60_000} min`);

const rows = (rules: readonly ProfileRule[]): string[] => rules.map(({ id, codes, says, times, act, lasts }) => {
  const words = `${codes ? `${codes.join(', ')} ` : ''}${says.map((phrase) => code(say(phrase.trim()))).join(' … ')}`;
  return `| \`${id}\` | ${words} | ${times === undefined ? 'at once' : `${times} within an hour`} | ${actText(act)} | ${lasting(lasts)} |`;
});

const RULES_HEAD = ['| rule | a reply with | acts | does | for |', '|---|---|---|---|---|'];

function limits({ key, label, hosts, shared, limits: { connections, messagesPerConnection, rate }, tls, failures }: Profile): string {
  return `| \`${key}\` | ${label} | ${hosts.map((host) => code(host.startsWith('.') ? `*${host}` : host)).join(' ')} | ${connections === undefined ? '' : `${connections} ${shared === 'all' ? 'in all' : 'each site'}`} | ${messagesPerConnection ?? ''} | ${rate ? `${plural(rate.messages, 'message')} ${timeText(rate.perMs)}` : ''} | ${tls === 'always' ? 'needed' : ''} | ${failures ?? ''} |`;
}

export function providersPage(): string {
  return [
    '# What providers take',
    '',
    '<!-- Made from the profiles in server/queue/profiles by `npm run docs`. -->',
    '',
    'Large mailbox providers limit what one sender may do, and say so in replies of their own. What is known of them is data: a profile each, with limits that are kept to before anybody complains, and rules for what to do about a reply. They hold in both modes; how they work together with a stream\'s own limits is told in [the queue](queue.md#sites-limits-pace).',
    '',
    'A domain is a provider\'s when all of its MX hosts are. Limits are what the provider\'s own pages say, where they say something, else what large senders found to work; they change, so they are no promise of the provider. A stream\'s `siteLimits`, under the name in the first column or the site\'s own, stand above them.',
    '',
    '## Limits',
    '',
    'Connections are of each site (a set of MX hosts), or of all sites of the provider together. In mode `deliver` all streams share them, since the outside sees one sender. *TLS needed*: its hosts always offer STARTTLS, so that one without is not theirs, and gets no mail. *Failures*: hosts in a row that did not let us in, before it rests; 2 where nothing is said.',
    '',
    '| profile | provider | hosts | connections | messages per connection | rate | TLS | failures |',
    '|---|---|---|---|---|---|---|---|',
    ...PROFILES.map(limits),
    '',
    '## Rules',
    '',
    'The reply must hold each of the phrases, in this order, whatever its case; codes are 400 to 599 unless named. A rule acts at once, or when it was met so often within an hour. What it does lasts for so long from then on, also over a restart; it is told as the event `site.rule`, and `why` of the site (`GET /v1/queue`) names it.',
    '',
    ...PROFILES.filter(({ rules }) => rules.length > 0).flatMap(({ label, rules }) => [`### ${label}`, '', ...RULES_HEAD, ...rows(rules), '']),
    '### Everybody else',
    '',
    'Asked when no rule of the provider\'s own is for the reply.',
    '',
    ...RULES_HEAD, ...rows(ANY_RULES), '',
  ].join('\n');
}
