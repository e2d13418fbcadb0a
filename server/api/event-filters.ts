/** Which events are asked for. */
import type { PosternEvent } from '../events/event.ts';
import { nearest } from '../nearest.ts';
import { shown } from '../shown.ts';
import { invalid } from './route.ts';
import { EVENT_TYPES } from './wire-event.ts';

export type Wants = (event: PosternEvent) => boolean;

/** A cursor ahead of all events is from before a fresh start (`:memory:`, an emptied folder): all that is here is new to its bearer. */
export const place = (named: number, newest: number): number => (named > newest ? 0 : named);

/** Says so of a kind of event that is none. */
export const noKind = (said: string): string => {
  const kind = said.slice(0, 100);
  return `${shown(kind)} is no kind of event${nearest(kind, EVENT_TYPES, '; did you mean `%`?') || `; they are ${EVENT_TYPES.join(', ')}`}`;
};

/** Of kinds separated by commas; or the problem to answer. */
export function wantedTypes(types: string | undefined): Wants | Response {
  if (types === undefined) return () => true;
  const named = types.split(',').map((type) => type.trim()).filter(Boolean);
  // As in a filter: an empty variable must not pass for "none", and wait for ever.
  if (named.length === 0) return invalid([{ path: 'types', message: 'names no kind of event; leave it out for all' }]);
  const stray = named.find((type) => !(EVENT_TYPES as string[]).includes(type));
  if (stray !== undefined) return invalid([{ path: 'types', message: noKind(stray) }]);
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
