/**
 * Whose is mail that comes from the internet: only return paths that we
 * signed, and the few mailboxes that a domain must have (RFC 2142, RFC 5321
 * §4.5.1) or that feedback loops are subscribed with, at the return-path
 * domains of streams. Everything else is somebody else's, and is not taken.
 */
import type { Verp } from '../dsn/verp.ts';
import { addressKey, domainKey, splitAddress } from '../mail/address.ts';
import type { Stream } from '../mail/stream.ts';
import type { ReturnStore } from '../queue/port.ts';

export type Addressee =
  /** `key` names the return path. */
  | { kind: 'return-path'; stream: string; key: string }
  | { kind: 'mailbox'; stream: string; key: string }
  /** A domain of ours, and nobody there. */
  | { kind: 'nobody' }
  | { kind: 'elsewhere' };

export type AddresseeOptions = {
  streams: { all(): readonly Pick<Stream, 'name' | 'delivery'>[] };
  verp(stream: string): Verp | undefined;
  store: Pick<ReturnStore, 'sentByToken'>;
};

const MAILBOXES: ReadonlySet<string> = new Set(['postmaster', 'abuse', 'fbl']);

/** Streams may share a domain: a return path is of the stream that its message is of, anything else of the first. */
export function createAddressee({ streams, verp, store }: AddresseeOptions): (address: string) => Promise<Addressee> {
  return async (address) => {
    const { local, domain } = splitAddress(addressKey(address));
    const lanes = streams.all().filter(({ delivery: { returnPath } }) => returnPath !== null && (domain === '' || domainKey(returnPath) === domain));
    const first = lanes[0]?.name;
    // `<postmaster>` alone must be taken by every host that takes mail at all.
    if (first === undefined || (domain === '' && local !== 'postmaster')) return { kind: 'elsewhere' };
    if (MAILBOXES.has(local)) return { kind: 'mailbox', stream: first, key: `${local}@${domain}` };
    const token = verp(first)?.read(address);
    if (!token) return { kind: 'nobody' };
    const sent = await store.sentByToken(token.message, token.n);
    const stream = lanes.find(({ name }) => name === sent?.stream)?.name ?? first;
    return { kind: 'return-path', stream, key: `${token.message} ${token.n}` };
  };
}
