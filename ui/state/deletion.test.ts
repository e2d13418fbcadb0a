import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Waiting } from '../../sdk/contract.ts';
import { Refusal, scripted } from '../../test/support/scripted-api.ts';
import { AT_ONCE, Deletion, GRACE, waitingText, type Doomed } from './deletion.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const NOBODY: Waiting = { messages: 0, recipients: 0, active: 0, kept: 0 };

/** `answer` to deletions, `waits` to the look before them. */
function setUp(answer: (path: string) => unknown = () => undefined, waits: (query: Record<string, string>) => unknown = () => NOBODY) {
  const { api, asked } = scripted(({ path, query }) => (path === '/v1/messages/waiting' ? waits(query) : answer(path)));
  const sight: string[] = [];
  const failed: string[] = [];
  const named = (doomed: Doomed) => (doomed.kind === 'messages' ? doomed.ids.join('+') : 'scopes');
  const deletion = new Deletion(api, { hide: (doomed) => sight.push(`hide ${named(doomed)}`), show: (doomed) => sight.push(`show ${named(doomed)}`) }, (message) => failed.push(message));
  return { deletion, sight, failed, looks: () => asked.filter(({ method }) => method === 'GET').map(({ query }) => query), paths: () => asked.filter(({ method }) => method !== 'GET').map(({ method, path, query }) => `${method} ${path}${query['stream'] ? `?stream=${query['stream']}${query['id'] ? `&id=${query['id']}` : ''}` : ''}`) };
}
const messages = (...ids: string[]): Doomed => ({ kind: 'messages', ids, streams: new Map([['s', ids]]) });

test('nothing is deleted before the grace is over', async () => {
  const { deletion, sight, paths } = setUp();
  await deletion.ask(messages('a', 'b'));
  await vi.advanceTimersByTimeAsync(GRACE - 1);
  expect([sight, paths()]).toEqual([['hide a+b'], []]);
  await vi.advanceTimersByTimeAsync(2);
  expect(paths()).toEqual(['DELETE /v1/messages?stream=s&id=a,b']);
  expect(deletion.held).toBeUndefined();
});

test('undone, nothing is ever sent', async () => {
  const { deletion, sight, paths } = setUp();
  await deletion.ask(messages('a'));
  deletion.undo();
  await vi.advanceTimersByTimeAsync(GRACE * 2);
  expect([sight, paths()]).toEqual([['hide a', 'show a'], []]);
});

test('another deletion, or leaving, sends the one that is held', async () => {
  const { deletion, paths } = setUp();
  await deletion.ask(messages('a'));
  await deletion.ask({ kind: 'scopes', queries: [{ stream: 's', before: '2026-01-01' }], newest: '', messages: 3 });
  await vi.advanceTimersByTimeAsync(0);
  expect(paths()).toEqual(['DELETE /v1/messages?stream=s&id=a']);
  deletion.send();
  await vi.advanceTimersByTimeAsync(0);
  expect(paths()).toEqual(['DELETE /v1/messages?stream=s&id=a', 'DELETE /v1/messages?stream=s']);
});

test('someone who reads the notice is given time', async () => {
  const { deletion, paths } = setUp();
  await deletion.ask(messages('a'));
  await vi.advanceTimersByTimeAsync(GRACE - 100);
  deletion.pause();
  await vi.advanceTimersByTimeAsync(GRACE * 10);
  expect(paths()).toEqual([]);
  deletion.resume();
  await vi.advanceTimersByTimeAsync(1_400);
  expect(paths()).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(paths()).toEqual(['DELETE /v1/messages?stream=s&id=a']);
});

test('many are sent by stream, some hundred at a time, all before anything is answered', async () => {
  const { deletion, paths } = setUp();
  const ids = Array.from({ length: AT_ONCE + 1 }, (_, i) => `m${i}`);
  await deletion.ask({ kind: 'messages', ids: [...ids, 'z'], streams: new Map([['s', ids], ['t', ['z']]]) });
  deletion.send();
  expect(paths()).toEqual([`DELETE /v1/messages?stream=s&id=${ids.slice(0, AT_ONCE).join(',')}`, `DELETE /v1/messages?stream=s&id=${ids.at(-1)}`, 'DELETE /v1/messages?stream=t&id=z']);
});

test('what went with its stream is deleted; what is refused comes back with the reason', async () => {
  const gone = setUp(() => new Refusal(404, 'no-such-stream'));
  await gone.deletion.ask(messages('a'));
  gone.deletion.send();
  await vi.advanceTimersByTimeAsync(0);
  expect([gone.sight, gone.failed]).toEqual([['hide a'], []]);
  const refused = setUp(() => new Refusal(503, 'store-broken'));
  await refused.deletion.ask(messages('a'));
  refused.deletion.send();
  await vi.advanceTimersByTimeAsync(0);
  expect(refused.sight).toEqual(['hide a', 'show a']);
  expect(refused.failed).toEqual(['Not deleted: store-broken']);
  const away = setUp(() => { throw new TypeError('fetch failed'); });
  await away.deletion.ask(messages('a'));
  away.deletion.send();
  await vi.advanceTimersByTimeAsync(0);
  expect(away.failed).toEqual(['Not deleted: Postern does not answer.']);
});

