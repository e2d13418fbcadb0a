/**
 * The octets that a client sends, read into one buffer that all connections
 * share. By itself Node makes two buffers for each read, one of 64 KB and one
 * of what came (docs/decisions/0017-conversations.md).
 *
 * Node can do without: `onread`. But it is an option of sockets that one makes
 * oneself, and those of a server Node makes. So it is set here as that option
 * sets it, in the lines of Node where that was tried; anywhere else the pieces
 * come by 'data' as ever.
 */
import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Major versions. Each has to be tried: see test/dialogue/reading.test.ts. */
const TRIED: ReadonlySet<string> = new Set(['22', '24', '26']);

type Read = (octets: number, from: Buffer) => boolean;
type Insides = { [key: symbol]: unknown; _handle?: { useUserBuffer?: (buffer: Buffer) => void } | null };

/** As large as Node's own. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);
const DEAF: Read = () => false;
const keys = keysOf(new Socket());

function keysOf(socket: Socket): { buffer: symbol; read: symbol } | undefined {
  const key = (name: string) => Object.getOwnPropertySymbols(socket).find(({ description }) => description === name);
  const [buffer, read] = [key('kBuffer'), key('kBufferCb')];
  return buffer && read && TRIED.has(process.versions.node.split('.')[0]!) ? { buffer, read } : undefined;
}

/** Calls `hear` with each piece, which may change as soon as `hear` returns; false means no more until `socket.resume()`. Answers how to stop for good. */
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
  insides[read] = ((octets, from) => hear(from.subarray(0, octets))) satisfies Read;
  handle.useUserBuffer(SHARED);
  return () => void (insides[read] = DEAF);
}
