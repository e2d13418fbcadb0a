/**
 * Ourselves, as somebody else's MX names us: by one of our names, or by an
 * address and port that we listen on. Mail to us would come back to us.
 */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { asciiName } from './dns/names.ts';

export type Listens = { address: string; port: number };
export type Own = {
  isName(host: string): boolean;
  isAddress(address: string, port: number): boolean;
};

const ANY = new Set(['', '0.0.0.0', '::', '*']);

/** Asked anew for each route: listeners come and go, and so do addresses of the machine. */
export function ownOf(names: Iterable<string>, listens: Iterable<Listens>): Own {
  const known = new Set([...names].map((name) => asciiName(name)));
  const at = new Set<string>();
  for (const { address, port } of listens) for (const one of ANY.has(address) ? machineAddresses() : [address]) at.add(`${plain(one)} ${port}`);
  return {
    isName: (host) => known.has(host),
    isAddress: (address, port) => at.has(`${plain(address)} ${port}`),
  };
}

function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}

/** One spelling for each address. */
function plain(address: string): string {
  const bare = address.replace(/%.*$/, '');
  return isIP(bare) === 6 ? new URL(`http://[${bare}]`).hostname : bare;
}
