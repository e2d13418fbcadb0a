/** The examples of the pages in docs/ as a project under `strict` compiles them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { blocks } from '../support/pages.ts';

const HOUSE = fileURLToPath(new URL('../../', import.meta.url));
// Within the project, where the types of nodemailer and of the runners are found.
const cache = join(HOUSE, 'node_modules/.cache/postern-docs');
mkdirSync(cache, { recursive: true });
const dir = mkdtempSync(join(cache, 'types-'));
afterAll(() => rmSync(dir, { recursive: true }));

const examples = ['sdk.md', 'quickstart.md', 'simulate.md', 'webhooks.md'].flatMap((page) => ['ts', 'ts vitest', 'ts playwright'].flatMap((kind) =>
  blocks(page, kind).map(({ code }, n) => ({ name: `${page.replace('.md', '')}-${kind.replace(' ', '-')}-${n + 1}.ts`, code }))));

test('every example in TypeScript compiles under strict', () => {
  expect(examples.length).toBeGreaterThan(15);
  for (const { name, code } of examples) writeFileSync(join(dir, name), code);
  // One that is wrong, so that a compiler which says nothing is noticed.
  writeFileSync(join(dir, 'wrong.ts'), 'export const wrong: number = true;\n');
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      strict: true, target: 'es2024', lib: ['es2024', 'esnext.disposable', 'dom'], module: 'nodenext', types: ['node'], noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true,
      paths: { 'postern/sdk': [join(HOUSE, 'sdk/index.ts')], 'postern/sdk/*': [join(HOUSE, 'sdk/*.ts')] },
    },
    files: [...examples.map(({ name }) => name), 'wrong.ts'],
  }));
  const { stdout } = spawnSync(process.execPath, [join(HOUSE, 'node_modules/@typescript/native/bin/tsc'), '-p', dir], { cwd: dir, encoding: 'utf8' });
  // The source of the server is compiled by rules of its own.
  expect(stdout.split('\n').filter((line) => !line.startsWith('.') && !line.startsWith(' ')).join('\n').trim()).toMatch(/^wrong\.ts\(1,14\): error TS2322: [^\n]*$/);
}, 60_000);
