/**
 * One question to the resolvers that there are: the next when one fails, and
 * all of those that kept silent once more, until somebody says yes or no or
 * the time is over. Only so many questions are open at once; the others wait
 * for their turn.
 */
import { randomInt } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import type { DnsFailure } from '../../resolver.ts';
import { exchange, type Heard, type Server } from './exchange.ts';
import type { Asked } from './packet.ts';

export type AskingOptions = {
  clock: Clock;
  /** Asked anew for each question: the list may change. */
  servers: () => readonly Server[];
  /** Milliseconds for one try, and for all. */
  perTry: number;
  within: number;
  atOnce: number;
  makeId?: () => number;
};

export type Answered = Extract<Heard, { kind: 'answer' }> & { from: Server };
export type Asking = {
  ask(asked: Asked): Promise<Answered | Extract<Heard, { kind: 'failed' }>>;
  close(): void;
};

const ROUNDS = 3;
/** Which failure is told when several resolvers failed: what says most. */
const WEIGHT: Record<DnsFailure, number> = { servfail: 3, refused: 2, malformed: 1, timeout: 0 };

export function createAsking({ clock, servers, perTry, within, atOnce, makeId = () => randomInt(65_536) }: AskingOptions): Asking {
  const stop = new AbortController();
  const waiting: (() => void)[] = [];
  /** Servers that do not know EDNS. */
  const plain = new Set<string>();
  let open = 0;

  async function one(asked: Asked, server: Server, left: number): Promise<Heard> {
    const key = `${server.host} ${server.port}`;
    const options = { clock, within: Math.min(perTry, left), makeId, signal: stop.signal };
    const heard = await exchange(asked, server, { ...options, edns: !plain.has(key) });
    if (heard.kind !== 'answer' || plain.has(key) || !(heard.rcode === 'FORMERR' || heard.rcode === 'NOTIMP' || heard.rcode === 'EDNS-1')) return heard;
    const again = await exchange(asked, server, { ...options, edns: false });
    if (again.kind === 'answer' && (again.rcode === 'NOERROR' || again.rcode === 'NXDOMAIN')) {
      if (plain.size < 100) plain.add(key);
    }
    return again;
  }

  async function all(asked: Asked): ReturnType<Asking['ask']> {
    const until = clock.now() + within;
    let worst: Extract<Heard, { kind: 'failed' }> = { kind: 'failed', reason: 'timeout', detail: 'there is no resolver to ask' };
    let list = [...servers()];
    for (let round = 0; round < ROUNDS && list.length > 0; round++) {
      const silent: Server[] = [];
      for (const server of list) {
        const left = until - clock.now();
        if (left <= 0 || stop.signal.aborted) return worst;
        const heard = await one(asked, server, left);
        if (heard.kind === 'answer' && (heard.rcode === 'NOERROR' || heard.rcode === 'NXDOMAIN') && !heard.truncated) return { ...heard, from: server };
        const failed = heard.kind === 'failed' ? heard : judge(heard, server);
        if (failed.reason === 'timeout') silent.push(server);
        if (WEIGHT[failed.reason] >= WEIGHT[worst.reason]) worst = failed;
      }
      list = silent;
    }
    return worst;
  }

  return {
    async ask(asked) {
      if (open >= atOnce) await new Promise<void>((turn) => { waiting.push(turn); });
      else open++;
      try {
        return await all(asked);
      } finally {
        // The place goes over to the next one that waits.
        const next = waiting.shift();
        if (next) next();
        else open--;
      }
    },
    close: () => stop.abort(),
  };
}

function judge({ rcode, truncated }: Extract<Heard, { kind: 'answer' }>, { host, port }: Server): Extract<Heard, { kind: 'failed' }> {
  const where = `the resolver ${host}:${port}`;
  if (rcode === 'SERVFAIL') return { kind: 'failed', reason: 'servfail', detail: `${where} failed (SERVFAIL)` };
  if (rcode === 'REFUSED') return { kind: 'failed', reason: 'refused', detail: `${where} would not answer (REFUSED)` };
  if (truncated) return { kind: 'failed', reason: 'malformed', detail: `${where} cut its answer short over TCP, too` };
  return { kind: 'failed', reason: 'servfail', detail: `${where} could not answer (${rcode})` };
}
