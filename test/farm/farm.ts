/**
 * A small world on one machine: a DNS of its own, Postfix and Exim as other
 * people's mail servers on addresses of loopback, a web server of MTA-STS
 * policies, and a whole Postern that delivers to them for real, with keys to
 * sign with and a listener for what comes back.
 *
 *     a.test  b.test    mx1.farm.test     Postfix, a certificate of the farm's authority
 *     plain.test        plain.farm.test   Postfix without STARTTLS
 *     self.test         self.farm.test    Postfix with a certificate that it made itself
 *     wrong.test        wrong.farm.test   Postfix with a certificate for another name
 *     old.test          old.farm.test     Postfix without STARTTLS, 8BITMIME and SMTPUTF8
 *     two.test          mx1.farm.test, and after it plain.farm.test
 *     e.test            mx.exim.test      Exim
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Delivery } from '../../sdk/contract.ts';
import type { PosternEvent } from '../../server/events/event.ts';
import { newPair } from '../../server/outgoing/keys/changes.ts';
import { readFolder } from '../../server/outgoing/keys/files.ts';
import { recordOf } from '../../server/outgoing/keys/zone.ts';
import { type Exim, exim, startExim } from '../support/exim.ts';
import { loopback } from '../support/loopback.ts';
import type { Letter } from '../support/maildir.ts';
import { type Judge, pemOf, type Receiver, startReceiver } from '../support/postfix-receiver.ts';
import { postfix } from '../support/programs.ts';
import { type House, running } from '../support/running.ts';
import { type Zones, zones } from '../support/zones.ts';
import { foundAuthority, type Issued } from '../transport/authority.ts';

export type Farm = AsyncDisposable & {
  house: House;
  dns: Zones;
  /** The DKIM records of app.test, by name. */
  keys: Map<string, { TXT: string[] }>;
  postfix: Receiver;
  exim: Exim | undefined;
  /** What the hosts show. */
  shown: Record<'mx1' | 'self' | 'wrong', Issued>;
  /** What Postfix says of a recipient, until the next test says otherwise. */
  judge: Judge;
  port: number;
  address: Record<'mx1' | 'plain' | 'self' | 'wrong' | 'old' | 'exim', string>;
  /** MTA-STS: the domain's MX is this host, and its policy names it, or another one. */
  sts(domain: string, mx: string, mode: 'enforce' | 'testing' | 'none', named?: string): void;
  ask<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Sets what the stream does; made where there is none of this name. */
  stream(name: string, delivery?: Record<string, unknown>): Promise<void>;
  /** Hands a message in over HTTP; answers its id. */
  send(to: string | string[], more?: { stream?: string; subject?: string; from?: string; text?: string }): Promise<string>;
  delivery(message: string): Promise<Delivery>;
  /** Until the recipients are in these states, in the order of their places. */
  until(message: string, ...states: string[]): Promise<Delivery>;
  /** The mail that Postfix (or Exim) has for this message, when it is all there. */
  arrived(message: string, count?: number, from?: 'postfix' | 'exim'): Promise<Letter[]>;
  event<T extends PosternEvent['type']>(type: T, message: string): Promise<Extract<PosternEvent, { type: T }>>;
};

/** Undefined where no Postfix can be run. */
export const farmable = (): { postfix: string; exim: string | undefined } | undefined => {
  const found = postfix();
  return found === undefined ? undefined : { postfix: found, exim: exim() };
};

const MOST_MS = 20_000;

