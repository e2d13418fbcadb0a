/**
 * Gives the application a socket. Promises: `listen` resolves once the port
 * is taken; `close` stops accepting, ends what is held open (waits, event
 * streams, sockets), lets requests in progress finish for a moment, and then
 * returns.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { createApp } from './app.ts';
import type { ApiDeps } from './deps.ts';
import { createHandshakes, isHandshake } from './handshake.ts';
import { problem, problemBody, type ProblemName, PROBLEMS } from './problems.ts';

/** Milliseconds that requests in progress have to finish at close. */
const GRACE = 3_000;

export type Http = {
  listen(at: { host: string; port: number }): Promise<{ host: string; port: number }>;
  close(): Promise<void>;
  /** The application without a socket. */
  fetch(request: Request): Promise<Response>;
  connections(): number;
  subscribers(): number;
};

export function createHttp(deps: ApiDeps): Http {
  const closing = new AbortController();
  const { app, subscribers } = createApp(deps, closing.signal);
  // Clients have nothing to say on a socket: a large frame is no honest one.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 4 * 1024, perMessageDeflate: false });
  const handshakes = createHandshakes(sockets);
  const answer = getRequestListener((request, env) => app.fetch(request, { ...env, ...handshakes.envOf(env.incoming as IncomingMessage) }), {
    // A broken Host or request target is said as a problem too.
    errorHandler: (error) => problem(error instanceof RequestError ? 'bad-request' : 'internal'),
  });
  const options = {
    requireHostHeader: false, // refused by the listener above
    // Java's client offers `Upgrade: h2c` with every request: that is an offer, and the answer is plain HTTP/1.1.
    shouldUpgradeCallback: isHandshake,
    // A request must be in within five minutes; an answer may be held as long as a wait takes.
    requestTimeout: 300_000,
    headersTimeout: 30_000,
    keepAliveTimeout: 30_000,
    noDelay: true,
  };
  const server = createServer(options, (request, response) => void answer(request, response));
  let connections = 0;
  /** Opened and silent: Node counts such a connection as busy, and clients (undici) keep some in reserve. */
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections++;
    silent.add(socket);
    socket.once('close', () => {
      connections--;
      silent.delete(socket);
    });
  });
  /** Answers under way, by connection: several when requests are sent without waiting. */
  const answering = new WeakMap<Duplex, Set<ServerResponse>>();
  server.on('request', ({ socket }, response) => {
    silent.delete(socket);
    const mine = answering.get(socket) ?? new Set();
    answering.set(socket, mine.add(response));
    response.once('close', () => mine.delete(response));
  });

  // What Node's parser refuses never reaches the application; it is said in the same form.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Into an answer that has begun nothing can be said: it would be taken for octets of it.
    const begun = [...(answering.get(socket) ?? [])].some(({ headersSent, writableEnded }) => headersSent && !writableEnded);
    if (begun || !socket.writable) return socket.destroy();
    refuse(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 'header-too-large' : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timeout' : 'bad-request');
  });
  server.on('checkExpectation', ({ socket }: IncomingMessage, response: ServerResponse) => {
    silent.delete(socket);
    const body = JSON.stringify(problemBody('expectation'));
    response.writeHead(PROBLEMS.expectation.status, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
  server.on('upgrade', (request, socket, head) => {
    silent.delete(socket as Socket);
    // Behind a request that is not answered yet there is no way to answer this one: the connection has one answer at a time.
    if ((answering.get(socket)?.size ?? 0) > 0) socket.destroy();
    else if (isHandshake(request)) void answer(request, handshakes.begin(request, socket as Socket, head));
    // Older Nodes hand over every upgrade; one that nobody answers would hang.
    else refuse(socket, 'bad-request', 'This Postern runs on a Node that cannot pass over `Upgrade`: leave it out.');
  });
  deps.metrics.watch({ httpConnections: () => connections, subscribers: () => subscribers.count() });

  return {
    fetch: async (request) => app.fetch(request),
    connections: () => connections,
    subscribers: () => subscribers.count(),
    listen: ({ host, port }) => new Promise((resolve, reject) => {
      server.once('error', reject);
      // A test run opens hundreds of waits at once; Node's own backlog is 511.
      server.listen({ port, host, backlog: 4_096 }, () => {
        server.off('error', reject);
        const address = server.address();
        if (address === null || typeof address === 'string') throw new Error('An HTTP server listens on a port');
        resolve({ host, port: address.port });
      });
    }),
    close: async () => {
      closing.abort();
      subscribers.closeAll();
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        const cut = setTimeout(() => {
          for (const socket of sockets.clients) socket.terminate();
          server.closeAllConnections();
        }, GRACE);
        for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
        // A kept connection becomes idle once its last answer is out.
        const sweep = setInterval(() => server.closeIdleConnections(), 20);
        server.close(() => {
          clearTimeout(cut);
          clearInterval(sweep);
          resolve();
        });
      });
    },
  };
}

function refuse(socket: Duplex, name: ProblemName, detail?: string): void {
  const body = JSON.stringify(problemBody(name, detail === undefined ? {} : { detail }));
  const { status, title } = PROBLEMS[name];
  socket.end(`HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
