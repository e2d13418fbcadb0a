import { expect, test } from 'vitest';
import { loginOf, secretsOf } from './login.ts';

const login = { user: 'jörg', password: 'pä:ss' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('PLAIN is taken before LOGIN, and is one command', () => {
  expect(loginOf(login, ['CRAM-MD5', 'LOGIN', 'PLAIN'])).toEqual({
    mechanism: 'PLAIN', first: { said: `AUTH PLAIN ${base64('\0jörg\0pä:ss')}`, shown: 'AUTH PLAIN ***' }, rest: [{ said: base64('\0jörg\0pä:ss'), shown: '***' }],
  });
});

test('LOGIN answers two questions', () => {
  expect(loginOf(login, ['XOAUTH2', 'LOGIN'])).toEqual({
    mechanism: 'LOGIN', first: { said: 'AUTH LOGIN', shown: 'AUTH LOGIN' }, rest: [{ said: base64('jörg'), shown: '***' }, { said: base64('pä:ss'), shown: '***' }],
  });
});

test('what does not fit into a command waits to be asked for', () => {
  const long = { user: 'u', password: 'p'.repeat(400) };
  expect(loginOf(long, ['PLAIN'])).toMatchObject({ first: { said: 'AUTH PLAIN' }, rest: [{ said: base64(`\0u\0${long.password}`) }] });
});

test.each([
  [[], 'the host does not offer AUTH'],
  [['GSSAPI', 'XOAUTH2'], 'the host offers AUTH GSSAPI XOAUTH2, of which neither PLAIN nor LOGIN is one'],
])('there is no way to log in with %j', (offered, why) => {
  expect(loginOf(login, offered)).toBe(why);
});

test('a NUL cannot be sent', () => {
  expect(loginOf({ user: 'a\0b', password: 'c' }, ['PLAIN'])).toContain('NUL');
});

test('what is secret is so in each of its forms, unless it is so short that it stands in every line', () => {
  expect(secretsOf(login)).toEqual([base64('\0jörg\0pä:ss'), base64('pä:ss'), 'pä:ss']);
  expect(secretsOf({ user: 'a', password: 'b' })).toEqual([base64('\0a\0b'), base64('b')]);
});
