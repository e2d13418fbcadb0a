/**
 * One-click unsubscribe (RFC 8058): links that say themselves who wants no
 * more of which stream, and what becomes of them. A link still works when its
 * message is long deleted, and when its stream is: that may be made anew. It
 * cannot be made up or changed, and shows nothing of the address to who looks
 * over a shoulder or through a log: it is encrypted. Whoever follows a link
 * asks; only a POST unsubscribes, once or many times.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AuditStore } from '../gate/audit.ts';
import { addressKey } from '../mail/address.ts';
import type { Suppression } from '../mail/suppression.ts';
import type { ReturnStore, SuppressionStore } from '../queue/port.ts';

/** Who: a recipient of a message of a stream. */
export type Unsubscriber = { stream: string; message: string; n: number; address: string };

export type UnsubscribeOptions = {
  /** 32 octets or more; made once and kept (`secret`, `unsubscribe`). */
  secret: Uint8Array;
  /** Without a slash at its end. */
  publicUrl: string;
  store: Pick<ReturnStore, 'report'> & Pick<SuppressionStore, 'suppressionOf' | 'suppress'> & Pick<AuditStore, 'audit'>;
  /** The wall. */
  clock: Clock;
};

export type Unsubscribe = {
  url(who: Unsubscriber): string;
  /** Undefined for what is no link of ours. Changes nothing. */
  read(token: string): Unsubscriber | undefined;
  /** `already` when it was so before; undefined for what is no link of ours. */
  unsubscribe(token: string, via: 'one-click' | 'page'): Promise<{ who: Unsubscriber; already: boolean } | undefined>;
};

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;
const TOLD_MOST = 10_000;
/** Characters; a link is longer by publicUrl and stays within a line of 998 octets. */
const TOKEN = /^[\w-]{40,700}$/;

export function createUnsubscribe({ secret, publicUrl, store, clock }: UnsubscribeOptions): Unsubscribe {
  if (secret.length < 32) throw new Error('Links to unsubscribe need a secret of 32 octets');
  const key = derived(secret, 'unsubscribe key');
  const nonceKey = derived(secret, 'unsubscribe nonce');
  const underWay = new Map<string, Promise<boolean>>();
  /** Who left although a stronger suppression stands, of which nothing else is a trace: told once. */
  const told = new Set<string>();

  /** Made from what it says: the same for the same, and no nonce is ever used for two texts. */
  const nonceOf = (text: Buffer) => createHmac('sha256', nonceKey).update(text).digest().subarray(0, NONCE);

  function url({ stream, message, n, address }: Unsubscriber): string {
    const text = Buffer.from([stream, message, String(n), address].join('\0'));
    const nonce = nonceOf(text);
    const cipher = createCipheriv(CIPHER, key, nonce);
    return `${publicUrl}/u/${Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url')}`;
  }

  function read(token: string): Unsubscriber | undefined {
    if (!TOKEN.test(token)) return undefined;
    const octets = Buffer.from(token, 'base64url');
    const nonce = octets.subarray(0, NONCE);
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG });
    decipher.setAuthTag(octets.subarray(-TAG));
    let text: Buffer;
    try {
      text = Buffer.concat([decipher.update(octets.subarray(NONCE, -TAG)), decipher.final()]);
    } catch {
      return undefined;
    }
    if (!timingSafeEqual(nonce, nonceOf(text))) return undefined;
    const [stream, message, n, address] = text.toString('utf8').split('\0');
    return { stream: stream!, message: message!, n: Number(n), address: address! };
  }

  async function suppress({ stream, message, n, address }: Unsubscriber, via: 'one-click' | 'page'): Promise<boolean> {
    const at = clock.now();
    const stands = await store.suppressionOf(stream, 'deliver', address, at);
    const own = stands?.stream === stream ? stands : undefined;
    const lane = laneOf({ stream, address });
    if (own?.expiresAt === null && (own.reason === 'unsubscribe' || told.has(lane))) return true;
    // Only mail that is delivered has such a link.
    const one: Suppression = { address: addressKey(address), stream, mode: 'deliver', reason: 'unsubscribe', detail: via === 'one-click' ? 'Unsubscribed with one click' : 'Unsubscribed on the page', message, createdAt: at, expiresAt: null };
    // What ends some day must not end this; a stronger reason that stands for good may stay.
    if (own && own.expiresAt !== null) await store.suppress([one], 'recipient');
    await store.report({ events: [{ type: 'unsubscribe.received', stream, message, recipient: address, time: at, via }], suppress: [one], strikes: [] });
    await store.audit({ at, what: 'unsubscribe', stream, by: 'recipient', text: `${address} unsubscribed from ${stream}`, detail: { message, n, via } });
    if (told.size >= TOLD_MOST) told.clear();
    told.add(lane);
    return false;
  }

  return {
    url, read,
    async unsubscribe(token, via) {
      const who = read(token);
      if (!who) return undefined;
      // A double click is one: the second waits for the first and finds it done.
      const lane = laneOf(who);
      const before = underWay.get(lane);
      const turn = (before ?? Promise.resolve(true)).then(() => suppress(who, via), () => suppress(who, via));
      underWay.set(lane, turn);
      try {
        return { who, already: await turn };
      } finally {
        if (underWay.get(lane) === turn) underWay.delete(lane);
      }
    },
  };
}

const laneOf = ({ stream, address }: Pick<Unsubscriber, 'stream' | 'address'>): string => `${stream}\0${addressKey(address)}`;
const derived = (secret: Uint8Array, purpose: string): Buffer => createHmac('sha256', secret).update(purpose).digest();
