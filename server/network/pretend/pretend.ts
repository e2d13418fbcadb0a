/**
 * The pretend side of the network: every domain resolves, to a host of its
 * own name (or two, where the scenario tells them apart), and every host is
 * answered by the remote in this process, over a pair of streams, as the
 * stream's scenario says. It can listen on a port as well, so that somebody
 * else's mail server can be tested with the same scenarios. It keeps count of
 * its connections and tells of each message that it took. Nothing here reaches
 * another machine.
 */
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { addressKey } from '../../mail/address.ts';
import { chanceOf } from '../../mail/chance.ts';
import type { Fault } from '../../mail/reply.ts';
import type { Answering, Asked, ScenarioFault, ScenarioRun } from '../../scenario/scenario.ts';
import type { MovableClock, Talk } from '../talk.ts';
import type { Host, Network, Route } from '../network.ts';
import { pair } from '../pair.ts';
import { type Accepted, census, type Traffic } from './accepted.ts';
import { type Certificates, pretendCertificates } from './certificates.ts';
import type { RemoteOptions } from './desk.ts';
import { listener, type Where } from './listen.ts';
import { type Conversation, converse } from './remote.ts';
import { domainOf } from './verbs.ts';

export type PretendOptions = {
  scenarioOf: (stream: string) => ScenarioRun;
  /** Of a stream; for conversations over the port, which bring no talk along. */
  clockOf: (stream: string) => MovableClock;
  /** Of certificates and of idle clients on the port: they are real. */
  wall: Clock;
  log: Log;
  /** See afterwards.ts; absent, nothing is sent later. */
  plan?: RemoteOptions['plan'];
  /** Each message that the remote took, before its 250 goes out. */
  hear?: (accepted: Accepted) => void;
};

export interface Pretend extends Network {
  /** Opens a port that speaks for this stream's scenario. Answers where it is. */
  listen(where: { host: string; port: number; stream: string }): Promise<Where>;
  traffic(): Traffic[];
  /** PEM of the authority that the good certificates are signed by. */
  authority(): Promise<string>;
  /** Open conversations, of both kinds. */
  readonly open: number;
  close(): Promise<void>;
}

/** What the shown client address of a conversation inside the process is. */
const CLIENT = '127.0.0.1';

const DNS: Partial<Record<ScenarioFault, Pick<Fault, 'fault' | 'detail'>>> = {
  nxdomain: { fault: 'nxdomain', detail: 'The domain does not exist (NXDOMAIN)' },
  servfail: { fault: 'dns-error', detail: 'The name server failed (SERVFAIL)' },
  'no-mx': { fault: 'no-mx', detail: 'The domain has neither MX nor address records' },
  'null-mx': { fault: 'null-mx', detail: 'The domain takes no mail (null MX, RFC 7505)' },
};

