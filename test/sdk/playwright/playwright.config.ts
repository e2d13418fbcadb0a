/** For the story in playwright.test.ts: no browser, one worker, a time-out that is too short on purpose. */
import { defineConfig } from '@playwright/test';

export default defineConfig({ testDir: '.', testMatch: '*.spec.ts', workers: 1, timeout: 10_000, reporter: 'json', outputDir: '../../../node_modules/.cache/playwright' });
