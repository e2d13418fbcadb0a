import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const top = fileURLToPath(new URL('../../', import.meta.url));
const files = readdirSync(`${top}ui`, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
  .map((entry) => `${entry.parentPath}/${entry.name}`);

/** What the UI may use of the SDK: all that needs no server code and no Node. */
const SDK = ['sdk/api.ts', 'sdk/comparing.ts', 'sdk/contract.ts', 'sdk/errors.ts', 'sdk/events.ts', 'sdk/wire.ts'];
const inside = (path: string) => path.startsWith('ui/') || SDK.includes(path);

test('the UI sees the browser\'s part of the SDK and itself, nothing else', () => {
  const strays = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^\s*(?:import\b[^'\n]*|export\b[^'\n]* from )'([^']+)'|\bimport\('([^']+)'\)/gm)].map(([, name, lazy]) => (name ?? lazy)!)
    .filter((name) => (name.startsWith('.') ? !inside(relative(top, resolve(dirname(file), name))) : !/^(svelte|uplot)(\/|$)/.test(name)))
    .map((name) => `${relative(top, file)} imports ${name}`));
  expect(files.length).toBeGreaterThan(40);
  expect(strays).toEqual([]);
});

test('state knows nothing of views, and only views put markup together', () => {
  const state = files.filter((file) => file.includes('/ui/state/'));
  expect(state.filter((file) => /from '\.\.\/(views|parts)\//.test(readFileSync(file, 'utf8')))).toEqual([]);
  // Text of a mail becomes markup nowhere.
  expect(files.filter((file) => /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc=/.test(readFileSync(file, 'utf8')))).toEqual([]);
});
