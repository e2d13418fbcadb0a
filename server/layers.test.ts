import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMON, GUARDED, LAYERS } from './layers.ts';

const HOUSE = fileURLToPath(new URL('..', import.meta.url));
const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function files(folder: string): string[] {
  return readdirSync(resolve(HOUSE, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name.split(sep).join('/')}`);
}

function importsOf(file: string): string[] {
  return [...readFileSync(resolve(HOUSE, file), 'utf8').matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]!);
}

const inside = (path: string, allowed: string) => path === allowed || path.startsWith(`${allowed}/`);

/** What is wrong with an import, or undefined. */
function breach(file: string, module: string): string | undefined {
  const [side] = file.split('/');
  if (!module.startsWith('.')) {
    if (side !== 'server') return undefined;
    const guard = GUARDED.find((one) => one.module.test(module));
    const here = file.slice('server/'.length);
    return guard && !guard.only.some((allowed) => inside(here, allowed)) ? `${file} imports ${module}, but ${guard.why}` : undefined;
  }
  const target = relative(HOUSE, resolve(HOUSE, dirname(file), module)).split(sep).join('/');
  if (side === 'sdk') return inside(target, 'sdk') || target === 'server/assemble.ts' || target === 'server/config.ts' ? undefined : `${file} imports ${target}: the SDK knows nothing of the server but how to start it`;
  if (side === 'ui') return inside(target, 'ui') || inside(target, 'sdk') ? undefined : `${file} imports ${target}: the UI talks only through sdk/`;
  const [folder, ...below] = file.slice('server/'.length).split('/');
  if (below.length === 0 || target === 'sdk/contract.ts') return undefined; // files at the top are checked below
  const allowed = LAYERS[folder!];
  if (!allowed) return `${file}: server/${folder} has no line in layers.ts`;
  const path = target.slice('server/'.length);
  if (folder === 'cli' && inside(target, 'sdk')) return undefined; // a command is a client like any other
  if (!target.startsWith('server/')) return `${file} imports ${target}`;
  const free = [folder!, ...allowed, ...(folder === 'mail' ? [] : COMMON)];
  return free.includes('*') || free.some((one) => inside(path, one)) ? undefined : `${file} imports server/${path}, which ${folder}/ may not see`;
}

const everything = ['server', 'sdk', 'ui'].flatMap(files);

test('every import points down, and only the named rooms reach the network or the database', () => {
  const breaches = everything.flatMap((file) => importsOf(file).map((module) => breach(file, module))).filter((one) => one !== undefined);
  expect(breaches).toEqual([]);
});

test('the check sees what it is there to see', () => {
  expect(everything.length).toBeGreaterThan(20);
  expect(importsOf('server/admission/admit.ts')).toContain('../mail/header.ts');
  expect(breach('server/mail/address.ts', '../clock.ts')).toMatch('may not see');
  expect(breach('server/inbox/port.ts', '../store/port.ts')).toMatch('may not see');
  expect(breach('server/inbox/port.ts', 'better-sqlite3')).toMatch('knows SQL');
  expect(breach('server/api/hono.ts', 'node:net')).toMatch('opens a connection');
  expect(breach('ui/main.ts', '../server/config.ts')).toMatch('only through sdk');
  expect(breach('sdk/index.ts', '../server/mail/address.ts')).toMatch('knows nothing');
});

test('nothing at the top of server/ knows a room but what puts it together and what counts it', () => {
  const top = files('server').filter((file) => file.split('/').length === 2 && !/(assemble|building|declaring|delivering|simulating|going-out|coming-back|looking|main|metrics)\.ts$/.test(file));
  const known = top.flatMap((file) => importsOf(file).filter((module) => module.startsWith('./') && /\/.*\//.test(module) && !module.startsWith('./mail/')).map((module) => `${file} imports ${module}`));
  expect(known).toEqual([]);
});
