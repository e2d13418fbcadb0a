import { expect, test } from 'vitest';
import { DEFAULT_DELIVERY, type SiteLimits } from '../mail/stream.ts';
import { createShared } from './pacing-shared.ts';
import { whySlow } from './pacing-why.ts';
import { createSite, limitsFor } from './site.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const MIN = 60_000;
function house(provider: string | null = null, limits: Partial<SiteLimits> = {}) {
  const ledger = createShared({ now: () => NOW });
  const policy = { ...DEFAULT_DELIVERY, limits: { ...DEFAULT_DELIVERY.limits, ...limits } };
  const siteOf = (stream: string, name = 'mx.a.test') => {
    const site = createSite(name, (of) => limitsFor(policy, of), { stream, ledger });
    site.provider = provider;
    return site;
  };
  return { ledger, siteOf, site: siteOf('app') };
}

test('nothing is said of a site that gets all that it is allowed', () => {
  expect(whySlow(house('gmx').site, NOW)).toBeNull();
});

test('a pause says by whom, until when and why', () => {
  const { site } = house('gmx');
  site.pause = { reason: 'Their maintenance.', until: NOW + MIN, by: 'person' };
  expect(whySlow(site, NOW)).toBe('Paused by a person until 2026-01-01 12:01:00: Their maintenance.');
  expect(whySlow(site, NOW + MIN)).toBeNull();
});

test('a rule says since when, what it does and what was said', () => {
  const { ledger, site } = house('yahoo');
  for (let n = 0; n < 3; n++) ledger.rules.heard(site.key, 'yahoo', { kind: 'reply', code: 421, text: '[TS03] All messages from 192.0.2.1 will be permanently deferred' }, NOW);
  expect(whySlow(site, NOW)).toBe('Rule yahoo.ts03 since 2026-01-01 12:00:00, until 2026-01-01 12:30:00 (10 messages a minute): 421 [TS03] All messages from 192.0.2.1 will be permanently deferred. Its rate (10 messages a minute) is used up until 2026-01-01 12:00:06.');
});

test('what was learned of a site that nobody knows, and a slower pace, are said', () => {
  const { site } = house();
  expect(whySlow(site, NOW)).toBe('5 of 10 connections, as learned from deliveries and failures so far.');
  site.slowDown(NOW);
  expect(whySlow(site, NOW)).toContain('At 1/2 of its pace after it told us to slow down.');
});

test('after connections that failed it says how it opens up', () => {
  const { site } = house('comcast');
  site.failed(NOW - 1, 'refused', 24);
  expect(whySlow(site, NOW)).toBe('1 connection in a row failed. 1 of 10 connections while it opens up after failures.');
});

test('who shares a provider, or a site, is named', () => {
  const { siteOf, site } = house('google');
  const other = siteOf('shop', 'mx.b.test');
  for (let n = 0; n < 4; n++) other.opened(NOW);
  site.opened(NOW);
  expect(whySlow(site, NOW)).toBe('All of Gmail and Google Workspace is given 5 connections, shared with stream shop (4).');
  other.closed();
  expect(whySlow(site, NOW)).toBeNull();
});

test('a rate that is used up says until when', () => {
  const { site } = house('gmx', { rate: { messages: 30, perMs: MIN, burst: 1 } });
  expect(whySlow(site, NOW)).toBe('Its rate (30 messages a minute) is used up until 2026-01-01 12:00:02.');
});
