import { expect, test } from 'vitest';
import { createTlsSessions } from './tls-sessions.ts';

const made = (n: number) => ({ session: Buffer.from([n]), facts: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', unverified: 'CERT_HAS_EXPIRED' }, group: 'X25519' });

test('a session is offered to the very host that it was made with, for as long as its time lasts', () => {
  let now = 1_000;
  const sessions = createTlsSessions({ lifetime: 100 });
  sessions.of('app shop.test mx.shop.test usual', () => now).keep(made(1));
  const other = sessions.of('app other.test mx.shop.test usual', () => now);
  expect([other.take(), other.offered]).toEqual([undefined, false]);
  const same = sessions.of('app shop.test mx.shop.test usual', () => now);
  expect([same.offered, same.take()?.session, same.offered]).toEqual([false, Buffer.from([1]), true]);
  now = 1_100;
  expect(sessions.of('app shop.test mx.shop.test usual', () => now).take()).toBeUndefined();
});

test('the one that was used longest ago is forgotten first, and one that did not go well at once', () => {
  const sessions = createTlsSessions({ most: 2 });
  const at = (key: string) => sessions.of(key, () => 0);
  at('a').keep(made(1));
  at('b').keep(made(2));
  at('a').take();
  at('c').keep(made(3));
  expect(['a', 'b', 'c'].map((key) => at(key).take()?.session[0])).toEqual([1, undefined, 3]);
  at('a').forget();
  expect(at('a').take()).toBeUndefined();
});
