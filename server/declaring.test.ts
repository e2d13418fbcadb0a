/** The streams of a configuration, start after start over the same store. */
import { expect, test } from 'vitest';
import { policyOf } from './api/policy.ts';
import { openStreams } from './admission/streams.ts';
import { manualClock } from './clock.ts';
import { streams as read } from './config-streams.ts';
import { type Config, ConfigError, defaults } from './config.ts';
import { declareStreams } from './declaring.ts';
import { idMaker } from './ids.ts';
import { createLog } from './log.ts';
import { DEFAULT_RETENTION } from './mail/stream.ts';
import { openStore } from './store/sqlite/open.ts';

const log = createLog({ level: 'silent', format: 'text' });
const clock = manualClock();

async function house() {
  const store = await openStore({ dir: ':memory:', clock, writer: 'main' });
  const types: string[] = [];
  return {
    store, types,
    /** A start with these settings; what stands then. */
    async start(config: Partial<Config>) {
      const streams = await openStreams({ store, clock, makeId: idMaker() });
      const before = (await store.events({ after: 0, limit: 500 })).length;
      await declareStreams({ config: { ...defaults(), ...config }, streams, clock, log });
      types.splice(0, types.length, ...(await store.events({ after: 0, limit: 500 })).slice(before).map(({ type }) => type));
      return streams;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

test('a stream that is not there is made as it is declared', async () => {
  await using at = await house();
  const streams = await at.start({ streams: read(['a', { name: 'b', mode: 'simulate', tags: ['t'], retention: { messages: 5 }, delivery: { schedule: 'bulk' } }]) });
  expect(streams.get('a')).toMatchObject({ mode: 'capture', tags: [], retention: DEFAULT_RETENTION });
  expect(streams.get('b')).toMatchObject({ mode: 'simulate', tags: ['t'], retention: { ...DEFAULT_RETENTION, messages: 5 }, delivery: { schedule: { kind: 'growing' } } });
});

test('`default`, which always exists, takes what its entry names, in a fresh folder too', async () => {
  await using at = await house();
  const streams = await at.start({ streams: read([{ name: 'default', mode: 'simulate', tags: ['t'], retention: { messages: 5 } }]) });
  expect(streams.get('default')).toMatchObject({ mode: 'simulate', tags: ['t'], retention: { ...DEFAULT_RETENTION, messages: 5 } });
});

test('a stream that exists is changed in what is named, and in nothing else', async () => {
  await using at = await house();
  const before = await at.start({ streams: read([{ name: 'a', mode: 'deliver', retention: { messages: 5 }, delivery: { schedule: 'bulk', live: { allow: ['a.test'] } } }]) });
  await before.change('a', (stands) => {
    const judged = policyOf({ jitter: 0.4 }, 0, stands.delivery);
    return { tags: ['of the API'], retention: { ...stands.retention, age: 60_000 }, ...('policy' in judged ? { delivery: judged.policy } : {}) };
  });
  const after = await at.start({ streams: read([{ name: 'a', mode: 'capture', retention: { messages: 'none' }, delivery: { live: { intercept: 'me@a.test' } } }]) });
  expect(after.get('a')).toMatchObject({
    mode: 'capture', tags: ['of the API'], retention: { messages: null, age: 60_000 },
    delivery: { jitter: 0.4, schedule: { kind: 'growing' }, live: { allow: ['a.test'], intercept: 'me@a.test' } },
  });
  expect((await at.start({ streams: read('a') })).get('a')).toEqual(after.get('a'));
});

test('the audit log says that the configuration changed a mode', async () => {
  await using at = await house();
  await at.start({ streams: read([{ name: 'a', mode: 'deliver' }]) });
  await at.start({ streams: read([{ name: 'a', mode: 'capture' }]) });
  expect((await at.store.audited({ stream: 'a', limit: 9 })).filter(({ what }) => what === 'stream.mode').map(({ by, detail }) => ({ by, ...detail }))).toEqual([
    { by: 'configuration', from: 'deliver', to: 'capture' }, { by: 'configuration', from: null, to: 'deliver' },
  ]);
});

test('a start that changes nothing tells of no change', async () => {
  await using at = await house();
  const config: Partial<Config> = {
    mode: 'simulate', retainAge: 60_000,
    streams: read([{ name: 'a', mode: 'deliver', tags: ['t'], retention: { messages: 5 }, delivery: { schedule: 'bulk', siteLimits: { 'x.test': { connections: 1 } }, live: { allow: ['a.test'], canary: { first: 5, share: 0.1 }, warmUp: { caps: [5] } } } }]),
  };
  const first = await at.start(config);
  expect(at.types).toContain('stream.created');
  clock.advance(60_000);
  const second = await at.start(config);
  expect(at.types).toEqual([]);
  for (const name of ['default', 'a']) expect(second.get(name)).toEqual(first.get(name));
});

test('a limit of the default stream that is given counts, the usual one too; not given, it stays', async () => {
  await using at = await house();
  await at.start({ retainMessages: 5 });
  expect((await at.start({})).get('default')!.retention).toEqual({ ...DEFAULT_RETENTION, messages: 5 });
  expect((await at.start({ retainMessages: 100_000, retainAge: null })).get('default')!.retention).toEqual(DEFAULT_RETENTION);
  expect((await at.start({ retainBytes: null, streams: read([{ name: 'default', retention: { messages: 7 } }]) })).get('default')!.retention).toEqual({ messages: 7, age: null, bytes: null });
});

test('a login that is named opens its stream with its password, wherever it was before', async () => {
  await using at = await house();
  const before = await at.start({ streams: read(['a', 'b']) });
  await before.createCredential({ stream: 'a', user: 'app', password: 'old' });
  const after = await at.start({ streams: read(['a', { name: 'b', credentials: [{ user: 'app', password: 'new' }] }]) });
  expect(after.loginFor('app')).toMatchObject({ kind: 'credential', credential: { stream: 'b' } });
  expect(await after.verify('new', after.credentials('b')[0])).toBe(true);
});

test('what cannot be is told with its place, and then nothing is changed', async () => {
  await using at = await house();
  const fail = async (streams: unknown, sentence: string) => {
    await expect(at.start({ streams: read(streams) })).rejects.toThrow(ConfigError);
    await expect(at.start({ streams: read(streams) })).rejects.toThrow(sentence);
  };
  await fail(['a', { name: 'b', delivery: { shedule: 'bulk' } }], 'streams[1] (b): delivery.shedule is not known here');
  expect((await at.start({})).all().map(({ name }) => name)).toEqual(['default']);
  await fail(['a', { name: 'b', credentials: [{ user: 'a', password: 'p' }] }], 'streams[1] (b): credentials[0]: the login "a" cannot be made: that is the name of another stream');
});
