import { expect, test } from 'vitest';
import { DEFAULT_LIVE, type LivePolicy } from '../../server/mail/live.ts';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import { askOf, domainOf, type House, type Keys, signerOf } from '../../server/preflight/ask-of.ts';

const HOUSE: House = { helo: 'postern.shop.test', listener: null, permitted: true, stopped: null };
const key = (pair: string, state: Keys['keys'][number]['state']): Keys['keys'][number] => ({ domain: 'shop.test', pair, selector: `${pair}r`, algorithm: 'rsa', publicKey: 'AAAA', state, createdAt: 0, activeFrom: 0, retiredAt: null });
const KEYS: Keys = { domain: 'shop.test', keys: [key('old', 'superseded'), key('now', 'active'), key('next', 'prepared')], flaws: ['one is broken'] };
const stream = (live: Partial<LivePolicy>, returnPath: string | null = null) => ({ name: 'shop', mode: 'deliver' as const, delivery: { ...DEFAULT_DELIVERY, returnPath, live: { ...DEFAULT_LIVE, ...live } } });

test('the domain of a stream is that of its signatures, else that of its return path, else not known', () => {
  expect(domainOf(stream({ dkim: { domain: 'news.shop.test', selector: null } }, 'bounce.shop.test'))).toBe('news.shop.test');
  expect(domainOf(stream({}, 'bounce.shop.test'))).toBe('shop.test');
  expect(domainOf(stream({ dkim: null }))).toBeNull();
  expect(signerOf(stream({}), 'shop.test')).toBe('shop.test');
});

test('each address of each source is looked at, with the name that it says', () => {
  const ask = askOf(stream({ sources: [{ ipv4: '192.0.2.1', ipv6: '2001:db8::1', helo: 'a.shop.test' }, { ipv4: '192.0.2.2', ipv6: null, helo: null }, { ipv4: null, ipv6: null, helo: 'c.shop.test' }] }), 'shop.test', HOUSE, KEYS);
  expect(ask.sources).toEqual([{ address: '192.0.2.1', helo: 'a.shop.test' }, { address: '2001:db8::1', helo: 'a.shop.test' }, { address: '192.0.2.2', helo: null }]);
  expect(ask.helo).toBe('c.shop.test');
  expect(askOf(stream({}), 'shop.test', HOUSE, KEYS)).toMatchObject({ sources: [], helo: 'postern.shop.test', gate: { permitted: true, mode: 'deliver', allow: [] } });
});

test('keys are those of the domain, or the pair that the stream names, which signs whatever comes after it', () => {
  const states = (live: Partial<LivePolicy>) => askOf(stream(live), 'shop.test', HOUSE, KEYS).signing.keys!.map(({ selector, state }) => `${selector} ${state}`);
  expect(states({})).toEqual(['oldr superseded', 'nowr active', 'nextr prepared']);
  expect(states({ dkim: { domain: null, selector: 'old' } })).toEqual(['oldr active', 'nextr prepared']);
  expect(states({ dkim: { domain: null, selector: 'nextr' } })).toEqual(['nextr active']);
  expect(askOf(stream({ dkim: null }), 'shop.test', HOUSE, KEYS).signing).toMatchObject({ signs: false, domain: 'shop.test', flaws: ['one is broken'] });
});
