/**
 * /v1/inboxes and /v1/tags. An inbox needs no set-up to exist: any address
 * that got mail is one. POST makes an address that nobody else has, and says
 * how to send to it.
 */
import { DEFAULT_STREAM } from '../mail/stream.ts';
import { addressFault, writtenAddress } from '../mail/address.ts';
import { EVERYTHING } from '../inbox/filter.ts';
import type { SmtpSettings } from '../../sdk/contract.ts';
import { shown } from '../shown.ts';
import { parseDuration } from '../units.ts';
import { cursorOf } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { InboxFilters, StreamFilter } from './schemas/query.ts';
import { Inbox, InboxInput, InboxList, TagList } from './schemas/streams.ts';
import { openSmtp, withLogin } from './smtp-settings.ts';
import { noSuchStream } from './streams.ts';
import { timeOf } from './wire.ts';

const PREFIX = /^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/i;

export function inboxRoutes({ add }: Routes, deps: ApiDeps): void {
  const { store, streams, clock } = deps;

  add({
    method: 'get', path: '/v1/inboxes', noun: 'Inboxes', summary: 'Addresses that got mail, the latest first',
    query: InboxFilters, answer: InboxList, problems: ['no-such-stream'],
  }, async ({ query: { limit = 100, stream, prefix } }) => {
    if (stream !== undefined && !streams.get(stream)) return noSuchStream(stream);
    const inboxes = await store.inboxes({ limit, ...(stream === undefined ? {} : { stream }), ...(prefix === undefined ? {} : { prefix: prefix.replace(/^</, '') }) });
    return { inboxes: inboxes.map((one) => ({ ...one, address: writtenAddress(one.address), lastAt: timeOf(one.lastAt) })) };
  });

  add({
    method: 'post', path: '/v1/inboxes', noun: 'Inboxes', summary: 'Make an address that nobody else has',
    description: 'The answer holds the SMTP settings to send through, and a cursor from which waits see only what comes from now on.',
    body: InboxInput, bodyOptional: true, status: 201, answer: Inbox, noStore: true,
    problems: ['no-such-stream', 'name-taken', 'malformed-json', 'unsupported-type'],
  }, async ({ body: { stream = DEFAULT_STREAM, prefix, address: said, lifetime } }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    if (prefix !== undefined && !PREFIX.test(prefix)) return invalid([{ path: 'prefix', message: `must be letters, digits, and . _ - between them, at most 32; it is ${shown(prefix)}` }]);
    if (prefix?.includes('..')) return invalid([{ path: 'prefix', message: `must have no two dots side by side; it is ${shown(prefix)}` }]);
    const wanted = said?.replace(/^<(.*)>$/s, '$1');
    if (wanted !== undefined && (addressFault(wanted) !== undefined || (wanted === said && !wanted.includes('@')))) return invalid([{ path: 'address', message: `must be an address like signup@example.test, or <root> where it has no domain; it is ${shown(said)}` }]);

    const now = clock.now();
    const expiresAt = lifetime === undefined ? undefined : now + parseDuration(String(lifetime))!;
    const address = wanted ?? `${prefix === undefined ? '' : `${prefix.toLowerCase()}-`}${deps.makeId(now).slice(-12).toLowerCase()}@${deps.info.inboxDomain}`;
    const [newest] = await store.list({ filter: EVERYTHING, limit: 1 });
    const made = await store.createInbox({ address, stream, createdAt: now, ...(expiresAt === undefined ? {} : { expiresAt }) });
    if (!made) return problem('name-taken', { detail: `${address} was handed out already.` });
    return {
      address: writtenAddress(address), stream,
      createdAt: timeOf(now),
      expiresAt: expiresAt === undefined ? null : timeOf(expiresAt),
      smtp: await settings(stream, expiresAt),
      cursor: cursorOf(newest?.seq ?? 0),
    };
  });

  add({
    method: 'get', path: '/v1/tags', noun: 'Inboxes', summary: 'Tags in use', query: StreamFilter, answer: TagList, problems: ['no-such-stream'],
  }, async ({ query: { stream } }) => (stream !== undefined && !streams.get(stream) ? noSuchStream(stream) : { tags: await store.tags(stream) }));

  /** A login of its own where one is needed; else the stream's name, which any password goes with. */
  async function settings(stream: string, expiresAt: number | undefined): Promise<SmtpSettings> {
    const smtp = openSmtp(deps.info);
    if (deps.info.loginRequired || streams.credentials(stream).length > 0) {
      const made = await streams.createCredential({ stream, ...(expiresAt === undefined ? {} : { expiresAt }) });
      if (typeof made === 'string') throw new Error(`No credential could be made for stream ${stream}: ${made}`);
      return withLogin(smtp, made.credential.user, made.password);
    }
    return stream === DEFAULT_STREAM ? smtp : withLogin(smtp, stream, 'any');
  }
}
