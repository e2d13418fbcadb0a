/** A stream that simulates, with what its rooms have to show: a scenario, mail that was deferred, bounced, complained about, suppressed and paused, and a hook with calls that were answered well and badly. */
import { createServer, type Server } from 'node:http';
import type { Scenario } from '../../sdk/contract.ts';
import type { House } from '../support/running.ts';
import { until } from './stage.ts';

export const STREAM = 'checkout';

export const SCENARIO: Scenario = {
  rules: [
    { id: 'full', note: 'As on the first of the month', when: { recipient: '*@full.test' }, what: { reply: { code: 452, enhanced: '4.2.2', text: 'The mailbox of {recipient} is full' } }, often: { times: 2 } },
    { id: 'later', when: { domain: 'later.test' }, often: { sequence: ['451 4.7.1 Try again later', 451, null] } },
    { id: 'gone', when: { recipient: ['*@gone.test', 'nobody@*'] }, what: { says: 'unknown' } },
    { id: 'lossy', when: { domain: 'lossy.test' }, what: { fault: 'disconnect-after-dot' }, often: { probability: 0.5 } },
    { id: 'slow', when: { domain: 'slow.test' }, what: { reply: { code: 421, enhanced: '4.7.0', text: 'Too many connections' } }, often: { rate: { messages: 2, per: '1h' } } },
    { id: 'complains', when: { recipient: '*@angry.test' }, afterwards: { send: 'complaint', after: '60s' } },
  ],
  personas: { 'acme.test': 'gmail' },
};

export const RECIPIENTS = ['ann@full.test', 'ben@later.test', 'cleo@gone.test', 'dan@gmail.test', 'eve@angry.test', 'fred@held.test', 'gus@blocked.test'];

export type Receiver = { url: string; got: { type: string; id: string; body: string }[]; /** What it answers. */ status: number; close(): void };

/** A receiver of hooks: a program of somebody's. */
export async function receiver(): Promise<Receiver> {
  const all: Receiver = { url: '', got: [], status: 204, close: () => {} };
  const server: Server = createServer((request, answer) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      all.got.push({ type: (JSON.parse(body) as { type: string }).type, id: String(request.headers['webhook-id']), body });
      answer.writeHead(all.status, { 'content-type': 'text/plain' }).end(all.status < 300 ? '' : 'the receiver fell over');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  all.url = `http://127.0.0.1:${(server.address() as { port: number }).port}/hooks/mail`;
  all.close = () => {
    server.close();
    server.closeAllConnections();
  };
  return all;
}

export async function ask<T>(house: House, method: string, path: string, json?: unknown): Promise<T> {
  const answer = await fetch(house.http + path, { method, ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Hands in one message; answers its id. */
export async function submit(house: House, to: string | string[], subject = 'Your receipt', more: object = {}): Promise<string> {
  return (await ask<{ id: string }>(house, 'POST', `/v1/streams/${STREAM}/messages`, { from: '"Larkspur" <receipts@larkspur.test>', to, subject, text: 'Thank you for your order.', ...more })).id;
}

/** Until nothing of it is queued for the first time or being tried. */
export const tried = (house: House, id: string) => until(
  () => ask<{ tally: Record<string, number> }>(house, 'GET', `/v1/messages/${id}/delivery`),
  ({ tally }) => !tally['queued'] && !tally['active'],
);

export const simulate = (house: House) => ask(house, 'POST', '/v1/streams', { name: STREAM, mode: 'simulate', delivery: { jitter: 0 } });

/** All of it; answers the message to look at and the hook. */
export async function simulated(house: House, hooked: Receiver): Promise<{ message: string; hook: string }> {
  await simulate(house);
  await ask(house, 'PUT', `/v1/streams/${STREAM}/scenario`, SCENARIO);
  for (const [address, stream, reason, detail] of [['gus@blocked.test', STREAM, 'manual', 'Asked us by phone'], ['@spamtrap.test', null, 'manual', 'A whole domain'], ['hal@example.test', null, 'complaint', 'Marked as spam'], ['ivy@example.test', STREAM, 'unsubscribe', '']] as const) {
    await ask(house, 'POST', '/v1/suppressions', { address, stream, reason, ...(detail ? { detail } : {}) });
  }
  const { id: hook } = await ask<{ id: string }>(house, 'POST', `/v1/streams/${STREAM}/hooks`, { url: hooked.url, types: ['recipient.delivered', 'recipient.deferred', 'recipient.bounced', 'complaint.received'] });
  await ask(house, 'POST', '/v1/queue/pause', { stream: STREAM, site: 'held.test', reason: 'Maintenance at their side', for: '2h' });
  const message = await submit(house, RECIPIENTS, 'Your receipt for order 1184');
  for (const i of [1, 2, 3, 4]) await submit(house, [`slow${i}@slow.test`, `late${i}@later.test`], `Order ${i} is on its way`);
  await until(() => ask<{ tally: Record<string, number> }>(house, 'GET', `/v1/messages/${message}/delivery`), ({ tally }) => (tally['delivered'] ?? 0) >= 2 && (tally['deferred'] ?? 0) >= 2);
  await ask(house, 'POST', `/v1/streams/${STREAM}/clock/advance`, { by: '2m' });
  hooked.status = 500;
  await submit(house, 'jo@gmail.test', 'One that the hook falls over');
  await until(async () => hooked.got.length, (n) => n > 4);
  return { message, hook };
}
