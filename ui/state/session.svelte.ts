/**
 * Who we are to the server: nobody, or the bearer of its token. The token is
 * kept for this tab only (sessionStorage) and goes out as Bearer.
 *
 *     entering ──let in──▶ inside ──401──▶ asking ──right token──▶ inside
 *         └──401──▶ asking
 */
import { createApi, type Api } from '../../sdk/api.ts';
import type { Info } from '../../sdk/contract.ts';
import { createWire } from '../../sdk/wire.ts';
import { faultOf, isForeign } from './fault.ts';

export type Drawer = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
const KEY = 'postern.token';

export class Session {
  state: 'entering' | 'asking' | 'inside' | 'away' = $state('entering');
  problem = $state('');
  /** What answers is something in front of Postern. */
  foreign = $state(false);
  info: Info | undefined = $state.raw();
  api: Api;
  token: string | undefined;
  #url: string;
  #drawer: Drawer;
  #fetch: typeof fetch | undefined;

  constructor(url: string, drawer: Drawer, send?: typeof fetch) {
    this.#url = url;
    this.#drawer = drawer;
    this.#fetch = send;
    this.token = drawer.getItem(KEY) ?? undefined;
    this.api = this.#open(this.token);
  }

  async enter(): Promise<void> {
    try {
      this.info = await this.api.info();
      this.state = 'inside';
      this.problem = '';
    } catch (error) {
      this.#refuse(error);
    }
  }

  async signIn(token: string): Promise<void> {
    const api = this.#open(token);
    try {
      this.info = await api.info();
    } catch (error) {
      const fault = faultOf(error);
      this.problem = fault.status === 401 ? 'That is not the token of this sandbox.' : fault.message;
      return;
    }
    this.#drawer.setItem(KEY, token);
    this.token = token;
    this.api = api;
    this.problem = '';
    this.state = 'inside';
  }

  /** The server no longer takes what we have. */
  expired(): void {
    this.#drawer.removeItem(KEY);
    this.token = undefined;
    this.state = 'asking';
  }

  #refuse(error: unknown): void {
    const fault = faultOf(error);
    this.state = fault.status === 401 ? 'asking' : 'away';
    this.foreign = isForeign(error);
    this.problem = fault.status === 401 ? '' : fault.message;
    if (fault.status === 401 && this.token !== undefined) this.expired();
  }

  #open(token: string | undefined): Api {
    return createApi(createWire({ url: this.#url, token, ...(this.#fetch ? { fetch: this.#fetch } : {}) }));
  }
}
