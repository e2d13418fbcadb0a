/** Which events are asked for. */
import type { PosternEvent } from '../events/event.ts';
import { invalid } from './route.ts';
import { wordsOf } from './said.ts';
import { EVENT_TYPES } from './wire-event.ts';

export type Wants = (event: PosternEvent) => boolean;

/** A cursor ahead of all events is from before a fresh start (`:memory:`, an emptied folder): all that is here is new to its bearer. */
export const place = (named: number, newest: number): number => (named > newest ? 0 : named);

/** What each of them is called where one is none. */
export const KIND = 'kind of event';

/** Of kinds separated by commas; or the problem to answer. */
export function wantedTypes(types: string | undefined): Wants | Response {
  if (types === undefined) return () => true;
  const named = wordsOf('types', types, KIND, EVENT_TYPES);
  if ('fault' in named) return invalid([named.fault]);
  const set = new Set<string>(named.words);
  return (event) => set.has(event.type);
}

/** Whether it happened to this message, or is told of it by mail that came back. */
export function aboutMessage(event: PosternEvent, message: string): boolean {
  if (event.type === 'messages.deleted') return event.messages.includes(message);
  return 'message' in event && event.message === message;
}

export function wanted({ types, message }: { types?: string | undefined; message?: string | undefined }): Wants | Response {
  const kinds = wantedTypes(types);
  if (kinds instanceof Response || message === undefined) return kinds;
  return (event) => kinds(event) && aboutMessage(event, message);
}
