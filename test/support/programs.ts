/** Programs of the system that a story needs. On a user's machine a story without them is skipped; in CI it fails. */
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';

export function program(...names: string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const name of names) for (const folder of folders) if (folder && existsSync(join(folder, name))) return join(folder, name);
  if (process.env['CI']) throw new Error(`${names.join(' or ')} is not installed, and in CI nothing is skipped`);
  return undefined;
}

/** Whether Postfix can be run here: it starts as root only. */
export function postfix(): string | undefined {
  const found = program('postfix');
  if (found && process.getuid?.() !== 0 && process.env['CI']) throw new Error('Postfix starts as root only, and in CI nothing is skipped');
  return found && process.getuid?.() === 0 ? found : undefined;
}

export { execFileSync };
