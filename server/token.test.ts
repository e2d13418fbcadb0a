import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isLoopback, ownToken } from './token.ts';

test('a token is made once, kept for its owner alone, and the same after a restart', () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-token-'));
  const first = ownToken(dir);
  expect(first).toEqual({ token: expect.stringMatching(/^[\w-]{32}$/), made: true });
  expect(ownToken(dir)).toEqual({ token: first.token, made: false });
  expect(readFileSync(join(dir, 'token'), 'utf8')).toBe(`${first.token}\n`);
  expect(statSync(join(dir, 'token')).mode & 0o077).toBe(0);
  rmSync(dir, { recursive: true });
});

test('in memory each start makes another', () => {
  expect(ownToken(null).token).not.toBe(ownToken(null).token);
});

test('only addresses of this machine are loopback', () => {
  expect(['localhost', '127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'].map(isLoopback)).toEqual(Array(5).fill(true));
  expect(['::', '0.0.0.0', '10.0.0.1', '127.example.test', '::ffff:10.0.0.1'].map(isLoopback)).toEqual(Array(5).fill(false));
});
