/**
 * The streams of the configuration, laid over those that the store keeps. One
 * that is not there is made; one that is, `default` included, is changed in
 * exactly the keys that the configuration names, at every start. Whoever
 * writes `mode: capture` into a file must find it so, whatever was set before;
 * what a file does not name stays as the API set it. All of it is judged
 * before any of it is done.
 */
import { isDeepStrictEqual } from 'node:util';
import type { StreamChange } from './admission/port.ts';
import type { Streams } from './admission/streams.ts';
import { readAs } from './api/faults.ts';
import { policyOf } from './api/policy.ts';
import { DeliveryPolicyInput } from './api/schemas/delivery.ts';
import type { Clock } from './clock.ts';
import { ConfigError, type Config, type ConfiguredStream } from './config.ts';
import type { Log } from './log.ts';
import { DEFAULT_DELIVERY, DEFAULT_RETENTION, DEFAULT_STREAM, type DeliveryPolicy, type Stream } from './mail/stream.ts';

export type DeclareOptions = { config: Config; streams: Streams; clock: Clock; log: Log };

/** Whom the audit log and events name. */
const BY = 'configuration';

/** Throws ConfigError. */
export async function declareStreams({ config, streams, clock, log }: DeclareOptions): Promise<void> {
  const placeOf = (name: string) => `streams[${config.streams.findIndex((one) => one.name === name)}] (${name})`;
  for (const { name, credentials = [] } of config.streams) {
    for (const [i, { user }] of credentials.entries()) {
      const others = user !== name && (streams.get(user) !== undefined || config.streams.some((one) => one.name === user));
      if (others) throw new ConfigError(`${placeOf(name)}: credentials[${i}]: the login "${user}" cannot be made: ${FLAWS.taken}`);
    }
  }
  const wishes = declared(config).map((wish) => ({ wish, change: changeOf(wish, streams.get(wish.name), clock.now(), placeOf) }));
  for (const { wish: { name }, change } of wishes) {
    const keys = Object.keys(change);
    if (!streams.get(name)) await streams.create({ name, ...change }, BY);
    else if (keys.length > 0) {
      await streams.change(name, change, BY);
      log.info({ stream: name, keys }, 'the configuration changed the stream');
    }
  }
  for (const { name, credentials = [] } of config.streams) {
    for (const [i, credential] of credentials.entries()) await giveLogin(streams, name, credential, `${placeOf(name)}: credentials[${i}]`);
  }
}

/** `default` has settings of its own, beside an entry that it may have. */
function declared({ streams, mode, retainMessages, retainAge, retainBytes }: Config): ConfiguredStream[] {
  const own: ConfiguredStream = {
    ...(streams.find(({ name }) => name === DEFAULT_STREAM) ?? { name: DEFAULT_STREAM }),
    ...(mode === null ? {} : { mode }),
  };
  const kept = { ...(retainMessages === undefined ? {} : { messages: retainMessages }), ...(retainAge === undefined ? {} : { age: retainAge }), ...(retainBytes === undefined ? {} : { bytes: retainBytes }) };
  if (Object.keys(kept).length > 0) own.retention = { ...own.retention, ...kept };
  return [own, ...streams.filter(({ name }) => name !== DEFAULT_STREAM)];
}

/** Only what is named and differs: a start that changes nothing tells of no change. */
function changeOf({ name, mode, retention, tags, delivery }: ConfiguredStream, stands: Stream | undefined, now: number, placeOf: (name: string) => string): StreamChange {
  const wish: StreamChange = {
    ...(mode === undefined ? {} : { mode }),
    ...(retention === undefined ? {} : { retention: { ...(stands?.retention ?? DEFAULT_RETENTION), ...retention } }),
    ...(tags === undefined ? {} : { tags }),
    ...(delivery === undefined ? {} : { delivery: deliveryOf(delivery, stands?.delivery ?? DEFAULT_DELIVERY, now, () => placeOf(name)) }),
  };
  return Object.fromEntries(Object.entries(wish).filter(([key, value]) => !stands || !isDeepStrictEqual(stands[key as keyof Stream], value)));
}

/** Read as a request's is: what it does not name stays. */
function deliveryOf(said: Record<string, unknown>, before: DeliveryPolicy, now: number, place: () => string): DeliveryPolicy {
  const read = readAs(DeliveryPolicyInput, said, 'delivery');
  const judged = read.faults ? { faults: read.faults } : policyOf(read.value, now, before);
  if ('faults' in judged) throw new ConfigError(`${place()}: ${judged.faults.slice(0, 3).map(({ path, message }) => `${path} ${message}`).join('; ')}`);
  return judged.policy;
}

const FLAWS = {
  'no-stream': 'its stream is gone',
  'bad-user': 'a user name has no spaces and no control characters, and at most 128 characters',
  'bad-password': 'its password is too long',
  taken: 'that is the name of another stream, whose open login it would take away',
} as const;

/** The login opens this stream, with this password; one of that name which opened another is moved. */
async function giveLogin(streams: Streams, stream: string, { user, password }: { user: string; password: string }, place: string): Promise<void> {
  const known = streams.credentials().find((one) => one.user === user);
  if (known && known.stream === stream && (await streams.verify(password, known))) return;
  if (known) await streams.deleteCredential(known.stream, known.id);
  const made = await streams.createCredential({ stream, user, password });
  if (typeof made === 'string') throw new ConfigError(`${place}: the login "${user}" cannot be made: ${FLAWS[made]}`);
}
