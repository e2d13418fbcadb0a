/** /v1/queue: what waits, by stream and site; and what a person can do about it. */
import type { z } from '@hono/zod-openapi';
import type { QueueReleased as WireReleased, QueueView } from '../../sdk/contract.ts';
import { ID_PATTERN } from '../ids.ts';
import { RECIPIENT_STATES } from '../mail/recipient.ts';
import type { QueueDepth, QueueScope as Scope } from '../queue/port.ts';
import { shown } from '../shown.ts';
import { parseDuration } from '../units.ts';
import { actorOf, BY } from './client.ts';
import type { ApiDeps } from './deps.ts';
import { noSuchMessage } from './messages.ts';
import { problem } from './problems.ts';
import { queueScopesOf } from './queue-scope.ts';
import { invalid, type Routes } from './route.ts';
import { wordsOf } from './said.ts';
import { PauseInput, QueueChanged, QueueReleased, QueueScope, QueueView as ViewSchema, RecipientPage } from './schemas/delivery.ts';
import { RecipientPaging, StreamFilter } from './schemas/query.ts';
import { noSuchStream } from './streams.ts';
import { recipientOf, siteOf } from './wire-delivery.ts';
import { nullableTime, timeOf } from './wire-time.ts';

const CURSOR = /^r([0-9a-z]{1,11})$/;

