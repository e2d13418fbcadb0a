/**
 * DKIM keys as a request changes them: the same deeds as `postern dkim`, by
 * somebody who is not at this machine. Answers what cannot be done instead of
 * throwing it, and takes what is so already for done: a button may be pressed
 * twice. Who did it is written down here, once.
 */
import type { Clock } from '../../clock.ts';
import type { Audited, AuditStore } from '../../gate/audit.ts';
import { domainKey } from '../../mail/address.ts';
import { OperatorError } from '../../operator-error.ts';
import { activate, newPair, retire, rotate } from './changes.ts';
import { namesIn, readFolder } from './files.ts';
import { activeOf, type Algorithm, DOMAIN, type KeyPair, type PairState, SELECTOR, stateOf } from './pair.ts';
import type { KeyRing } from './ring.ts';
import { recordOf } from './zone.ts';

/** One key of a pair; `record` is what is to be in the zone. */
export type KeyView = { domain: string; pair: string; selector: string; algorithm: Algorithm; state: PairState; createdAt: number; activeFrom: number | null; retiredAt: number | null; record: { name: string; value: string } };
/** `text` is a sentence for people. */
export type KeyRefusal = { kind: 'refused'; why: 'no-folder' | 'bad-domain' | 'bad-selector' | 'no-such-key' | 'exists' | 'in-use' | 'trouble'; text: string };
export type KeysChanged = { kind: 'done'; keys: KeyView[]; /** False when it was so before. */ changed: boolean } | KeyRefusal;

export type KeyDesk = {
  /** Of a domain, or all; what cannot be used is told in `flaws`. */
  list(domain?: string): Promise<{ keys: KeyView[]; flaws: string[] } | KeyRefusal>;
  /** The first pair of a domain signs at once; a later one is prepared. */
  make(domain: string, selector: string | undefined, by: string): Promise<KeysChanged>;
  activate(domain: string, selector: string, by: string): Promise<KeysChanged>;
  /** The one in use only with `force`: what it would sign is held. */
  retire(domain: string, selector: string, wish: { force: boolean }, by: string): Promise<KeysChanged>;
  /** Whether this change of the files was made here, and is written down; asked once for each. */
  wasOurs(domain: string, selector: string, state: PairState): boolean;
};

export type DeskOptions = { /** Null where data is in memory. */ dir: string | null; ring: () => Pick<KeyRing, 'domains'>; store: Pick<AuditStore, 'audit'>; clock: Clock };

