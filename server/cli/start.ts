/**
 * `postern start`: reads the settings, starts the house and keeps it until
 * SIGINT or SIGTERM. The first signal stops taking mail, lets what is in
 * flight finish, and closes the store; a second one ends at once (what was
 * answered with 250 is safe all the same).
 */
import { existsSync } from 'node:fs';
import { readConfig } from '../config.ts';
import { keepNurserySmall } from '../nursery.ts';
import { OperatorError } from '../operator-error.ts';
import { greeting } from './greeting.ts';
import { startHelp } from './help.ts';
import type { Verb } from './verb.ts';

const DEFAULT_FILE = 'postern.config.json';

export const start: Verb = async (args, io) => {
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(startHelp());
    return 0;
  }
  // Who reads the log may go away (`| head`, a closed terminal); the sandbox goes on.
  for (const out of [io.stdout, io.stderr]) out.on('error', () => {});
  try {
    const config = readConfig({ args, env: io.env, ...(existsSync(DEFAULT_FILE) ? { file: DEFAULT_FILE } : {}) });
    const { assemble } = await import('../assemble.ts');
    const running = await assemble(config);
    // Not before: what is loaded at the start lives on, and a small nursery would be collected all the time.
    keepNurserySmall();
    io.stdout.write(greeting(running, config));
    const signal = await firstSignal();
    running.log.info({ signal }, 'stopping; a second signal stops at once');
    await running.close();
    return 0;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    io.stderr.write(`postern: ${error.message}\n`);
    return 64;
  }
};

async function firstSignal(): Promise<NodeJS.Signals> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of signals) process.once(name, resolve);
  });
  for (const name of signals) process.once(name, () => process.exit(130));
  return signal;
}
