/**
 * `postern start`: reads the settings, starts the house and keeps it until
 * SIGINT or SIGTERM. The first signal stops taking mail, lets what is in
 * flight finish, and closes the store; a second one ends at once (what was
 * answered with 250 is safe all the same). SIGUSR2 stops all real delivery,
 * and nothing else, until somebody starts it again.
 */
import { existsSync } from 'node:fs';
import type { Running } from '../assemble.ts';
import { readConfig } from '../config.ts';
import { keepNurserySmall, watchNursery } from '../nursery.ts';
import { OperatorError } from '../operator-error.ts';
import { greeting, START_AGAIN } from './greeting.ts';
import { startHelp } from './help.ts';
import type { Verb } from './verb.ts';

/** In the working folder; read where it is. */
export const DEFAULT_FILE = 'postern.config.json';

export const start: Verb = async (args, io) => {
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(startHelp());
    return 0;
  }
  // Who reads the log may go away (`| head`, a closed terminal); the sandbox goes on.
  for (const out of [io.stdout, io.stderr]) out.on('error', () => {});
  try {
    const config = readConfig({ args, env: io.env, ...(existsSync(DEFAULT_FILE) ? { file: DEFAULT_FILE } : {}) });
    keepNurserySmall();
    const { assemble } = await import('../assemble.ts');
    const running = await assemble(config);
    watchNursery();
    const unhear = stopDeliveryOnSignal(running);
    io.stdout.write(greeting(running, config, { streams: running.live(), gate: running.delivery.gate }));
    const signal = await firstSignal();
    running.log.info({ signal }, 'stopping; a second signal stops at once');
    await running.close();
    unhear();
    return 0;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    io.stderr.write(`postern: ${error.message}\n`);
    return 64;
  }
};

/** For whoever is at the machine and cannot or will not ask the API. Effective at once; kept and written down a moment later. */
function stopDeliveryOnSignal({ delivery: { gate }, log }: Running): () => void {
  // Windows has no such signal.
  if (process.platform === 'win32') return () => {};
  const stop = () => {
    gate.stop('signal SIGUSR2', '').then(
      () => log.warn({ signal: 'SIGUSR2' }, `all real delivery is stopped; ${START_AGAIN}`),
      (error: unknown) => log.error({ err: error }, 'all real delivery is stopped, but that could not be kept: after a restart it would go on'),
    );
  };
  process.on('SIGUSR2', stop);
  return () => void process.off('SIGUSR2', stop);
}

async function firstSignal(): Promise<NodeJS.Signals> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of signals) process.once(name, resolve);
  });
  for (const name of signals) process.once(name, () => process.exit(130));
  return signal;
}
