/** /v1/suppressions: addresses that get no mail; one by one, and as files. */
import { z } from '@hono/zod-openapi';
import { addressKey } from '../mail/address.ts';
import { QUEUE_MODES, type QueueMode } from '../mail/recipient.ts';
import type { Suppression } from '../mail/suppression.ts';
import type { SuppressionKey, SuppressionQuery } from '../queue/port.ts';
import { parseDuration } from '../units.ts';
import type { BodyReader } from './body.ts';
import { actorOf, BY } from './client.ts';
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { streamOf } from './stream.ts';
import { isKnownStream, noSuchStream } from './streams.ts';
import { CSV_HEAD, csvOf, jsonlOf, readList, suppressible } from './suppression-list.ts';
import { Suppression as Schema, SuppressionClear, SuppressionCleared, SuppressionExport, type SuppressionFilters, SuppressionImport, SuppressionInput, SuppressionName, SuppressionPage, SuppressionPaging } from './schemas/suppressions.ts';
import { suppressionOf } from './wire-delivery.ts';

/** Read or written at once. */
const PAGE = 500;
/** Octets of a file: some 500,000 lines. */
const LARGEST = 32 * 1024 * 1024;
const CSV = /^text\/csv\s*(?:;|$)/i;
/** What a Content-Type says of the charset, without quotes. */
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;
const JSONL = /^application\/(?:x-ndjson|jsonl|x-jsonlines)\s*(?:;|$)/i;

