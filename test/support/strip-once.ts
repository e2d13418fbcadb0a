/**
 * Before the tests: has Node strip the types of all that runs in threads, once
 * and in one process, into the compile cache that vite.config.ts names. A
 * thread that finds its code there does not load the stripper.
 */
import { execFileSync } from 'node:child_process';

const THREADS = ['store/sqlite/thread.ts', 'inbox/parse/worker.ts', 'inbox/checks/worker.ts'].map((path) => new URL(`../../server/${path}`, import.meta.url).href);

export default function stripOnce({ config }: { config: { env: Partial<Record<string, string>> } }): void {
  // Outside a thread they end with an error, but only after all that they import is there.
  const load = `for (const one of ${JSON.stringify(THREADS)}) await import(one).catch(() => undefined);`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', load], { env: { ...process.env, ...config.env }, stdio: 'ignore' });
}
