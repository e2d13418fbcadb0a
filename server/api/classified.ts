/** What a scenario would answer, judged as the queue would judge it. */
import type { Classified, VerdictFacets } from '../../sdk/contract.ts';
import { classify, consequence } from '../classify/classify.ts';
import { answerOf, type Tried } from '../scenario/try.ts';

/** Null when it would be delivered: that needs no explanation. */
export function verdictOf(tried: Tried): Classified | null {
  const verdict = classify(answerOf(tried));
  return verdict.class === 'delivered' ? null : { ...verdict, facets: verdict.facets as VerdictFacets, consequence: consequence(verdict) };
}