export function suppressionRoutes({ add }: Routes, deps: ApiDeps, bodies: BodyReader): void {
  const { store, streams, queue, clock } = deps;
  /** What stands for one stream runs on its clock, what stands for all, or for real mail, on the wall's. */
  const nowOf = (stream: string | null, mode: QueueMode | null): number => (stream === null ? clock.now() : queue.now(stream, mode ?? undefined));

  add({
    method: 'get', path: '/v1/suppressions', noun: 'Suppressions', summary: 'Addresses that get no mail, by address',
    query: SuppressionPaging, answer: SuppressionPage, problems: ['no-such-stream', 'bad-cursor'],
  }, async ({ query: { cursor, limit = 100, ...filters } }) => {
    const asked = await queryOf(filters);
    if (asked instanceof Response) return asked;
    const after = cursor === undefined ? undefined : placeOf(cursor);
    if (cursor !== undefined && after === undefined) return problem('bad-cursor', { detail: '`cursor` is not a cursor of this list: give back what an answer said as `next`, unchanged.' });
    const found = await store.suppressions({ ...asked, limit: limit + 1, ...(after === undefined ? {} : { after }) });
    const page = found.slice(0, limit);
    return { suppressions: page.map(suppressionOf), next: found.length > limit ? cursorOf(page.at(-1)!) : null };
  });

  add({
    method: 'post', path: '/v1/suppressions', noun: 'Suppressions', summary: 'Suppress an address, or all of a domain (`@domain`)',
    description: 'Replaces what stood for it, in the same stream (or all) and mode (or both). Mail that waits for it already ends before its next attempt.',
    body: SuppressionInput, status: 201, answer: Schema, headers: BY, problems: ['no-such-stream', 'malformed-json', 'unsupported-type'],
  }, async ({ c, body: { address, stream = null, mode = null, reason = 'manual', detail, lifetime } }) => {
    // For a stream that is gone only what holds for its real mail, as the rest went with it.
    if (stream !== null && !streams.get(stream) && !(mode === 'deliver' && (await isKnownStream(deps, stream)))) return noSuchStream(stream);
    const why = suppressible(address);
    if (why !== undefined) return invalid([{ path: 'address', message: why }]);
    const createdAt = nowOf(stream, mode);
    const expiresAt = lifetime === undefined ? null : createdAt + parseDuration(String(lifetime))!;
    const suppression: Suppression = { address: addressKey(address.trim()), stream, mode, reason, detail: detail ?? `by ${actorOf(c)}`, message: null, createdAt, expiresAt };
    await store.suppress([suppression], actorOf(c));
    return suppressionOf(suppression);
  });

  add({
    method: 'delete', path: '/v1/suppressions', noun: 'Suppressions', summary: 'Let an address have mail again',
    query: SuppressionName, headers: BY, problems: ['no-such-stream', 'no-such-suppression'],
  }, async ({ c, query: { address, stream, mode } }) => {
    if (stream !== undefined && !(await isKnownStream(deps, stream))) return noSuchStream(stream);
    const gone = await store.unsuppress({ address: addressKey(address.trim()), stream: stream ?? null, ...(mode === undefined ? {} : { mode: modeOf(mode) }) }, actorOf(c));
    return gone ? c.body(null, 204) : problem('no-such-suppression', { detail: `"${address.slice(0, 100)}" is not suppressed ${stream === undefined ? 'for every stream; say `stream` for the one of a stream' : `in "${stream}"`}${mode === undefined ? '' : mode === '*' ? ', for both simulated and real mail' : `, for mode "${mode}" alone`}.` });
  });

  add({
    method: 'post', path: '/v1/suppressions/clear', noun: 'Suppressions', summary: 'Take back all that a stream holds against its mail of one mode',
    description: 'With what was counted towards more: soft bounces, refusals that were not confirmed. What stands for every stream stays, and so does what was learnt in the other mode.',
    body: SuppressionClear, answer: SuppressionCleared, headers: BY, problems: ['no-such-stream', 'malformed-json', 'unsupported-type'],
  }, async ({ c, body: { stream, mode } }) => ((await isKnownStream(deps, stream)) ? { removed: await store.unsuppressAll(stream, mode, actorOf(c)) } : noSuchStream(stream)));

  add({
    method: 'post', path: '/v1/suppressions/import', noun: 'Suppressions', summary: 'Suppress the addresses of a file',
    description: 'CSV with the columns address, stream, reason, detail, expires, mode (a first line that names them may leave some out or reorder them), or a JSON object a line. A file with a fault is not taken at all: `errors` names the lines.',
    query: z.strictObject({ stream: z.string().optional().openapi({ description: 'Of lines that name none. Without it, for every stream.' }) }),
    consumes: { 'text/csv': z.string(), 'application/x-ndjson': z.string() },
    answer: SuppressionImport, headers: BY, problems: ['no-such-stream', 'unsupported-type', 'body-too-large', 'no-room'],
  }, async ({ c, query: { stream } }) => {
    if (stream !== undefined && !(await isKnownStream(deps, stream))) return noSuchStream(stream);
    const type = c.req.header('content-type') ?? '';
    if (!CSV.test(type) && !JSONL.test(type)) return problem('unsupported-type', { detail: 'This takes text/csv or application/x-ndjson.' });
    const charset = CHARSET.exec(type)?.[1];
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) return problem('unsupported-type', { detail: `This takes UTF-8, not ${charset.slice(0, 40)}.` });
    const read = await bodies.read(c, LARGEST);
    if (read instanceof Response) return read;
    let list: ReturnType<typeof readList>;
    try {
      const text = textOf(read.bytes);
      if (text === undefined) return invalid([{ path: '', message: 'the file is not UTF-8' }]);
      list = await listOf(text, CSV.test(type) ? 'csv' : 'jsonl', { stream: stream ?? null, detail: `imported by ${actorOf(c)}` });
    } finally {
      read.release();
    }
    if ('faults' in list) return invalid(list.faults);
    let added = 0;
    for (let i = 0; i < list.suppressions.length; i += PAGE) added += await store.suppress(list.suppressions.slice(i, i + PAGE), actorOf(c));
    return { read: list.suppressions.length, added };
  });

  add({
    method: 'get', path: '/v1/suppressions/export', noun: 'Suppressions', summary: 'The same as a file, which can be imported again',
    query: SuppressionExport, produces: ['text/csv', 'application/x-ndjson'], problems: ['no-such-stream'],
  }, async ({ query: { format = 'csv', ...filters } }) => {
    const asked = await queryOf(filters);
    if (asked instanceof Response) return asked;
    const csv = format === 'csv';
    return new Response(streamOf(lines(asked, csv)), {
      headers: { 'content-type': csv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson', 'content-disposition': `attachment; filename="suppressions.${format}"`, 'cache-control': 'no-store' },
    });
  });

  /** Lines may be about real mail of streams that are gone: those that are named are asked for, and the file is read once more. */
  async function listOf(text: string, type: 'csv' | 'jsonl', said: { stream: string | null; detail: string }): Promise<ReturnType<typeof readList>> {
    const asked = new Map<string, boolean>();
    for (;;) {
      const missed = new Set<string>();
      const list = readList(text, type, {
        ...said,
        now(name, mode) {
          if (name === null || streams.get(name) || (mode === 'deliver' && asked.get(name))) return nowOf(name, mode);
          if (mode === 'deliver' && !asked.has(name)) missed.add(name);
          return undefined;
        },
      });
      if (missed.size === 0) return list;
      for (const name of missed) asked.set(name, await store.isKnown(name));
    }
  }

  async function* lines(asked: Omit<SuppressionQuery, 'limit'>, csv: boolean): AsyncGenerator<Uint8Array> {
    const bytes = (text: string) => Buffer.from(text, 'utf8');
    if (csv) yield bytes(CSV_HEAD);
    for (let after: SuppressionKey | undefined; ;) {
      const page = await store.suppressions({ ...asked, limit: PAGE, ...(after === undefined ? {} : { after }) });
      if (page.length > 0) yield bytes(page.map(csv ? csvOf : jsonlOf).join(''));
      if (page.length < PAGE) return;
      after = page.at(-1)!;
    }
  }

  async function queryOf({ stream, mode, q, reason }: z.output<typeof SuppressionFilters>): Promise<Omit<SuppressionQuery, 'limit' | 'after'> | Response> {
    if (stream !== undefined && stream !== '*' && !(await isKnownStream(deps, stream))) return noSuchStream(stream);
    return {
      now: clock.now(),
      ...(stream === undefined ? {} : { stream: stream === '*' ? null : stream }),
      ...(mode === undefined ? {} : { mode: modeOf(mode) }),
      ...(q === undefined || q === '' ? {} : { q }),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}

/** Undefined for what is not UTF-8: replacement characters would suppress addresses that nobody has. */
function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const modeOf = (said: QueueMode | '*'): QueueMode | null => (said === '*' ? null : said);

const cursorOf = ({ address, stream, mode }: Suppression): string => `s${Buffer.from(JSON.stringify([address, stream, mode]), 'utf8').toString('base64url')}`;

function placeOf(cursor: string): SuppressionKey | undefined {
  if (!/^s[\w-]+$/.test(cursor)) return undefined;
  try {
    const [address, stream, mode] = JSON.parse(Buffer.from(cursor.slice(1), 'base64url').toString('utf8')) as unknown[];
    const isPlace = typeof address === 'string' && (stream === null || typeof stream === 'string') && (mode === null || QUEUE_MODES.includes(mode as QueueMode));
    return isPlace ? { address, stream, mode: mode as QueueMode | null } : undefined;
  } catch {
    return undefined;
  }
}
