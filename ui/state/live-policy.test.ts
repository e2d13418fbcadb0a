import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LivePolicy, Stream } from '../../sdk/contract.ts';
import { doubling, draftOf, flawAt, flawsIn, losesPassword, newRelay, patchOf, readDraft, tabOfFlaw } from './live-policy.ts';

const LIVE: LivePolicy = { allow: ['ours.test', 'ann@x.test'], intercept: null, canary: null, warmUp: null, relays: [], sources: [], family: 'ipv4-first', tls: 'opportunistic', dkim: { domain: null, selector: null }, feedbackId: null, unsubscribe: false };
const stream = (live: Partial<LivePolicy> = {}, returnPath: string | null = null) => ({ delivery: { live: { ...LIVE, ...live }, returnPath } }) as unknown as Stream;

test('a draft that nobody touched asks for nothing', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}\.test$/);
  const orNull = fc.option(name);
  const live = fc.record({
    allow: fc.uniqueArray(name), intercept: orNull, family: fc.constantFrom('ipv4-first', 'ipv6'), tls: fc.constantFrom('opportunistic', 'required'), unsubscribe: fc.boolean(), feedbackId: orNull,
    canary: fc.option(fc.record({ first: fc.nat(1e6), share: fc.integer({ min: 0, max: 100 }).map((n) => n / 100), since: fc.constant('2026-01-01T00:00:00.000Z') })),
    warmUp: fc.option(fc.record({ caps: fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1 }), since: fc.constant('2026-01-01T00:00:00.000Z') })),
    relays: fc.array(fc.record({ domains: fc.array(name, { minLength: 1 }), when: fc.constantFrom('always', 'fallback'), host: name, port: fc.integer({ min: 1, max: 65_535 }), tls: fc.constantFrom('verified', 'implicit'), user: orNull, hasPassword: fc.boolean() })),
    sources: fc.array(fc.record({ ipv4: orNull, ipv6: orNull, helo: orNull })), dkim: fc.option(fc.record({ domain: orNull, selector: orNull })),
  }) as fc.Arbitrary<LivePolicy>;
  fc.assert(fc.property(live, orNull, (one, returnPath) => {
    const draft = draftOf(stream(one, returnPath));
    expect(patchOf(draft, draftOf(stream(one, returnPath)))).toBeUndefined();
    const { live: read, flaws } = readDraft(draft);
    expect(flaws).toEqual([]);
    expect([read.allow, read.canary?.share ?? null, read.warmUp?.caps ?? null, read.relays.length]).toEqual([one.allow, one.canary?.share ?? null, one.warmUp?.caps ?? null, one.relays.length]);
  }));
});

test('only the part that was changed is sent', () => {
  const before = draftOf(stream());
  expect(patchOf(before, { ...before, allow: 'ours.test\n\n *.ours.test , ann@x.test\n' })).toEqual({ live: { allow: ['ours.test', '*.ours.test', 'ann@x.test'] } });
  expect(patchOf(before, { ...before, canary: { on: true, first: '1_000', share: '2.5' } })).toEqual({ live: { canary: { first: 1_000, share: 0.025 } } });
  expect(patchOf(before, { ...before, returnPath: ' bounces.ours.test' })).toEqual({ returnPath: 'bounces.ours.test' });
  expect(patchOf(before, { ...before, dkim: { on: false, domain: 'x', selector: '' } })).toEqual({ live: { dkim: null } });
});

test('a relay\'s password is sent when it is typed, kept when it is not, and taken away when that is asked for', () => {
  const kept = { key: 1, domains: '*', when: 'always' as const, host: 'relay.test', port: '587', tls: 'verified' as const, user: 'ann', password: '', kept: 'relay.test 587 ann', forget: false };
  const read = (more: object) => readDraft({ ...draftOf(stream()), relays: [{ ...kept, ...more }] }).live.relays[0];
  expect(read({})).toEqual({ domains: ['*'], when: 'always', host: 'relay.test', port: 587, tls: 'verified', user: 'ann', hasPassword: true });
  expect([losesPassword(kept), losesPassword({ ...kept, host: 'RELAY.test' }), losesPassword({ ...kept, port: '25' }), losesPassword({ ...kept, user: 'bo', password: 'x' }), losesPassword({ ...kept, user: 'bo', forget: true })]).toEqual([false, false, true, false, false]);
  expect(read({ password: 'new' })).toMatchObject({ password: 'new' });
  expect(read({ forget: true })).toMatchObject({ password: null, hasPassword: false });
  expect(readDraft({ ...draftOf(stream()), relays: [{ ...newRelay(), port: '25o' }] }).flaws).toEqual([{ path: 'delivery.live.relays.0.port', message: '“25o” is no number' }]);
});

test('objections find their field, their entry and their tab', () => {
  const flaws = [{ path: 'delivery.live.allow.1', message: 'is no domain' }, { path: 'delivery.live.relays.0.host', message: 'is no host name' }, { path: 'delivery.returnPath', message: 'is no domain' }];
  expect([flawAt(flaws, 'allow'), flawAt(flaws, 'relays.0.host'), flawAt(flaws, 'relays.0.port'), flawAt(flaws, 'returnPath'), flawAt(flaws, 'canary')]).toEqual(['is no domain', 'is no host name', '', 'is no domain', '']);
  expect(flawsIn(flaws, 'allow', ['a.test', 'b..test'])).toEqual([{ entry: 'b..test', n: 1, message: 'is no domain' }]);
  expect(flaws.map(tabOfFlaw)).toEqual(['gate', 'way', 'way']);
});

test('a warm-up that doubles ends at its goal', () => {
  expect(doubling(50, 1_000)).toEqual([50, 100, 200, 400, 800, 1_000]);
});
