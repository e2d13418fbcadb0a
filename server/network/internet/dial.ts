/**
 * Opens a TCP connection to a host of a route, from the stream's own address
 * where it has one. The address is judged once more before: whoever calls,
 * with whatever route. Never throws; what happens to the socket after it was
 * handed over is the session's.
 */
import { connect, isIPv6, type Socket } from 'node:net';
import type { Source } from '../../mail/live.ts';
import type { Fault } from '../../mail/reply.ts';
import type { Host } from '../network.ts';
import type { Guard } from './guard.ts';

export function dial(host: Host, { guard, signal, source }: { guard: Guard; signal: AbortSignal; source?: Source | undefined }): Promise<Socket | Fault> {
  const fault = (kind: Fault['fault'], detail: string): Fault => ({ kind: 'fault', stage: 'connect', fault: kind, detail, host: host.name });
  const gaveUp = () => fault('timeout', `${host.name} [${host.address}] did not answer`);
  const why = guard.refuses(host.address);
  if (why !== undefined) return Promise.resolve(fault('unreachable', `${host.name} [${host.address}] is not asked: ${why} (POSTERN_DELIVERY_PRIVATE)`));
  if (signal.aborted) return Promise.resolve(gaveUp());
  const v6 = isIPv6(host.address);
  const from = (v6 ? source?.ipv6 : source?.ipv4) ?? null;

  return new Promise((resolve) => {
    let socket: Socket;
    try {
      socket = connect({ host: host.address, port: host.port, family: v6 ? 6 : 4, autoSelectFamily: false, noDelay: true, ...(from === null ? {} : { localAddress: from }) });
    } catch (error) {
      // A local address that is none.
      return resolve(fault('unreachable', `no connection could be begun from ${from}: ${(error as Error).message}`));
    }
    const done = (result: Socket | Fault) => {
      signal.removeEventListener('abort', aborted);
      socket.off('connect', connected).off('error', failed);
      if (result !== socket) socket.destroy();
      resolve(result);
    };
    const connected = () => done(socket);
    const failed = (error: NodeJS.ErrnoException) => done(faultOf(error, host, from, fault));
    const aborted = () => done(gaveUp());
    // One that comes when nobody listens (any more) must not end the process.
    socket.on('error', () => {});
    socket.on('connect', connected).on('error', failed);
    signal.addEventListener('abort', aborted);
  });
}

function faultOf(error: NodeJS.ErrnoException, { name, address, port }: Host, from: string | null, fault: (kind: Fault['fault'], detail: string) => Fault): Fault {
  const who = `${name} [${address}]`;
  switch (error.code) {
    case 'ECONNREFUSED': return fault('refused', `${who} refused the connection at port ${port}`);
    case 'ETIMEDOUT': return fault('timeout', `${who} did not answer`);
    case 'ECONNRESET': case 'EPIPE': return fault('disconnect', `${who} closed the connection before it was open`);
    case 'ENETUNREACH': case 'ENETDOWN': return fault('unreachable', `there is no way to the network of ${who}`);
    case 'EHOSTUNREACH': case 'EHOSTDOWN': return fault('unreachable', `${who} cannot be reached`);
    case 'EMFILE': case 'ENFILE': return fault('unreachable', `ours, not theirs: this machine has no file descriptor left for a connection to ${who} (${error.code})`);
    case 'ENOBUFS': case 'ENOMEM': return fault('unreachable', `ours, not theirs: this machine has no memory left for a connection to ${who} (${error.code})`);
    case 'EADDRNOTAVAIL': case 'EADDRINUSE': return fault('unreachable', from === null ? `ours, not theirs: this machine has no port left for a connection to ${who} (${error.code})` : `ours, not theirs: ${from} is no address of this machine, or has no port left, for a connection to ${who} (${error.code})`);
    case 'EACCES': case 'EPERM': return fault('unreachable', `ours, not theirs: this machine forbids connections to ${who} at port ${port} (${error.code})`);
    default: return fault('unreachable', `${who}: ${error.message}`);
  }
}
