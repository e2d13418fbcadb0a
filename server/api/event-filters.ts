/** Which events are asked for. */
import type { PosternEvent } from '../events/event.ts';
import { invalid } from './route.ts';
import { EVENT_TYPES } from './wire-event.ts';

export type Wants = (event: PosternEvent) => boolean;

/** A cursor ahead of all events is from before a fresh start (`:memory:`, an emptied folder): all that is here is new to its bearer. */
export const place = (named: number, newest: number): number => (named > newest ? 0 : named);

/** Of kinds separated by commas; or the problem to answer. */
export function wantedTypes(types: string | undefined): Wants | Response {
  if (types === undefined) return () => true;
  const named = types.split(',').map((type) => type.trim()).filter(Boolean);
  // As in a filter: an empty variable must not pass for "none", and wait for ever.
  if (named.length === 0) return invalid([{ path: 'types', message: 'names no kind of event; leave it out for all' }]);
  const stray = named.find((type) => !(EVENT_TYPES as string[]).includes(type));
  if (stray !== undefined) return invalid([{ path: 'types', message: `"${stray.slice(0, 40)}" is no kind of event; they are ${EVENT_TYPES.join(', ')}` }]);
  const set = new Set<string>(named);
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
