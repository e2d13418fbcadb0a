/** What a client loads: nothing of the server, no package, nothing of Node, so that it runs on Node 20 and in a browser. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Modules that are reached without a dynamic import, and the names of packages on the way. */
function closure(entry: string): { files: string[]; packages: string[] } {
  const root = new URL('../../', import.meta.url);
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (url: URL) => {
    if (files.has(url.href)) return;
    files.add(url.href);
    const text = readFileSync(url, 'utf8').replace(/^(?:import|export) type .*$/gm, '');
    for (const [, specifier = ''] of text.matchAll(/^(?:import|export)\b[^;=]*?(?:from|import) '([^']+)';$/gm)) {
      if (specifier.startsWith('.')) visit(new URL(specifier, url));
      else packages.add(specifier);
    }
  };
  visit(new URL(entry, root));
  return { files: [...files].map((file) => file.slice(root.href.length)), packages: [...packages] };
}

test.each(['sdk/client.ts', 'sdk/index.ts'])('%s reaches only the SDK', (entry) => {
  const { files, packages } = closure(entry);
  expect(packages).toEqual([]);
  expect(files.filter((file) => !file.startsWith('sdk/'))).toEqual([]);
  expect(files.length).toBeGreaterThan(8);
});

test('the types of a client need no browser types, which projects for Node do not have', () => {
  const tsc = fileURLToPath(new URL('../../node_modules/@typescript/native/bin/tsc', import.meta.url));
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2024', '--lib', 'es2024,esnext.disposable', '--module', 'nodenext', '--types', 'node', '--allowImportingTsExtensions'];
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, 'sdk/client.ts'], { cwd: new URL('../../', import.meta.url), encoding: 'utf8' });
  expect(stdout).toBe('');
}, 30_000);

test.each([['sdk/vitest.ts', 'vitest'], ['sdk/playwright.ts', '@playwright/test']])('%s needs its runner and nothing else', (entry, runner) => {
  expect(closure(entry).packages).toEqual([runner]);
  expect(closure(entry).files.filter((file) => !file.startsWith('sdk/'))).toEqual([]);
});

test('the package is its SDK, and asks for no runner of tests', () => {
  const read = (file: string) => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
  const { exports, peerDependencies, peerDependenciesMeta } = read('package.json');
  expect(exports['.']).toEqual(exports['./sdk']);
  expect(Object.entries(peerDependencies)).toEqual([['@playwright/test', '>=1.50'], ['vitest', '>=3.2']]);
  for (const name of Object.keys(peerDependencies)) expect(peerDependenciesMeta[name]).toEqual({ optional: true });
  expect(read('package-lock.json').packages[''].peerDependencies).toEqual(peerDependencies);
});
