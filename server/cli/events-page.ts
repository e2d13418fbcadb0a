/**
 * docs/events.md: every kind of event, when it comes and what it holds. The
 * kinds are the union's, so a new one without a sentence does not compile; the
 * fields are those of the schema that the API answers by. `npm run docs`
 * writes it; a test holds the page to the code.
 */
import { apiDocument } from '../api/page.ts';
import { TERMINAL_EVENTS, type EventType } from '../events/event.ts';

/** When each comes, in a sentence or two. */
const WHEN: Record<EventType, string> = {
  'message.captured': 'A message was accepted and is on disk. `queued` says how many recipients are on their way; without it the message stays in the inbox, and this is the end of it.',
  'message.parsed': 'The body of a message was read in the background, or could not be.',
  'message.updated': 'A message was marked as read or unread, or its tags were changed.',
  'messages.deleted': 'Messages were deleted by a request (`user`), or by what their stream keeps (`retention`). At most 500 ids; a larger deletion makes several events.',
  'message.released': 'A person put mail of the inbox on its way for real. `recipients` is whom it was for, `to` who gets it.',
  'stream.created': 'A stream was made.',
  'stream.updated': 'Settings of a stream were changed: mode, retention, tags, delivery.',
  'stream.deleted': 'A stream was deleted, with all that was in it. Suppressions and counts of its real mail stay.',
  'inbox.created': 'An address was made by `POST /v1/inboxes`.',
  'recipient.delivered': 'The remote side took the message.',
  'recipient.deferred': 'An attempt did not succeed, and there will be another at `nextDue`.',
  'recipient.bounced': 'The remote side refused it for good.',
  'recipient.expired': 'Its time was over before anybody took it. Holds the facts of the last attempt when there was one.',
  'recipient.suppressed': 'The address gets no mail. Nothing was sent.',
  'recipient.cancelled': 'A person gave it up.',
  'recipient.held': 'It waits until somebody says so. `reason` and `text` say why: a person (`person`), the allow list (`not-allowed`), the canary (`canary`), or that it cannot be signed (`unsigned`).',
  'recipient.released': 'A person let go what was held.',
  'bounce.received': 'A report came back that mail which was taken could not be delivered after all.',
  'complaint.received': 'A feedback report came back: the recipient called it spam.',
  'autoreply.received': 'An automatic reply came back, such as out of office.',
  'delay.received': 'A report came back that mail which was taken is late.',
  'unsubscribe.received': 'A recipient asked for no more mail of the stream: with one click in a mail program, or on the page behind the link.',
  'suppression.added': 'An address was suppressed, by the engine or by a person.',
  'suppression.removed': 'An address may have mail again: somebody said so, or its time is over (`by` is `expiry`).',
  'site.paused': 'Nothing new is tried at a site: it failed twice in a row, it refuses us, or a person said so.',
  'site.resumed': 'The pause of a site is over.',
  'site.pace': 'A site is asked more slowly than its limits allow, because it said so.',
  'site.rule': 'A rule of a provider profile has acted: until then the site, or what shares its limits, goes slower or rests.',
  'stream.paused': 'A person paused a stream.',
  'stream.resumed': 'The pause of a stream is over.',
  'alert.queue-age': 'The oldest waiting recipient of a stream is older than `queueAlert` (`raised`), or no longer (`cleared`). `oldest` and `threshold` are milliseconds.',
  'alert.rate': 'A share of a live stream\'s mail is above its threshold (`raised`), or no longer (`cleared`): bounced within an hour (`bounceAlert`), complained about within a day (`complaintAlert`). `of` is how many were counted.',
  'delivery.stopped': 'The one switch: nothing new is tried for real, of any stream. It is of no stream, so no webhook is called.',
  'delivery.started': 'Real delivery goes on. Of no stream either.',
  'stream.mode': 'The mode of a stream was changed, to `deliver` or from it among others. Mail that is on its way goes on as it was accepted.',
  'canary.approved': 'A person released what the canary of a stream held back.',
  'preflight.changed': 'What a receiver would see of a live stream\'s domain is another than at the look before.',
  'clock.advanced': 'The clock of a stream was moved; of one message or one recipient where these are named.',
  'scenario.changed': 'A stream was given another scenario.',
  'scenario.reset': 'What a scenario had counted was forgotten.',
  'hook.disabled': 'A webhook is not called any more: a person, a 410, or a day of failures.',
  'hook.enabled': 'A webhook is called again.',
};

