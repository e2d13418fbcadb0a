/** The sandbox of a test runner's worker: the one that POSTERN_URL names, else one of its own. */
import { connect } from './client.ts';
import type { Sandbox } from './sandbox.ts';

export async function sandboxOfWorker(): Promise<Sandbox> {
  if (process.env['POSTERN_URL']) return connect();
  const { start } = await import('./start.ts');
  return start();
}

/** A test's mail stays to be looked at, and is gone the next day. */
export const TEST_INBOX = { prefix: 'test', lifetime: '24h' } as const;
