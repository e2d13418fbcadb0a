/**
 * The DKIM keys as signing wants them: parsed once, in memory, followed on
 * disk. Files are looked at again at most every few seconds, never for each
 * message; but "there is no key", which holds mail, is never said from memory.
 * Where the disk does not answer, what was known before goes on.
 */
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { Held } from '../../mail/recipient.ts';
import { OperatorError } from '../../operator-error.ts';
import { fingerprint, namesIn, readFolder, type Folder } from './files.ts';
import { activeOf, DOMAIN, stateOf, type Algorithm, type DkimKey, type KeyPair, type PairState } from './pair.ts';

export type Signer = { domain: string; keys: DkimKey[] };

/** Of one key, for people and for the pre-flight. */
export type KeyFacts = { domain: string; pair: string; selector: string; algorithm: Algorithm; publicKey: string; state: PairState; createdAt: number; activeFrom: number | null; retiredAt: number | null };

export interface KeyRing {
  /** Who signs as a domain; `parents` lets the key of `example.test` do so for `mail.example.test`. The pair in use, or the one that is named. */
  signerFor(domain: string, choice: { selector: string | null; parents: boolean }): Promise<Signer | { held: Held }>;
  /** All keys of the domain, or of the parent whose keys sign for it; what cannot be used is told as a flaw. */
  facts(domain: string): Promise<{ domain: string; keys: KeyFacts[]; flaws: string[] }>;
  domains(): Promise<string[]>;
}

export type RingOptions = {
  /** Null where data is in memory: then there are no keys. */
  dir: string | null;
  /** The wall. */
  clock: Clock;
  /** Milliseconds between two looks at the files. */
  every?: number;
  /** A pair is there, or signs, or is retired, that was not when it was looked at before. */
  changed?(domain: string, pair: Pick<KeyPair, 'selector'>, state: PairState): void;
};

type Known = Folder & { print: string };

export function createKeyRing({ dir, clock, every = 3_000, changed }: RingOptions): KeyRing {
  const known = new Map<string, Known>();
  let names: ReadonlySet<string> = new Set();
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;
  /** Why the last look saw nothing. */
  let trouble: unknown;

  /** Not older than `age` milliseconds when it resolves. */
  async function look(age: number): Promise<void> {
    const asked = clock.now();
    // One that began before may have missed what the caller knows to be there.
    while (dir !== null && asked - lookedAt >= age) {
      looking ??= read(dir).finally(() => { looking = undefined; });
      await looking;
    }
  }

  async function read(dir: string): Promise<void> {
    const isFirst = lookedAt === -Infinity;
    const at = clock.now();
    try {
      const found = (await namesIn(dir)).filter((name) => DOMAIN.test(name));
      for (const domain of found) {
        const before = known.get(domain);
        const print = await fingerprint(dir, domain);
        if (before?.print === print) continue;
        const now: Known = { ...(await readFolder(dir, domain)), print };
        known.set(domain, now);
        if (!isFirst) tell(domain, before, now, at);
      }
      for (const domain of known.keys()) if (!found.includes(domain)) known.delete(domain);
      names = new Set(found);
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
    lookedAt = at;
  }

  /** What is known still signs. Without it an operator has to mend something, or the disk may answer in a minute. */
  function orTrouble<T extends object>(found: T | { held: Held }): T | { held: Held } {
    if (!('held' in found) || trouble === undefined) return found;
    if (trouble instanceof OperatorError) return unsigned(trouble.message);
    throw trouble;
  }

  function tell(domain: string, before: Known | undefined, now: Known, at: number): void {
    for (const pair of now.pairs) {
      const state = stateOf(pair, now.pairs, at);
      const old = before?.pairs.find(({ selector }) => selector === pair.selector);
      if (!old || stateOf(old, before!.pairs, at) !== state) changed?.(domain, pair, state);
    }
  }

  /** Itself or, with `parents`, the nearest domain above it that has keys: aligned for DMARC either way (RFC 7489 §3.1.1). */
  function home(domain: string, parents: boolean): string | undefined {
    for (let at = domain; at.includes('.'); at = at.slice(at.indexOf('.') + 1)) {
      if (names.has(at) && known.get(at)!.pairs.length + known.get(at)!.flaws.length > 0) return at;
      if (!parents) return undefined;
    }
    return undefined;
  }

  function signer(domain: string, { selector, parents }: { selector: string | null; parents: boolean }): Signer | { held: Held } {
    const found = home(domain, parents);
    if (found === undefined) return unsigned(`There is no DKIM key for ${domain}: make one with \`postern dkim new ${domain}\`, publish its records, then release this mail. To send unsigned, set \`dkim\` of the stream to null.`);
    const { pairs, flaws } = known.get(found)!;
    const flaw = (of?: string) => flaws.find((one) => of === undefined || one.selector === of)?.text;
    if (selector === null) {
      const pair = activeOf(pairs, clock.now());
      if (pair) return { domain: found, keys: pair.keys };
      return unsigned(flaw() ?? `No DKIM key of ${found} is in use: \`postern dkim list\` shows what there is, \`postern dkim activate ${found} SELECTOR\` takes one into use.`);
    }
    const pair = pairs.find((one) => one.selector === selector || one.keys.some((key) => key.selector === selector));
    if (!pair) return unsigned(flaw(selector) ?? `The stream signs with the selector ${selector}, and ${found} has no such key (it has ${pairs.map((one) => one.selector).join(', ') || 'none'}).`);
    if (pair.retiredAt !== null && pair.retiredAt <= clock.now()) return unsigned(`The stream signs with the selector ${selector} of ${found}, which is retired.`);
    // Named by its base both sign; named in full that one does.
    return { domain: found, keys: pair.selector === selector ? pair.keys : pair.keys.filter((key) => key.selector === selector) };
  }

  return {
    async signerFor(domain, choice) {
      await look(every);
      const found = signer(domain, choice);
      if (!('held' in found)) return found;
      await look(1);
      return orTrouble(signer(domain, choice));
    },
    async facts(domain) {
      await look(1);
      const at = home(domain, true) ?? domain;
      const { pairs, flaws } = known.get(at) ?? { pairs: [], flaws: [] };
      return {
        domain: at,
        flaws: [...flaws.map(({ text }) => text), ...(trouble instanceof OperatorError ? [trouble.message] : [])],
        keys: pairs.flatMap((pair) => pair.keys.map(({ selector, algorithm, publicKey }): KeyFacts => ({
          domain: at, pair: pair.selector, selector, algorithm, publicKey, state: stateOf(pair, pairs, clock.now()),
          createdAt: pair.createdAt, activeFrom: pair.activeFrom, retiredAt: pair.retiredAt,
        }))),
      };
    },
    async domains() {
      await look(1);
      return [...names].filter((name) => home(name, false) !== undefined).sort();
    },
  };
}

const unsigned = (text: string): { held: Held } => ({ held: { reason: 'unsigned', text } });

/** Where the keys are kept. */
export const dkimFolder = ({ dkimDir, dataDir }: { dkimDir: string | null; dataDir: string }): string | null => dkimDir ?? (dataDir === ':memory:' ? null : join(dataDir, 'dkim'));
