/**
 * A whole Postern that delivers for real, to somebody on this machine: its own
 * DNS, and a mail server on loopback that keeps what it took. Nothing in it is
 * pretended but the zone data; nothing leaves the machine.
 */
import type { Clock } from '../../server/clock.ts';
import { defaults, type Config } from '../../server/config.ts';
import type { Accepted } from '../../server/network/pretend/accepted.ts';
import { type Kept, reception, type Reception, type ReceptionOptions } from './reception.ts';
import { type House, running } from './running.ts';
import { type ZoneData, type Zones, zones } from './zones.ts';

export type LiveHouse = House & {
  dns: Zones;
  remote: Reception;
  /** What the pretend remote took: never anything of real mail. */
  pretended: Accepted[];
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Sets mode and policy of a stream. What is sent is not signed unless `dkim` says so. */
  live(live: Record<string, unknown>, mode?: string, stream?: string): Promise<unknown>;
  /** Hands a message in; answers its id. */
  send(to: string | string[], more?: { stream?: string; subject?: string; from?: string }): Promise<string>;
  /** `ann@a.test delivered`, `bo@b.test held not-allowed`, in the order of their places. */
  states(message: string): Promise<string[]>;
  /** Until it is so; throws what it was instead. */
  until(message: string, states: string[]): Promise<void>;
  /** To whom the remote was handed what, in order of arrival. */
  taken(): string[];
  /** A restart on the same data folder. */
  again(settings?: Partial<Config>): Promise<void>;
};

export const SITES: ZoneData = {
  'a.test': { MX: ['10 mx.a.test'] }, 'b.test': { MX: ['10 mx.a.test'] }, 'mx.a.test': { A: ['127.0.0.1'] },
};

const MOST_MS = 10_000;

export async function liveHouse({ settings = {}, zone = SITES, remote: like = {}, clock }: { settings?: Partial<Config>; zone?: ZoneData; remote?: ReceptionOptions; /** Of the house alone; the remote has the wall's. */ clock?: Clock } = {}): Promise<LiveHouse & AsyncDisposable> {
  const dns = await zones(zone);
  const remote = await reception({ hostname: 'mx.a.test', ...like });
  const pretended: Accepted[] = [];
  const wish: Partial<Config> = { delivery: true, resolver: [{ host: dns.host, port: dns.port }], deliveryPort: remote.at.port, deliveryPrivate: ['127.0.0.0/8'], ...settings };
  const more = { hear: (accepted: Accepted) => void pretended.push(accepted), ...(clock ? { clock } : {}) };
  let house = await running({ ...defaults(), ...anywhere(), ...wish }, more);

  async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(house.http + path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async function states(message: string): Promise<string[]> {
    const store = house.running.delivery.store;
    const { recipients = [] } = (await store.delivery(message)) ?? {};
    return recipients.map(({ recipient: { address, state, held } }) => [address, state, ...(held ? [held.reason] : [])].join(' '));
  }

  const live: LiveHouse & AsyncDisposable = {
    get http() { return house.http; },
    get smtp() { return house.smtp; },
    get running() { return house.running; },
    get: (path) => house.get(path),
    dns, remote, pretended, ask, states,
    live: (policy, mode = 'deliver', stream = 'default') => ask('PATCH', `/v1/streams/${stream}`, { mode, delivery: { live: { dkim: null, ...policy } } }),
    async send(to, { stream = 'default', subject = 'Hello', from = 'shop@app.test' } = {}) {
      const { id } = (await ask('POST', `/v1/streams/${stream}/messages`, { from, to, subject, text: 'Hi.' })) as { id: string };
      return id;
    },
    async until(message, wanted) {
      const before = Date.now();
      for (;;) {
        const now = await states(message);
        if (JSON.stringify(now) === JSON.stringify(wanted)) return;
        if (Date.now() - before > MOST_MS) throw new Error(`It is ${JSON.stringify(now)}, and not ${JSON.stringify(wanted)}: ${JSON.stringify(await ask('GET', `/v1/messages/${message}/delivery`), null, 1)}`);
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
    },
    taken: () => remote.accepted.flatMap(({ envelope, header }: Kept) => envelope.recipients.map(({ address }) => `${address} ${header.subject}`)),
    async again(changed = {}) {
      await house.close();
      house = await running({ ...defaults(), ...anywhere(), ...wish, ...changed }, more);
    },
    close: () => house.close(),
    async [Symbol.asyncDispose]() {
      await house.close();
      await remote[Symbol.asyncDispose]();
      await dns[Symbol.asyncDispose]();
    },
  };
  return live;
}

const anywhere = (): Partial<Config> => ({ smtpListen: { host: '127.0.0.1', port: 0 }, httpListen: { host: '127.0.0.1', port: 0 }, dataDir: ':memory:', logLevel: 'silent' });
