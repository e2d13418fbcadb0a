/**
 * Release: mail that lies in the inbox (captured, simulated, or delivered
 * before) is queued for real, because a person said so: the whole message or
 * chosen recipients, to them or to other addresses. It needs the three keys as
 * everything does, and is all or nothing: what may not go is named, and then
 * nothing is queued. The canary does not hold it, as a person has looked. The
 * body is not copied; its recipients are added to those that it has.
 *
 * What is on its way for real already, or was delivered, is not released a
 * second time unless `again` says so: a button may be pressed twice.
 */
import type { Clock } from '../clock.ts';
import { addressFault, addressKey } from '../mail/address.ts';
import type { MessageDetail } from '../mail/message.ts';
import { PRIORITIES } from '../mail/recipient.ts';
import type { Stream } from '../mail/stream.ts';
import type { Suppression } from '../mail/suppression.ts';
import type { QueueStore, Released, SuppressionStore } from '../queue/port.ts';
import type { AuditStore } from './audit.ts';
import type { Gate } from './gate.ts';

export type ReleaseInput = {
  message: string;
  /** Of its envelope; absent, all of them. */
  recipients?: readonly string[];
  /** Who gets it in their place. */
  to?: readonly string[];
  /** Also what is on its way or was delivered. */
  again?: boolean;
  by: string;
};

/** `text` is a sentence for people; `addresses` those that it speaks of. */
export type ReleaseRefusal = { kind: 'refused'; why: 'no-message' | 'process' | 'mode' | 'no-recipient' | 'no-such-recipient' | 'bad-address' | 'intercept' | 'not-allowed' | 'already'; text: string; addresses: string[] };
export type ReleaseAnswer =
  | {
    kind: 'released'; stream: string;
    /** How many are queued; suppressed ones are not among them. */
    queued: number;
    /** Whom the mail was for, and who gets it. */
    recipients: string[]; to: string[];
    /** Ended at once: nothing is sent to them. */
    suppressed: Pick<Suppression, 'address' | 'reason' | 'detail'>[];
    /** Why it waits although it is queued: real delivery is stopped. */
    waits: string | null;
  }
  | ReleaseRefusal;

export type ReleaseOptions = {
  store: Pick<QueueStore, 'releaseMessage' | 'delivery'> & Pick<SuppressionStore, 'suppressionOf'> & Pick<AuditStore, 'audit'> & { read(id: string): Promise<MessageDetail | undefined> };
  streams: { get(name: string): Stream | undefined };
  gate: Pick<Gate, 'shut' | 'allows' | 'interceptOf'>;
  /** Network.destination of the real network. */
  destination(stream: string, address: string): string;
  wall: Clock;
};

export type ReleaseMessage = (input: ReleaseInput) => Promise<ReleaseAnswer>;

/** Places in a message's row of recipients. */
const MOST = 1_000;
/** Ends after which a further try is no repetition. */
const OVER: readonly string[] = ['bounced', 'expired', 'suppressed', 'cancelled'];

export function createRelease({ store, streams, gate, destination, wall }: ReleaseOptions): ReleaseMessage {
  /** Of one message one after the other, so that the second sees the first. */
  const turns = new Map<string, Promise<unknown>>();

  async function release({ message: id, recipients: chosen, to: elsewhere, again = false, by }: ReleaseInput): Promise<ReleaseAnswer> {
    const message = await store.read(id);
    const stream = message && streams.get(message.stream);
    if (!message || !stream) return refused('no-message', 'There is no such message');
    const shut = gate.shut(stream.name);
    if (shut && shut.why !== 'stopped') return refused(shut.why, `Nothing was released. ${shut.text}`);

    const envelope = message.envelope.recipients.map(({ address }) => address);
    const wanted = new Set(chosen?.map(addressKey));
    const recipients = chosen === undefined ? envelope : envelope.filter((address) => wanted.delete(addressKey(address)));
    if (wanted.size > 0) return refused('no-such-recipient', 'The envelope of the message does not name them', [...wanted]);
    if (recipients.length === 0) return refused('no-recipient', 'There is nobody to release it for');

    const test = gate.interceptOf(stream.name);
    const to = distinct(elsewhere ?? (test === null ? recipients : [test]));
    if (to.length === 0 || to.length > MOST) return refused('no-recipient', `A message is released to 1 to ${MOST} addresses`);
    const flawed = to.filter((address) => addressFault(address) !== undefined || !address.includes('@'));
    if (flawed.length > 0) return refused('bad-address', 'Mail cannot be sent to them', flawed);
    const astray = test === null ? [] : to.filter((address) => addressKey(address) !== addressKey(test));
    if (astray.length > 0) return refused('intercept', `All mail of stream ${stream.name} goes to ${test} while that is its intercept address`, astray);
    const strangers = to.filter((address) => !gate.allows(stream.name, address));
    if (strangers.length > 0) return refused('not-allowed', `They are not on the allow list of stream ${stream.name}; nothing was released`, strangers);
    const known = again ? new Set<string>() : await onTheirWay(id);
    const twice = to.filter((address) => known.has(addressKey(address)));
    if (twice.length > 0) return refused('already', 'They have it for real, or it is on its way (held ones are released in the queue); `again` sends it once more', twice);

    const isForOthers = elsewhere !== undefined || test !== null;
    const now = wall.now();
    const released: Released = {
      message: id, by, queuedAt: now, expiresAt: now + stream.delivery.expiresAfter, priority: PRIORITIES[1],
      recipients: to.map((address) => ({ address, original: isForOthers ? recipients : null, destination: destination(stream.name, address), held: null })),
    };
    const found = await Promise.all(to.map((address) => store.suppressionOf(stream.name, 'deliver', address, now)));
    const suppressed = found.filter((one) => one !== undefined).map(({ address, reason, detail }) => ({ address, reason, detail }));
    // Side by side, so that they share a commit.
    const [queued] = await Promise.all([
      store.releaseMessage(released),
      store.audit({ at: now, what: 'message.released', stream: stream.name, by, text: `Message ${id} was released to ${many(to)}${isForOthers ? `, in place of ${many(recipients)}` : ''}`, detail: { message: id, recipients, to } }),
    ]);
    if (queued === undefined) return refused('no-message', 'The message was deleted meanwhile');
    return { kind: 'released', stream: stream.name, queued, recipients, to, suppressed, waits: gate.shut(stream.name)?.text ?? null };
  }

  async function onTheirWay(id: string): Promise<Set<string>> {
    const { recipients = [] } = (await store.delivery(id)) ?? {};
    return new Set(recipients.filter(({ recipient }) => recipient.mode === 'deliver' && !OVER.includes(recipient.state)).map(({ recipient }) => addressKey(recipient.address)));
  }

  return (input) => {
    const before = turns.get(input.message) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(() => release(input));
    turns.set(input.message, mine);
    return mine.finally(() => {
      if (turns.get(input.message) === mine) turns.delete(input.message);
    });
  };
}

const refused = (why: ReleaseRefusal['why'], text: string, addresses: string[] = []): ReleaseRefusal => ({ kind: 'refused', why, text, addresses });
const many = (addresses: readonly string[]): string => (addresses.length <= 3 ? addresses.join(', ') : `${addresses.slice(0, 2).join(', ')} and ${addresses.length - 2} more`);

function distinct(addresses: readonly string[]): string[] {
  const keys = new Set<string>();
  return addresses.filter((address) => {
    const key = addressKey(address);
    return !keys.has(key) && keys.add(key);
  });
}
