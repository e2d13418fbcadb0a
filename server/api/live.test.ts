import { expect, test } from 'vitest';
import { DEFAULT_LIVE, type LivePolicy } from '../mail/live.ts';
import { liveOf, livePolicyOf } from './live.ts';
import { LivePolicyInput } from './schemas/live.ts';

const NOW = Date.UTC(2026, 4, 1);
const LATER = NOW + 86_400_000;
const read = (input: unknown, before: LivePolicy = DEFAULT_LIVE, now = NOW) => livePolicyOf(LivePolicyInput.parse(input), before, now);
const paths = (input: unknown) => read(input).faults.map(({ path }) => path.replace('delivery.live.', ''));
const relay = { domains: ['*'], host: 'Smart.test', user: 'us', password: 'secret' };

test('what is not said stands', () => {
  const before: LivePolicy = { ...DEFAULT_LIVE, allow: ['a.test'], tls: 'required', intercept: 'qa@a.test' };
  expect(read({ feedbackId: 'a:b:c:shop' }, before)).toEqual({ live: { ...before, feedbackId: 'a:b:c:shop' }, faults: [] });
  expect(read({ intercept: null, dkim: null }, before).live).toMatchObject({ intercept: null, dkim: null, allow: ['a.test'] });
});

test('what cannot be is told with its path, all of it at once', () => {
  expect(paths({
    allow: ['a.test', '@b.test', 'ok@b.test', 'c test'], intercept: 'nobody', dkim: { domain: 'no domain', selector: '-x' }, feedbackId: 'a b',
    sources: [{ helo: 'mail.a.test' }, { helo: 'not a name' }], relays: [{ domains: ['a@b.test', '*'], host: 'a b', password: 'x' }],
  })).toEqual(['allow.1', 'allow.3', 'intercept', 'dkim.domain', 'dkim.selector', 'feedbackId', 'sources.1.helo', 'relays.0.domains.0', 'relays.0.host', 'relays.0.user']);
  expect(LivePolicyInput.safeParse({ sources: [{ ipv4: '::1' }] }).success).toBe(false);
  expect(LivePolicyInput.safeParse({ canary: { first: 1, share: 2 } }).success).toBe(false);
  expect(paths({ feedbackId: 'a:b:c\r\nBcc: x' })).toEqual(['feedbackId']);
});

test('an entry that stands twice on the list stands once', () => {
  expect(read({ allow: ['A.test', 'a.test', 'bücher.test', 'xn--bcher-kva.test', '*'] }).live.allow).toEqual(['a.test', 'xn--bcher-kva.test', '*']);
});

test('a password goes in and never comes out, and what was read can be sent back without losing it', () => {
  const { live } = read({ relays: [relay] });
  expect(live.relays).toEqual([{ domains: ['*'], when: 'always', host: 'smart.test', port: 587, tls: 'verified', user: 'us', password: 'secret' }]);
  const shown = liveOf(live);
  expect(JSON.stringify(shown)).not.toContain('secret');
  expect(shown.relays[0]).toMatchObject({ user: 'us', hasPassword: true });
  expect(read(shown, live).live).toEqual(live);
  expect(read({ relays: [{ ...relay, password: undefined }] }, live).live.relays[0]!.password).toBe('secret');
});

test('a password goes when it is taken away, and does not follow to another host or user', () => {
  const { live } = read({ relays: [relay] });
  const { password: _, ...without } = relay;
  for (const change of [{ password: null }, { hasPassword: false }, { host: 'evil.test' }, { user: 'them' }, { port: 25 }]) {
    const { live: { relays }, faults } = read({ relays: [{ ...without, ...change }] }, live);
    expect([relays[0]!.password, faults]).toEqual([null, [{ path: 'delivery.live.relays.0.password', message: 'goes with the user: give both or neither' }]]);
  }
});

test('a canary begins when it is set, goes on when it is only repeated, and begins anew when it is another one', () => {
  const { live } = read({ canary: { first: 10, share: 0.1 }, warmUp: { caps: [50, 100] } });
  expect(live).toMatchObject({ canary: { since: NOW }, warmUp: { since: NOW } });
  expect(read({ canary: { first: 10, share: 0.1 }, warmUp: { caps: [50, 100] } }, live, LATER).live).toMatchObject({ canary: { since: NOW }, warmUp: { since: NOW } });
  expect(read({ canary: { first: 20, share: 0.1 }, warmUp: { caps: [50] } }, live, LATER).live).toMatchObject({ canary: { since: LATER }, warmUp: { since: LATER } });
  expect(read({ warmUp: { caps: [5], since: '2026-05-01T09:00:00+02:00' } }).live.warmUp).toEqual({ caps: [5], since: Date.UTC(2026, 4, 1, 7) });
});

test('a relay with TLS from the first octet is at port 465', () => {
  expect(read({ relays: [{ domains: ['a.test'], host: '192.0.2.1', tls: 'implicit' }] }).live.relays[0]).toMatchObject({ port: 465, user: null, password: null });
});
