import { expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { DEFAULT_LIVE, type LivePolicy } from '../../server/mail/live.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION, type Stream } from '../../server/mail/stream.ts';
import type { KeyFacts } from '../../server/outgoing/keys/ring.ts';
import { createPreflights } from '../../server/preflight/preflights.ts';
import { GOOD, NOW, resolverOf, RSA, SOURCE } from './records.ts';

const KEY: KeyFacts = { domain: 'shop.test', pair: 'p', selector: 'p1', algorithm: 'rsa', publicKey: RSA, state: 'active', createdAt: 0, activeFrom: 0, retiredAt: null };
const stream = (live: Partial<LivePolicy>, returnPath: string | null = 'bounce.shop.test'): Stream => ({
  name: 'shop', mode: 'deliver', retention: DEFAULT_RETENTION, tags: [], createdAt: 0, clockOffset: 0, paused: null,
  delivery: { ...DEFAULT_DELIVERY, returnPath, live: { ...DEFAULT_LIVE, allow: ['*', 'Ann@Shop.test'], sources: [{ ipv4: SOURCE, ipv6: null, helo: 'postern.shop.test' }], ...live } },
});

function preflights() {
  const called: string[] = [];
  const asked: string[] = [];
  return {
    called, asked,
    ...createPreflights({
      resolver: resolverOf(GOOD), wall: manualClock(NOW),
      house: () => ({ helo: 'postern.test', listener: { names: ['postern.shop.test'], addresses: [] }, permitted: true, stopped: null }),
      // The key of the parent signs for what is below it.
      keys: { facts: (domain) => Promise.resolve(void asked.push(domain)).then(() => (domain.endsWith('shop.test') ? { domain: 'shop.test', keys: [KEY], flaws: [] } : { domain, keys: [], flaws: [] })) },
      dial25: ({ name }) => Promise.resolve(void called.push(name)).then(() => ({ greeting: `220 ${name}` })),
    }),
  };
}

test('a stream is looked at with its own policy, keys and gate, and nobody is called unasked', async () => {
  const { ofStream, called } = preflights();
  const preflight = await ofStream(stream({}));
  expect(preflight).toMatchObject({ domain: 'shop.test', stream: 'shop', verdict: 'pass' });
  expect(called).toEqual([]);
  await ofStream(stream({}), { call: true });
  expect(called).toEqual(['mx1.shop.test']);
});

test('a domain below the one that has the keys is signed by its parent, which counts for DMARC', async () => {
  const { ofStream } = preflights();
  const preflight = await ofStream(stream({}), { domain: 'news.shop.test' });
  if (preflight === 'no-domain') throw new Error('it has one');
  expect(preflight.findings.filter(({ check }) => check === 'dkim' || check === 'dmarc').map(({ verdict, text }) => `${verdict} ${text}`)).toEqual([
    expect.stringMatching(/^pass The key p1 of shop.test/), expect.stringMatching(/^pass The DMARC record of shop.test holds for news.shop.test/), expect.stringMatching(/^pass A signature of shop.test/),
  ]);
});

test('a stream whose policy names no domain has to be told one', async () => {
  expect(await preflights().ofStream(stream({}, null))).toBe('no-domain');
});

test('a domain alone is looked at without a gate, and without keys where there are none', async () => {
  const { ofDomain, asked } = preflights();
  expect((await ofDomain('Shop.test')).findings.find(({ check }) => check === 'dkim')).toMatchObject({ verdict: 'pass' });
  expect((await ofDomain('other.test')).findings.find(({ check }) => check === 'dkim')).toMatchObject({ verdict: 'skip' });
  expect(asked).toEqual(['shop.test', 'other.test']);
});
