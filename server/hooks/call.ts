/**
 * Makes one call: a POST to an address that a user gave. The only file of
 * this room that opens a connection. 15 seconds in all, 4 KB of the answer,
 * no redirects followed. Where guarded, every address that the name resolves
 * to must be public, and the connection goes to the address that was judged,
 * not to the name (a name may answer differently the next time).
 */
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Clock } from '../clock.ts';
import { notPublic } from '../public-address.ts';

/** Milliseconds for all of it; octets of an answer that are kept. */
export const DEADLINE = 15_000;
export const RESPONSE_LIMIT = 4 * 1024;
const HEADER_LIMIT = 16 * 1024;

export type Called = { tookMs: number; status: number | null; error: string | null; response: string };
export type Call = (url: string, what: { headers: Record<string, string>; body: string; signal: AbortSignal }) => Promise<Called>;

export type CallOptions = {
  clock: Clock;
  /** Refuses what is not public. For when Postern serves more than this machine. */
  guarded: boolean;
  resolve?: (host: string) => Promise<string[]>;
  /** For tests, which have no receiver but on loopback. */
  exempt?: (address: string, port: number) => boolean;
};

const resolveByName = async (host: string): Promise<string[]> => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** Never throws: what went wrong is the `error`. */
export function createCall({ clock, guarded, resolve = resolveByName, exempt = () => false }: CallOptions): Call {
  async function addressOf(url: URL): Promise<string> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const literal = url.hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
    const addresses = literal ? [host] : await resolve(host);
    const [address] = addresses;
    if (address === undefined) throw new Error('the name has no address');
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    if (guarded) {
      for (const one of addresses) {
        const why = exempt(one, port) ? undefined : notPublic(one);
        if (why !== undefined) throw new Error(`${one} is not a public address (${why})`);
      }
    }
    return address;
  }

  return async (target, { headers, body, signal }) => {
    const began = clock.now();
    const stop = new AbortController();
    const cancel = clock.after(DEADLINE, () => stop.abort(new Error(`no answer within ${DEADLINE / 1000} s`)));
    const both = AbortSignal.any([signal, stop.signal]);
    const heard: { status: number | null; pieces: Buffer[] } = { status: null, pieces: [] };
    let error: string | null = null;
    try {
      const url = new URL(target);
      const address = await abortable(addressOf(url), both);
      const answer = await post(url, address, headers, body, both);
      heard.status = answer.statusCode ?? 0;
      await collect(answer, heard.pieces);
      if (heard.status < 200 || heard.status > 299) error = heard.status >= 300 && heard.status < 400 ? `it redirects to ${(answer.headers.location ?? 'nowhere').slice(0, 200)}; redirects are not followed` : `it answered ${heard.status}`;
    } catch (thrown) {
      // An answer that began counts, however its body ended.
      if (heard.status === null || heard.status < 200 || heard.status > 299) error = sentence((both.aborted ? both.reason : thrown) as NodeJS.ErrnoException);
    } finally {
      cancel();
    }
    return { tookMs: clock.now() - began, status: heard.status, error, response: Buffer.concat(heard.pieces).subarray(0, RESPONSE_LIMIT).toString('utf8').replaceAll('\0', '\ufffd') };
  };
}

function post(url: URL, address: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((done, failed) => {
    const ask = (url.protocol === 'https:' ? requestTls : requestPlain)({
      method: 'POST', host: address, port: url.port === '' ? undefined : Number(url.port), path: `${url.pathname}${url.search}`, signal, agent: false, maxHeaderSize: HEADER_LIMIT,
      // A name for the certificate; an address has none (RFC 6066 §3).
      ...(url.protocol === 'https:' && host !== address ? { servername: host } : {}),
      headers: { ...headers, host: url.host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'user-agent': 'Postern', accept: '*/*', connection: 'close' },
    });
    // `on`, not `once`: a connection that is left may fail a second time.
    ask.on('error', failed);
    ask.once('response', done);
    ask.end(body);
  });
}

/** The beginning of the body; the rest is not wanted. */
function collect(answer: IncomingMessage, pieces: Buffer[]): Promise<void> {
  return new Promise((done, failed) => {
    let octets = 0;
    answer.on('data', (piece: Buffer) => {
      if (octets < RESPONSE_LIMIT) pieces.push(piece.subarray(0, RESPONSE_LIMIT - octets));
      octets += piece.length;
      if (octets < RESPONSE_LIMIT) return;
      done();
      answer.destroy();
    });
    answer.once('end', done);
    answer.on('error', failed);
  });
}

/** A name server that never answers must not outlast the time. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

function sentence(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOTFOUND': case 'EAI_AGAIN': case 'ENODATA': return 'the name cannot be resolved';
    case 'ECONNREFUSED': return 'the connection was refused';
    case 'ECONNRESET': case 'EPIPE': return 'the connection was closed';
    case 'EHOSTUNREACH': case 'ENETUNREACH': return 'the host cannot be reached';
    default: return error.message.slice(0, 200);
  }
}
