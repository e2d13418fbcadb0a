/** A room's desk hears the events while the room is there, asks again when the connection is back, and is closed with the room. To be called while a component is set up. */
import { onDestroy } from 'svelte';
import type { PosternEvent } from '../../sdk/contract.ts';
import { getHouse } from '../state/house.svelte.ts';

export type Desk = { hear(events: readonly PosternEvent[]): void; again(): Promise<void>; close(): void };

export function live<D extends Desk>(desk: D): D {
  const { feed } = getHouse();
  onDestroy(feed.listen((events) => desk.hear(events)));
  onDestroy(feed.opened(() => void desk.again()));
  onDestroy(() => desk.close());
  return desk;
}
