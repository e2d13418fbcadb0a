/** What every file of stories sets up: the built UI, one browser, one Postern; and after each story an empty sandbox and a page that did not complain. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import type { AssembleOptions } from '../../server/assemble.ts';
import type { Config } from '../../server/config.ts';
import type { Message, MessagePage } from '../../sdk/contract.ts';
import { running, type House } from '../support/running.ts';
import { chrome, launch, visit, type Visit } from './browser.ts';
import { builtUi } from './built.ts';

export type Stage = {
  readonly house: House;
  readonly here: Visit;
  /** Opens the app and waits until it is live. */
  open(hash?: string, options?: Parameters<Browser['newContext']>[0]): Promise<Page>;
  list(): Promise<Message[]>;
  /** What a file tidies up after each story, once its page is closed: a page that is still open complains of what is gone. */
  tidy(work: () => Promise<unknown>): void;
};

/** `settings`, or a house that somebody else has built. */
export function stage(settings: Partial<Config> | (() => Promise<House>) = {}, options: AssembleOptions = {}): Stage {
  let browser: Browser;
  let house: House;
  let here: Visit | undefined;
  const tidying: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    if (!chrome) return;
    await builtUi();
    [browser, house] = await Promise.all([launch(), typeof settings === 'function' ? settings() : running(settings, options)]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await closed(house);
  });
  afterEach(async () => {
    const left = here;
    here = undefined;
    await left?.context.close();
    if (chrome) for (const work of tidying) await work();
    if (!left) return;
    const { complaints } = left;
    for (const { name } of (await house.get<{ streams: { name: string }[] }>('/v1/streams')).streams) await fetch(`${house.http}/v1/messages?stream=${name}`, { method: 'DELETE', headers: house.running.token ? { authorization: `Bearer ${house.running.token}` } : {} });
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
  });
  return {
    get house() { return house; },
    get here() { return here!; },
    async open(hash = '', options = {}) {
      here = await visit(browser, `${house.http}/${hash}`, options);
      await here.page.getByRole('main').waitFor();
      await here.page.getByText('Live', { exact: true }).waitFor({ state: 'attached' });
      return here.page;
    },
    tidy: (work) => void tidying.push(work),
    list: async () => (await house.get<MessagePage>('/v1/messages')).messages,
  };
}

/** With what it stands on, where it has something. */
const closed = async (house: (House & { [Symbol.asyncDispose]?: () => PromiseLike<void> }) | undefined): Promise<void> => (house?.[Symbol.asyncDispose] ? await house[Symbol.asyncDispose]!() : await house?.close());

/** A message in the list. */
export const row = (page: Page, subject: string | RegExp): Locator => page.getByRole('region', { name: 'Messages' }).getByRole('link', { name: subject });
export const items = (page: Page): Locator => page.getByRole('region', { name: 'Messages' }).getByRole('listitem');

/** Asks again until it fits; the test's own time-out ends it. */
export async function until<T>(ask: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (fits(value)) return value;
    await new Promise((resolve) => { setImmediate(resolve); }); // what it waits for may happen in this process
  }
}
