import { expect, test } from 'vitest';
import type { Host, Route, TlsDemand } from '../network/network.ts';
import { mayRide } from './riding.ts';

const host = (more: Partial<Host> = {}): Host => ({ name: 'mx.a.test', address: '192.0.2.1', port: 25, preference: 10, ...more });
const route = (...hosts: Host[]): Route => ({ site: 'mx.a.test', hosts });
const TLS = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };
const STS: TlsDemand = { kind: 'verified', by: 'mta-sts', names: ['mx.a.test'], note: 'MTA-STS of a.test' };
const dane = (usage: number, data = 'one', names = ['mx.a.test']): TlsDemand => ({ kind: 'dane', records: [{ usage, selector: 1, matching: 1, data: Buffer.from(data) }], names, note: '' });
const REQUIRED: TlsDemand = { kind: 'required', by: 'stream' };

test('what demands nothing rides with everybody', () => {
  for (const tls of [undefined, STS, dane(3), REQUIRED]) expect(mayRide({ to: host(tls ? { tls } : {}), tls: TLS }, route(host()))).toBe(true);
});

test('what is to be proved is not proved by a connection that was made with anybody', () => {
  for (const tls of [STS, dane(3)]) {
    expect(mayRide({ to: host(), tls: TLS }, route(host({ tls })))).toBe(false);
    expect(mayRide({ to: host({ tls: REQUIRED }), tls: TLS }, route(host({ tls })))).toBe(false);
    expect(mayRide({ to: host({ tests: STS }), tls: TLS }, route(host({ tls })))).toBe(false);
    expect(mayRide({ to: host({ tls }), tls: TLS }, route(host({ tls })))).toBe(true);
  }
  expect(mayRide({ to: host({ tls: STS }), tls: TLS }, route(host({ tls: dane(3) })))).toBe(false);
  expect(mayRide({ to: host({ tls: dane(3, 'two') }), tls: TLS }, route(host({ tls: dane(3) })))).toBe(false);
});

test('a host is held to its own demand, and one that the policy leaves out is not used', () => {
  const other = host({ name: 'mx2.a.test', address: '192.0.2.2', tls: STS });
  expect(mayRide({ to: host(), tls: TLS }, route(host(), other))).toBe(true);
  expect(mayRide({ to: host(), tls: TLS }, route(other))).toBe(false);
});

test('whose policy it is makes no difference; names do where an authority is what a record names', () => {
  expect(mayRide({ to: host({ tls: STS }), tls: TLS }, route(host({ tls: { ...STS, note: 'MTA-STS of b.test' } })))).toBe(true);
  expect(mayRide({ to: host({ tls: dane(3, 'one', ['a.test']) }), tls: TLS }, route(host({ tls: dane(3, 'one', ['b.test']) })))).toBe(true);
  expect(mayRide({ to: host({ tls: dane(2, 'one', ['a.test']) }), tls: TLS }, route(host({ tls: dane(2, 'one', ['b.test']) })))).toBe(false);
});

test('where TLS is required, any TLS will do', () => {
  expect(mayRide({ to: host(), tls: TLS }, route(host({ tls: REQUIRED })))).toBe(true);
  expect(mayRide({ to: host(), tls: undefined }, route(host({ tls: REQUIRED })))).toBe(false);
});

test('a login carries its own mail only', () => {
  const login = { user: 'a', password: 'x' };
  expect(mayRide({ to: host({ login }), tls: TLS }, route(host({ login: { ...login } })))).toBe(true);
  expect(mayRide({ to: host({ login }), tls: TLS }, route(host({ login: { user: 'b', password: 'x' } })))).toBe(false);
  expect(mayRide({ to: host({ login }), tls: TLS }, route(host()))).toBe(false);
  expect(mayRide({ to: host(), tls: TLS }, route(host({ login })))).toBe(false);
});

test('without a way, nothing is known of what it demands', () => {
  expect(mayRide({ to: host(), tls: TLS }, undefined)).toBe(false);
});
