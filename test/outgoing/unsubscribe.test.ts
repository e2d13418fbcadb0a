import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { createUnsubscribe } from '../../server/outgoing/unsubscribe.ts';
import { askedBy, askPage, CONFIRM, donePage, PAGE_HEADERS, wrongPage } from '../../server/outgoing/unsubscribe-page.ts';
import { openStore } from '../../server/store/sqlite/open.ts';
import { laneOf } from '../conformance/house.ts';
import { MESSAGE } from './house.ts';

const WHO = { stream: 'news', message: MESSAGE, n: 0, address: 'Reader@x.test' };
const SECRET = Buffer.alloc(32, 7);

async function desk() {
  const clock = manualClock();
  const store = await openStore({ dir: ':memory:', clock });
  onTestFinished(() => store[Symbol.asyncDispose]());
  await store.createStream(laneOf('news', { mode: 'deliver' }));
  const it = createUnsubscribe({ secret: SECRET, publicUrl: 'https://post.example.test', store, clock });
  const events = async (type: string) => (await store.events({ after: 0, limit: 100 })).filter((event) => event.type === type);
  return { clock, store, it, events, standing: () => store.suppressionOf('news', 'deliver', 'reader@x.test', clock.now()) };
}
const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
const bare = (secret = SECRET) => createUnsubscribe({ secret, publicUrl: 'https://post.example.test', store: undefined as never, clock: manualClock() });

test('a link says who it is for, to us alone, and is the same each time', () => {
  const it = bare();
  const url = it.url(WHO);
  expect(url).toMatch(/^https:\/\/post\.example\.test\/u\/[\w-]+$/);
  expect(it.url(WHO)).toBe(url);
  expect(it.read(tokenOf(url))).toEqual(WHO);
  expect(Buffer.from(tokenOf(url), 'base64url').toString('latin1')).not.toMatch(/reader|news|x\.test/i);
  expect(bare(Buffer.alloc(32, 8)).read(tokenOf(url))).toBeUndefined();
});

test('any address and stream come back as they were, and the longest link fits into a line', () => {
  const it = bare();
  fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => !text.includes('\0') && text.isWellFormed()), fc.nat(1e8), (local, n) => {
    const who = { ...WHO, n, address: `${local}@x.test` };
    expect(it.read(tokenOf(it.url(who)))).toEqual(who);
  }));
  const far = { ...WHO, stream: 's'.repeat(64), n: 999_999_999, address: `${'a'.repeat(64)}@${'b'.repeat(189)}` };
  const longest = it.url(far);
  expect(longest.length).toBeLessThan(800);
  expect(it.read(tokenOf(longest))).toEqual(far);
});

test('a link that was changed, cut off or made up is none', () => {
  const it = bare();
  const token = tokenOf(it.url(WHO));
  const octets = Buffer.from(token, 'base64url');
  for (let i = 0; i < octets.length; i++) {
    const changed = Buffer.from(octets);
    changed[i]! ^= 1;
    expect(it.read(changed.toString('base64url'))).toBeUndefined();
  }
  for (const text of ['', 'x', token.slice(0, -2), `${token}AAAA`, '../../etc/passwd', 'A'.repeat(100), 'A'.repeat(10_000)]) expect(it.read(text)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => { expect(it.read(text)).toBeUndefined(); }));
});

test('one click keeps all further mail of the stream from the address, and tells so', async () => {
  const { it, standing, events, store } = await desk();
  expect(await it.unsubscribe(tokenOf(it.url(WHO)), 'one-click')).toEqual({ who: WHO, already: false });
  expect(await standing()).toMatchObject({ address: 'reader@x.test', stream: 'news', reason: 'unsubscribe', expiresAt: null, message: MESSAGE });
  expect(await events('unsubscribe.received')).toMatchObject([{ stream: 'news', message: MESSAGE, recipient: 'Reader@x.test', via: 'one-click' }]);
  expect(await events('suppression.added')).toHaveLength(1);
  expect(await store.audited({ what: 'unsubscribe', limit: 10 })).toMatchObject([{ what: 'unsubscribe', stream: 'news', by: 'recipient' }]);
  expect(await store.suppressionOf('other', 'deliver', 'reader@x.test', 0)).toBeUndefined();
  expect(await store.suppressionOf('news', 'simulate', 'reader@x.test', 0)).toBeUndefined();
});

test('looking at a link changes nothing', async () => {
  const { it, standing } = await desk();
  it.read(tokenOf(it.url(WHO)));
  expect(await standing()).toBeUndefined();
});

test('many clicks are one, also at the same time and from another message', async () => {
  const { it, events } = await desk();
  const tokens = [WHO, WHO, { ...WHO, n: 4, address: 'reader@X.test' }].map((who) => tokenOf(it.url(who)));
  const said = await Promise.all(tokens.map((token) => it.unsubscribe(token, 'page')));
  expect(said.map((one) => one!.already)).toEqual([false, true, true]);
  expect((await it.unsubscribe(tokens[0]!, 'page'))!.already).toBe(true);
  expect(await events('unsubscribe.received')).toHaveLength(1);
});