export function createPretend(options: PretendOptions): Pretend {
  const { scenarioOf, log } = options;
  const counts = census();
  const certificates: Certificates = pretendCertificates(() => options.wall.now());
  const conversations = new Set<Conversation>();
  const hear = options.hear ?? (() => {});
  const plan = options.plan ?? (async () => {});

  const facts = (destination: string) => (destination.includes('@') ? { domain: domainOf(destination), destinationAddress: destination } : { domain: destination });
  const question = (stage: 'resolve' | 'connect', stream: string, destination: string, site: string, talk: Talk): Asked =>
    ({ stream, side: 'remote', stage, connection: talk.id, client: CLIENT, site, ...facts(destination), tls: false, now: talk.now(), ...(talk.carrying === undefined ? {} : { message: talk.carrying }) });

  function begin(duplex: Parameters<typeof converse>[0], remote: Omit<RemoteOptions, 'certificates' | 'log' | 'hear' | 'plan'>): Conversation {
    const conversation = converse(duplex, {
      ...remote, certificates, log, hear, plan,
      closed() {
        conversations.delete(conversation);
        remote.closed?.();
      },
    });
    conversations.add(conversation);
    return conversation;
  }

  async function resolve(destination: string, { stream, talk }: { stream: string; talk: Talk }): Promise<Route | Fault> {
    try {
      const run = scenarioOf(stream);
      const { domain } = facts(destination);
      const { site, provider } = run.siteOf(destination);
      const told = run.ask(question('resolve', stream, destination, site, talk));
      await pause(talk, told.delayMs);
      const fault = told.fault && DNS[told.fault];
      if (fault) return { kind: 'fault', stage: 'resolve', ...fault };
      return { site, ...(provider === undefined ? {} : { provider }), hosts: hostsAt(run.hostsOf(domain)) };
    } catch (error) {
      return broke('resolve', error);
    }
  }

  async function dial(host: Host, { stream, destination, site, talk, signal }: Parameters<Network['dial']>[1]): ReturnType<Network['dial']> {
    const noAnswer = (): Fault => ({ kind: 'fault', stage: 'connect', fault: 'timeout', detail: `${host.name} did not answer`, host: host.name });
    if (signal.aborted) return noAnswer();
    const place = counts.enter(stream, site);
    try {
      const run = scenarioOf(stream);
      const { delayMs, ...opening }: Answering = run.ask({ ...question('connect', stream, destination, site, talk), host: host.name, connectionsOpen: place.open(), messagesOnConnection: 0 });
      await pause(talk, opening.fault === 'unreachable' ? Infinity : delayMs, signal);
      if (signal.aborted || opening.fault === 'refused') {
        place.leave();
        return signal.aborted ? noAnswer() : { kind: 'fault', stage: 'connect', fault: 'refused', detail: `${host.name} refused the connection`, host: host.name };
      }
      const [ours, theirs] = pair();
      const { domain, destinationAddress } = facts(destination);
      // Whoever dialled is to hold the stream before anything happens on it.
      setImmediate(() => {
        if (theirs.destroyed) return place.leave();
        begin(theirs, {
          run, stream, connection: talk.id, client: CLIENT, talk, place, opening,
          destination: { site, domain, host: host.name, ...(destinationAddress === undefined ? {} : { address: destinationAddress }) },
        });
      });
      return ours;
    } catch (error) {
      place.leave();
      return broke('connect', error);
    }
  }

  function broke(stage: 'resolve' | 'connect', error: unknown): Fault {
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'The pretend remote broke');
    return stage === 'resolve' ? { kind: 'fault', stage, fault: 'dns-error', detail: 'The pretend name server broke' } : { kind: 'fault', stage, fault: 'unreachable', detail: 'The pretend remote broke' };
  }

  const ports = listener({ scenarioOf, clockOf: options.clockOf, wall: options.wall, counts, begin, log });

  return {
    destination: (stream, address) => (scenarioOf(stream).isAlone(address) ? addressKey(address) : domainOf(address)),
    resolve,
    dial,
    listen: (where) => ports.listen(where),
    traffic: () => counts.traffic(),
    authority: () => certificates.authority(),
    authorities: async () => [await certificates.authority()],
    get open() { return conversations.size; },
    async close() {
      for (const conversation of [...conversations]) conversation.close();
      await ports.close();
      for (const conversation of [...conversations]) conversation.destroy();
    },
  };
}

/** Hosts that a scenario tells apart have addresses of their own: mail of another domain does not ride where what it says of that one's hosts would not hold. */
const hostsAt = (names: readonly string[]): Host[] => names.map((name, i) => ({ name, address: names.length > 1 ? addressOf(name) : CLIENT, port: 25, preference: 10 * (i + 1) }));

function addressOf(name: string): string {
  const at = Math.floor(chanceOf(name) * 2 ** 24);
  return `127.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
}

/** Waits on purpose, with the talk parked; `Infinity` is until the client gives up. */
function pause(talk: Talk, ms = 0, signal?: AbortSignal): void | Promise<void> {
  if (ms <= 0) return;
  return new Promise((resolve) => {
    let over = false;
    const done = () => {
      if (over) return;
      over = true;
      cancel?.();
      signal?.removeEventListener('abort', done);
      talk.unpark();
      resolve();
    };
    const cancel = ms === Infinity ? undefined : talk.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
    setImmediate(() => {
      if (!over) talk.park();
    });
  });
}
