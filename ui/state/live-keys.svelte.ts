/** The DKIM keys of this Postern: pairs that are made, published, taken into use and retired together. */
import type { Api } from '../../sdk/api.ts';
import type { DkimKey, PosternEvent } from '../../sdk/contract.ts';
import { Acting } from './acting.svelte.ts';
import { again, type Again } from './again.ts';
import { faultOf, type Fault } from './fault.ts';

export type Pair = { domain: string; selector: string; state: DkimKey['state']; createdAt: string; activeFrom: string | null; retiredAt: string | null; keys: DkimKey[] };

export class KeyDesk extends Acting {
  pairs: Pair[] = $state.raw([]);
  /** What cannot be used, and why. */
  flaws: string[] = $state.raw([]);
  ready = $state(false);
  fault: Fault | undefined = $state.raw();
  #api: Api;
  #again: Again;

  constructor(api: Api) {
    super();
    this.#api = api;
    this.#again = again(() => this.#load(), 1_000);
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  hear(_events: readonly PosternEvent[]): void { /* keys are files: no event tells of them */ }

  make(domain: string, selector: string): Promise<boolean> {
    return this.do(async () => {
      const { keys } = await this.#api.createDkim({ domain: domain.trim(), ...(selector.trim() === '' ? {} : { selector: selector.trim() }) });
      return keys[0]?.state === 'prepared' ? 'Made. Publish its records, wait until they are seen, then take it into use.' : 'Made, and in use: publish its records now.';
    });
  }

  activate({ domain, selector }: Pair): Promise<boolean> {
    return this.do(async () => {
      await this.#api.activateDkim(domain, selector);
      return `${selector} signs for ${domain} from now on.`;
    });
  }

  /** Forced, the one in use goes, too: mail that it would sign is held. */
  retire({ domain, selector, state }: Pair): Promise<boolean> {
    return this.do(async () => {
      await this.#api.retireDkim(domain, selector, state === 'active' ? { force: true } : {});
      return `${selector} signs no more. Its records may be taken out of the zone when the mail that it signed has arrived.`;
    });
  }

  close(): void {
    this.#again.stop();
  }

  async #load(): Promise<void> {
    try {
      const { keys, flaws } = await this.#api.dkim();
      this.pairs = pairsOf(keys);
      this.flaws = flaws;
      this.fault = undefined;
    } catch (error) {
      this.fault = faultOf(error);
    }
    this.ready = true;
  }
}

const STATES: readonly DkimKey['state'][] = ['active', 'prepared', 'superseded', 'retired'];

/** By domain; the one in use first. */
export function pairsOf(keys: readonly DkimKey[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const key of keys) {
    const { domain, pair: selector, state, createdAt, activeFrom, retiredAt } = key;
    const pair = pairs.get(`${domain} ${selector}`);
    if (pair) pair.keys.push(key);
    else pairs.set(`${domain} ${selector}`, { domain, selector, state, createdAt, activeFrom, retiredAt, keys: [key] });
  }
  return [...pairs.values()].sort((a, b) => a.domain.localeCompare(b.domain) || STATES.indexOf(a.state) - STATES.indexOf(b.state) || b.createdAt.localeCompare(a.createdAt));
}