test('where somebody still waits nothing is deleted or hidden before a person says yes, and then it is, at once', async () => {
  const waiting: Waiting = { messages: 1, recipients: 2, active: 0, kept: 0 };
  const { deletion, sight, failed, looks, paths } = setUp(() => ({ deleted: 2 }), ({ stream }) => (stream === 't' ? waiting : NOBODY));
  const doomed: Doomed = { kind: 'messages', ids: ['a', 'b'], streams: new Map([['s', ['a']], ['t', ['b']]]) };
  await deletion.ask(doomed);
  expect(looks()).toEqual([{ stream: 's', id: 'a' }, { stream: 't', id: 'b' }]);
  expect(deletion.question).toEqual({ doomed, waiting });
  await vi.advanceTimersByTimeAsync(GRACE * 2);
  deletion.send();
  expect([deletion.held, sight, paths()]).toEqual([undefined, [], []]);
  deletion.confirm();
  expect([sight, paths()]).toEqual([['hide a+b'], ['DELETE /v1/messages?stream=s&id=a', 'DELETE /v1/messages?stream=t&id=b']]);
  await vi.advanceTimersByTimeAsync(0);
  expect([deletion.question, deletion.held, failed]).toEqual([undefined, undefined, ['2 messages deleted.']]);
});

test('what a person does not say yes to stays, and so does what cannot be looked at', async () => {
  const no = setUp(undefined, () => ({ ...NOBODY, kept: 1 }));
  await no.deletion.ask(messages('a'));
  no.deletion.question = undefined;
  no.deletion.confirm();
  await vi.advanceTimersByTimeAsync(GRACE * 2);
  expect([no.sight, no.paths()]).toEqual([[], []]);
  const away = setUp(undefined, () => new Refusal(503, 'store-broken'));
  await away.deletion.ask(messages('a'));
  await vi.advanceTimersByTimeAsync(GRACE * 2);
  expect([away.sight, away.paths(), away.failed, away.deletion.looking]).toEqual([[], [], ['Not deleted: store-broken'], undefined]);
});

test('while it is looked at nothing else begins; an undo, and for a whole list another list, call it off', async () => {
  let answer: (value: unknown) => void = () => {};
  const slow = () => setUp(undefined, () => new Promise((resolve) => { answer = resolve; }));
  const everything: Doomed = { kind: 'scopes', queries: [{ stream: 's' }], newest: '', messages: 3 };
  for (const [doomed, callOff, goesOn] of [[messages('a'), 'undo', false], [everything, 'leave', false], [messages('a'), 'leave', true]] as const) {
    const { deletion, sight, looks, paths } = slow();
    const asked = deletion.ask(doomed);
    await deletion.ask(messages('z'));
    expect([looks().length, deletion.looking]).toEqual([1, doomed]);
    deletion[callOff]();
    answer(NOBODY);
    await asked;
    expect([sight.length > 0, deletion.looking]).toEqual([goesOn, undefined]);
    await vi.advanceTimersByTimeAsync(GRACE * 2);
    expect(paths().length > 0).toBe(goesOn);
  }
});

test('while another one is looked at, what can still be undone can be', async () => {
  let looks = 0;
  const { deletion, sight, paths } = setUp(undefined, () => (looks++ === 0 ? NOBODY : new Promise(() => {})));
  await deletion.ask(messages('a'));
  void deletion.ask(messages('b'));
  deletion.bringBack();
  await vi.advanceTimersByTimeAsync(GRACE * 2);
  expect([sight, paths(), deletion.looking]).toEqual([['hide a', 'show a'], [], messages('b')]);
});

test('the time to undo stands still while a question lies over the notice, and goes on when it is answered no', async () => {
  const { deletion, sight, paths } = setUp(() => ({ deleted: 1 }), ({ id }) => (id === 'b' ? { ...NOBODY, recipients: 1 } : NOBODY));
  await deletion.ask(messages('a'));
  await deletion.ask(messages('b'));
  deletion.resume(); // as a pointer does that leaves the notice
  await vi.advanceTimersByTimeAsync(GRACE * 2);
  expect([deletion.held, paths()]).toEqual([messages('a'), []]);
  deletion.question = undefined;
  await vi.advanceTimersByTimeAsync(GRACE);
  expect([sight, paths()]).toEqual([['hide a'], ['DELETE /v1/messages?stream=s&id=a']]);
});

test('the question says who waits, who is being tried, and what goes on', () => {
  expect(waitingText({ messages: 1, recipients: 1, active: 0, kept: 0 })).toBe('1 recipient still waits for delivery. Deleting cancels it. This cannot be undone.');
  expect(waitingText({ messages: 2, recipients: 1200, active: 1, kept: 1 })).toBe('1,200 recipients still wait for delivery. Deleting cancels it. 1 is being tried at this moment, and may still get through. 1 more recipient waits for mail that another inbox keeps: that delivery goes on. This cannot be undone.');
  expect(waitingText({ messages: 0, recipients: 0, active: 0, kept: 2 })).toBe('2 recipients still wait for mail that another inbox keeps: that delivery goes on. This cannot be undone.');
});
