/** Which events are asked for. */
import type { PosternEvent } from '../events/event.ts';
import type { EventFilter } from '../events/port.ts';
import { invalid } from './route.ts';
import { wordsOf } from './said.ts';
import { EVENT_TYPES } from './wire-event.ts';

export type Wants = (event: PosternEvent) => boolean;
type Asked = { stream?: string | undefined; types?: string | undefined; message?: string | undefined };

/** A cursor ahead of all events is from before a fresh start (`:memory:`, an emptied folder): all that is here is new to its bearer. */
export const place = (named: number, newest: number): number => (named > newest ? 0 : named);

/** What each of them is called where one is none. */
export const KIND = 'kind of event';

const ANY: Wants = () => true;

export function wantedTypes(types: string | undefined): Wants | Response {
  const kinds = kindsOf(types);
  if (kinds === undefined) return ANY;
  if (kinds instanceof Response) return kinds;
  const set = new Set<string>(kinds);
  return (event) => set.has(event.type);
}

/** Of kinds separated by commas; or the problem to answer. */
function kindsOf(types: string | undefined): PosternEvent['type'][] | Response | undefined {
  if (types === undefined) return undefined;
  const named = wordsOf('types', types, KIND, EVENT_TYPES);
  return 'fault' in named ? invalid([named.fault]) : named.words;
}

/** The same for what a store reads. */
export function filterOf({ stream, types, message }: Asked): EventFilter | Response {
  const kinds = kindsOf(types);
  if (kinds instanceof Response) return kinds;
  return { ...(stream === undefined ? {} : { stream }), ...(kinds ? { types: kinds } : {}), ...(message === undefined ? {} : { message }) };
}

/** Whether it happened to this message, or is told of it by mail that came back. */
export function aboutMessage(event: PosternEvent, message: string): boolean {
  if (event.type === 'messages.deleted') return event.messages.includes(message);
  return 'message' in event && event.message === message;
}

export function wanted({ types, message }: Asked): Wants | Response {
  const kinds = wantedTypes(types);
  if (kinds instanceof Response || message === undefined) return kinds;
  return (event) => kinds(event) && aboutMessage(event, message);
}
