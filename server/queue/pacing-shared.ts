/**
 * What a remote sees is this process, not a stream: the connections, rates
 * and rules that all streams share that deliver for real. By the name of a
 * site, or of a provider that counts all its sites as one.
 *
 * A process that was killed does not know what it sent right before: rates
 * begin empty, as after a whole burst.
 */
import { type Account, createAccount } from './pacing-account.ts';
import { createRules, type PacingKeep, type Rules } from './pacing-rules.ts';

const FEW = 1_000;

/** Accounts and rules of one world: of the internet for all streams together, of the pretend remote for each alone. */
export type Ledger = {
  /** `learns` where nobody knows how many connections it takes. */
  account(key: string, learns: () => boolean): Account;
  rules: Rules;
  now(): number;
  /** A connection counts until the remote has seen its end: only then may somebody else have it. */
  readonly lingers: boolean;
};

export function createShared({ now, keep, kept }: { now(): number } & Partial<PacingKeep>): Ledger {
  const since = now();
  const accounts = new Map<string, Account>();
  const rules = createRules({ keep: keep ?? (() => {}), ...(kept ? { kept } : {}) });
  let tidyAt = FEW;
  // What ended while nobody was there is forgotten.
  for (const { key } of kept ?? []) rules.inForce(key, since);

  function tidy(): void {
    for (const [key, account] of accounts) if (account.isForgettable(now())) accounts.delete(key);
    tidyAt = Math.max(FEW, accounts.size * 2);
  }

  return {
    now, rules, lingers: true,
    account(key, learns) {
      let account = accounts.get(key);
      if (!account) {
        if (accounts.size >= tidyAt) tidy();
        accounts.set(key, (account = createAccount({ since, learns })));
      }
      return account;
    },
  };
}

/** Nothing is shared: each site has its own. */
export function createAlone({ now, keep, kept }: { now(): number } & Partial<PacingKeep>): Ledger {
  return { now, lingers: false, rules: createRules({ keep: keep ?? (() => {}), ...(kept ? { kept } : {}) }), account: () => createAccount() };
}
