import { expect, test } from 'vitest';
import { memoryStreams } from '../../test/support/reception.ts';
import { manualClock } from '../clock.ts';
import { idMaker } from '../ids.ts';
import type { LivePolicy } from '../mail/live.ts';
import type { Stream } from '../mail/stream.ts';
import { openStreams, type MadeCredential } from './streams.ts';

const open = async (store = memoryStreams()) => openStreams({ store, clock: manualClock(), makeId: idMaker() });

test('default is always there and cannot be removed', async () => {
  const streams = await open();
  expect(streams.all().map(({ name }) => name)).toEqual(['default']);
  expect(await streams.remove('default')).toBe('default');
  expect(streams.get('default')?.mode).toBe('capture');
});

test('streams and credentials are there again after a restart', async () => {
  const store = memoryStreams();
  const before = await open(store);
  await before.create({ name: 'shop', tags: ['a'] });
  await before.createCredential({ stream: 'shop', user: 'ann', password: 'pw' });
  const after = await open(store);
  expect(after.streamTags('shop')).toEqual(['a']);
  expect(after.loginFor('ann')).toMatchObject({ kind: 'credential', credential: { stream: 'shop' } });
});

test('a name that is taken, bad, or gone is said to be so', async () => {
  const streams = await open();
  expect(await streams.create({ name: 'Shop' })).toBe('bad-name');
  await streams.create({ name: 'shop' });
  expect(await streams.create({ name: 'shop' })).toBe('taken');
  expect(await streams.change('gone', { tags: [] })).toBeUndefined();
  expect(await streams.remove('gone')).toBe(false);
  expect(await streams.createCredential({ stream: 'gone' })).toBe('no-stream');
  expect(await streams.createCredential({ stream: 'shop', user: 'a b' })).toBe('bad-user');
  expect(await streams.createCredential({ stream: 'shop', user: 'default' })).toBe('taken');
  await streams.createCredential({ stream: 'shop', user: 'ann' });
  expect(await streams.createCredential({ stream: 'shop', user: 'ann' })).toBe('taken');
});

test('a user name stands for its credential, or else for the stream of that name', async () => {
  const streams = await open();
  await streams.create({ name: 'shop' });
  expect(streams.loginFor('shop')).toEqual({ kind: 'stream', stream: 'shop', guarded: false });
  expect(streams.loginFor('nobody')).toBeUndefined();
  const made = (await streams.createCredential({ stream: 'shop', user: 'shop' })) as MadeCredential;
  expect(streams.loginFor('shop')).toMatchObject({ kind: 'credential' });
  expect(await streams.verify(made.password, made.credential)).toBe(true);
  await streams.deleteCredential('shop', made.credential.id);
  expect(streams.loginFor('shop')).toEqual({ kind: 'stream', stream: 'shop', guarded: false });
});

test('a removed stream takes its credentials with it', async () => {
  const streams = await open();
  await streams.create({ name: 'shop' });
  const made = (await streams.createCredential({ stream: 'shop' })) as MadeCredential;
  expect(streams.credentials('shop')).toHaveLength(1);
  expect(made.credential.user).toMatch(/^shop-[0-9a-z]{10}$/);
  expect(made.credential.hash).not.toContain(made.password);
  expect(await streams.remove('shop')).toBe(true);
  expect(streams.loginFor(made.credential.user)).toBeUndefined();
  expect(streams.credentials()).toEqual([]);
});

test('changes that are made of what stands follow one another, so that none undoes the other', async () => {
  const streams = await open();
  const live = (stream: Stream, change: Partial<LivePolicy>) => ({ delivery: { ...stream.delivery, live: { ...stream.delivery.live, ...change } } });
  await streams.change('default', (stream) => live(stream, { allow: ['a.test', 'b.test'], canary: { first: 1, share: 0, since: 0 } }));
  await Promise.all([
    streams.change('default', (stream) => live(stream, { allow: ['a.test'] })),
    streams.change('default', (stream) => live(stream, { canary: null })),
    streams.change('default', { tags: ['x'] }),
  ]);
  expect(streams.get('default')).toMatchObject({ tags: ['x'], delivery: { live: { allow: ['a.test'], canary: null } } });
  // Who thinks better of it changes nothing, and holds up nobody.
  await expect(streams.change('default', () => { throw new Error('no'); })).rejects.toThrow('no');
  expect(await streams.change('default', () => undefined)).toMatchObject({ tags: ['x'] });
  expect(await streams.change('gone', () => ({}))).toBeUndefined();
});
