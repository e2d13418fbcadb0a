/** A whole Postern in this process whose wall stands still: whatever the machine does meanwhile, times are exact. */
import { openSandbox, type Sandbox } from '../../sdk/sandbox.ts';
import { assemble } from '../../server/assemble.ts';
import { manualClock } from '../../server/clock.ts';
import { defaults } from '../../server/config.ts';

export async function standingSandbox(): Promise<Sandbox> {
  const anywhere = { host: '127.0.0.1', port: 0 };
  // TLS looks at the real time, so it stands still at that.
  const running = await assemble({ ...defaults(), smtpListen: anywhere, httpListen: anywhere, dataDir: ':memory:', logLevel: 'silent' }, { clock: manualClock(Date.now()) });
  return openSandbox({ url: running.addresses.http, token: running.token ?? undefined, stop: () => running.close() });
}
