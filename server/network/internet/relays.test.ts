import { expect, test } from 'vitest';
import type { Relay } from '../../mail/live.ts';
import { relayHost, relaysFor } from './relays.ts';

const relay = (host: string, domains: string[], more: Partial<Relay> = {}): Relay => ({ domains, when: 'always', host, port: 587, tls: 'verified', user: null, password: null, ...more });
const named = (relays: Relay[], domain: string) => {
  const { always, fallback } = relaysFor(relays, domain);
  return [always.map(({ host }) => host), fallback.map(({ host }) => host)];
};

test('the relay that fits a domain best takes its mail', () => {
  const relays = [relay('rest.test', ['*']), relay('below.test', ['*.example.test']), relay('deep.test', ['*.deep.example.test']), relay('own.test', ['Example.test', 'xn--bcher-kva.test'])];
  expect(named(relays, 'example.test')).toEqual([['own.test'], []]);
  expect(named(relays, 'a.example.test')).toEqual([['below.test'], []]);
  expect(named(relays, 'a.deep.example.test')).toEqual([['deep.test'], []]);
  expect(named(relays, 'notexample.test')).toEqual([['rest.test'], []]);
  expect(named(relays, 'xn--bcher-kva.test')).toEqual([['own.test'], []]);
  expect(named(relays.slice(1), 'other.test')).toEqual([[], []]);
});

test('equally close ones are used in their order, each as it says', () => {
  expect(named([relay('one.test', ['*']), relay('two.test', ['*'], { when: 'fallback' }), relay('three.test', ['*'])], 'a.test')).toEqual([['one.test', 'three.test'], ['two.test']]);
});

test('what a relay must prove, and who it is told that we are', () => {
  expect(relayHost(relay('a.test', ['*'], { tls: 'opportunistic' }), 'a.test')).toEqual({ name: 'a.test', port: 587, relay: true });
  expect(relayHost(relay('a.test', ['*'], { tls: 'required', user: 'ann', password: 'secret' }), 'a.test')).toEqual({ name: 'a.test', port: 587, relay: true, tls: { kind: 'required', by: 'relay' }, login: { user: 'ann', password: 'secret' } });
  expect(relayHost(relay('a.test', ['*'], { tls: 'implicit', port: 465 }), 'a.test')).toMatchObject({ port: 465, implicitTls: true, tls: { kind: 'verified', names: ['a.test'] } });
});
