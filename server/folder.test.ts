import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './folder.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

test('a folder is made with what is missing above it, and again without a word', () => {
  const path = join(root, 'a', 'b', 'c');
  makeFolder(path, 0o700);
  makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
});

test('where there can be none, the error says so', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file'))).toThrow(/ENOTDIR/);
  expect(() => makeFolder(join(root, 'file', 'x'))).toThrow(/ENOTDIR/);
});

test.skipIf(process.platform !== 'linux')('also where Node would try for ever', () => {
  expect(() => makeFolder('/proc/nope/x')).toThrow(/ENOENT.*\/proc\/nope/);
});
