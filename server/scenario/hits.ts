/** Which rules answered, how often, and what is left of them: the rules in their order, then tags and personas that were met. */
import type { RuleHits } from '../../sdk/contract.ts';
import type { CompiledRule } from './compiled.ts';
import type { Hit } from './notes.ts';

export function hitsOf(rules: readonly CompiledRule[], hits: ReadonlyMap<string, Hit>): RuleHits[] {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const row = (id: string, from: RuleHits['from'], hit: Hit | undefined): RuleHits => {
    const times = known.get(id)?.often?.times;
    return {
      id, from, hits: hit?.hits ?? 0, lastAt: hit && hit.hits > 0 ? new Date(hit.lastAt).toISOString() : null,
      // Of all that it has begun to count for: of a rule that counts per recipient, what these still get.
      left: times === undefined ? null : Math.max(0, times * Math.max(hit?.begun ?? 0, 1) - (hit?.hits ?? 0)),
    };
  };
  const met = (from: RuleHits['from']) => [...hits].filter(([, hit]) => hit.from === from).map(([id, hit]) => row(id, from, hit));
  return [...rules.map(({ id }) => row(id, 'rule', hits.get(id))), ...met('magic'), ...met('persona')];
}
