/** Builds the UI (ui/ → dist/ui) and runs the tests (server/, sdk/, ui/, test/, examples/). */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const sdk = (file: string) => fileURLToPath(new URL(`./sdk/${file}`, import.meta.url));

export default defineConfig({
  root: 'ui',
  base: './',
  plugins: [svelte()],
  build: { outDir: '../dist/ui', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  // Under vitest, Svelte's client build; the tests of ui/state need no DOM.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    root: '.',
    include: ['{server,sdk,ui,test}/**/*.test.ts', 'examples/**/*.test.js'],
    // The examples import what users import; here it is the source.
    alias: { 'postern/sdk/vitest': sdk('vitest.ts'), 'postern/sdk': sdk('index.ts') },
    exclude: ['node_modules', 'dist'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    restoreMocks: true,
    // One less than there are would be a single one on two cores, and many wait for a browser or a socket.
    maxWorkers: Math.max(2, availableParallelism()),
    // The tests start thousands of threads from TypeScript. Without the cache each of them loads Node's
    // type stripper: WebAssembly of 17 MB and a quarter of a second, and the likely cause of rare crashes
    // inside V8 (SIGSEGV, SIGTRAP) in threads that only open and close. bin/postern.js has the same.
    env: { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? fileURLToPath(new URL('node_modules/.cache/postern', import.meta.url)) },
    globalSetup: 'test/support/strip-once.ts',
    // What is left of that risk: V8 on CPUs with protection keys (nodejs/node#64500).
    execArgv: ['--no-memory-protection-keys'],
  },
});
