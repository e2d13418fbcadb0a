/**
 * The way from a request to a WebSocket. A handshake is asked of the
 * application like any request and answered like one, so that a refusal is a
 * problem with its body; its route alone turns it into a socket, by `accept`.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket, WebSocketServer } from 'ws';

/** Why the handshake is not one, in the words of ws; undefined when its client is gone. */
export type Accepted = WebSocket | { refused: string | undefined };
/** What a route finds in its environment when the request is a handshake. */
export type HandshakeEnv = { accept?: () => Accepted };

const PATH = '/v1/events/socket';

/** Only this leaves the ordinary way; with any other `Upgrade` a request is what it is without. */
export function isHandshake({ method, url = '', headers }: IncomingMessage): boolean {
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
  try {
    // As the router reads it: in any spelling, and behind a proxy's whole address.
    return decodeURI(url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')) === PATH;
  } catch {
    return false;
  }
}

export type Handshakes = {
  /** An answer to write to, for the socket that Node has let go of. */
  begin(request: IncomingMessage, socket: Socket, head: Buffer): ServerResponse;
  envOf(request: IncomingMessage): HandshakeEnv | undefined;
};

export function createHandshakes(sockets: WebSocketServer): Handshakes {
  const begun = new WeakMap<IncomingMessage, HandshakeEnv>();
  return {
    envOf: (request) => begun.get(request),
    begin(request, socket, head) {
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      response.assignSocket(socket);
      socket.on('error', () => socket.destroy());
      response.once('finish', () => {
        response.detachSocket(socket);
        socket.destroySoon();
      });
      begun.set(request, {
        accept() {
          let accepted: Accepted = { refused: undefined };
          // Heard at once: ws judges a handshake while it is asked.
          const refused = (error: Error) => { accepted = { refused: error.message }; };
          sockets.on('wsClientError', refused);
          try {
            sockets.handleUpgrade(request, socket, head, (opened) => {
              response.detachSocket(socket);
              accepted = opened;
            });
          } finally {
            sockets.off('wsClientError', refused);
          }
          return accepted;
        },
      });
      return response;
    },
  };
}