export async function farm({ later = {}, domains = [] }: { later?: Record<string, string>; /** More that Postfix takes mail for. */ domains?: string[] } = {}): Promise<Farm> {
  const programs = farmable()!;
  const dir = mkdtempSync(join(tmpdir(), 'postern-farm-'));
  const closers: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  try {
    const { addresses, port } = await loopback(7);
    const [mx1, plain, self, wrong, second, web, old] = addresses as [string, string, string, string, string, string, string];
    const authority = foundAuthority('Farm authority');
    const shown = { mx1: authority.issue('mx1.farm.test'), self: authority.selfSigned('self.farm.test'), wrong: authority.issue('elsewhere.test') };
    const dns = await zones({
      'a.test': { MX: ['10 mx1.farm.test'] }, 'b.test': { MX: ['10 mx1.farm.test'] }, 'later.test': { MX: ['10 mx1.farm.test'] }, 'mx1.farm.test': { A: [mx1] },
      'plain.test': { MX: ['10 plain.farm.test'] }, 'plain.farm.test': { A: [plain] },
      'self.test': { MX: ['10 self.farm.test'] }, 'self.farm.test': { A: [self] },
      'wrong.test': { MX: ['10 wrong.farm.test'] }, 'wrong.farm.test': { A: [wrong] },
      'old.test': { MX: ['10 old.farm.test'] }, 'old.farm.test': { A: [old] }, 'two.test': { MX: ['10 mx1.farm.test', '20 plain.farm.test'] },
      'e.test': { MX: ['10 mx.exim.test'] }, 'mx.exim.test': { A: [second] },
    });
    closers.push(() => dns[Symbol.asyncDispose]());

    const published = new Map<string, { TXT: string[] }>();
    const dkim = join(dir, 'dkim');
    await newPair(dkim, 'app.test', Date.now());
    for (const { keys } of (await readFolder(dkim, 'app.test')).pairs) for (const key of keys) {
      const { name, value } = recordOf('app.test', key);
      published.set(name, { TXT: [value] });
      dns.set(name, { TXT: [value] });
    }
    const ca = join(dir, 'ca.pem');
    writeFileSync(ca, authority.rootPem);

    const policies = new Map<string, string>();
    closers.push(await policyHost(web, policies, authority));

    const house = await running({
      dataDir: dir, delivery: true, resolver: [{ host: dns.host, port: dns.port }], resolverTrusted: 'on', deliveryPort: port, deliveryPrivate: ['127.0.0.0/8'], deliveryCa: ca,
      mxListen: { host: '127.0.0.1', port: 0 }, smtpName: 'out.app.test', smtpStarttls: 'on', maxRecipients: 1_000,
    });
    closers.push(() => house.close());

    const world: Pick<Farm, 'judge'> = { judge: () => 'DUNNO' };
    const receiver = await startReceiver({
      program: programs.postfix, port, domains: ['a.test', 'b.test', 'plain.test', 'self.test', 'wrong.test', 'old.test', 'two.test', 'later.test', ...domains], later,
      back: house.running.delivery.mx!, judge: (facts) => world.judge(facts),
      doors: [{ address: mx1, tls: pemOf(shown.mx1) }, { address: plain }, { address: self, tls: pemOf(shown.self) }, { address: wrong, tls: pemOf(shown.wrong) }, { address: old, settings: ['smtpd_discard_ehlo_keywords=8bitmime,smtputf8'] }],
    });
    closers.push(() => receiver[Symbol.asyncDispose]());
    const other = programs.exim === undefined ? undefined : await startExim({ folder: programs.exim, address: second, port, domains: ['e.test'], tls: pemOf(authority.issue('mx.exim.test')) });
    if (other) closers.push(() => other[Symbol.asyncDispose]());

    async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await fetch(house.http + path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    }
    const delivery = (message: string) => ask<Delivery>('GET', `/v1/messages/${message}/delivery`);

    /** Asks again and again; says what there was when it never came to it. */
    async function wait<T>(what: string, look: () => Promise<{ found: T } | { instead: unknown }>): Promise<T> {
      const end = performance.now() + MOST_MS;
      for (;;) {
        const seen = await look();
        if ('found' in seen) return seen.found;
        if (performance.now() > end) throw new Error(`${what}; it is ${JSON.stringify(seen.instead, null, 1)}\nPostfix: ${receiver.log()}\nExim: ${other?.log() ?? ''}`);
        await new Promise((resolve) => { setTimeout(resolve, 20); });
      }
    }

    return Object.assign(world, {
      house, dns, keys: published, postfix: receiver, exim: other, shown, port, ask, delivery,
      address: { mx1, plain, self, wrong, old, exim: second },
      sts(domain: string, mx: string, mode: string, named = mx) {
        dns.set(domain, { MX: [`10 ${mx}`] });
        dns.set(`_mta-sts.${domain}`, { TXT: ['v=STSv1; id=1'] });
        dns.set(`mta-sts.${domain}`, { A: [web] });
        policies.set(`mta-sts.${domain}`, `version: STSv1\r\nmode: ${mode}\r\nmx: ${named}\r\nmax_age: 86400\r\n`);
      },
      async stream(name: string, policy: Record<string, unknown> = {}) {
        const { live, ...rest } = policy as { live?: Record<string, unknown> };
        const body = { mode: 'deliver', delivery: { ...rest, live: { allow: ['*'], ...live } } };
        const { streams } = await ask<{ streams: { name: string }[] }>('GET', '/v1/streams');
        if (!streams.some((one) => one.name === name)) await ask('POST', '/v1/streams', { name });
        await ask('PATCH', `/v1/streams/${name}`, body);
      },
      async send(to: string | string[], { stream = 'default', subject = 'Hello', from = 'Shop <shop@app.test>', text = 'Hi.' }: { stream?: string; subject?: string; from?: string; text?: string } = {}) {
        const { id } = await ask<{ id: string }>('POST', `/v1/streams/${stream}/messages`, { from, to, subject, text });
        return id;
      },
      until: (message: string, ...states: string[]) => wait(`the recipients are not ${states.join(', ')}`, async () => {
        const told = await delivery(message);
        return told.recipients.length === states.length && told.recipients.every(({ state }, n) => state === states[n]) ? { found: told } : { instead: told };
      }),
      arrived: (message: string, count = 1, from: 'postfix' | 'exim' = 'postfix') => wait(`${message} is not there`, async () => {
        const letters = (from === 'postfix' ? receiver : other!).letters().filter((one) => one.message === message);
        return letters.length >= count ? { found: letters } : { instead: letters.map(({ to }) => to) };
      }),
      event: <T extends PosternEvent['type']>(type: T, message: string) => wait(`no ${type}`, async () => {
        const events = await house.running.delivery.store.events({ after: 0, limit: 5_000 });
        const found = events.find((one) => one.type === type && 'message' in one && one.message === message);
        return found ? { found: found as Extract<PosternEvent, { type: T }> } : { instead: events.map((one) => one.type) };
      }),
      [Symbol.asyncDispose]: close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

/** HTTPS on port 443 of an address of its own; each name that has a policy has a certificate, too. */
async function policyHost(address: string, policies: Map<string, string>, authority: ReturnType<typeof foundAuthority>): Promise<() => Promise<void>> {
  const contexts = new Map<string, ReturnType<typeof createSecureContext>>();
  const server = createServer({
    SNICallback(name, done) {
      let context = contexts.get(name);
      if (!context) contexts.set(name, (context = createSecureContext(pemOf(authority.issue(name)))));
      done(null, context);
    },
  }, (request, response) => {
    const policy = policies.get(request.headers.host ?? '');
    response.writeHead(policy === undefined || request.url !== '/.well-known/mta-sts.txt' ? 404 : 200, { 'content-type': 'text/plain' }).end(policy);
  });
  server.listen(443, address);
  await once(server, 'listening');
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
}
