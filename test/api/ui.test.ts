import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-ui-'));
  mkdirSync(join(folder, 'ui/assets'), { recursive: true });
  writeFileSync(join(folder, 'ui/index.html'), '<!doctype html><title>UI</title>');
  writeFileSync(join(folder, 'ui/assets/app-1234.js'), 'export {}');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  house = await apiHouse({ uiDir: join(folder, 'ui') });
});
afterAll(async () => {
  await house.close();
  rmSync(folder, { recursive: true });
});

const page = { headers: { accept: 'text/html,*/*' } };

test('the UI is served with its own policy, its assets for good', async () => {
  const index = await house.ask('/', page);
  expect([index.status, index.headers.get('content-type'), index.headers.get('cache-control')]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
  expect(index.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(await index.text()).toContain('<title>UI</title>');
  const asset = await house.ask('/assets/app-1234.js');
  expect([asset.headers.get('content-type'), asset.headers.get('cache-control')]).toEqual(['text/javascript; charset=utf-8', 'private, max-age=31536000, immutable']);
});

test('a route of the UI is its page for a browser, and a problem for a program', async () => {
  expect(await (await house.ask('/inboxes/ann@x.test', page)).text()).toContain('<title>UI</title>');
  expect((await house.ask('/inboxes/ann@x.test')).status).toBe(404);
  for (const path of ['/v1/nothing', '/problems/x/y', '/docs/x']) expect([path, (await house.ask(path, page)).status]).toEqual([path, 404]);
});

test('its paths are for reading, and say so', async () => {
  for (const path of ['/', '/assets/app-1234.js']) {
    for (const method of ['PUT', 'POST', 'DELETE']) {
      const refused = await house.ask(path, { method });
      expect([path, method, refused.status, refused.headers.get('allow')]).toEqual([path, method, 405, 'GET, HEAD']);
    }
    const asked = await house.ask(path, { method: 'OPTIONS' });
    expect([path, asked.status, asked.headers.get('allow')]).toEqual([path, 204, 'GET, HEAD']);
  }
  expect((await house.ask('/nothing-here', { method: 'PUT' })).status).toBe(404);
});

test('nothing outside its folder is served', async () => {
  for (const path of ['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/..%5csecret.txt', '//secret.txt', '/%00', '/%c0%ae%c0%ae/secret.txt']) {
    expect(await (await house.ask(path)).text()).not.toContain('secret\n');
    expect(await (await house.ask(path)).text()).not.toBe('secret');
  }
});

test('without a build, a sentence says how to make it', async () => {
  const bare = await apiHouse({ uiDir: join(folder, 'nowhere') });
  const response = await bare.ask('/');
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('npm run build')]);
  await bare.close();
});
