/** /v1/messages/{id}/frame: an address that a frame can be given, for browsers that cannot send a token with it. */
import type { ApiDeps } from './deps.ts';
import { openMessage, partIn } from './open.ts';
import type { Passes } from './pass.ts';
import type { Routes } from './route.ts';
import { FrameAddress, IdParam } from './schemas/message.ts';
import { FrameQuery } from './schemas/query.ts';
import { timeOf } from './wire.ts';

export function frameRoutes({ add }: Routes, deps: ApiDeps, passes: Passes): void {
  add({
    method: 'get', path: '/v1/messages/{id}/frame', noun: 'Messages', summary: 'An address of the HTML for a frame, without a token',
    description: 'The path of `/html` with a pass, good for five minutes; its `cid:` images get passes of their own. It opens that page and nothing else. With `part`, that of an attached message.',
    params: IdParam, query: FrameQuery, answer: FrameAddress, problems: ['no-such-message', 'no-such-stream', 'bad-search', 'no-such-part'], noStore: true,
  }, async ({ params, query: { part: named, ...asked } }) => {
    const message = await openMessage(deps, params.id, asked, named !== undefined);
    if (message instanceof Response) return message;
    const part = named === undefined ? undefined : partIn(message, named);
    if (part instanceof Response) return part;
    const { url, expiresAt } = passes.sign(`/v1/messages/${message.id}${part ? `/parts/${part.path}` : ''}/html`);
    return { url, expiresAt: timeOf(expiresAt) };
  });
}
