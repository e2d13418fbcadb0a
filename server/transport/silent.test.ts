import { expect, test } from 'vitest';
import { FALLBACK, type Host } from '../network/network.ts';
import { inOrder } from './silent.ts';

const host = (name: string, preference = 10): Host => ({ name, address: '192.0.2.1', port: 25, preference });
const hosts = [host('mx0.test'), host('mx1.test', 20), host('mx2.test', 30), host('relay0.test', FALLBACK), host('relay1.test', FALLBACK + 1)];
const asked = (...silent: string[]) => inOrder(hosts, ({ name }) => silent.includes(name)).hosts.map(({ name }) => name.split('.')[0]).join(' ');

test('who is silent comes after the others, in the order that there is; a fallback relay is never before any MX', () => {
  expect(asked()).toBe('mx0 mx1 mx2 relay0 relay1');
  expect(asked('mx0.test', 'mx1.test')).toBe('mx2 mx0 mx1 relay0 relay1');
  expect(asked('mx0.test', 'mx1.test', 'mx2.test')).toBe('mx0 mx1 mx2 relay0 relay1');
  expect(asked('relay0.test')).toBe('mx0 mx1 mx2 relay1 relay0');
});

test('the dialogue says so, where it makes a difference', () => {
  expect(inOrder(hosts, ({ name }) => name === 'mx0.test').notes).toEqual(['mx0.test [192.0.2.1] did not answer in time a short while ago: the others are asked before it']);
  expect(inOrder(hosts, ({ name }) => name === 'relay1.test').notes).toEqual([]);
});
