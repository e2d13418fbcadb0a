/**
 * A pair of DKIM keys, RSA-2048 and Ed25519, that sign together (RFC 8463 §3)
 * and are published, taken into use and retired together.
 *
 *     prepared ──activate──▶ active ──the next one is──▶ superseded ──▶ retired
 *                                                      (still published)
 *
 * On disk a pair is three files in the folder of its domain: what is said of
 * it here as JSON, and a private key (PKCS #8, PEM) for each selector.
 */
import type { KeyObject } from 'node:crypto';

export const ALGORITHMS = ['rsa', 'ed25519'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** What the JSON file holds. Milliseconds since the epoch. */
export type PairRecord = {
  domain: string;
  /** The base of both selectors. */
  selector: string;
  createdAt: number;
  /** Signs from then on, until a later one does; null is not yet. */
  activeFrom: number | null;
  retiredAt: number | null;
};

export type DkimKey = {
  /** As it stands in `s=` and in the zone. */
  selector: string;
  algorithm: Algorithm;
  privateKey: KeyObject;
  /** As in `p=`. */
  publicKey: string;
};

export type KeyPair = PairRecord & { keys: DkimKey[] };

export type PairState = 'prepared' | 'active' | 'superseded' | 'retired';

export const selectorOf = (base: string, algorithm: Algorithm): string => `${base}${algorithm === 'rsa' ? 'r' : 'e'}`;

/** A label of a domain name (RFC 6376 §3.1 takes several; one is enough), with room for its last letter. */
export const SELECTOR = /^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/;
/** Two labels or more, in ASCII. It names a folder, too. */
export const DOMAIN = /^(?=.{3,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The one that signs: of those that may, the last that was taken into use. */
export function activeOf<Pair extends PairRecord>(pairs: readonly Pair[], now: number): Pair | undefined {
  let active: Pair | undefined;
  for (const pair of pairs) {
    if (pair.activeFrom === null || pair.activeFrom > now || (pair.retiredAt !== null && pair.retiredAt <= now)) continue;
    if (!active || pair.activeFrom > active.activeFrom! || (pair.activeFrom === active.activeFrom && pair.createdAt > active.createdAt)) active = pair;
  }
  return active;
}

export function stateOf(pair: PairRecord, pairs: readonly PairRecord[], now: number): PairState {
  if (pair.retiredAt !== null && pair.retiredAt <= now) return 'retired';
  if (pair.activeFrom === null || pair.activeFrom > now) return 'prepared';
  return activeOf(pairs, now)?.selector === pair.selector ? 'active' : 'superseded';
}
