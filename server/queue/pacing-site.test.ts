import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_DELIVERY, type SiteLimits } from '../mail/stream.ts';
import { createShared, type Ledger } from './pacing-shared.ts';
import { createSite, limitsFor, type Site } from './site.ts';

const MIN = 60_000;
const clock = { at: 0, now: () => clock.at };
const shared = () => {
  clock.at = 0;
  return createShared(clock);
};
function siteOf(ledger: Ledger, stream: string, name: string, provider: string | null = null, limits: Partial<SiteLimits> = {}) {
  const place = { ready: true, woken: 0 };
  const policy = { ...DEFAULT_DELIVERY, limits: { ...DEFAULT_DELIVERY.limits, ...limits } };
  const site = createSite(name, (of) => limitsFor(policy, of), { stream, ledger, place: { wants: () => place.ready, wake: () => void place.woken++, letGo: () => false } });
  site.provider = provider;
  return Object.assign(site, { place });
}
/** Opens as many as it may; answers how many. */
function openAll(site: Site): number {
  let n = 0;
  while (site.gate(clock.at).open) {
    site.opened(clock.at);
    n++;
  }
  return n;
}

test('the connections of a site are those of all streams together', () => {
  const ledger = shared();
  const [a, b] = [siteOf(ledger, 'a', 'mx.gmx.test', 'gmx'), siteOf(ledger, 'b', 'mx.gmx.test', 'gmx')];
  expect([openAll(a), openAll(b)]).toEqual([4, 0]);
  a.closed();
  expect([b.place.woken, openAll(a), openAll(b)]).toEqual([1, 0, 1]);
});

test('a provider that counts all its sites as one has its connections for all of them, in all streams', () => {
  const ledger = shared();
  const sites = ['a', 'b', 'c'].map((stream, n) => siteOf(ledger, stream, `tenant${n}.test`, 'microsoft365'));
  expect(sites.map(openAll)).toEqual([5, 0, 0]);
  sites[0]!.closed();
  expect([openAll(sites[0]!), sites[2]!.place.woken]).toEqual([0, 1]);
  expect(openAll(sites[1]!) + openAll(sites[2]!)).toBe(1);
});

test('what is open when its provider is found out counts there', () => {
  const ledger = shared();
  const [a, b] = [siteOf(ledger, 'a', 'one.test'), siteOf(ledger, 'b', 'two.test', 'google')];
  expect(openAll(a)).toBe(5);
  a.provider = 'google';
  expect(openAll(b)).toBe(0);
  a.closed();
  expect(openAll(b)).toBe(1);
  a.provider = null;
  expect(openAll(b)).toBe(4);
});

test('in the pretend world nothing is shared, and nothing is learned', () => {
  const sites = ['a', 'b'].map(() => createSite('x.test', () => DEFAULT_DELIVERY.limits));
  clock.at = 0;
  expect(sites.map(openAll)).toEqual([10, 10]);
});

test('a connection counts until the remote has seen its end', async () => {
  const ledger = shared();
  const a = siteOf(ledger, 'a', 'x.test', null, { connections: 1 });
  openAll(a);
  const { promise, resolve } = Promise.withResolvers<void>();
  a.closed(promise);
  expect(a.gate(0)).toEqual({ open: false, why: 'connections', until: null });
  resolve();
  await promise;
  expect([a.gate(0).open, a.place.woken]).toEqual([true, 1]);
});

test('a rate is of all streams together, and begins empty', () => {
  const ledger = shared();
  const rate = { messages: 60, perMs: MIN, burst: 2 };
  const [a, b] = [siteOf(ledger, 'a', 'x.test', null, { rate }), siteOf(ledger, 'b', 'x.test', null, { rate })];
  expect(a.gate(0)).toEqual({ open: false, why: 'rate', until: 1_000 });
  clock.at = 2_000;
  expect([a.reserve(2_000, 10), b.gate(2_000)]).toEqual([2, { open: false, why: 'rate', until: 3_000 }]);
  a.unused(1);
  expect(b.reserve(2_000, 10)).toBe(1);
});

test('new connections have a rate of their own; one in use may be used again', () => {
  const ledger = shared();
  const a = siteOf(ledger, 'a', 'x.test', null, { connectionRate: { connections: 60, perMs: MIN, burst: 1 } });
  expect(a.gate(0)).toEqual({ open: false, why: 'rate', until: 1_000 });
  expect(a.gate(0, true).open).toBe(true);
  a.opened(1_000);
  expect(a.gate(1_000)).toEqual({ open: false, why: 'rate', until: 2_000 });
});

