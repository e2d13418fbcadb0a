/** Who is at the other end of a request. Without a socket (a test that calls fetch) it is 0.0.0.0. */
import type { Context } from 'hono';

type Bindings = { incoming?: { socket?: { remoteAddress?: string; remotePort?: number } } };

export function clientOf(c: Context): { address: string; port: number } {
  const socket = (c.env as Bindings | undefined)?.incoming?.socket;
  // On a dual-stack socket IPv4 clients come as ::ffff:127.0.0.1.
  return { address: (socket?.remoteAddress ?? '0.0.0.0').replace(/^::ffff:(?=\d+\.)/, ''), port: socket?.remotePort ?? 0 };
}

/** Characters of a name that a caller gives itself. */
const NAMED = 100;

/**
 * Who did it, for events, suppressions and the audit log: `api 127.0.0.1`, and before it the name that X-Postern-By gives. It is
 * a claim, so that the address always stands beside it. Octets of a header are UTF-8 here, as browsers send them.
 */
export function actorOf(c: Context): string {
  const address = `api ${clientOf(c).address}`;
  const said = Buffer.from(c.req.header('x-postern-by') ?? '', 'latin1').toString('utf8').replaceAll(/[\p{C}\ufffd]+/gu, '').replaceAll(/\s+/g, ' ').trim();
  return said === '' ? address : `${Array.from(said).slice(0, NAMED).join('')} (${address})`;
}

/** The header, as the description of a route names it. */
export const BY = { 'X-Postern-By': 'Who asks, for events and the audit log; the address of the client always stands beside it.' };
