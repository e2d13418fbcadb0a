/** Calls a mail server and reads its greeting, to see whether port 25 is open to the outside. Says QUIT and nothing else. */
import { connect } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Guard } from '../network/internet/guard.ts';
import type { PreflightDeps } from '../preflight/ask.ts';

const DEADLINE = 10_000;
/** Octets of a greeting that are read. */
const MOST = 512;

export function caller({ clock, guard, port }: { clock: Clock; guard: Guard; port: number }): NonNullable<PreflightDeps['dial25']> {
  return ({ address }) => new Promise((resolve) => {
    const refused = guard.refuses(address);
    if (refused !== undefined) return resolve({ failed: `not called: ${refused}` });
    const socket = connect({ host: address, port, autoSelectFamily: false });
    let said = '';
    const end = (outcome: { greeting: string } | { failed: string }) => {
      cancel();
      resolve(outcome);
      socket.end('QUIT\r\n');
      socket.destroySoon();
    };
    const cancel = clock.after(DEADLINE, () => {
      end({ failed: `no greeting within ${DEADLINE / 1000} s` });
      socket.destroy();
    });
    // `on`: it may fail a second time when it is left.
    socket.on('error', (error: NodeJS.ErrnoException) => end({ failed: error.code ?? error.message }));
    socket.on('close', () => end({ failed: 'the connection was closed without a greeting' }));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      said += text;
      if (said.includes('\n') || said.length > MOST) end({ greeting: said.split(/\r?\n/, 1)[0]!.slice(0, MOST) });
    });
  });
}
