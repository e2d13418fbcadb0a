/**
 * The HTTP side over a real store, gate, parser and waits, in this process:
 * `ask` goes through the application without a socket, `listen` gives it one.
 * Its clock stands still until moved. Mail of a simulated stream is tried when
 * time is advanced (short-queue.ts); real mail waits at a real gate, and is
 * never tried. For whole stories, SMTP included, see running.ts and
 * live-house.ts.
 */
import type { MessageInput, SubmitResult } from '../../sdk/contract.ts';
import { createAdmit } from '../../server/admission/admit.ts';
import { planner } from '../../server/admission/plan.ts';
import { openStreams, type Streams } from '../../server/admission/streams.ts';
import { createSubmit } from '../../server/admission/submit.ts';
import type { ApiDeps } from '../../server/api/deps.ts';
import { createHttp, type Http } from '../../server/api/serve.ts';
import type { Preflight } from '../../server/preflight/preflight.ts';
import { manualClock } from '../../server/clock.ts';
import { createHub } from '../../server/events/hub.ts';
import { releaseHeld } from '../../server/gate/held.ts';
import { openGate } from '../../server/gate/open-gate.ts';
import { createRelease } from '../../server/gate/release.ts';
import { idMaker } from '../../server/ids.ts';
import { createChecks } from '../../server/inbox/checks/checks.ts';
import { createParser } from '../../server/inbox/parse/parser.ts';
import { createWaits } from '../../server/inbox/wait.ts';
import { createLog } from '../../server/log.ts';
import { createMetrics } from '../../server/metrics.ts';
import { splitAddress } from '../../server/mail/address.ts';
import { createKeyDesk } from '../../server/outgoing/keys/desk.ts';
import { createKeyRing } from '../../server/outgoing/keys/ring.ts';
import { createUnsubscribe, type Unsubscribe } from '../../server/outgoing/unsubscribe.ts';
import { PERSONAS } from '../../server/scenario/personas/index.ts';
import { openScenarios } from '../../server/scenario/scenarios.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/port.ts';
import { hookBook } from './hook-book.ts';
import { shortQueue } from './short-queue.ts';