/** `shared` is in each kind of the group, and said above its table. */
const GROUPS: readonly { title: string; says: string; shared?: readonly string[]; isOf: (type: string) => boolean }[] = [
  { title: 'Recipients', says: 'What became of one address of one message. Exactly one **terminal** event comes for each recipient that was queued, whatever happens; no other event of this table comes after it. Each has `message`, `recipient`, `n` and `time`. An attempt\'s facts are `attempt`, `site`, `host`, `answer`, `class`, `rule` and, where it is so, `possibleDuplicate`.', shared: ['message', 'recipient', 'n', 'time'], isOf: (type) => type.startsWith('recipient.') },
  { title: 'Mail that came back', says: 'After the remote side had taken it. Each has `message`, what it is about (`""` when that is not known), `recipient`, `report`, the message that told it, and `time`.', shared: ['message', 'recipient', 'report', 'time'], isOf: (type) => /^(?:bounce|complaint|autoreply|delay)\./.test(type) },
  { title: 'Real delivery', says: 'Of the gate, and of what is seen from outside. Who did what is in the [audit log](api.md#get-v1audit), too.', isOf: (type) => /^(?:delivery|canary|preflight|unsubscribe)\.|^(?:message\.released|stream\.mode|alert\.rate)$/.test(type) },
  { title: 'Messages and inboxes', says: 'Of streams in any mode.', isOf: (type) => /^(?:messages?|inbox)\./.test(type) },
  { title: 'Queue', says: 'Of the way, rather than of a message.', isOf: (type) => /^(?:site|suppression|alert)\.|^stream\.(?:paused|resumed)$/.test(type) },
  { title: 'Streams, time, scenarios, hooks', says: '', isOf: () => true },
];

type Schema = { type?: string | string[]; enum?: unknown[]; $ref?: string; items?: Schema; description?: string; format?: string; properties?: Record<string, Schema>; required?: string[]; oneOf?: Schema[]; anyOf?: Schema[] };
type Kind = { type: EventType; fields: Record<string, Schema>; required: readonly string[] };

/** In each event, so said once. */
const COMMON = ['id', 'at', 'type', 'stream'];
const FACTS = ['attempt', 'site', 'host', 'answer', 'class', 'rule'];

export function eventKinds(): Kind[] {
  const { oneOf, anyOf } = (apiDocument().components!.schemas as Record<string, Schema>)['Event']!;
  return (oneOf ?? anyOf ?? []).flatMap(({ properties = {}, required = [] }) => (properties['type']!.enum as EventType[]).map((type) => ({ type, fields: properties, required })));
}

function typeOf({ type, enum: words, $ref, items, format }: Schema): string {
  if ($ref !== undefined) return $ref.endsWith('/Answer') ? 'reply or fault' : `\`${$ref.split('/').at(-1)}\``;
  if (words) return words.map((word) => `\`${String(word)}\``).join(', ');
  const names = (Array.isArray(type) ? type : [type ?? 'any']).map((name) => (name === 'array' ? `${typeOf(items ?? {})}s` : name === 'string' && format === 'date-time' ? 'time' : name === 'string' ? 'text' : name === 'boolean' ? 'yes or no' : name));
  return names.join(' or ');
}

const isTerminal = (type: string): boolean => (TERMINAL_EVENTS as readonly string[]).includes(type);

function row({ type, fields, required }: Kind, shared: readonly string[]): string {
  const hasFacts = FACTS.every((name) => name in fields);
  const own = Object.entries(fields).filter(([name]) => ![...COMMON, ...shared, ...(hasFacts ? [...FACTS, 'possibleDuplicate'] : [])].includes(name));
  const facts = hasFacts ? [required.includes('attempt') ? "the attempt's facts" : "the last attempt's facts, if any"] : [];
  const said = [...facts, ...own.map(([name, schema]) => `\`${name}\`${required.includes(name) ? '' : '?'} ${typeOf(schema)}`)];
  return `| \`${type}\`${isTerminal(type) ? ' **terminal**' : ''} | ${WHEN[type]} | ${said.join('; ')} |`;
}

export function eventsPage(): string {
  const order = Object.keys(WHEN);
  let left = eventKinds().sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
  const tables = GROUPS.flatMap(({ title, says, shared = [], isOf }) => {
    const these = left.filter(({ type }) => isOf(type));
    left = left.filter((kind) => !these.includes(kind));
    return [`### ${title}`, '', ...(says === '' ? [] : [says, '']), '| kind | when | fields |', '|---|---|---|', ...these.map((kind) => row(kind, shared)), ''];
  });
  return [...INTRO, ...tables, ...NAMES, ''].join('\n');
}

