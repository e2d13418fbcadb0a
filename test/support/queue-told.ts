/** What a queue has told of its mail, in few words. */
import { TERMINAL_EVENTS } from '../../server/events/event.ts';
import { EVERYTHING } from '../../server/inbox/filter.ts';
import type { SimHouse } from './sim-house.ts';

/** When, and with what code: `+0s 250`. */
export const brief = (history: string[]) => history.map((line) => line.split(' ').slice(0, 2).join(' '));

/** What came back to the sender. */
export const noticesOf = async ({ store }: SimHouse) => (await store.list({ filter: EVERYTHING, stream: 'app', limit: 10 })).filter(({ envelopeFrom }) => envelopeFrom === '');

/** Terminal events of each recipient of a house. */
export function ends({ events }: SimHouse): Map<string, number> {
  const count = new Map<string, number>();
  for (const event of events) if ((TERMINAL_EVENTS as readonly string[]).includes(event.type) && 'n' in event) count.set(`${event.message} ${event.n}`, (count.get(`${event.message} ${event.n}`) ?? 0) + 1);
  return count;
}
