/** Real sockets on loopback: a network that dials wherever the host says, and two ends of one connection. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Fault } from '../../server/mail/reply.ts';
import type { Network } from '../../server/network/network.ts';

export const sockets: Pick<Network, 'dial'> = {
  dial: ({ address, port, name }, { signal }) => new Promise<Socket | Fault>((resolve) => {
    const socket = connect({ host: address, port, noDelay: true });
    signal.addEventListener('abort', () => socket.destroy());
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => resolve({ kind: 'fault', stage: 'connect', fault: 'refused', detail: error.message, host: name }));
  }),
};

/** The end that dialled, and the one that was reached. */
export async function tcpPair(): Promise<[Socket, Socket]> {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reached = once(server, 'connection') as Promise<[Socket]>;
  const client = connect({ port: (server.address() as { port: number }).port, host: '127.0.0.1', noDelay: true });
  const [[there]] = await Promise.all([reached, once(client, 'connect')]);
  server.close();
  there.on('error', () => {});
  return [client, there];
}

/** A port at which nobody is. */
export async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