export function queueRoutes({ add }: Routes, deps: ApiDeps): void {
  const { queue, store, streams } = deps;

  add({
    method: 'get', path: '/v1/queue', noun: 'Queue', summary: 'What waits, by stream and site: depth, oldest, limits, pauses',
    query: StreamFilter, answer: ViewSchema, problems: ['no-such-stream'],
  }, async ({ query: { stream } }): Promise<QueueView | Response> => {
    const named = stream === undefined ? undefined : streams.get(stream);
    if (stream !== undefined && !named) return noSuchStream(stream);
    const within = stream === undefined ? {} : { stream };
    const [depths, sites] = await Promise.all([store.depth(within), queue.sites(stream)]);
    const lanes = await Promise.all((named ? [named] : streams.all()).map(async ({ name, mode, paused }) => ({
      stream: name, mode, tally: await store.tally({ stream: name }), ...momentsOf(depths.filter((depth) => depth.stream === name)),
      now: timeOf(queue.now(name)), paused: paused && { reason: paused.reason, until: nullableTime(paused.until) },
    })));
    return { streams: lanes, sites: sites.map(siteOf) };
  });

  add({
    method: 'get', path: '/v1/queue/recipients', noun: 'Queue', summary: 'Recipients one by one, oldest first',
    description: 'Needs `stream` or `message`. Why one of them waits is told by `/v1/messages/{id}/delivery`.',
    query: RecipientPaging, answer: RecipientPage, problems: ['unscoped', 'no-such-stream', 'no-such-message', 'bad-cursor'],
  }, async ({ query: { stream, message, destination, states: named, mode, heldFor, cursor, limit = 100 } }) => {
    if (stream === undefined && message === undefined) return problem('unscoped', { detail: 'Say `stream` or `message`.' });
    if (stream !== undefined && !streams.get(stream)) return noSuchStream(stream);
    if (message !== undefined && (!ID_PATTERN.test(message) || !(await store.read(message)))) return noSuchMessage(message);
    const said = named === undefined ? undefined : wordsOf('states', named, 'state', RECIPIENT_STATES);
    if (said && 'fault' in said) return invalid([said.fault]);
    const digits = cursor === undefined ? undefined : CURSOR.exec(cursor)?.[1];
    if (cursor !== undefined && digits === undefined) return problem('bad-cursor', { detail: '`cursor` is not a cursor of this list: give back what an answer said as `next`, unchanged.' });
    const scope: Scope = { ...(stream === undefined ? {} : { stream }), ...(message === undefined ? {} : { message }), ...(destination === undefined ? {} : { destination }), ...(said ? { states: said.words } : {}), ...(mode ? { mode } : {}), ...(heldFor ? { heldFor } : {}) };
    const found = await store.recipients({ scope, limit: limit + 1, ...(digits === undefined ? {} : { after: Number.parseInt(digits, 36) }) });
    const page = found.slice(0, limit);
    return { recipients: page.map(recipientOf), next: found.length > limit ? `r${page.at(-1)!.key.toString(36)}` : null };
  });

  const operation = (name: string, summary: string, description: string, act: (scope: Scope, by: string) => Promise<number>) => {
    add({
      method: 'post', path: `/v1/queue/${name}`, noun: 'Queue', summary, description: `${description} Needs \`stream\` or \`message\`; \`site\`, \`domain\`, \`recipient\`, \`mode\` and \`heldFor\` narrow it.`,
      body: QueueScope, answer: QueueChanged, headers: BY, problems: ['unscoped', 'no-such-stream', 'no-such-message', 'no-such-recipient', 'malformed-json', 'unsupported-type'],
    }, async ({ c, body }) => {
      const scopes = await queueScopesOf(deps, body);
      if (scopes instanceof Response) return scopes;
      let changed = 0;
      for (const scope of scopes) changed += await act(scope, actorOf(c));
      return { changed };
    });
  };
  operation('retry', 'Try now', 'What waits for its next attempt is due at once; held ones stay held.', (scope) => queue.retryNow(scope));
  operation('hold', 'Hold back', 'Nothing of it is tried until it is released; it still expires.', (scope, by) => queue.hold(scope, by));
  operation('cancel', 'Give up', 'Ends as `cancelled`, without a notice to the sender. What is being tried is cancelled unless that attempt delivers it.', (scope, by) => queue.cancel(scope, by));

  add({
    method: 'post', path: '/v1/queue/release', noun: 'Queue', summary: 'Release what is held',
    description: 'It is due at once; what was never tried and is to be sent later stays due then. Of real mail only what the allow list lets go, and it is written down in the audit log. Needs `stream` or `message`; `site`, `domain`, `recipient`, `mode` and `heldFor` narrow it.',
    body: QueueScope, answer: QueueReleased, headers: BY, problems: ['unscoped', 'no-such-stream', 'no-such-message', 'no-such-recipient', 'malformed-json', 'unsupported-type'],
  }, async ({ c, body }) => {
    const scopes = await queueScopesOf(deps, body);
    if (scopes instanceof Response) return scopes;
    const answer: WireReleased = { changed: 0, refused: [] };
    for (const scope of scopes) {
      answer.changed += await deps.real.held.release(scope, actorOf(c));
      const room = REFUSED_TOLD - answer.refused.length;
      if (room === 0 || scope.mode === 'simulate') continue;
      const still = await store.recipients({ scope: { ...scope, mode: 'deliver', states: ['held'] }, limit: room });
      answer.refused.push(...still.flatMap(({ message, address, held }) => (held ? [{ message, address, held }] : [])));
    }
    return answer;
  });

  add({
    method: 'post', path: '/v1/queue/pause', noun: 'Queue', summary: 'Pause a stream, or one site of it',
    description: 'Nothing new is tried until it is resumed or its time is over. What expires meanwhile expires.',
    body: PauseInput, headers: BY, problems: ['no-such-stream', 'no-such-site', 'malformed-json', 'unsupported-type'],
  }, async ({ c, body }) => {
    if (!streams.get(body.stream)) return noSuchStream(body.stream);
    const strange = body.site === undefined ? undefined : await strangeSite(body.stream, body.site);
    if (strange) return strange;
    const now = queue.now(body.stream, body.site === undefined ? undefined : body.mode);
    const until = body.for === undefined ? null : now + parseDuration(String(body.for))!;
    if (until !== null && until > now + LONGEST) return invalid([{ path: 'for', message: `must be at most 365d; it is ${shown(body.for)}` }]);
    await queue.pause(targetOf(body), { reason: body.reason ?? `paused by ${actorOf(c)}`, until });
    return c.body(null, 204);
  });

  add({
    method: 'post', path: '/v1/queue/resume', noun: 'Queue', summary: 'Resume a stream, or one site of it',
    description: '`changed` is 0 when it was not paused.',
    body: PauseInput.pick({ stream: true, site: true, mode: true }), answer: QueueChanged, problems: ['no-such-stream', 'malformed-json', 'unsupported-type'],
  }, async ({ body }) => {
    if (!streams.get(body.stream)) return noSuchStream(body.stream);
    return { changed: (await queue.resume(targetOf(body))) ? 1 : 0 };
  });

  /** A site that no mail of the stream is for: pausing it would do nothing, and say nothing. */
  async function strangeSite(stream: string, asked: string): Promise<Response | undefined> {
    const sites = await queue.sites(stream);
    if (sites.some(({ site }) => site === asked)) return undefined;
    const ofDestination = sites.find(({ site, destinations }) => site === asked.toLowerCase() || destinations.includes(asked.toLowerCase()));
    // A site may be paused before its first mail; its name is the domain's then.
    if (!ofDestination && DOMAIN.test(asked)) return undefined;
    const known = sites.slice(0, KNOWN_TOLD).map(({ site }) => site).join(', ');
    const hint = ofDestination ? `Did you mean "${ofDestination.site}"?` : known === '' ? 'It has had no mail for any site yet.' : `Those that it has had mail for: ${known}${sites.length > KNOWN_TOLD ? ` and ${sites.length - KNOWN_TOLD} more` : ''}.`;
    return problem('no-such-site', { detail: `Nobody knows a site "${asked.slice(0, 100)}" of "${stream}". ${hint}` });
  }
}

const KNOWN_TOLD = 10;
/** Of those that a release did not let go. */
const REFUSED_TOLD = 100;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
const LONGEST = 365 * 86_400_000;

const targetOf = ({ stream, site, mode }: Pick<z.output<typeof PauseInput>, 'stream' | 'site' | 'mode'>) => ({ stream, ...(site === undefined ? {} : { site }), ...(mode === undefined ? {} : { mode }) });

function momentsOf(depths: QueueDepth[]): { oldestAt: string | null; nextDue: string | null } {
  const least = (values: (number | null)[]) => nullableTime(values.reduce((least, one) => (one === null ? least : least === null ? one : Math.min(least, one)), null));
  return { oldestAt: least(depths.map(({ oldestAt }) => oldestAt)), nextDue: least(depths.map(({ nextDue }) => nextDue)) };
}
