/** What a path names: a message (parsed first, when it waits for that) and a part of it; or the problem to answer instead. */
import { findPart } from '../inbox/mime/part-path.ts';
import type { MessageDetail, MimePart } from '../mail/message.ts';
import type { ApiDeps } from './deps.ts';
import type { Asked } from './filters.ts';
import { noSuchMessage, resolveId } from './messages.ts';
import { problem } from './problems.ts';

export async function openMessage(deps: ApiDeps, named: string, asked: Asked, parse = true): Promise<MessageDetail | Response> {
  const id = await resolveId(deps, named, asked);
  if (id instanceof Response) return id;
  if (parse) await deps.parser.parsed(id);
  return (await deps.store.read(id)) ?? noSuchMessage(id);
}

export function partIn(message: MessageDetail, path: string): MimePart | Response {
  const part = message.parsed?.tree && findPart(message.parsed.tree, path);
  return part ?? problem('no-such-part', { detail: `There is no part "${path.slice(0, 40)}"; ${partsOf(message)}.` });
}

const partsOf = (message: MessageDetail): string => {
  const names = (message.parsed?.attachments ?? []).slice(0, 10).map(({ part }) => part);
  return names.length > 0 ? `its attachments are ${names.join(', ')}` : 'it has no attachments';
};
