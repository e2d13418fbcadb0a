/**
 * Makes the copy that goes out (see outgoing.ts): our fields, then those of
 * the message, then its body with proper line ends. A large body is read
 * twice, once for its hash and once for each sending, and never held. What
 * cannot go out as its stream wants it is held with the reason, never sent
 * otherwise.
 */
import { isAscii } from 'node:buffer';
import type { Clock } from '../clock.ts';
import { domainKey, splitAddress } from '../mail/address.ts';
import { parseMailboxes } from '../mail/header.ts';
import { isPerRecipient, type LivePolicy } from '../mail/live.ts';
import type { Held } from '../mail/recipient.ts';
import type { LeasedMessage, LeasedRecipient } from '../queue/port.ts';
import { coverOf } from './dkim/signed.ts';
import { signatures } from './dkim/sign.ts';
import { HEAD_LIMIT, valueOf, type Field } from './head.ts';
import type { KeyRing } from './keys/ring.ts';
import type { Outgoing, Prepare } from './outgoing.ts';
import { keptFields, ownFields } from './own-fields.ts';
import { readOnce, type Read, type ReadOnceOptions } from './read-once.ts';
import { readSource } from './source.ts';
import { receivedField } from './trace.ts';
import type { Unsubscribe } from './unsubscribe.ts';

export type PrepareOptions = ReadOnceOptions & {
  policyOf(stream: string): LivePolicy;
  keys: KeyRing;
  wall: Clock;
  /** Ours, in Received and in a Message-ID that was forgotten. */
  name: string;
  /** Undefined where there is no publicUrl. */
  unsubscribeUrl: Unsubscribe['url'] | undefined;
};

/** Received fields of mail that is in a loop, most likely (RFC 5321 §6.3). */
const HOPS = 100;
/** Milliseconds for which a signature is used again for another copy: `t=` should say about when it went out. */
const SIGNATURE_AGE = 60_000;

export function createPrepare({ policyOf, keys, wall, name, unsubscribeUrl, ...reading }: PrepareOptions): Prepare {
  const read = readOnce(reading);

  async function prepare(message: LeasedMessage, recipients: readonly LeasedRecipient[]): Promise<Outgoing | { held: Held }> {
    const policy = policyOf(message.stream);
    if (policy.unsubscribe && unsubscribeUrl === undefined) return held('The stream adds List-Unsubscribe, which needs the address that this Postern has for the world: set publicUrl, then release this mail.');
    if (isPerRecipient(policy) && recipients.length !== 1) throw new Error(`A copy with an unsubscribe link is for one recipient, not ${recipients.length}`);
    const found = await read(message.message);
    if (!found) return held(`Its header is larger than ${HEAD_LIMIT / 1024 / 1024} MB, which no mail server takes.`);

    const kept = keptFields(found.fields);
    const hops = kept.filter((field) => field.name === 'received').length;
    if (hops >= HOPS) return held(`It has been through ${hops} servers: it goes round in circles (RFC 5321 §6.3).`);
    const own = ownFields(kept, {
      feedbackId: policy.feedbackId,
      unsubscribe: policy.unsubscribe ? unsubscribeUrl!({ stream: message.stream, message: message.message, n: recipients[0]!.n, address: recipients[0]!.address }) : null,
      original: [...new Set(recipients.flatMap(({ original }) => original ?? []))],
      smtputf8: message.smtputf8 === true,
      messageId: `${message.message.toLowerCase()}@${name}`,
      receivedAt: found.trace.receivedAt,
    });
    const fields = [...own, ...kept];
    const signed = policy.dkim === null ? [] : await signOnce(found, fields, policy.dkim);
    if ('held' in signed) return signed;
    const received = receivedField({ trace: found.trace, name, message: message.message, smtputf8: message.smtputf8 === true, recipients });
    return copyOf(message, found, [received, ...signed, ...fields]);
  }

  async function signOnce(found: Read, fields: readonly Field[], { domain, selector }: NonNullable<LivePolicy['dkim']>): Promise<Field[] | { held: Held }> {
    // RFC 6376 §5.4: From is always signed.
    if (!fields.some((field) => field.name === 'from')) return held('It has no From, and cannot be signed without.');
    const from = domain === null ? fromDomain(fields) : domainKey(domain);
    if (from === undefined) return held('Its From names no domain that it could be signed for.');
    const signer = await keys.signerFor(from, { selector, parents: domain === null });
    if ('held' in signer) return signer;
    const cover = coverOf(fields);
    if ('tooMany' in cover) return held(`Its header has more ${cover.tooMany} fields than can be signed.`);
    const now = wall.now();
    const of = `${signer.domain} ${signer.keys.map((key) => `${key.selector} ${key.publicKey}`).join(' ')}\n${cover.names.join(':')}\n${cover.text}`;
    if (found.signed?.of !== of || Math.abs(now - found.signed.at) > SIGNATURE_AGE) {
      found.signed = { of, at: now, fields: signatures({ domain: signer.domain, keys: signer.keys, signed: cover, bodyHash: found.hash, now }) };
    }
    return found.signed.fields;
  }

  function copyOf({ message: id, smtputf8 }: LeasedMessage, { body, size, isEightBit }: Read, fields: readonly Field[]): Outgoing {
    const head = Buffer.from(`${fields.map(({ raw }) => raw).join('')}\r\n`, 'latin1');
    const isPlain = isAscii(head);
    return {
      size: head.length + size,
      body: isEightBit || !isPlain ? '8BITMIME' : '7BIT',
      // Many clients ask for it wherever it is offered, whatever they send.
      ...(smtputf8 && !isPlain ? { smtputf8 } : {}),
      open: async () => (body ? once(Buffer.concat([head, body])) : again(head, () => reading.openBody(id), id)),
    };
  }

  return prepare;
}

async function* once(octets: Buffer): AsyncGenerator<Buffer, void, void> {
  yield octets;
}

async function* again(head: Buffer, open: () => Promise<AsyncIterable<Uint8Array> | undefined>, id: string): AsyncGenerator<Buffer, void, void> {
  const stored = await open();
  const source = stored && (await readSource(stored));
  if (!source) throw new Error(`The message ${id} is gone`);
  try {
    yield head;
    yield* source.body;
  } finally {
    await source.close();
  }
}

/** Of the first address of the first From: what a receiver shows, and DMARC looks at. */
function fromDomain(fields: readonly Field[]): string | undefined {
  const from = fields.find(({ name }) => name === 'from');
  const [first] = from ? parseMailboxes(valueOf(from)) : [];
  const domain = domainKey(splitAddress(first?.address ?? '').domain.trim()).replace(/\.$/, '');
  return isAscii(Buffer.from(domain)) && /^[\w-]+(?:\.[\w-]+)+$/.test(domain) && domain.length <= 253 ? domain : undefined;
}

const held = (text: string): { held: Held } => ({ held: { reason: 'unsigned', text } });