export type ApiHouse = {
  store: Store;
  streams: Streams;
  http: Http;
  clock: ReturnType<typeof manualClock>;
  deps: ApiDeps;
  /** Links of mail that nobody sends. */
  unsubscribe: Unsubscribe;
  /** Lines of the log. */
  log: string[];
  /** A path and what fetch takes; `json` is a body. */
  ask(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>;
  /** The JSON of an answer that must have this status (200 unless said). */
  json<T>(path: string, init?: RequestInit & { json?: unknown }, status?: number): Promise<T>;
  /** Submits a message to a stream and answers its ids. */
  send(message: Partial<MessageInput>, stream?: string): Promise<SubmitResult>;
  listen(): Promise<{ port: number; url: string }>;
  close(): Promise<void>;
};

export type HouseOptions = Partial<Pick<ApiDeps, 'token' | 'allowedHosts' | 'allowedOrigins' | 'uiDir'>> & {
  limits?: Partial<ApiDeps['info']['limits']>;
  loginRequired?: boolean;
  /** Pages of the database; more is a full disk. */
  maxPages?: number;
  /** The key of the process (on unless said). */
  permitted?: boolean;
  /** Of DKIM keys; absent as with data in memory. */
  dkimDir?: string;
  /** What a look at a domain finds. */
  preflight?: (domain: string) => Promise<Omit<Preflight, 'stream'>>;
};

export async function apiHouse({ limits: given = {}, loginRequired = false, maxPages, permitted = true, dkimDir, preflight = fine, ...guards }: HouseOptions = {}): Promise<ApiHouse> {
  const limits = { messageSize: 1024 * 1024, recipients: 100, inFlight: 16 * 1024 * 1024, ...given };
  const clock = manualClock();
  const makeId = idMaker();
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json', out: { write: (line) => lines.push(line) } });
  const store = await openStore({ dir: ':memory:', clock, ...(maxPages === undefined ? {} : { maxPages }) });
  const streams = await openStreams({ store, clock, makeId });
  const metrics = createMetrics();
  const scenarios = await openScenarios({
    kept: store, wall: clock, configured: new Map(), seed: () => 1, magicAtSubmission: (name) => streams.get(name)?.delivery.magicAtSubmission ?? false, now: (name) => queue.now(name),
    changed: (stream, type) => store.report({ events: [{ type, stream }], suppress: [], strikes: [] }),
  });
  const queue = shortQueue({ store, streams, clock, run: (name) => scenarios.run(name) });
  const tell = (event: Parameters<Store['report']>[0]['events'][number]) => store.report({ events: [event], suppress: [], strikes: [] });
  const gate = await openGate({ permitted, streams, kept: store, audit: store, tell, queuedSince: store.queuedSince, wall: clock, log });
  const destination = (_stream: string, address: string) => splitAddress(address).domain.toLowerCase();
  const unsubscribe = createUnsubscribe({ secret: Buffer.alloc(32, 7), publicUrl: 'https://mail.example.test', store, clock });
  const dkim = createKeyDesk({ dir: dkimDir ?? null, ring: () => ring, store, clock });
  const ring = createKeyRing({ dir: dkimDir ?? null, clock, changed: (domain, { selector }, state) => void dkim.wasOurs(domain, selector, state) });
  const lastLooks = new Map<string, Preflight>();
  const admit = createAdmit({ store, clock, makeId, limits, plan: planner({ stream: (name) => streams.get(name), now: (name) => queue.now(name), destination, live: { now: () => clock.now(), destination, gate } }), streamTags: (name) => streams.streamTags(name), heard: (outcome) => metrics.heard(outcome) });
  const hub = createHub(store);
  const parser = createParser({ store, onCommit: (hear) => hub.onCommit(hear), clock, log });
  const waits = createWaits({ store, hub, parser, clock });
  const checks = createChecks({ store, parser, clock });
  metrics.watch({ stats: () => store.stats(), backlog: () => parser.backlog(), waits: () => waits.open(), inFlight: () => admit.inFlight() });
  let at = { host: '127.0.0.1', port: 8025 };
  const deps: ApiDeps = {
    store, streams, parser, waits, checks, hub, clock, makeId, log, metrics,
    submit: createSubmit({ admit, store, clock, limits }),
    real: {
      gate, dkim, unsubscribe,
      releaseMessage: createRelease({ store, streams, gate, destination, wall: clock }),
      held: releaseHeld({ queue, store, streams, tell, wall: clock }),
      preflight: {
        async ofStream(name, { domain } = {}) {
          const stream = streams.get(name);
          const at = domain ?? stream?.delivery.live.dkim?.domain ?? undefined;
          if (!stream || at === undefined) return stream ? 'no-domain' : 'no-stream';
          const found = { ...(await preflight(at)), stream: name };
          lastLooks.set(name, found);
          return found;
        },
        ofDomain: async (domain) => ({ ...(await preflight(domain)), stream: null }),
        last: async (name) => lastLooks.get(name) ?? null,
      },
    },
    queue, scenarios, personas: () => PERSONAS, hooks: hookBook({ store, clock, makeId }),
    info: {
      version: '0.0.0-test', http: () => `http://${at.host}:${at.port}`, smtp: () => ({ host: '127.0.0.1', port: 1025, tlsPort: null, tls: 'named' }),
      loginRequired, limits, inboxDomain: 'postern.test',
    },
    ...guards,
  };
  const http = createHttp(deps);

  const ask: ApiHouse['ask'] = (path, { json, ...init } = {}) =>
    http.fetch(new Request(`http://localhost:8025${path}`, {
      ...init,
      ...(json === undefined ? {} : { method: init.method ?? 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) } }),
    }));

  async function json<T>(path: string, init?: RequestInit & { json?: unknown }, status = 200): Promise<T> {
    const response = await ask(path, init);
    const text = await response.text();
    if (response.status !== status) throw new Error(`${init?.method ?? 'GET'} ${path} answered ${response.status}, not ${status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  return {
    store, streams, http, clock, deps, unsubscribe, log: lines, ask, json,
    send: (message, stream = 'default') =>
      json<SubmitResult>(`/v1/streams/${stream}/messages`, { json: { from: 'ann@a.test', to: 'bob@b.test', subject: 'Hello', text: 'Hello Bob', ...message } }, 202),
    async listen() {
      at = await http.listen({ host: '127.0.0.1', port: 0 });
      return { port: at.port, url: `http://127.0.0.1:${at.port}` };
    },
    async close() {
      await http.close();
      gate.close();
      await checks.close();
      await parser.close();
      metrics.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

const fine = async (domain: string): Promise<Omit<Preflight, 'stream'>> => ({ domain, at: 0, verdict: 'pass', findings: [] });
