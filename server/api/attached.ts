/**
 * A message that is attached to a message (message/rfc822, or a file named
 * .eml): what it says, and its HTML fit to be framed. Read when asked, by the
 * parser's worker and within its limits; nothing of it is kept. Pictures that
 * it holds itself (`cid:`) are not shown.
 */
import { decoded } from '../inbox/mime/decode.ts';
import { DeskClosed } from '../inbox/parse/desk.ts';
import type { MimePart, ParsedMessage } from '../mail/message.ts';
import type { ApiDeps } from './deps.ts';
import type { Asked } from './filters.ts';
import { framed, framePolicy } from './framed.ts';
import { noSuchMessage } from './messages.ts';
import { openMessage, partIn } from './open.ts';
import { problem } from './problems.ts';
import type { Routes } from './route.ts';
import { AttachedMessage, PartParam } from './schemas/message.ts';
import { Filters, HtmlQuery } from './schemas/query.ts';

const isMessage = ({ type, filename }: MimePart): boolean => /^message\/(?:rfc822|global)$/.test(type) || /\.eml$/i.test(filename ?? '');

export function attachedRoutes({ add }: Routes, deps: ApiDeps): void {
  async function read(named: { id: string; part: string }, asked: Asked): Promise<{ part: string; parsed: ParsedMessage } | Response> {
    const message = await openMessage(deps, named.id, asked);
    if (message instanceof Response) return message;
    const part = partIn(message, named.part);
    if (part instanceof Response) return part;
    if (!isMessage(part)) return problem('no-such-part', { detail: `Part ${part.path} is ${part.type}, not a message.` });
    const body = await deps.store.body(message.id, { start: part.bodyStart, end: part.end });
    if (!body) return noSuchMessage(message.id);
    try {
      return { part: part.path, parsed: await deps.parser.read(decoded(body, part.encoding)) };
    } catch (error) {
      if (error instanceof DeskClosed) return problem('shutting-down');
      throw error;
    }
  }

  add({
    method: 'get', path: '/v1/messages/{id}/parts/{part}/message', noun: 'Messages', summary: 'An attached message, read',
    description: 'Of a part that is `message/rfc822` or a file named `.eml`: its header fields, text and HTML, and what is attached to it.',
    params: PartParam, query: Filters, answer: AttachedMessage, problems: ['no-such-message', 'no-such-stream', 'bad-search', 'no-such-part', 'shutting-down'],
  }, async ({ params, query }) => {
    const found = await read(params, query);
    if (found instanceof Response) return found;
    const { part, parsed } = found;
    return {
      part, headers: parsed.headers, text: parsed.text ?? null, html: parsed.html ?? null, truncated: parsed.truncated ?? false,
      files: parsed.attachments.map(({ filename, type, size }) => ({ filename, type, size })),
      warnings: parsed.warnings, parseError: parsed.error ?? null,
    };
  });

  add({
    method: 'get', path: '/v1/messages/{id}/parts/{part}/html', noun: 'Messages', summary: 'The HTML of an attached message, fit to be framed',
    description: 'As `/v1/messages/{id}/html`, of the message that a part is.',
    params: PartParam, query: HtmlQuery, produces: ['text/html'], problems: ['no-such-message', 'no-such-stream', 'bad-search', 'no-such-part', 'no-such-body', 'shutting-down'],
  }, async ({ params, query: { raw, remote = false, pass: _pass, ...asked } }) => {
    const found = await read(params, asked);
    if (found instanceof Response) return found;
    const { html } = found.parsed;
    if (html === undefined) return problem('no-such-body', { detail: 'The attached message has no HTML part.' });
    return new Response(raw ? html : framed(html), {
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', 'content-security-policy': framePolicy({ remote }) },
    });
  });
}
