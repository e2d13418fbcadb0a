/**
 * The pretend network on a stage: a scenario, a clock that stands still until
 * it is moved, and a client that says lines and hears replies, over a pair or
 * over the port. `settled` lets everything run that can without time passing.
 */
import { once } from 'node:events';
import { connect as netConnect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import type { Rule, Scenario } from '../../sdk/contract.ts';
import { manualClock } from '../../server/clock.ts';
import { idMaker } from '../../server/ids.ts';
import { createLog } from '../../server/log.ts';
import type { Fault } from '../../server/mail/reply.ts';
import { movableClock } from '../../server/network/movable-clock.ts';
import type { Accepted } from '../../server/network/pretend/accepted.ts';
import { createPretend, type PretendOptions } from '../../server/network/pretend/pretend.ts';
import type { Talk } from '../../server/network/talk.ts';
import { createRun } from '../../server/scenario/run.ts';
import type { ScenarioRun } from '../../server/scenario/scenario.ts';

export const START = Date.UTC(2026, 0, 1);
const LIMIT_MS = 5_000;

export type StageOptions = { rules?: Rule[]; scenario?: Partial<Scenario>; run?: ScenarioRun; plan?: PretendOptions['plan']; /** Certificates are then of 2026. */ wallStands?: boolean };

export function stage({ rules = [], scenario = {}, run = createRun({ scenario: { ...scenario, rules }, seed: 1 }), plan, wallStands = false }: StageOptions = {}) {
  const wall = manualClock(START);
  const clock = movableClock(wall);
  const accepted: Accepted[] = [];
  const logged: string[] = [];
  const makeId = idMaker();
  const pretend = createPretend({
    scenarioOf: () => run, clockOf: () => clock, wall: { now: wallStands ? wall.now : () => Date.now(), after: wall.after },
    log: createLog({ level: 'info', format: 'json', out: { write: (line) => logged.push(line) } }), hear: (one) => accepted.push(one), ...(plan ? { plan } : {}),
  });
  return {
    run, wall, clock, pretend, accepted, logged, makeId,
    /** Resolves and dials, as the queue would. */
    async dial(address = 'bob@shop.test', { signal = new AbortController().signal, talk = clock.talk(makeId(START)) }: { signal?: AbortSignal; talk?: Talk } = {}): Promise<Client | Fault> {
      const destination = pretend.destination('default', address);
      const route = await pretend.resolve(destination, { stream: 'default', talk });
      if ('kind' in route) return route;
      const duplex = await pretend.dial(route.hosts[0]!, { stream: 'default', destination, site: route.site, talk, signal });
      return 'kind' in duplex ? duplex : client(duplex, talk);
    },
    /** A client that was let in and has heard the greeting. */
    async greeted(address?: string): Promise<Client> {
      const one = await this.dial(address);
      if ('kind' in one) throw new Error(`${one.fault}: ${one.detail}`);
      await one.expect(null, '220 ');
      return one;
    },
    /** Moves to the next timer, so often, and lets it work out. */
    async next(times = 1): Promise<void> {
      for (let n = 0; n < times; n++) {
        await settled();
        const at = clock.nextTimer();
        if (at === undefined) throw new Error('Nothing waits for anything');
        clock.jump(at);
        await settled();
      }
    },
    async listen(): Promise<{ host: string; port: number }> {
      return pretend.listen({ host: '127.0.0.1', port: 0, stream: 'default' });
    },
    async [Symbol.asyncDispose]() {
      await pretend.close();
    },
  };
}

/** Turns of the loop; TLS takes a few. */
export async function settled(turns = 12): Promise<void> {
  for (let n = 0; n < turns; n++) await new Promise(setImmediate);
}

export type Client = ReturnType<typeof client>;

export function client(first: Duplex, talk?: Talk) {
  let duplex = first;
  let heard = '';
  let pending = '';
  let ended = false;
  let error: string | undefined;
  let wake = () => {};
  const listen = (to: Duplex) => {
    to.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      pending += chunk.toString();
      wake();
    });
    to.on('end', () => { ended = true; wake(); });
    to.on('error', (fault: NodeJS.ErrnoException) => { error = fault.code ?? fault.message; });
    to.on('close', () => { ended = true; wake(); });
  };
  listen(duplex);

  const self = {
    talk,
    get heard() { return heard; },
    get ended() { return ended; },
    get error() { return error; },
    get duplex() { return duplex; },
    async reply(): Promise<string> {
      const limit = Date.now() + LIMIT_MS;
      for (;;) {
        const whole = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3}(?: [^\r\n]*)?\r\n/.exec(pending)?.[0];
        if (whole !== undefined) {
          pending = pending.slice(whole.length);
          return whole.slice(0, -2).replaceAll('\r\n', '\n');
        }
        if (ended) throw new Error(`Closed (${error ?? 'quietly'}) where a reply was expected; heard ${JSON.stringify(heard.slice(-400))}`);
        if (Date.now() > limit) throw new Error(`No reply; heard ${JSON.stringify(heard.slice(-400))}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 200);
          wake = () => { clearTimeout(timer); resolve(); };
        });
      }
    },
    send: (octets: string | Uint8Array) => void duplex.write(octets),
    async say(line: string): Promise<string> {
      self.send(`${line}\r\n`);
      return self.reply();
    },
    async expect(line: string | null, wanted: string | RegExp): Promise<string> {
      const got = line === null ? await self.reply() : await self.say(line);
      if (!(typeof wanted === 'string' ? got.startsWith(wanted) : wanted.test(got))) throw new Error(`${line ?? '(nothing)'} was answered ${JSON.stringify(got)}, expected ${wanted}`);
      return got;
    },
    /** Up to the 354. */
    async toData(to = 'bob@shop.test', from = 'ann@app.test') {
      await self.expect('EHLO client.test', '250');
      await self.expect(`MAIL FROM:<${from}>`, '250 2.1.0');
      await self.expect(`RCPT TO:<${to}>`, '250 2.1.5');
      await self.expect('DATA', '354 ');
    },
    async message(body: string | Uint8Array, to?: string, from?: string): Promise<string> {
      await self.toData(to, from);
      self.send(body);
      self.send('.\r\n');
      return self.reply();
    },
    async startTls(ca?: string, servername = 'mx.shop.test'): Promise<TLSSocket> {
      await self.expect('STARTTLS', '220 2.0.0');
      duplex.removeAllListeners('data').removeAllListeners('end');
      const secure = tlsConnect({ socket: duplex as never, servername, ...(ca === undefined ? { rejectUnauthorized: false } : { ca }) });
      await once(secure, 'secureConnect');
      duplex = secure;
      pending = '';
      listen(secure);
      return secure;
    },
    /** Resolves when the other side has ended or reset. */
    async gone(): Promise<void> {
      const limit = Date.now() + LIMIT_MS;
      while (!ended) {
        if (Date.now() > limit) throw new Error(`Still open; heard ${JSON.stringify(heard.slice(-400))}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    end: () => void duplex.end(),
    destroy: () => void duplex.destroy(),
  };
  return self;
}

export async function overTcp(at: { host: string; port: number }): Promise<Client> {
  const socket = netConnect({ ...at, allowHalfOpen: true });
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return client(socket);
}
