/** postern.json: what a Postern that is ready writes into its data folder, and nobody else. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { running } from '../support/running.ts';

let dataDir: string;
beforeEach(() => { dataDir = mkdtempSync(join(tmpdir(), 'postern-ready-')); });
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
const file = () => join(dataDir, 'postern.json');

test('the addresses are there while a Postern runs, and gone when it has stopped', async () => {
  const house = await running({ dataDir });
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ http: house.http, smtp: house.smtp, pid: process.pid });
  await house.close();
  expect(existsSync(file())).toBe(false);
});

test('what a killed Postern left behind does not pass for one that is ready', async () => {
  writeFileSync(file(), '{"http":"http://127.0.0.1:1","smtp":{"host":"127.0.0.1","port":1},"pid":1}\n');
  const taken = await running();
  await expect(running({ dataDir, smtpListen: taken.smtp })).rejects.toThrow('something else does already');
  expect(existsSync(file())).toBe(false);
  await taken.close();
});

test('a second Postern on the same folder leaves the file of the first alone', async () => {
  const first = await running({ dataDir });
  await expect(running({ dataDir })).rejects.toThrow('in use by another Postern');
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ http: first.http });
  await first.close();
});