const INTRO = [
  '# Events',
  '',
  '<!-- Made from the union in server/events/event.ts and its schemas by `npm run docs`. -->',
  '',
  'Everything that happens is an event in one append-only list. What happens to a message or a recipient and its event are written in one transaction: neither is there without the other, also after a crash. Kinds and fields are added, never changed or removed: read what you know and pass over the rest.',
  '',
  '```json',
  JSON.stringify({ id: 353, at: '2026-11-21T06:46:12.308Z', type: 'recipient.bounced', stream: 'default', message: '01M7YDNZ2DACSZ7X8P8N4BF970', recipient: 'bob@gone.test', n: 0, time: '2026-11-21T06:46:12.307Z', attempt: 1, site: 'gone.test', host: 'mx.gone.test', answer: { kind: 'reply', stage: 'rcpt', code: 550, enhanced: '5.1.1', text: 'The email account that you tried to reach does not exist', host: 'mx.gone.test' }, class: 'invalid_recipient', rule: 'unknown-user' }, null, 2),
  '```',
  '',
  '| in every event | |',
  '|---|---|',
  '| `id` | the cursor: a number that grows with each event, in the order in which they happened. There may be gaps |',
  '| `at` | the wall clock |',
  '| `type` | the kind, see below |',
  '| `stream` | whose it is; `""` for what is global: the switch of real delivery, and suppressions for every stream. What is narrowed to a stream, as every webhook is, does not bring it |',
  '',
  '`at` is when it was written down. `time` of a recipient is when it happened on that recipient\'s own clock, which an [advance](simulate.md#move-time) moves: after `advance` by 72 hours the events of three days of retries have nearly the same `at`, and the `time` of each attempt. `nextDue`, and `until` of a pause, are of that clock, too. To reckon how long something took, use `time`.',
  '',
  '## Reading them',
  '',
  '```sh curl',
  'curl --silent --fail "$HTTP/v1/events?after=0&stream=default&types=recipient.delivered,recipient.bounced"',
  'curl --silent --fail "$HTTP/v1/events?latest=20"',
  '```',
  '',
  '`$HTTP` is `http://127.0.0.1:8025`. The answer has `events`, oldest first, and `cursor`: give it as `after` to go on where you were. Nothing is missed and nothing comes twice, over a restart of either side. `after=0` is all that ever happened. `stream`, `types` (comma separated) and `message` narrow every way of reading: `limit` and `latest` count what fits. A page with fewer than `limit` (100 unless said) is all that there is up to its `cursor`.',
  '',
  '| way | |',
  '|---|---|',
  '| [`GET /v1/events`](api.md#get-v1events) | a page |',
  '| [`GET /v1/events/stream`](api.md#get-v1eventsstream) | server-sent events: replay from `after` or `Last-Event-ID`, then live. A browser\'s `EventSource` comes back by itself where it was |',
  '| [`GET /v1/events/socket`](api.md#get-v1eventssocket) | WebSocket: one event per frame, replay from `after`, then live |',
  '| [`GET /v1/events/wait`](api.md#get-v1eventswait) | holds the request until the first event that fits, past or to come; for tests |',
  '| [webhooks](webhooks.md) | Postern calls you |',
  '| `sandbox.events({ after })`, `message.waitFor({ event })` | the [SDK](sdk.md) |',
  '',
  'A reader that is more than 10,000 events behind is cut off, so that it cannot fill the memory; it comes back with its cursor and has lost nothing.',
  '',
  '```sh curl',
  'curl --silent --fail "$HTTP/v1/streams/default/messages" --json \'{"from":"shop@app.test","to":"ann@site.test","subject":"Hello","text":"Hi."}\'',
  'curl --silent --fail "$HTTP/v1/events/wait?types=recipient.delivered,message.captured&recipient=ann@site.test&timeout=5s"',
  'curl --silent --max-time 1 "$HTTP/v1/events/stream?after=0" || [ $? = 28 ]   # 28: the second is over; the stream would go on',
  '```',
  '',
  '## Kinds',
  '',
  'A `?` marks a field that may be absent. Times are texts (ISO 8601).',
  '',
];

const NAMES = [
  '## What the fields mean',
  '',
  '| field | |',
  '|---|---|',
  '| `message` | the id of a message |',
  '| `recipient`, `n` | an address as it was written in the envelope, and its place there, from 0 |',
  '| `attempt` | 1 for the first |',
  '| `site`, `host` | who shares a limit, and who answered |',
  '| `answer` | a reply (`kind`, `stage`, `code`, `enhanced`, `text`, `host`) or a fault (`kind`, `stage`, `fault`, `detail`, `host`) |',
  '| `class`, `rule` | what the answer was taken for, and what said so: [classifier](classifier.md) |',
  '| `possibleDuplicate` | the attempt before this one was cut off behind the message (by a crash, or by a remote that was gone before it answered), so it may have been delivered twice |',
  '| `by` | `user`, `retention`, `person`, `engine`; or who asked: `api 127.0.0.1`, with the name in front that `X-Postern-By` gave |',
  '| `global` | a suppression that holds for every stream |',
  '| `mode` | of which mail it is: simulated (`simulate`) or real (`deliver`); a suppression without it is of both |',
  '| `pace` | 1 is full speed |',
  '| `was`, `now` | verdicts of a pre-flight: `pass`, `warn`, `fail` |',
];
