/**
 * Which addresses mail may go to: those of the public internet, and what the
 * operator allows by name (`deliveryPrivate`). Asked when a route is made, and
 * again by whoever dials.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { OperatorError } from '../../operator-error.ts';
import { notPublic } from '../../public-address.ts';

export type Guard = {
  /** Why mail does not go there; undefined when it may. What cannot be read is refused. */
  refuses(address: string): string | undefined;
};

export function createGuard(allowed: readonly string[]): Guard {
  const exempt = readNetworks(allowed);
  return {
    refuses(address) {
      const why = notPublic(address);
      const family = isIP(address);
      // With a zone it is nobody's that we could name.
      return why === undefined || (family !== 0 && !address.includes('%') && exempt.check(address, family === 4 ? 'ipv4' : 'ipv6')) ? undefined : why;
    },
  };
}

/** `127.0.0.0/8`, `fd00::/8`, or one address. Throws OperatorError. */
function readNetworks(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', length, more] = text.trim().split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
    if (family === 0 || address.includes('%') || more !== undefined || !(bits >= 0 && bits <= most)) throw new OperatorError(`"${text}" is no network; deliveryPrivate takes ones like 127.0.0.0/8 or fd00::/8`);
    list.addSubnet(address, bits, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}
