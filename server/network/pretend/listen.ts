/**
 * The pretend remote on a TCP port (POSTERN_REMOTE_LISTEN), for the mail
 * servers of others. Its waits and its times are of the stream's clock, while
 * the patience with a client is the wall's: a jump of the clock must not cut
 * off a real client. Who is silent for five minutes is closed, and more than
 * a thousand at once are not served.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { OperatorError } from '../../operator-error.ts';
import type { ScenarioRun } from '../../scenario/scenario.ts';
import type { MovableClock } from '../talk.ts';
import type { Census, Place } from './accepted.ts';
import type { RemoteOptions } from './desk.ts';
import { type Conversation, NOBODY } from './remote.ts';

export type Where = { host: string; port: number };

export type ListenOptions = {
  scenarioOf: (stream: string) => ScenarioRun;
  clockOf: (stream: string) => MovableClock;
  wall: Clock;
  counts: Census;
  begin: (socket: Socket, remote: Omit<RemoteOptions, 'certificates' | 'log' | 'hear' | 'plan'>) => Conversation;
  log: Log;
};

const MOST = 1_000;
const PATIENCE_MS = 300_000;
/** Of ours: a remote that hangs on purpose outlasts any client. */
const LONGEST_MS = 3_600_000;
const BUSY = '421 4.3.2 Too many connections, try again later\r\n';

export function listener(options: ListenOptions): { listen(where: Where & { stream: string }): Promise<Where>; close(): Promise<void> } {
  const servers = new Set<Server>();
  const sockets = new Set<Socket>();
  let serial = 0;

  function accept(socket: Socket, stream: string): void {
    socket.on('error', () => {}); // 'close' follows
    if (sockets.size >= MOST) return void socket.end(BUSY, () => socket.destroy());
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    const connection = `remote-${++serial}`;
    const talk = options.clockOf(stream).talk(connection);
    let place: Place | undefined;
    try {
      const run = options.scenarioOf(stream);
      const { site } = run.siteOf(NOBODY);
      place = options.counts.enter(stream, site);
      const client = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
      const opening = run.ask({ stream, side: 'remote', stage: 'connect', connection, client, site, host: run.hostsOf(NOBODY)[0]!, domain: NOBODY, tls: false, now: talk.now(), connectionsOpen: place.open(), messagesOnConnection: 0 });
      let unwatch = () => {};
      const conversation = options.begin(socket, { run, stream, connection, client, talk, place, opening, closed: () => { unwatch(); talk.end(); } });
      unwatch = watched(socket, conversation);
    } catch (error) {
      options.log.error({ error: error instanceof Error ? error.stack : String(error), connection, stream }, 'The pretend remote broke');
      place?.leave();
      talk.end();
      socket.destroy();
    }
  }

  /** One timer a connection, which looks when something was last heard; not one for each line. */
  function watched(socket: Socket, conversation: Conversation): () => void {
    const { wall } = options;
    let heard = wall.now();
    let octets = 0;
    const look = () => {
      const read = socket.bytesRead + socket.bytesWritten;
      if (read !== octets) heard = wall.now();
      octets = read;
      const left = heard + (conversation.idle ? LONGEST_MS : PATIENCE_MS) - wall.now();
      if (left <= 0) {
        // Twice: who does not even take the farewell is cut off.
        if (socket.writableEnded) return socket.destroy();
        heard = wall.now();
        conversation.close();
      }
      cancel = wall.after(Math.max(Math.min(left, PATIENCE_MS / 4), 1_000), look);
    };
    let cancel = wall.after(PATIENCE_MS / 4, look);
    return () => cancel();
  }

  return {
    async listen({ host, port, stream }) {
      const server = createServer({ allowHalfOpen: true }, (socket) => accept(socket, stream));
      server.listen(port, host);
      try {
        await once(server, 'listening');
      } catch (error) {
        throw new OperatorError(`The pretend remote cannot listen on ${host}:${port}: ${(error as Error).message}`, { cause: error });
      }
      servers.add(server);
      server.on('error', (error) => options.log.error({ error: String(error) }, 'The pretend remote cannot accept a connection'));
      const at = server.address() as AddressInfo;
      return { host: at.address, port: at.port };
    },
    async close() {
      const closing = [...servers].map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      servers.clear();
      // What was said last is still to go out.
      for (const socket of sockets) socket.destroySoon();
      await Promise.all(closing);
    },
  };
}
