/**
 * The bytes of a message: raw, HTML, text, headers, parts. All of it was
 * written by strangers: every answer is sandboxed, its type never guessed by
 * the browser, and only types that cannot run are shown as what they say.
 */
import { z } from '@hono/zod-openapi';
import { displayName } from '../inbox/mime/file-name.ts';
import { decoded } from '../inbox/mime/decode.ts';
import type { MessageDetail } from '../mail/message.ts';
import { rewriteCids } from './cid.ts';
import type { ApiDeps } from './deps.ts';
import { framed, framePolicy } from './framed.ts';
import { noSuchMessage } from './messages.ts';
import { openMessage, partIn } from './open.ts';
import type { Passes } from './pass.ts';
import { problem } from './problems.ts';
import type { Routes } from './route.ts';
import { IdParam, PartParam } from './schemas/message.ts';
import { Filters, flag, HtmlQuery, PartQuery } from './schemas/query.ts';
import { disposition, isFresh, rangeOf, streamOf } from './stream.ts';

const SANDBOX = "default-src 'none'; sandbox";
/** Shown as what they say; the rest is `application/octet-stream`. SVG and HTML can hold scripts and are not here. */
const SAFE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp', 'text/plain', 'text/calendar', 'text/csv', 'application/pdf']);
const INLINE_TYPES = /^image\/|^text\/plain$/;

const FRESH = { asked: 'An ETag that was answered before.', answered: { says: 'As `If-None-Match` has it already' } };

const RawQuery = z.strictObject({ ...Filters.shape, download: flag.optional() });

