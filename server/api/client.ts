/** Who is at the other end of a request. Without a socket (a test that calls fetch) it is 0.0.0.0. */
import type { Context } from 'hono';

type Bindings = { incoming?: { socket?: { remoteAddress?: string; remotePort?: number } } };

export function clientOf(c: Context): { address: string; port: number } {
  const socket = (c.env as Bindings | undefined)?.incoming?.socket;
  // On a dual-stack socket IPv4 clients come as ::ffff:127.0.0.1.
  return { address: (socket?.remoteAddress ?? '0.0.0.0').replace(/^::ffff:(?=\d+\.)/, ''), port: socket?.remotePort ?? 0 };
}

/** Who did it, as events and suppressions tell. There are no accounts: an address is all that is known. */
export const personOf = (c: Context): string => `http ${clientOf(c).address}`;