export function createKeyDesk({ dir, ring, store, clock }: DeskOptions): KeyDesk {
  /** Changes that the ring has still to notice; and those of the one under way that it noticed already. */
  const ours = new Set<string>();
  const noticed = new Set<string>();
  let underWay: string | undefined;
  /** One change after the other: two that make a pair must not both find none. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(deed: () => Promise<T>): Promise<T> => {
    const mine = turn.then(deed);
    turn = mine.catch(() => {});
    return mine;
  };

  async function change(said: string, by: string, what: Audited, state: PairState | null, deed: (folder: string, domain: string, pairs: KeyPair[]) => Promise<{ selector: string; changed: boolean } | KeyRefusal>): Promise<KeysChanged> {
    if (dir === null) return NO_FOLDER;
    const domain = nameOf(said);
    if (domain === undefined) return refused('bad-domain', 'is no domain that mail can be signed for; it must be like example.test');
    return inTurn(async () => {
      // Known as they are before, so that the ring tells what is new of them.
      await ring().domains();
      underWay = domain;
      noticed.clear();
      try {
        const done = await deed(dir, domain, (await readFolder(dir, domain)).pairs);
        if ('kind' in done) return done;
        const { pairs } = await readFolder(dir, domain);
        const pair = pairs.find(({ selector }) => selector === done.selector)!;
        const now = clock.now();
        if (done.changed) {
          const is = state ?? stateOf(pair, pairs, now);
          if (!noticed.has(`${domain} ${pair.selector} ${is}`)) ours.add(`${domain} ${pair.selector} ${is}`);
          await ring().domains();
          await store.audit({ at: now, what, stream: null, by, text: `The DKIM keys ${pair.selector} of ${domain} are ${is}${what === 'dkim.created' ? ' (new)' : ''}`, detail: { domain, selector: pair.selector, state: is } });
        }
        return { kind: 'done', keys: viewsOf(pair, pairs, now), changed: done.changed };
      } catch (error) {
        if (error instanceof OperatorError) return refused('trouble', error.message);
        throw error;
      } finally {
        underWay = undefined;
      }
    });
  }

  return {
    async list(said) {
      if (dir === null) return said === undefined ? { keys: [], flaws: [] } : NO_FOLDER;
      const only = said === undefined ? undefined : nameOf(said);
      if (said !== undefined && only === undefined) return refused('bad-domain', 'is no domain that mail can be signed for; it must be like example.test');
      const now = clock.now();
      try {
        const folders = await Promise.all((only === undefined ? (await namesIn(dir)).filter((name) => DOMAIN.test(name)).sort() : [only]).map((domain) => readFolder(dir, domain)));
        return { keys: folders.flatMap(({ pairs }) => pairs.flatMap((pair) => viewsOf(pair, pairs, now))), flaws: folders.flatMap(({ flaws }) => flaws.map(({ text }) => text)) };
      } catch (error) {
        if (error instanceof OperatorError) return refused('trouble', error.message);
        throw error;
      }
    },
    make: (said, selector, by) => change(said, by, 'dkim.created', null, async (folder, domain, pairs) => {
      if (selector !== undefined && !SELECTOR.test(selector)) return refused('bad-selector', 'is no selector: lower case letters, digits and dashes, at most 62');
      const now = clock.now();
      const waiting = pairs.find((pair) => stateOf(pair, pairs, now) === 'prepared');
      if (waiting) return refused('exists', `The next keys of ${domain} are made already (${waiting.selector}): publish their records and activate them, or retire them`);
      const taken = selector !== undefined && find(pairs, selector);
      if (taken) return refused('exists', `${domain} has the keys ${taken.selector} already`);
      const made = pairs.length === 0 ? await newPair(folder, domain, now, selector) : await rotate(folder, domain, now, null, selector);
      return { selector: made.selector, changed: true };
    }),
    activate: (said, selector, by) => change(said, by, 'dkim.activated', 'active', async (folder, domain, pairs) => {
      const pair = find(pairs, selector);
      if (!pair) return missing(domain, selector, pairs);
      const now = clock.now();
      if (stateOf(pair, pairs, now) === 'active') return { selector: pair.selector, changed: false };
      await activate(folder, domain, pair.selector, now);
      return { selector: pair.selector, changed: true };
    }),
    retire: (said, selector, { force }, by) => change(said, by, 'dkim.retired', 'retired', async (folder, domain, pairs) => {
      const pair = find(pairs, selector);
      if (!pair) return missing(domain, selector, pairs);
      if (pair.retiredAt !== null) return { selector: pair.selector, changed: false };
      const now = clock.now();
      if (!force && activeOf(pairs, now)?.selector === pair.selector) return refused('in-use', `${pair.selector} signs for ${domain}: activate another pair first. Forced, it is retired all the same, and what would be signed with it is held`);
      await retire(folder, domain, pair.selector, now, force);
      return { selector: pair.selector, changed: true };
    }),
    wasOurs(domain, selector, state) {
      const change = `${domain} ${selector} ${state}`;
      if (ours.delete(change)) return true;
      if (underWay !== domain) return false;
      noticed.add(change);
      return true;
    },
  };
}

const refused = (why: KeyRefusal['why'], text: string): KeyRefusal => ({ kind: 'refused', why, text });
const NO_FOLDER = refused('no-folder', 'With data in memory there is no folder for keys: set dataDir, or dkimDir');
const missing = (domain: string, selector: string, pairs: readonly KeyPair[]): KeyRefusal =>
  refused('no-such-key', pairs.length === 0 ? `${domain} has no keys` : `${domain} has no keys "${selector.slice(0, 64)}"; it has ${pairs.map((pair) => pair.selector).join(', ')}`);

/** By its base, or by the selector of one of its keys. */
const find = (pairs: readonly KeyPair[], selector: string): KeyPair | undefined => pairs.find((pair) => pair.selector === selector || pair.keys.some((key) => key.selector === selector));

function nameOf(said: string): string | undefined {
  const domain = domainKey(said.trim()).replace(/\.$/, '');
  return DOMAIN.test(domain) ? domain : undefined;
}

function viewsOf(pair: KeyPair, pairs: readonly KeyPair[], now: number): KeyView[] {
  const { domain, createdAt, activeFrom, retiredAt } = pair;
  return pair.keys.map((key) => ({ domain, pair: pair.selector, selector: key.selector, algorithm: key.algorithm, state: stateOf(pair, pairs, now), createdAt, activeFrom, retiredAt, record: recordOf(domain, key) }));
}