test('a pause that a rule ordered is for all streams and sites of its key; a person may lift it for one', () => {
  const ledger = shared();
  const [a, b] = [siteOf(ledger, 'a', 'one.test', 'google'), siteOf(ledger, 'b', 'two.test', 'google')];
  for (let n = 0; n < 5; n++) ledger.rules.heard(a.key, 'google', { kind: 'reply', code: 550, text: 'Our system has detected that this message is likely unsolicited mail.' }, n);
  for (const site of [a, b]) expect(site.gate(10)).toEqual({ open: false, why: 'paused', until: 60 * MIN + 4 });
  expect(b.pause?.reason).toContain('google.suspicious');
  b.pause = null;
  expect([a.gate(10).open, b.gate(10).open]).toEqual([false, true]);
});

test('what was reserved does not go on when a rule makes it slower, or a pause begins', () => {
  const ledger = shared();
  const a = siteOf(ledger, 'a', 'mx.gmx.test', 'gmx');
  expect(a.reserve(0, 5)).toBe(5);
  a.gone(0);
  expect(a.goesOn(0)).toBe(true);
  for (let n = 0; n < 5; n++) ledger.rules.heard(a.key, 'gmx', { kind: 'reply', code: 421, text: 'Reject due to policy restrictions.' }, n);
  a.gone(10);
  expect(a.goesOn(11)).toBe(false);
  expect(a.goesOn(MIN + 11)).toBe(true);
});

test('a provider with several hosts rests after as many as it is known to bear', () => {
  const ledger = shared();
  const [google, nobody] = [siteOf(ledger, 'a', 'one.test', 'google'), siteOf(ledger, 'a', 'own.test')];
  expect([google.failed(MIN, 'refused', 2), google.failed(MIN, 'refused', 2), google.failed(MIN, 'refused', 2), nobody.failed(MIN, 'refused', 2)]).toEqual([false, false, true, true]);
});

test('of sites that failed and were left nothing is kept', () => {
  const ledger = shared();
  const first = ledger.account('dead0.test', () => true);
  for (let n = 0; n < 3_000; n++) {
    clock.at += 10_000;
    const site = siteOf(ledger, 'app', `dead${n}.test`);
    site.opened(clock.at);
    site.closed();
    site.failed(clock.at + MIN, 'refused');
    site.leave();
  }
  expect(ledger.account('dead0.test', () => true)).not.toBe(first);
  expect(ledger.account('dead2999.test', () => true).trouble.failures).toBe(1);
});

test('however many streams ask, carry, are late and are killed: no limit is ever exceeded', async () => {
  const rate = { messages: 10, perMs: 1_000, burst: 3 };
  const connectionRate = { connections: 5, perMs: 1_000, burst: 2 };
  const step = fc.record({ who: fc.nat(5), what: fc.constantFrom('open', 'open', 'reserve', 'send', 'send', 'send', 'close', 'linger', 'linger', 'seen', 'back', 'kill'), wait: fc.integer({ min: 0, max: 400 }) });
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 150 }), async (steps) => {
    clock.at = 0;
    const make = () => {
      const ledger = createShared(clock);
      return Array.from({ length: 6 }, (_, n) => ({ site: siteOf(ledger, `s${n % 3}`, `t${n % 2}.test`, 'microsoft365', { connections: 3, rate, connectionRate }), open: 0, reserved: 0 }));
    };
    let all = make();
    const sent: number[] = [];
    const dialled: number[] = [];
    let atRemote = 0;
    const lingering: (() => void)[] = [];
    for (const { who, what, wait } of steps) {
      clock.at += wait;
      const one = all[who]!;
      const { site } = one;
      if (what === 'open' && site.gate(clock.at).open) {
        site.opened(clock.at);
        one.open++;
        atRemote++;
        dialled.push(clock.at);
      } else if (what === 'reserve' && one.open > 0 && site.gate(clock.at, true).open) one.reserved += site.reserve(clock.at, 20);
      else if (what === 'send' && one.reserved > 0) {
        one.reserved--;
        sent.push(clock.at);
        site.gone(clock.at);
      } else if (what === 'back' && one.reserved > 0) {
        site.unused(one.reserved);
        one.reserved = 0;
      } else if (what === 'close' && one.open > 0) {
        one.open--;
        atRemote--;
        site.closed();
      } else if (what === 'linger' && one.open > 0) {
        one.open--;
        const seen = Promise.withResolvers<void>();
        lingering.push(seen.resolve);
        site.closed(seen.promise);
      } else if (what === 'seen' && lingering.length > 0) {
        atRemote--;
        lingering.shift()!();
        await Promise.resolve();
      } else if (what === 'kill') {
        all = make();
        atRemote = 0;
        lingering.length = 0;
      }
      expect(atRemote).toBeLessThanOrEqual(3);
    }
    const within = (moments: number[], burst: number, apart: number) => {
      for (const [n, start] of moments.entries()) for (let last = n; last < moments.length; last++) expect(last - n + 1).toBeLessThanOrEqual(burst + (moments[last]! - start) / apart + 1e-6);
    };
    within(sent, 3, 100);
    within(dialled, 2, 200);
  }), { numRuns: 200 });
});
