/** Waits, with a real store and a real parser: the past and the future, without a gap and without a repetition. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { Filter } from '../../server/inbox/filter.ts';
import { DEFAULT_DELIVERY } from '../../server/mail/stream.ts';
import { type MailHouse, openMailHouse } from '../support/mail-house.ts';

let house: MailHouse;
beforeAll(async () => { house = await openMailHouse(); });
afterAll(() => house[Symbol.asyncDispose]());

const inbox = (address: string, ...more: Filter[]): Filter => ({ kind: 'and', all: [{ kind: 'inbox', address }, ...more] });
const text = (...words: string[]): Filter => ({ kind: 'text', words, whole: true });
const LONG = 60_000;
const newest = async () => (await house.store.list({ filter: { kind: 'and', all: [] }, limit: 1 }))[0]?.seq ?? 0;

test('a wait sees what is already there', async () => {
  const id = await house.send({ to: 'past@a.test', subject: 'Welcome' });
  const outcome = await house.waits.wait({ filter: inbox('past@a.test'), count: 1, timeoutMs: LONG });
  expect(outcome).toMatchObject({ kind: 'found', summaries: [{ id }] });
  expect(house.waits.open()).toBe(0);
});

test('a wait sees what is still to come, by recipient, by pattern and by the words of its text', async () => {
  const waits = [inbox('Future@A.test'), { kind: 'to', address: 'fut*@a.test' } as Filter, inbox('future@a.test', text('blue', 'chair')), { kind: 'or', any: [text('blue'), { kind: 'tag', tag: 'none' }] } as Filter]
    .map((filter) => house.waits.wait({ filter, count: 1, timeoutMs: LONG }));
  await house.send({ to: 'other@a.test', body: 'nothing here\r\n' });
  const id = await house.send({ to: 'future@a.test', body: 'your blue chair is here\r\n' });
  for (const outcome of await Promise.all(waits)) expect(outcome).toMatchObject({ kind: 'found', summaries: [{ id }] });
});

test('a cursor hides what came before it, and the next wait goes on from the answer', async () => {
  const filter = inbox('cursor@a.test');
  await house.send({ to: 'cursor@a.test', subject: 'old' });
  const afterSeq = await newest();
  const wait = house.waits.wait({ filter, afterSeq, count: 1, timeoutMs: LONG });
  await house.send({ to: 'cursor@a.test', subject: 'first' });
  const first = await wait;
  expect(first).toMatchObject({ kind: 'found', summaries: [{ header: { subject: 'first' } }] });
  await house.send({ to: 'cursor@a.test', subject: 'second' });
  const second = await house.waits.wait({ filter, afterSeq: first.kind === 'found' ? first.cursorSeq : 0, count: 1, timeoutMs: LONG });
  expect(second).toMatchObject({ kind: 'found', summaries: [{ header: { subject: 'second' } }] });
});

test('a wait for three counts what is there and what comes, each once', async () => {
  await house.send({ to: 'three@a.test', subject: '1' });
  const wait = house.waits.wait({ filter: inbox('three@a.test'), count: 3, timeoutMs: LONG });
  await Promise.all([house.send({ to: 'three@a.test', subject: '2' }), house.send({ to: 'three@a.test', subject: '3' })]);
  const outcome = await wait;
  expect(outcome.kind === 'found' && outcome.summaries.map(({ header }) => header.subject).sort()).toEqual(['1', '2', '3']);
});

test('a wait for mail that is there but not parsed yet has it parsed first', async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, (_, i) => house.send({ to: 'unparsed@a.test', body: `word${i}\r\n` })));
  const outcome = await house.waits.wait({ filter: inbox('unparsed@a.test', text('word39')), count: 1, timeoutMs: LONG });
  expect(outcome).toMatchObject({ kind: 'found', summaries: [{ id: ids[39] }] });
});

test('a tag or a read mark that is set later can be what a wait looks for', async () => {
  const id = await house.send({ to: 'marked@a.test' });
  const wait = house.waits.wait({ filter: inbox('marked@a.test', { kind: 'tag', tag: 'done' }), count: 1, timeoutMs: LONG });
  await house.store.change({ kind: 'message', id }, { addTags: ['done'] });
  expect(await wait).toMatchObject({ kind: 'found', summaries: [{ id }] });
});

test('a wait that asserts that none comes is answered by the first that does, or by the end of its time', async () => {
  const clock = manualClock();
  await using quiet = await openMailHouse({ clock });
  const none = quiet.waits.wait({ filter: inbox('none@a.test'), count: 0, timeoutMs: 5_000 });
  const some = quiet.waits.wait({ filter: inbox('some@a.test'), count: 0, timeoutMs: 5_000 });
  const id = await quiet.send({ to: 'some@a.test' });
  expect(await some).toMatchObject({ kind: 'unexpected', summaries: [{ id }] });
  clock.advance(5_000);
  expect(await none).toMatchObject({ kind: 'none' });
});

test('when time runs out, the wait says what did arrive, the nearest first, and how it differs', async () => {
  const clock = manualClock();
  await using quiet = await openMailHouse({ clock });
  await quiet.send({ to: 'before@a.test', subject: 'Reset your password' });
  const afterSeq = (await quiet.store.list({ filter: { kind: 'and', all: [] }, limit: 1 }))[0]!.seq;
  const wait = quiet.waits.wait({ filter: inbox('ann@a.test', { kind: 'subject', contains: 'reset your password' }), afterSeq, count: 1, timeoutMs: 1_000 });
  await quiet.send({ to: 'bob@b.test', subject: 'Invoice' });
  await quiet.send({ to: 'ann@a.test', subject: 'Welcome' });
  await quiet.send({ to: 'anne@a.test', subject: 'Reset your password' });
  clock.advance(1_000);
  const outcome = await wait;
  expect(outcome).toMatchObject({ kind: 'timeout', found: [], arrivedInAll: 3 });
  expect(outcome.kind === 'timeout' && outcome.arrived.map(({ differs }) => differs)).toEqual([
    [{ field: 'inbox', wanted: 'ann@a.test', got: 'anne@a.test' }],
    [{ field: 'subject', wanted: 'reset your password', got: 'Welcome' }],
    [{ field: 'inbox', wanted: 'ann@a.test', got: 'bob@b.test' }, { field: 'subject', wanted: 'reset your password', got: 'Invoice' }],
  ]);
});

test('mail of another stream is told of when nothing near came into that of the wait: by address, nearly, and by its words', async () => {
  const clock = manualClock();
  await using quiet = await openMailHouse({ clock });
  await quiet.store.createStream({ name: 'billing', mode: 'capture', retention: { messages: null, age: null, bytes: null }, tags: [], createdAt: 0, delivery: DEFAULT_DELIVERY, clockOffset: 0, paused: null });
  await quiet.send({ to: 'ann@a.test', subject: 'Invoice', body: 'a blue chair\r\n' });
  await quiet.send({ to: 'bob@b.test', subject: 'Other', body: 'a red chair\r\n' });
  await quiet.parser.settled();
  const missed = async (filter: Filter, more: { afterSeq?: number } = {}) => {
    const wait = quiet.waits.wait({ filter, stream: 'billing', count: 1, timeoutMs: 1_000, ...more });
    clock.advance(1_000);
    const outcome = await wait;
    return outcome.kind === 'timeout' && outcome.arrived.map(({ summary, differs }) => [summary.header.subject, ...differs.map(({ field, got }) => `${field} ${got}`)]);
  };
  expect(await missed(inbox('ann@a.test'))).toEqual([['Invoice', 'stream default']]);
  expect(await missed(inbox('anne@a.test'))).toEqual([['Invoice', 'stream default', 'inbox ann@a.test']]);
  expect(await missed({ kind: 'or', any: ['ann', 'ann@*'].map((address) => ({ kind: 'inbox', address })) })).toEqual([['Invoice', 'stream default']]);
  expect(await missed(text('blue'))).toEqual([['Invoice', 'stream default']]);
  expect(await missed(inbox('ann@a.test', text('green')))).toEqual([['Invoice', 'stream default', 'text not found']]);
  expect(await missed(text('green'))).toEqual([]);
  // Behind a cursor nothing came at all.
  expect(await missed(inbox('ann@a.test'), { afterSeq: 2 })).toEqual([]);
  // What is near in the stream itself is told of, and no other.
  await quiet.send({ to: 'anna@a.test', subject: 'Here', stream: 'billing' });
  expect(await missed(inbox('ann@a.test'))).toEqual([['Here', 'inbox anna@a.test']]);
});

test('an aborted wait is gone', async () => {
  const abort = new AbortController();
  const wait = house.waits.wait({ filter: inbox('gone@a.test'), count: 1, timeoutMs: LONG, signal: abort.signal });
  expect(house.waits.open()).toBe(1);
  abort.abort(new Error('the client left'));
  await expect(wait).rejects.toThrow('the client left');
  expect(house.waits.open()).toBe(0);
  await expect(house.waits.wait({ filter: inbox('gone@a.test'), count: 1, timeoutMs: LONG, signal: abort.signal })).rejects.toThrow('the client left');
});

test('10,000 open waits: each of 1,000 messages is found once, by the one that looks for it', async () => {
  const waits = Array.from({ length: 10_000 }, (_, i) => house.waits.wait({ filter: inbox(`w${i}@many.test`), count: 1, timeoutMs: LONG, signal: aborting.signal }).catch(() => undefined));
  expect(house.waits.open()).toBe(10_000);
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => house.send({ to: `w${i}@many.test`, subject: String(i) })));
  const outcomes = await Promise.all(waits.slice(0, 1_000));
  for (const [i, outcome] of outcomes.entries()) expect(outcome?.kind === 'found' && outcome.summaries.map(({ header }) => header.subject)).toEqual([String(i)]);
  expect(house.waits.open()).toBe(9_000);
  aborting.abort();
  await Promise.all(waits);
  expect(house.waits.open()).toBe(0);
});
const aborting = new AbortController();

test.each([1, 0])('mail that came in time counts for a wait for %i, though it is read only when the time is over', async (count) => {
  const clock = manualClock();
  await using mail = await openMailHouse({ clock });
  const wait = mail.waits.wait({ filter: inbox('late@a.test', text('blue')), count, timeoutMs: 5_000 });
  await expect.poll(() => mail.waits.open()).toBe(1);
  clock.advance(4_000);
  const id = await mail.send({ to: 'late@a.test', body: 'your blue chair is here\r\n' });
  clock.advance(1_000);
  expect(await wait).toMatchObject({ kind: count ? 'found' : 'unexpected', summaries: [{ id }] });
});

test('a wait whose mail turns out to be other mail when its time is over ends then', async () => {
  const clock = manualClock();
  await using mail = await openMailHouse({ clock });
  const wait = mail.waits.wait({ filter: inbox('late@a.test', text('blue')), count: 1, timeoutMs: 5_000 });
  await expect.poll(() => mail.waits.open()).toBe(1);
  clock.advance(4_000);
  await mail.send({ to: 'late@a.test', body: 'your red chair is here\r\n' });
  clock.advance(1_000);
  expect(await wait).toMatchObject({ kind: 'timeout', found: [] });
  expect(mail.waits.open()).toBe(0);
});

test('a wait whose mail is deleted before it is read ends with its time', async () => {
  const clock = manualClock();
  await using mail = await openMailHouse({ clock });
  const wait = mail.waits.wait({ filter: inbox('gone@a.test', text('blue')), count: 1, timeoutMs: 5_000 });
  await expect.poll(() => mail.waits.open()).toBe(1);
  const id = await mail.send({ to: 'gone@a.test', body: 'your blue chair is here\r\n' });
  await mail.store.delete({ kind: 'message', id });
  clock.advance(5_000);
  expect(await wait).toMatchObject({ kind: 'timeout', found: [], arrivedInAll: 0 });
});