test('who was let back in may leave again', async () => {
  const { it, store, standing } = await desk();
  const token = tokenOf(it.url(WHO));
  await it.unsubscribe(token, 'page');
  await store.unsuppress({ address: 'reader@x.test', stream: 'news' }, 'person');
  expect((await it.unsubscribe(token, 'page'))!.already).toBe(false);
  expect(await standing()).toMatchObject({ reason: 'unsubscribe' });
});

test.each([
  ['that ends tomorrow', { reason: 'manual' as const, expiresAt: 86_400_000 }, 'unsubscribe'],
  ['that is weaker', { reason: 'soft_bounces' as const, expiresAt: null }, 'unsubscribe'],
  ['that is stronger and stands for good', { reason: 'complaint' as const, expiresAt: null }, 'complaint'],
])('a suppression %s does not bring the mail back later', async (_, { reason, expiresAt }, stays) => {
  const { it, store, clock, standing } = await desk();
  await store.suppress([{ address: 'reader@x.test', stream: 'news', mode: null, reason, detail: '', message: null, createdAt: clock.now(), expiresAt: expiresAt && clock.now() + expiresAt }], 'person');
  expect((await it.unsubscribe(tokenOf(it.url(WHO)), 'page'))!.already).toBe(false);
  clock.advance(10 * 86_400_000);
  expect(await standing()).toMatchObject({ reason: stays, expiresAt: null });
});

test('where a stronger suppression stands, clicking all day does not fill the logs', async () => {
  const { it, store, events, clock } = await desk();
  await store.suppress([{ address: 'reader@x.test', stream: 'news', mode: 'deliver', reason: 'complaint', detail: '', message: null, createdAt: clock.now(), expiresAt: null }], 'ann');
  for (let n = 0; n < 5; n++) await it.unsubscribe(tokenOf(it.url({ ...WHO, message: `m${n}` })), 'one-click');
  expect(await events('unsubscribe.received')).toHaveLength(1);
  expect(await store.audited({ what: 'unsubscribe', limit: 10 })).toHaveLength(1);
});

test('a suppression of every stream does not stand in for that of this one', async () => {
  const { it, store, clock, standing } = await desk();
  await store.suppress([{ address: 'reader@x.test', stream: null, mode: null, reason: 'hard_bounce', detail: '', message: null, createdAt: clock.now(), expiresAt: null }], 'person');
  await it.unsubscribe(tokenOf(it.url(WHO)), 'page');
  expect(await standing()).toMatchObject({ stream: 'news', reason: 'unsubscribe' });
});

test('who leaves a stream that is gone has left it when it is made anew; a link that is none is not answered', async () => {
  const { it, store, events, standing } = await desk();
  await store.deleteStream('news');
  expect(await it.unsubscribe(tokenOf(it.url(WHO)), 'page')).toEqual({ who: WHO, already: false });
  expect(await it.unsubscribe(tokenOf(it.url(WHO)), 'page')).toEqual({ who: WHO, already: true });
  expect(await it.unsubscribe('made-up', 'page')).toBeUndefined();
  expect(await standing()).toMatchObject({ stream: 'news', reason: 'unsubscribe' });
  expect(await events('unsubscribe.received')).toHaveLength(1);
  await store.createStream(laneOf('other', { mode: 'deliver' }));
  await store.createStream(laneOf('news', { mode: 'deliver' }));
  expect(await standing()).toMatchObject({ stream: 'news', reason: 'unsubscribe' });
  expect(await store.suppressionOf('other', 'deliver', 'reader@x.test', 0)).toBeUndefined();
});

test('a disk that fails once does not make later clicks fail', async () => {
  const { it, store } = await desk();
  let broken = true;
  const frail = createUnsubscribe({ secret: SECRET, publicUrl: '', clock: manualClock(), store: { ...store, report: async (found) => {
    if (broken) throw new Error('the disk');
    return store.report(found);
  } } });
  const token = tokenOf(it.url(WHO));
  const two = await Promise.allSettled([frail.unsubscribe(token, 'page'), frail.unsubscribe(token, 'page')]);
  expect(two.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  broken = false;
  expect((await frail.unsubscribe(token, 'page'))!.already).toBe(false);
});

test('the pages need nothing else, show an address as text, and ask by POST', () => {
  const evil = '"<script>alert(1)</script>"@x.test';
  for (const html of [askPage(evil), donePage(evil), wrongPage()]) {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toMatch(/<title>[^<]+<\/title>[^]*<main>\n<h1>/);
    expect(html).not.toMatch(/<script|src=|href=|url\(/);
  }
  expect(askPage(evil)).toContain('&quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;@x.test');
  expect(askPage('a@x.test')).toMatch(/<form method="post">[^]*<button type="submit">Unsubscribe<\/button>/);
  expect(PAGE_HEADERS['content-security-policy']).toContain("default-src 'none'");
});

test('a POST is one click, the button, or nothing', () => {
  expect(askedBy({ 'List-Unsubscribe': 'One-Click' })).toBe('one-click');
  expect(askedBy({ [CONFIRM.name]: CONFIRM.value })).toBe('page');
  for (const fields of [{}, { 'List-Unsubscribe': 'no' }, { confirm: ['unsubscribe'] }]) expect(askedBy(fields)).toBeUndefined();
});
