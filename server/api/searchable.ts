/**
 * A search of bodies sees what is indexed. So that mail which just came is
 * found too, such a search waits for the index a moment first, and then says
 * how many messages it could not look into.
 */
import { type Filter, needsParse } from '../inbox/filter.ts';
import type { ApiDeps } from './deps.ts';

/** Milliseconds; the index is nearly always up to date within a few. */
const PATIENCE = 1_000;

/** Resolves with the number of messages that are not searchable yet; 0 for what needs no index. */
export async function awaitIndex({ parser }: Pick<ApiDeps, 'parser'>, filter: Filter): Promise<number> {
  if (!needsParse(filter) || (await parser.settled(undefined, PATIENCE))) return 0;
  return parser.backlog();
}
