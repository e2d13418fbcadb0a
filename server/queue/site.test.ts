import { expect, test } from 'vitest';
import type { SiteLimits } from '../mail/stream.ts';
import { createSite, limitsFor } from './site.ts';

const MIN = 60_000;
const siteWith = (more: Partial<SiteLimits> = {}) => createSite('a.test', () => ({ connections: 8, messagesPerConnection: 100, rate: null, ...more }));

test('no more connections are opened than its limit; one in use may be used again', () => {
  const site = siteWith({ connections: 2 });
  site.opened(0);
  expect(site.gate(0).open).toBe(true);
  site.opened(0);
  expect(site.gate(0)).toEqual({ open: false, why: 'connections', until: null });
  expect(site.gate(0, true).open).toBe(true);
  site.closed();
  expect(site.gate(0).open).toBe(true);
});

test('a rate lets a burst go, then says when the next may', () => {
  const site = siteWith({ rate: { messages: 10, perMs: 1_000, burst: 3 } });
  expect(site.reserve(0, 10)).toBe(3);
  expect(site.gate(0)).toEqual({ open: false, why: 'rate', until: 100 });
  site.unused(1);
  expect(site.gate(0).open).toBe(true);
});

test('after a failed connection it rests, then opens up 1, 2, 4 …', () => {
  const site = siteWith();
  site.failed(60_000, 'refused');
  expect(site.gate(0)).toEqual({ open: false, why: 'paused', until: 60_000 });
  expect(site.gate(60_000).open).toBe(true);
  expect(site.reserve(60_000, 10)).toBe(1);
  const most = [site.most(60_000)];
  for (let n = 0; n < 3; n++) {
    site.succeeded();
    most.push(site.most(60_000));
  }
  expect(most).toEqual([1, 2, 4, 8]);
  expect(site.failures).toBe(0);
});

test('told to slow down it goes at half its pace, and recovers a step in 10 minutes', () => {
  const site = siteWith();
  expect(site.slowDown(0)).toBe(0.5);
  expect(site.slowDown(1_000)).toBeUndefined();
  expect(site.slowDown(20_000)).toBe(0.25);
  expect([site.most(20_000), site.reserve(20_000, 10)]).toEqual([2, 1]);
  expect([0, 10, 20].map((min) => site.pace(20_000 + min * MIN))).toEqual([0.25, 0.5, 1]);
  expect(site.reserve(30 * MIN, 10)).toBe(10);
});

test('however slow, one connection stays', () => {
  const site = siteWith();
  for (let n = 0; n < 20; n++) site.slowDown(n * 20_000);
  expect(site.most(20 * 20_000)).toBe(1);
});

test('a pause by a person outlives a failure', () => {
  const site = siteWith();
  site.pause = { reason: 'maintenance', until: null, by: 'person' };
  site.failed(1_000, 'refused');
  expect(site.gate(1e12)).toEqual({ open: false, why: 'paused', until: null });
});

test('limits of the provider and of the site stand over those of the stream', () => {
  const policy = { limits: { connections: 10, messagesPerConnection: 100, rate: null }, siteLimits: { google: { connections: 4 }, 'mx.a.test': { messagesPerConnection: 1 } } };
  expect(limitsFor(policy, { name: 'mx.a.test', provider: 'google' })).toEqual({ connections: 4, messagesPerConnection: 1, rate: null });
  expect(limitsFor(policy, { name: 'constructor', provider: null })).toBe(policy.limits);
});
