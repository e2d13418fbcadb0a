/**
 * What a person does with DKIM keys: make, rotate, take into use, retire.
 * Each is a change of files that a running Postern notices by itself. Throws
 * OperatorError with what to do instead.
 *
 * A rotation overlaps: the next pair is made and published first, signs from
 * its activation on, and the one before stays published until it is retired,
 * for mail that is still on its way.
 */
import { generateKeyPair } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { domainKey } from '../../mail/address.ts';
import { OperatorError } from '../../operator-error.ts';
import { namesIn, readFolder, rewriteRecord, writePair } from './files.ts';
import { activeOf, ALGORITHMS, DOMAIN, SELECTOR, selectorOf, stateOf, type PairRecord } from './pair.ts';

const generate = promisify(generateKeyPair);

/** In ASCII and lower case; throws for what no key can be for. */
export function keyDomain(said: string): string {
  const domain = domainKey(said.trim()).replace(/\.$/, '');
  if (!DOMAIN.test(domain)) throw new OperatorError(`"${said}" is no domain that mail can be signed for; it must be like example.test`);
  return domain;
}

/** The first pair of a domain signs at once. */
export async function newPair(dir: string, said: string, now: number, selector?: string): Promise<PairRecord> {
  const domain = keyDomain(said);
  const { pairs, flaws } = await readFolder(dir, domain);
  if (pairs.length + flaws.length > 0) throw new OperatorError(`${domain} has keys already (${[...pairs, ...flaws].map((one) => one.selector).join(', ')}): \`postern dkim rotate ${domain}\` makes the next`);
  return make(dir, domain, now, selector, now);
}

/** The next pair: it signs from `activeFrom` on, or when it is activated. */
export async function rotate(dir: string, said: string, now: number, activeFrom: number | null = null, selector?: string): Promise<PairRecord> {
  const domain = keyDomain(said);
  const { pairs } = await readFolder(dir, domain);
  if (pairs.length === 0) throw new OperatorError(`${domain} has no key yet: \`postern dkim new ${domain}\` makes the first`);
  const waiting = pairs.find((pair) => stateOf(pair, pairs, now) === 'prepared');
  if (waiting) throw new OperatorError(`The next key of ${domain} is made already (${waiting.selector}): publish it, then \`postern dkim activate ${domain} ${waiting.selector}\`; or retire it`);
  return make(dir, domain, now, selector, activeFrom);
}

/** Takes a pair into use, a retired one too; it signs from `from` on. */
export async function activate(dir: string, said: string, selector: string, now: number, from = now): Promise<PairRecord> {
  const { pair, pairs } = await find(dir, said, selector);
  if (stateOf(pair, pairs, now) === 'active') throw new OperatorError(`${pair.selector} signs for ${pair.domain} already`);
  const changed = { ...pair, activeFrom: from, retiredAt: null };
  await rewriteRecord(dir, changed);
  return changed;
}

/** It signs no more, and its records may be taken out of the zone. `force` retires the last one, too. */
export async function retire(dir: string, said: string, selector: string, now: number, force = false): Promise<PairRecord> {
  const { pair, pairs } = await find(dir, said, selector);
  if (pair.retiredAt !== null) throw new OperatorError(`${pair.selector} of ${pair.domain} is retired already`);
  if (!force && activeOf(pairs, now)?.selector === pair.selector) {
    const next = pairs.find((one) => stateOf(one, pairs, now) === 'prepared');
    throw new OperatorError(`${pair.selector} is the one that signs for ${pair.domain}: first ${next ? `\`postern dkim activate ${pair.domain} ${next.selector}\`` : `\`postern dkim rotate ${pair.domain}\``}. With --force it is retired all the same, and what would be signed with it is held`);
  }
  const changed = { ...pair, retiredAt: now };
  await rewriteRecord(dir, changed);
  return changed;
}

async function find(dir: string, said: string, selector: string) {
  const domain = keyDomain(said);
  const { pairs, flaws } = await readFolder(dir, domain);
  const pair = pairs.find((one) => one.selector === selector || one.keys.some((key) => key.selector === selector));
  if (pair) return { pair, pairs };
  const flaw = flaws.find((one) => one.selector === selector);
  if (flaw) throw new OperatorError(flaw.text);
  throw new OperatorError(pairs.length === 0 ? `${domain} has no key: \`postern dkim new ${domain}\` makes one` : `${domain} has no key ${selector}; it has ${pairs.map((one) => one.selector).join(', ')}`);
}

async function make(dir: string, domain: string, now: number, selector: string | undefined, activeFrom: number | null): Promise<PairRecord> {
  const taken = new Set(await namesIn(join(dir, domain)));
  const isTaken = (base: string) => taken.has(`${base}.json`) || ALGORITHMS.some((algorithm) => taken.has(`${selectorOf(base, algorithm)}.pem`));
  if (selector !== undefined && !SELECTOR.test(selector)) throw new OperatorError(`"${selector}" is no selector: lower case letters, digits and dashes, at most 62`);
  const month = new Date(now).toISOString().slice(0, 7).replace('-', '');
  let base = selector ?? `postern${month}`;
  for (let i = 2; selector === undefined && isTaken(base); i++) base = `postern${month}-${i}`;
  if (isTaken(base)) throw new OperatorError(`${domain} has a key ${base} already`);

  const [rsa, ed25519] = await Promise.all([generate('rsa', { modulusLength: 2048 }), generate('ed25519')]);
  const record: PairRecord = { domain, selector: base, createdAt: now, activeFrom, retiredAt: null };
  await writePair(dir, record, [{ algorithm: 'rsa', privateKey: rsa.privateKey }, { algorithm: 'ed25519', privateKey: ed25519.privateKey }]);
  return record;
}
