/** Builds the UI (ui/ → dist/ui) and runs the tests (server/, sdk/, ui/, test/, examples/). */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const sdk = (file: string) => fileURLToPath(new URL(`./sdk/${file}`, import.meta.url));

/**
 * Each in a process of its own: what uses the SDK as its users do, since importing it raises the time-outs
 * of a file and its sandbox is one of the process; and what holds its own use of the CPU or of memory to a
 * measure. All other files share a process for each core, which imports the server once and not a hundred
 * times: they leave nothing behind in it.
 */
const ALONE = ['examples/**/*.test.js', 'test/sdk/*.test.ts', 'test/stories/notices.test.ts', 'test/transport/many.test.ts', 'test/dialogue/body.test.ts', 'server/inbox/mime/tree.test.ts'];

export default defineConfig({
  root: 'ui',
  base: './',
  plugins: [svelte()],
  build: { outDir: '../dist/ui', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  // Under vitest, Svelte's client build; the tests of ui/state need no DOM.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    root: '.',
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE, isolate: true } },
      { extends: true, test: { name: 'together', include: ['{server,sdk,ui,test}/**/*.test.ts'], exclude: ALONE, isolate: false } },
    ],
    // The examples import what users import; here it is the source.
    alias: { 'postern/sdk/vitest': sdk('vitest.ts'), 'postern/sdk': sdk('index.ts') },
    exclude: ['node_modules', 'dist'],
    // For `npm run fuzz`, where a test may hold some properties.
    ...(process.env['FUZZ_SECONDS'] ? { setupFiles: ['test/support/at-length.ts'] } : {}),
    testTimeout: 20_000 + 4_000 * Number(process.env['FUZZ_SECONDS'] ?? 0),
    hookTimeout: 20_000,
    // A busy machine takes its time; who waits for what never comes waits no longer than the test may.
    expect: { poll: { timeout: 15_000 } },
    restoreMocks: true,
    // Building needs no runner.
    ...(process.env['VITEST'] ? { sequence: { sequencer: (await import('./test/support/longest-first.ts')).default } } : {}),
    // One more than there are cores: many wait for a browser, a socket or a disk.
    maxWorkers: Math.max(2, availableParallelism()) + 1,
    // The tests start thousands of threads from TypeScript. Without the cache each of them loads Node's
    // type stripper: WebAssembly of 17 MB and a quarter of a second, and the likely cause of rare crashes
    // inside V8 (SIGSEGV, SIGTRAP) in threads that only open and close. bin/postern.js has the same.
    env: { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? fileURLToPath(new URL('node_modules/.cache/postern', import.meta.url)) },
    globalSetup: 'test/support/strip-once.ts',
    // What is left of that risk: V8 on CPUs with protection keys (nodejs/node#64500).
    execArgv: ['--no-memory-protection-keys'],
  },
});
