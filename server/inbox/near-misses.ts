/**
 * What did arrive while a wait found too little, the nearest first: what came
 * since it began (or since its cursor), and what is there for the addresses
 * that it looks for. When that is nothing, what nearly fits of the minute
 * before: most mail is sent before the wait for it begins, and an address
 * misspelt in the test would else look like mail that was never sent.
 *
 * When nothing in the stream comes near, the other streams are looked at: a
 * login chooses the stream, so mail is easily in another one than was meant.
 */
import type { MessageSummary } from '../mail/message.ts';
import { type Difference, explain, type Explanation } from './explain.ts';
import { type Filter, needsParse } from './filter.ts';
import { judge } from './matches.ts';
import type { InboxStore } from './port.ts';

export type NearMiss = { summary: MessageSummary; differs: Difference[] };

export const NEAR_MISSES = 10;
/** Messages that are compared; a stream under load may see more. */
const COMPARED = 500;
const AT_ADDRESS = 100;
/** Milliseconds before the wait began that count as just before it. */
const JUST_BEFORE = 60_000;
/** How far (see explain) mail of before, or of another stream, may be from what was looked for: a slip of the keyboard, no other test's mail. */
const NEARLY = 0.35;

export type Missed = { filter: Filter; stream?: string; afterSeq: number | undefined; cursor: boolean; /** When the wait began. */ begun: number };
type Store = Pick<InboxStore, 'list'>;
type Miss = Explanation & { summary: MessageSummary };

export async function nearMisses(store: Store, asked: Missed, found: ReadonlyMap<number, unknown>): Promise<{ arrived: NearMiss[]; arrivedInAll: number }> {
  const { filter, stream } = asked;
  const of = (summary: MessageSummary): Miss => ({ summary, ...explain(filter, summary) });
  const missed = (await around(store, asked, of, stream)).filter(({ summary }) => !found.has(summary.seq));
  if (stream !== undefined && !missed.some(({ distance }) => distance <= NEARLY)) missed.push(...(await elsewhere(store, asked, stream)));
  missed.sort((a, b) => a.distance - b.distance || b.summary.seq - a.summary.seq);
  return { arrived: missed.slice(0, NEAR_MISSES).map(({ summary, differs }) => ({ summary, differs })), arrivedInAll: missed.length };
}

/** Of a stream, or of all; those that `of` makes a miss of. */
async function around(store: Store, { filter, afterSeq, cursor, begun }: Missed, of: (summary: MessageSummary) => Miss | undefined, stream: string | undefined): Promise<Miss[]> {
  const scope = stream === undefined ? {} : { stream };
  const seen = new Map<number, Miss>();
  const take = (summaries: readonly MessageSummary[], most = Infinity) => {
    for (const summary of summaries) {
      const miss = of(summary);
      if (miss && miss.distance <= most) seen.set(summary.seq, miss);
    }
  };
  take(await store.list({ filter: { kind: 'and', all: [] }, ...scope, ...(afterSeq === undefined ? {} : { afterSeq }), limit: COMPARED }));
  const addresses = addressTerms(filter);
  // Without a cursor what was there before counts as well; that of other addresses would be noise.
  if (addresses.length > 0 && !cursor) take(await store.list({ filter: { kind: 'and', all: addresses }, ...scope, limit: AT_ADDRESS }));
  if (seen.size === 0 && !cursor) take(await store.list({ filter: { kind: 'since', at: begun - JUST_BEFORE }, ...scope, limit: AT_ADDRESS }), NEARLY);
  return [...seen.values()];
}

/** What would have been found, or nearly, if the wait had not looked at one stream only. */
async function elsewhere(store: Store, asked: Missed, stream: string): Promise<Miss[]> {
  const { filter, afterSeq, cursor } = asked;
  const byWords = needsParse(filter);
  // Only the index can tell of words.
  const fitting = byWords ? await store.list({ filter, ...(cursor && afterSeq !== undefined ? { afterSeq } : {}), limit: AT_ADDRESS }) : [];
  const fits = new Set(fitting.map(({ seq }) => seq));
  const addressed = addressTerms(filter).length > 0;
  const unasked = filter.kind === 'and' && filter.all.length === 0;
  return around(store, asked, (summary) => {
    if (summary.stream === stream) return undefined;
    const whole = fits.has(summary.seq) || judge(filter, summary) === true;
    // Without an address it is that of any test: only what fits, and came while this one waited.
    if (!addressed && (!whole || unasked || summary.receivedAt < asked.begun - JUST_BEFORE)) return undefined;
    const { differs, distance }: Explanation = whole ? { differs: [], distance: 0 } : explain(filter, summary);
    if (distance > NEARLY) return undefined;
    return { summary, differs: [{ field: 'stream', wanted: stream, got: summary.stream }, ...differs], distance };
  }, undefined);
}

function addressTerms(filter: Filter): Filter[] {
  switch (filter.kind) {
    case 'and': return filter.all.flatMap(addressTerms);
    case 'to': case 'inbox': return [filter];
    // Half an address, typed in a search.
    case 'or': return filter.any.length > 0 && filter.any.every(({ kind }) => kind === 'to' || kind === 'inbox') ? [filter] : [];
    default: return [];
  }
}
