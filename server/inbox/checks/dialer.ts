/**
 * The one place from which a check may ask the web, for addresses that
 * strangers wrote. Each hop is judged anew: http or https on four ports, no
 * login in the address, every address that the name resolves to must be
 * public, and the connection goes to the address that was judged, not to the
 * name (a name may answer differently the next time). At most five redirects,
 * five seconds in all, 64 kB of an answer. No cookies, no credentials.
 */
import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Clock } from '../../clock.ts';
import { notPublic } from '../../public-address.ts';

export type Probe =
  | { kind: 'answer'; status: number; /** The last address, after redirects. */ url: string; redirects: number }
  /** The guard would not let it. */
  | { kind: 'refused'; url: string; why: string }
  | { kind: 'fault'; url: string; why: string };

export type Dialer = (url: string, options?: { /** GET where HEAD is not taken (default). */ get?: boolean }) => Promise<Probe>;

export type DialerOptions = {
  clock: Clock;
  resolve?: (host: string) => Promise<string[]>;
  /** For tests, which have no server but on loopback: an address and port that pass although they are not public. */
  exempt?: (address: string, port: number) => boolean;
};

const PORTS = new Set([80, 443, 8080, 8443]);
const REDIRECTS = 5;
/** Milliseconds for one address with all its redirects. */
export const TIME = 5_000;
/** Octets of an answer. */
export const ANSWER = 64 * 1024;
const HEADER = 16 * 1024;

const resolveByName = async (host: string): Promise<string[]> => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

export function createDialer({ clock, resolve = resolveByName, exempt = () => false }: DialerOptions): Dialer {
  /** The address to connect to, or why not. */
  async function judge(url: URL): Promise<{ address: string; port: number } | string> {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return `${url.protocol} is not followed`;
    if (url.username !== '' || url.password !== '') return 'an address with a login is not followed';
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    // The URL standard has read forms such as 0x7f.1 already: what is left is a dotted quad, a bracketed one, or a name.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const literal = url.hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
    const addresses = literal ? [host] : await resolve(host);
    const [address] = addresses;
    if (address === undefined) return 'the name has no address';
    for (const one of addresses) {
      if (exempt(one, port)) continue;
      if (!PORTS.has(port)) return `port ${port} is not asked`;
      const why = notPublic(one);
      if (why !== undefined) return `${one} is not a public address (${why})`;
    }
    return { address, port };
  }

  async function hop(url: URL, method: 'HEAD' | 'GET', signal: AbortSignal): Promise<{ status: number; location: string | undefined } | string> {
    const judged = await abortable(judge(url), signal);
    if (typeof judged === 'string') return judged;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return new Promise((done, failed) => {
      const ask = (url.protocol === 'https:' ? requestTls : requestPlain)({
        method, host: judged.address, port: judged.port, path: `${url.pathname}${url.search}`, signal, agent: false, maxHeaderSize: HEADER,
        // A name for the certificate; an address has none (RFC 6066 §3).
        ...(url.protocol === 'https:' && host !== judged.address ? { servername: host } : {}),
        headers: { host: url.host, 'user-agent': 'Postern link check', accept: '*/*', connection: 'close' },
      });
      // `on`, not `once`: a connection that is left may fail a second time.
      ask.on('error', failed);
      ask.once('response', (answer) => {
        const result = { status: answer.statusCode ?? 0, location: answer.headers.location };
        let octets = 0;
        // The rest is not wanted: what is over by then is enough to know that the answer came.
        const over = () => {
          answer.destroy();
          done(result);
        };
        answer.on('data', (chunk: Buffer) => {
          octets += chunk.length;
          if (octets > ANSWER) over();
        });
        answer.once('end', over);
        answer.on('error', over);
      });
      ask.end();
    });
  }

  return async (asked, { get = true } = {}) => {
    const stop = new AbortController();
    const cancel = clock.after(TIME, () => stop.abort(new Error(`no answer within ${TIME / 1000} s`)));
    let at = asked;
    try {
      let method: 'HEAD' | 'GET' = 'HEAD';
      for (let redirects = 0; ;) {
        if (!URL.canParse(at)) return { kind: 'refused', url: at, why: 'not a web address' };
        const url = new URL(at);
        const answer = await hop(url, method, stop.signal);
        if (typeof answer === 'string') return { kind: 'refused', url: at, why: answer };
        const { status, location } = answer;
        if (location !== undefined && [301, 302, 303, 307, 308].includes(status)) {
          if (++redirects > REDIRECTS) return { kind: 'fault', url: at, why: `more than ${REDIRECTS} redirects` };
          if (!URL.canParse(location, at)) return { kind: 'fault', url: at, why: 'it redirects to what is no address' };
          at = new URL(location, at).href;
        } else if (method === 'HEAD' && get && (status === 405 || status === 501)) {
          method = 'GET';
        } else {
          return { kind: 'answer', status, url: at, redirects };
        }
      }
    } catch (error) {
      const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
      return { kind: 'fault', url: at, why: sentence(reason as NodeJS.ErrnoException) };
    } finally {
      cancel();
    }
  };
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
    case 'ECONNRESET': return 'the connection was closed';
    case 'EHOSTUNREACH': case 'ENETUNREACH': return 'the host cannot be reached';
    default: return error.message.slice(0, 200);
  }
}
