/** What stories of real mail look at: answers and sentences of attempts, notices that came back, places on this machine that must not be asked. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Attempt } from '../../server/mail/recipient.ts';
import type { LiveHouse } from '../support/live-house.ts';

/** Of each attempt so far, over all recipients. */
export async function attempts({ running }: LiveHouse, message: string): Promise<Attempt[]> {
  const { recipients = [] } = (await running.delivery.store.delivery(message)) ?? {};
  return recipients.flatMap((one) => one.attempts);
}

/** `fault: its sentence`, or the reply. */
export async function answers(house: LiveHouse, message: string): Promise<string[]> {
  return (await attempts(house, message)).map(({ answer }) => (answer.kind === 'fault' ? `${answer.fault}: ${answer.detail}` : `${answer.code} ${answer.text}`));
}

/** Classes of the events of this type. */
export async function classes({ running }: LiveHouse, message: string, type: 'recipient.bounced' | 'recipient.deferred'): Promise<string[]> {
  const events = await running.delivery.store.events({ after: 0, limit: 5_000 });
  return events.flatMap((event) => (event.type === type && event.message === message ? [event.class] : []));
}

/** Counts who knocks at a port, and answers nobody; with `to` it leads on to another one. */
export async function door(host: string, port: number, to?: { host: string; port: number }): Promise<{ knocks: number; close(): Promise<void> } & AsyncDisposable> {
  const open = new Set<Socket>();
  const found = { knocks: 0 };
  const server: Server = createServer((socket) => {
    found.knocks++;
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    if (!to) return;
    const on = connect(to);
    on.on('error', () => socket.destroy());
    socket.pipe(on).pipe(socket);
  }).listen(port, host);
  await once(server, 'listening');
  const close = async () => {
    for (const socket of open) socket.destroy();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  return { get knocks() { return found.knocks; }, close, [Symbol.asyncDispose]: close };
}
