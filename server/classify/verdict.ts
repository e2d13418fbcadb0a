/**
 * What an answer means: the words of the verdict. The names are a public
 * contract (events, hooks, SDK and docs use them), so a class is added only
 * where its action, its scope or the one who must act differs.
 */
import type { Stage } from '../mail/reply.ts';
import type { CLASSES } from './classes.ts';

export type ReplyClass = keyof typeof CLASSES;

/** hard: the address or its domain is the reason. soft: time is. policy: the sender, the message or the set-up is. */
export type Permanence = 'hard' | 'soft' | 'policy' | 'none';

/** What an action applies to. `source` is our IP address at that site; `sender` the domain or stream that sends. */
export type Scope = 'recipient' | 'domain' | 'message' | 'sender' | 'source' | 'site' | 'none';

export type Action =
  | 'suppress'
  | 'strike'
  | 'fail'
  | 'fix_config'
  | 'retry'
  | 'slow_down'
  | 'pause'
  | 'split'
  | 'ignore';

export type Facets = {
  provider?: string;
  /** The provider's own code: TSS04, S3150, OFR_506. */
  providerCode?: string;
  phase?: Stage;
  /** The DNS block list named in the reply. */
  blocklist?: string;
  /** Where to ask for removal. */
  delistUrl?: string;
  /** Seconds after which the reply invites to try again. */
  retryAfter?: number;
  /** How it was found, the surest first. */
  confidence: 'structured' | 'provider' | 'phrase' | 'enhanced' | 'weak-phrase' | 'code' | 'none';
};

export type Verdict = {
  class: ReplyClass;
  scope: Scope;
  permanence: Permanence;
  action: Action;
  /** The rule that said so. */
  rule: string;
  facets: Facets;
};
