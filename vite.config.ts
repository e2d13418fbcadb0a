/** Builds the UI (ui/ → dist/ui) and runs the tests (server/, sdk/, ui/, test/). */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: 'ui',
  base: './',
  plugins: [svelte()],
  build: { outDir: '../dist/ui', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  // Under vitest, Svelte's client build; the tests of ui/state need no DOM.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    root: '.',
    include: ['{server,sdk,ui,test}/**/*.test.ts'],
    exclude: ['node_modules', 'dist'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    restoreMocks: true,
  },
});
