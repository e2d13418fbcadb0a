import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findEnhanced } from '../../mail/enhanced-status.ts';
import type { Answer } from '../../mail/reply.ts';
import { PERSONAS } from '../../scenario/personas/index.ts';
import { isFor, readingOf } from './profile.ts';
import { ANY_RULES, PROFILES, profileOf, providerOf, rulesFor } from './profiles.ts';

/** As the session tells it: without codes at the beginning of its lines. */
function replyOf(said: string): Answer {
  const lines = said.split('\n').map((line) => line.replace(/^\d{3}[ -]/, ''));
  const enhanced = findEnhanced(lines[0]!);
  return { kind: 'reply', code: Number(said.slice(0, 3)), text: lines.join('\n'), ...(enhanced ? { enhanced } : {}) };
}

const ALL = [...PROFILES.flatMap(({ key, rules }) => rules.map((rule) => ({ ...rule, key: key as string | null }))), ...ANY_RULES.map((rule) => ({ ...rule, key: null }))];

describe.each(ALL)('$id', (rule) => {
  test.each(rule.samples)('is for: %s', (sample) => {
    expect(rulesFor(replyOf(sample), rule.key).map(({ id }) => id)).toContain(rule.id);
  });
  test.each(rule.others)('is not for: %s', (other) => {
    expect(rulesFor(replyOf(other), rule.key).map(({ id }) => id)).not.toContain(rule.id);
  });
  test('is found by each of its phrases: without one it is not for the sample any more', () => {
    for (const phrase of rule.says) {
      const reading = readingOf(replyOf(rule.samples[0]))!;
      expect(isFor(rule, { ...reading, text: reading.text.replaceAll(phrase.toLowerCase(), 'x') })).toBe(false);
    }
  });
  test('acts, for some time, under a name of its profile', () => {
    expect(rule.id.startsWith(`${rule.key ?? 'any'}.`)).toBe(true);
    expect(rule.lasts).toBeGreaterThanOrEqual(60_000);
    expect(rule.act === 'pause' || Object.keys(rule.act).length > 0).toBe(true);
    expect(rule.times ?? 1).toBeGreaterThan(0);
  });
});

test('every name is there once, and every host is written as it is looked for', () => {
  for (const names of [PROFILES.map(({ key }) => key), ALL.map(({ id }) => id), PROFILES.flatMap(({ hosts }) => hosts)]) expect(new Set(names).size).toBe(names.length);
  for (const { hosts, key } of PROFILES) for (const host of hosts) {
    expect(host).toMatch(/^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    const name = host.startsWith('.') ? `mx1${host}` : host;
    expect(providerOf([name, `${name.toUpperCase()}.`])).toBe(key);
  }
});

test.each([
  ['aspmx.l.google.com', 'google'], ['ALT1.ASPMX.L.GOOGLE.COM.', 'google'], ['aspmx2.googlemail.com', 'google'], ['smtp.google.com', 'google'],
  ['outlook-com.olc.protection.outlook.com', 'microsoft'], ['example-com.mail.protection.outlook.com', 'microsoft365'], ['example-com.k-v1.mx.microsoft', 'microsoft365'],
  ['mta5.am0.yahoodns.net', 'yahoo'], ['mx1.mail.yahoo.co.jp', 'yahoo-japan'], ['mx01.mail.icloud.com', 'apple'], ['mx1a1.comcast.net', 'comcast'],
  ['mx00.gmx.net', 'gmx'], ['mx-ha02.web.de', 'gmx'], ['d123.ess.barracudanetworks.com', 'barracuda'], ['mx.kpnmail.nl', 'kpn'], ['mx1.netvigator.com', 'netvigator'],
  ['eu-smtp-inbound-1.mimecast.com', 'mimecast'], ['smtp-in.orange.fr', 'orange'], ['mx3.qq.com', 'qq'], ['163mx01.mxmail.netease.com', 'netease'],
])('%s is of %s', (host, provider) => {
  expect(providerOf([host])).toBe(provider);
});

test('a route is of a provider only when all of its hosts are', () => {
  expect(providerOf(['aspmx.l.google.com', 'mx.own.test'])).toBeUndefined();
  expect(providerOf(['aspmx.l.google.com', 'mta5.am0.yahoodns.net'])).toBeUndefined();
  expect([providerOf([]), providerOf(['google.com.evil.test']), providerOf(['notgoogle.com']), providerOf(['.google.com'])]).toEqual([undefined, undefined, undefined, undefined]);
});

test('each provider that a pretend remote plays has a profile', () => {
  const played = PERSONAS.flatMap(({ provider }) => provider ?? []);
  expect(played.length).toBeGreaterThan(5);
  expect(played.filter((key) => !profileOf(key))).toEqual(['proofpoint']);
});

test('the reply of a provider is for its own rules first; anybody else is asked for by what holds for all', () => {
  const answer = replyOf('421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints');
  expect(rulesFor(answer, 'yahoo').map(({ id }) => id)).toEqual(['yahoo.tss04']);
  expect(rulesFor(answer, null).map(({ id }) => id)).toEqual(['any.deferred']);
  expect(rulesFor(answer, 'nobody-knows').map(({ id }) => id)).toEqual(['any.deferred']);
});

test('what is no refusal is for no rule', () => {
  expect(rulesFor({ kind: 'reply', code: 250, text: 'Messages from 192.0.2.1 temporarily deferred' }, null)).toEqual([]);
  expect(rulesFor({ kind: 'fault', stage: 'connect', fault: 'refused', detail: 'Too many connections' }, 'gmx')).toEqual([]);
  expect(rulesFor({ kind: 'reply', text: 'Too many connections' }, 'gmx')).toEqual([]);
});

test('whatever a remote says costs a bounded time, and what stands behind 2 KB is not read', () => {
  fc.assert(fc.property(fc.string({ maxLength: 5_000 }), fc.constantFrom(...PROFILES.map(({ key }) => key)), (text, key) => {
    expect(Array.isArray(rulesFor({ kind: 'reply', code: 421, text }, key))).toBe(true);
  }));
  expect(rulesFor({ kind: 'reply', code: 421, text: `${'messages from '.repeat(200)} temporarily deferred` }, null)).toEqual([]);
});
