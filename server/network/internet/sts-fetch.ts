/**
 * Fetches one MTA-STS policy (RFC 8461 §3.3): over HTTPS from the policy host,
 * whose certificate must hold, with addresses from our own resolver that the
 * guard lets through. No redirects, 64 kB, one deadline for all of it.
 */
import { request } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../clock.ts';
import type { Resolver } from '../resolver.ts';
import { addressesOf } from './addresses.ts';
import type { Guard } from './guard.ts';
import { readStsPolicy, type StsPolicy } from './sts-policy.ts';

export type StsFetch = (domain: string) => Promise<StsPolicy | { failed: string }>;

export type StsFetchOptions = {
  clock: Clock;
  resolver: Pick<Resolver, 'addresses'>;
  guard: Guard;
  random: () => number;
  /** PEM; those that Node brings along when undefined. */
  authorities: () => string[] | undefined;
  port: number;
};

const DEADLINE = 20_000;
const ADDRESSES = 4;
const OCTETS = 64 * 1024;
const HEADER = 16 * 1024;

export function createStsFetch({ clock, resolver, guard, random, authorities, port }: StsFetchOptions): StsFetch {
  function get(host: string, address: string, signal: AbortSignal): Promise<string> {
    return new Promise((done, failed) => {
      const ca = authorities();
      const asked = request({
        // The connection goes to the address that was judged; the name is what the certificate must have.
        host: address, family: isIPv6(address) ? 6 : 4, port, servername: host, path: '/.well-known/mta-sts.txt',
        headers: { host: port === 443 ? host : `${host}:${port}`, accept: 'text/plain', 'user-agent': 'Postern', connection: 'close' },
        agent: false, signal, maxHeaderSize: HEADER, minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca ? { ca } : {}),
      });
      // `on`: a connection that is left may fail a second time.
      asked.on('error', failed);
      asked.once('response', (answer) => {
        answer.on('error', failed);
        const leave = (why: string) => {
          failed(new Error(why));
          asked.destroy();
        };
        if (answer.statusCode !== 200) return leave(`HTTP ${answer.statusCode}`);
        const pieces: Buffer[] = [];
        let octets = 0;
        answer.on('data', (piece: Buffer) => {
          octets += piece.length;
          if (octets > OCTETS) leave('the policy is larger than 64 kB');
          else pieces.push(piece);
        });
        answer.once('end', () => done(Buffer.concat(pieces).toString('utf8')));
        answer.once('close', () => failed(new Error('the answer broke off')));
      });
      asked.end();
    });
  }

  return async (domain) => {
    const host = `mta-sts.${domain}`;
    const stop = new AbortController();
    let cancel = () => {};
    const late = new Promise<{ failed: string }>((resolve) => {
      cancel = clock.after(DEADLINE, () => {
        resolve({ failed: `no policy from ${host} within ${DEADLINE / 1000} s` });
        stop.abort();
      });
    });
    const fetched = async (): Promise<StsPolicy | { failed: string }> => {
      const { list, failed, refused } = await addressesOf(host, 'ipv4-first', { resolver, guard, random });
      let why = failed ?? (refused.length > 0 ? `it leads to ${refused[0]}` : 'it has no address');
      for (const address of list.slice(0, ADDRESSES)) {
        if (stop.signal.aborted) break;
        try {
          const read = readStsPolicy(await get(host, address, stop.signal));
          return typeof read === 'string' ? { failed: `${host}: ${read}` } : read;
        } catch (error) {
          why = sentence(error as NodeJS.ErrnoException);
        }
      }
      return { failed: `${host}: ${why}` };
    };
    return Promise.race([fetched(), late]).finally(cancel);
  };
}

function sentence(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED': return 'the connection was refused';
    case 'ECONNRESET': return 'the connection was closed';
    case 'EHOSTUNREACH': case 'ENETUNREACH': return 'the host cannot be reached';
    default: return (error.code?.startsWith('ERR_TLS') || /certificate|CERT/.test(`${error.code} ${error.message}`) ? `its certificate does not hold (${error.code ?? error.message})` : error.message).slice(0, 200);
  }
}
