/**
 * The UI as it is shipped: builds dist/ui when something in ui/ or sdk/ is
 * newer than it. Test files run side by side: one builds, the others wait.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as moment } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../../', import.meta.url));
const page = `${top}dist/ui/index.html`;
const lock = `${top}dist/.ui-lock`;

export async function builtUi(): Promise<string> {
  while (!fresh()) {
    if (!take()) {
      await moment(50); // until the other one is done
      continue;
    }
    try {
      if (fresh()) break;
      // Not in this process: under vitest, Vite resolves and optimises for tests.
      const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|VITE_)/.test(name)));
      const { status, stdout, stderr } = spawnSync(process.execPath, [`${top}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'warn'], { cwd: top, env, encoding: 'utf8', timeout: 60_000 });
      if (status !== 0) throw new Error(`The UI cannot be built:\n${stdout}${stderr}`);
      const now = new Date();
      utimesSync(page, now, now);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return `${top}dist/ui`;
}

const fresh = (): boolean => existsSync(page) && statSync(page).mtimeMs >= Math.max(newest(`${top}ui`), newest(`${top}sdk`), statSync(`${top}vite.config.ts`).mtimeMs);

function newest(folder: string): number {
  let at = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && !entry.name.endsWith('.test.ts')) at = Math.max(at, statSync(`${entry.parentPath}/${entry.name}`).mtimeMs);
  }
  return at;
}

function take(): boolean {
  mkdirSync(`${top}dist`, { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    try {
      process.kill(Number(readFileSync(lock, 'utf8')), 0);
    } catch {
      rmSync(lock, { force: true }); // who held it is gone
    }
    return false;
  }
}
