/** All rules in the order in which they are tried: the more a rule knows, the earlier. */
import type { Rule } from '../rule.ts';
import type { Facets } from '../verdict.ts';
import { CODE_RULES } from './code.ts';
import { LIMIT_RULES } from './limits.ts';
import { NETWORK_RULES } from './network.ts';
import { PROVIDER_RULES } from './providers.ts';
import { RECIPIENT_RULES } from './recipient.ts';
import { REPUTATION_RULES } from './reputation.ts';
import { SENDER_RULES } from './sender.ts';
import { SETUP_RULES } from './setup.ts';
import { STATED_RULES } from './stated.ts';
import { CERTAIN, LIKELY } from './status.ts';
import { WEAK_RULES } from './weak.ts';

export const TIERS: readonly { confidence: Facets['confidence']; rules: readonly Rule[] }[] = [
  { confidence: 'provider', rules: PROVIDER_RULES },
  { confidence: 'phrase', rules: [...STATED_RULES, ...SETUP_RULES, ...SENDER_RULES, ...LIMIT_RULES, ...NETWORK_RULES, ...RECIPIENT_RULES, ...REPUTATION_RULES] },
  { confidence: 'enhanced', rules: CERTAIN },
  { confidence: 'weak-phrase', rules: WEAK_RULES },
  { confidence: 'enhanced', rules: LIKELY },
  { confidence: 'code', rules: CODE_RULES },
];

export const RULES: readonly Rule[] = TIERS.flatMap(({ rules }) => rules);
