/**
 * The octets that a client sends, read into one buffer that all connections
 * share, and handed on as pieces of their own. By itself Node makes a buffer of
 * 64 KB for each read and then another of what came, which is a tenth of what a
 * message costs and a fifth where it has a connection of its own.
 *
 * Node can do without: `onread`. But it is an option of sockets that one makes
 * oneself, and those of a server Node makes. So it is set here as that option
 * sets it, in the lines of Node where that was tried; anywhere else the pieces
 * come by 'data' as ever (docs/decisions/0017-conversations.md).
 */
import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Major versions. Each has to be tried: see test/dialogue/reading.test.ts. */
const TRIED: ReadonlySet<string> = new Set(['22', '24', '26']);

type Read = (octets: number, from: Buffer) => boolean;
type Insides = { [key: symbol]: unknown; _handle?: { useUserBuffer?: (buffer: Buffer) => void } | null };

/** As large as Node's own. What is read is copied out before anything else is. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);
const DEAF: Read = () => false;
const keys = keysOf(new Socket());

function keysOf(socket: Socket): { buffer: symbol; read: symbol } | undefined {
  const key = (name: string) => Object.getOwnPropertySymbols(socket).find(({ description }) => description === name);
  const [buffer, read] = [key('kBuffer'), key('kBufferCb')];
  return buffer && read && TRIED.has(process.versions.node.split('.')[0]!) ? { buffer, read } : undefined;
}

/** Calls `hear` with each piece, which is its own; false means no more until `socket.resume()`. Answers how to stop for good. */
export function readPieces(socket: Socket | TLSSocket, hear: (piece: Buffer) => boolean): () => void {
  const insides = socket as unknown as Insides;
  const handle = insides._handle;
  // What was read before would be left behind in the stream.
  if (!keys || 'encrypted' in socket || socket.readableLength > 0 || typeof handle?.useUserBuffer !== 'function') {
    const piece = (chunk: Buffer) => void (hear(chunk) || socket.pause());
    socket.on('data', piece);
    return () => void socket.off('data', piece);
  }
  const { buffer, read } = keys;
  insides[buffer] = SHARED;
  insides[read] = ((octets, from) => {
    const piece = Buffer.allocUnsafe(octets);
    from.copy(piece, 0, 0, octets);
    return hear(piece);
  }) satisfies Read;
  handle.useUserBuffer(SHARED);
  return () => void (insides[read] = DEAF);
}
