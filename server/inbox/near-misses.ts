/**
 * What did arrive while a wait found too little, the nearest first: what came
 * since it began (or since its cursor), and what is there for the addresses
 * that it looks for. When that is nothing, what nearly fits of the minute
 * before: most mail is sent before the wait for it begins, and an address
 * misspelt in the test would else look like mail that was never sent.
 */
import type { MessageSummary } from '../mail/message.ts';
import { type Difference, explain } from './explain.ts';
import type { Filter } from './filter.ts';
import type { InboxStore } from './port.ts';

export type NearMiss = { summary: MessageSummary; differs: Difference[] };

export const NEAR_MISSES = 10;
/** Messages that are compared; a stream under load may see more. */
const COMPARED = 500;
const AT_ADDRESS = 100;
/** Milliseconds before the wait began that count as just before it. */
const JUST_BEFORE = 60_000;
/** How far (see explain) mail of before may be from what was looked for: a slip of the keyboard, no other test's mail. */
const NEARLY = 0.35;

export type Missed = { filter: Filter; stream?: string; afterSeq: number | undefined; cursor: boolean; /** When the wait began. */ begun: number };

export async function nearMisses(store: Pick<InboxStore, 'list'>, { filter, stream, afterSeq, cursor, begun }: Missed, found: ReadonlyMap<number, unknown>): Promise<{ arrived: NearMiss[]; arrivedInAll: number }> {
  const scope = stream === undefined ? {} : { stream };
  const seen = new Map<number, MessageSummary>();
  const since = await store.list({ filter: { kind: 'and', all: [] }, ...scope, ...(afterSeq === undefined ? {} : { afterSeq }), limit: COMPARED });
  for (const summary of since) seen.set(summary.seq, summary);
  const addresses = addressTerms(filter);
  // Without a cursor what was there before counts as well; that of other addresses would be noise.
  if (addresses.length > 0 && !cursor) for (const summary of await store.list({ filter: { kind: 'and', all: addresses }, ...scope, limit: AT_ADDRESS })) seen.set(summary.seq, summary);
  if (seen.size === 0 && !cursor) {
    const before = await store.list({ filter: { kind: 'since', at: begun - JUST_BEFORE }, ...scope, limit: AT_ADDRESS });
    for (const summary of before) if (explain(filter, summary).distance <= NEARLY) seen.set(summary.seq, summary);
  }
  const missed = [...seen.values()].filter(({ seq }) => !found.has(seq)).map((summary) => ({ summary, ...explain(filter, summary) }));
  missed.sort((a, b) => a.distance - b.distance || b.summary.seq - a.summary.seq);
  return { arrived: missed.slice(0, NEAR_MISSES).map(({ summary, differs }) => ({ summary, differs })), arrivedInAll: missed.length };
}

function addressTerms(filter: Filter): Filter[] {
  switch (filter.kind) {
    case 'and': return filter.all.flatMap(addressTerms);
    case 'to': case 'inbox': return [filter];
    default: return [];
  }
}
