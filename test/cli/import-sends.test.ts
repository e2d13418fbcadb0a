/** What `postern import` reads goes to nobody, unless that is asked for; in a Postern that delivers for real, to a mail server of this machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sandbox } from '../../sdk/index.ts';
import { importMail } from '../../server/cli/import.ts';
import { liveHouse, type LiveHouse } from '../support/live-house.ts';
import { say } from '../support/verbs.ts';

const dir = mkdtempSync(join(tmpdir(), 'postern-import-'));
let house: LiveHouse & AsyncDisposable;
let sandbox: Sandbox;
beforeAll(async () => {
  house = await liveHouse();
  await house.live({ allow: ['*'] });
  sandbox = await connect(house.http);
  writeFileSync(join(dir, 'old.eml'), 'From: shop@app.test\r\nTo: ann@a.test\r\nSubject: Old\r\n\r\nLong ago.\r\n');
});
afterAll(async () => {
  await sandbox.close();
  await house[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});
const listed = async (stream: string) => (await sandbox.api.list({ stream })).messages;
const bring = (...more: string[]) => say(importMail, ['--url', house.http, ...more, dir]);

test('old mail that is read into a stream that delivers stays in its inbox', async () => {
  expect(await bring()).toMatchObject({ code: 0, err: expect.stringContaining('into the stream default; they are only kept there: with --send they go on, for real') });
  const [old] = await listed('default');
  expect(old).toMatchObject({ subject: 'Old', envelope: { to: ['ann@a.test'] }, delivery: null });
  expect(house.taken()).toEqual([]);
  // It can still go out, when a person lets it.
  await sandbox.api.releaseMessage(old!.id);
  await house.until(old!.id, ['ann@a.test delivered']);
  expect(house.taken()).toEqual(['ann@a.test Old']);
});

test('with --send it goes on as new mail would', async () => {
  await sandbox.stream('again');
  await house.live({ allow: ['*'] }, 'deliver', 'again');
  const before = house.taken().length;
  expect(await bring('--stream', 'again', '--send')).toMatchObject({ code: 0, err: expect.stringContaining('; they go on for real') });
  const [sent] = await listed('again');
  await house.until(sent!.id, ['ann@a.test delivered']);
  expect(house.taken().slice(before)).toEqual(['ann@a.test Old']);
});

test('a stream that simulates gets old mail for its inbox alone, too', async () => {
  await sandbox.stream('sim', { mode: 'simulate' });
  expect(await bring('--stream', 'sim')).toMatchObject({ code: 0, err: expect.stringContaining('with --send they go on, to the pretend remote side') });
  expect(await listed('sim')).toMatchObject([{ subject: 'Old', delivery: null }]);
  await bring('--stream', 'sim', '--send');
  expect((await listed('sim')).filter(({ delivery }) => delivery !== null)).toHaveLength(1);
});

test('a stream that is not there is not made', async () => {
  expect(await bring('--stream', 'nowhere')).toMatchObject({ code: 1, err: expect.stringContaining('There is no stream "nowhere"') });
  expect((await sandbox.streams()).map(({ name }) => name)).not.toContain('nowhere');
});