export function bodyRoutes({ add }: Routes, deps: ApiDeps, passes: Passes): void {
  const { store } = deps;

  const common = { method: 'get', noun: 'Messages', params: IdParam, query: Filters } as const;

  add({
    ...common, path: '/v1/messages/{id}/raw', query: RawQuery, summary: 'The exact bytes, as they were received',
    produces: ['message/rfc822'], problems: ['no-such-message', 'no-such-stream', 'bad-search', 'range'],
    description: '`download=1` makes a browser save it. ETag, Range and HEAD work.',
    headers: { Range: 'Of octets: `bytes=0-99`; one range.', 'If-None-Match': FRESH.asked },
    also: { 206: { says: 'The octets that `Range` asked for', type: 'message/rfc822' }, 304: FRESH.answered },
  }, async ({ c, params, query: { download, ...asked } }) => {
    const message = await openMessage(deps, params.id, asked, false);
    if (message instanceof Response) return message;
    const etag = `"${message.id}"`; // bytes never change under an id
    const headers: Record<string, string> = {
      'content-type': 'message/rfc822', etag, 'accept-ranges': 'bytes', 'cache-control': 'private, no-cache', 'content-security-policy': SANDBOX,
      'content-disposition': disposition(download ? 'attachment' : 'inline', `${message.id}.eml`),
    };
    if (isFresh(c.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
    const conditional = c.req.header('if-range');
    const range = conditional === undefined || conditional === etag ? rangeOf(c.req.header('range'), message.size) : undefined;
    if (range === 'unsatisfiable') return problem('range', {}, { 'content-range': `bytes */${message.size}` });
    const { start, end } = range ?? { start: 0, end: message.size };
    headers['content-length'] = String(end - start);
    if (range) headers['content-range'] = `bytes ${start}-${end - 1}/${message.size}`;
    const status = range ? 206 : 200;
    if (c.req.method === 'HEAD') return new Response(null, { status, headers });
    const body = await store.body(message.id, range);
    return body ? new Response(streamOf(body), { status, headers }) : noSuchMessage(message.id);
  });

  add({
    ...common, path: '/v1/messages/{id}/html', query: HtmlQuery, summary: 'The HTML part, fit to be framed',
    description: 'Sandboxed by its own Content-Security-Policy: no scripts, nothing fetched from elsewhere unless `remote=1`. `cid:` images point to their parts, where there is a token with a pass that is good for five minutes, and links open in a tab of their own; `raw=1` leaves the text as it is.',
    produces: ['text/html'], problems: ['no-such-message', 'no-such-stream', 'bad-search', 'no-such-body'],
  }, async ({ c, params, query: { raw, remote = false, pass, ...asked } }) => {
    const message = await openMessage(deps, params.id, asked);
    if (message instanceof Response) return message;
    const html = message.parsed?.html;
    if (html === undefined) return noSuchBody(message, 'HTML');
    const parts = `/v1/messages/${message.id}/parts/`;
    // Browsers send no login with what a sandboxed page asks for: it is of no origin. Where a token is asked for, its pictures bear
    // passes (those of a page that was opened by one end with that), and name the host, to inherit no user of the page's address.
    const { host, origin } = new URL(c.req.url);
    const like = passes.opens(c.req.path, pass) ? pass : undefined;
    const address = (part: string) => (deps.token === undefined ? `${parts}${part}?inline=1` : `//${host}${passes.sign(`${parts}${part}`, like).url}&inline=1`);
    const byCid = new Map(message.parsed!.attachments.filter(({ contentId }) => contentId !== undefined).map(({ contentId, part }) => [contentId!, part]));
    const addressOf = (cid: string) => { const part = byCid.get(cid); return part === undefined ? undefined : address(part); };
    return new Response(raw ? html : framed(rewriteCids(html, addressOf)), {
      headers: {
        'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache',
        'content-security-policy': framePolicy({ parts: `${origin}${parts}`, remote }),
      },
    });
  });

  add({
    ...common, path: '/v1/messages/{id}/text', summary: 'The text part',
    produces: ['text/plain'], problems: ['no-such-message', 'no-such-stream', 'bad-search', 'no-such-body'],
  }, async ({ params, query }) => {
    const message = await openMessage(deps, params.id, query);
    if (message instanceof Response) return message;
    if (message.parsed?.text === undefined) return noSuchBody(message, 'text');
    return new Response(message.parsed.text, { headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'private, no-cache', 'content-security-policy': SANDBOX } });
  });

  add({
    ...common, path: '/v1/messages/{id}/headers', summary: 'Header fields, in order, decoded',
    answer: z.object({ headers: z.array(z.object({ name: z.string(), value: z.string() })) }), problems: ['no-such-message', 'no-such-stream', 'bad-search'],
  }, async ({ params, query }) => {
    const message = await openMessage(deps, params.id, query);
    return message instanceof Response ? message : { headers: message.parsed?.headers ?? [] };
  });

  add({
    ...common, path: '/v1/messages/{id}/parts/{part}', query: PartQuery, params: PartParam, summary: 'A part, decoded',
    description: 'Saved by browsers, unless `inline=1` asks for an image or a plain text to be shown. `raw=1` leaves the transfer encoding.',
    headers: { 'If-None-Match': FRESH.asked }, also: { 304: FRESH.answered },
    produces: ['application/octet-stream'], problems: ['no-such-message', 'no-such-stream', 'bad-search', 'no-such-part'],
  }, async ({ c, params, query: { raw, inline, pass: _pass, ...asked } }) => {
    const message = await openMessage(deps, params.id, asked);
    if (message instanceof Response) return message;
    const part = partIn(message, params.part);
    if (part instanceof Response) return part;
    const attachment = message.parsed!.attachments.find((one) => one.part === part.path);
    const type = SAFE_TYPES.has(part.type) ? part.type : 'application/octet-stream';
    const kind = inline && INLINE_TYPES.test(type) ? 'inline' : 'attachment';
    const name = displayName(attachment?.filename || part.filename || '') || `part-${part.path || 'message'}`;
    const etag = `"${message.id}-${part.path}${raw ? '-raw' : ''}"`;
    const headers: Record<string, string> = {
      // Undecoded, it is what it is: bytes.
      'content-type': raw ? 'application/octet-stream' : type.startsWith('text/') ? `${type}; charset=${charsetOf(part.charset)}` : type,
      'content-disposition': disposition(raw ? 'attachment' : kind, name),
      'content-security-policy': SANDBOX,
      'cache-control': 'private, no-cache',
      etag,
    };
    // The page of a mail is sandboxed, so of no origin: its images would not load otherwise. Only under an id that nobody can guess.
    if (kind === 'inline' && params.id !== 'latest') headers['cross-origin-resource-policy'] = 'cross-origin';
    if (isFresh(c.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
    if (attachment && !raw) headers['content-length'] = String(attachment.size);
    if (raw) headers['content-length'] = String(part.end - part.bodyStart);
    if (c.req.method === 'HEAD') return new Response(null, { headers });
    const body = await store.body(message.id, { start: part.bodyStart, end: part.end });
    if (!body) return noSuchMessage(message.id);
    return new Response(streamOf(raw ? body : decoded(body, part.encoding)), { headers });
  });
}

function noSuchBody(message: MessageDetail, kind: string): Response {
  const has = [message.parsed?.text !== undefined && 'a text', message.parsed?.html !== undefined && 'an HTML'].filter(Boolean).join(' and ');
  const why = message.parse === 'failed' ? `it could not be parsed: ${message.parsed?.error ?? 'unknown'}` : has ? `it has ${has} part` : 'it has neither text nor HTML';
  return problem('no-such-body', { detail: `The message has no ${kind} part; ${why}.` });
}

/** A charset goes into a header: only what can be one. */
const charsetOf = (charset: string | undefined): string => (/^[\w.:-]{1,40}$/.test(charset ?? '') ? charset! : 'utf-8');
