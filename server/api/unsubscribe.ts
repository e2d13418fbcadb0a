/**
 * /u/{token}: where the List-Unsubscribe links of outgoing mail lead (RFC
 * 8058). For the world: no token is asked, and the link is the only key.
 * Whoever follows one sees a page; only a POST unsubscribes, once or many
 * times, and nothing is told but the address that the link was sent to.
 */
import { z } from '@hono/zod-openapi';
import { askedBy, askPage, donePage, PAGE_HEADERS, wrongPage } from '../outgoing/unsubscribe-page.ts';
import type { BodyReader } from './body.ts';
import type { ApiDeps } from './deps.ts';
import type { Routes } from './route.ts';

const Token = z.object({ token: z.string() });
/** Octets: a form with one field. */
const LARGEST = 1_024;

const FORM = z.string().openapi({ description: '`List-Unsubscribe=One-Click`, or the form of the page.' });
const HTML = ['text/html; charset=utf-8'];
const WRONG = { 404: { says: 'A page that says that the link does not work', type: 'text/html; charset=utf-8' } };

export function unsubscribeRoutes({ add }: Routes, { real }: ApiDeps, bodies: BodyReader): void {
  add({
    method: 'get', path: '/u/{token}', noun: 'Unsubscribing', summary: 'A page with a button. Changes nothing: scanners follow every link',
    params: Token, produces: HTML, also: WRONG,
  }, ({ params: { token } }) => {
    const who = real.unsubscribe?.read(token);
    return who ? html(200, askPage(who.address)) : html(404, wrongPage());
  });

  add({
    method: 'post', path: '/u/{token}', noun: 'Unsubscribing', summary: 'Unsubscribe: by one click in a mail program (RFC 8058), or by the button of the page',
    description: 'The address gets no more mail of the stream. Done again it changes nothing.', params: Token, produces: HTML,
    consumes: { 'application/x-www-form-urlencoded': FORM, 'multipart/form-data': FORM }, also: WRONG, problems: ['body-too-large', 'unsupported-type'],
  }, async ({ c, params: { token } }) => {
    const who = real.unsubscribe?.read(token);
    if (!who) return html(404, wrongPage());
    const read = await bodies.read(c, LARGEST);
    if (read instanceof Response) return read;
    read.release();
    const via = askedBy(await fieldsOf(read.bytes, c.req.header('content-type')));
    if (via === undefined) return html(200, askPage(who.address));
    await real.unsubscribe!.unsubscribe(token, via);
    return html(200, donePage(who.address));
  });
}

const html = (status: number, page: string): Response => new Response(page, { status, headers: PAGE_HEADERS });

/** Of what is no form there are none. */
async function fieldsOf(bytes: Uint8Array, type: string | undefined): Promise<Record<string, unknown>> {
  try {
    return Object.fromEntries(await new Response(bytes.slice() as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type ?? 'application/x-www-form-urlencoded' } }).formData());
  } catch {
    return {};
  }
}
