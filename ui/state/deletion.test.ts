import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refusal, scripted } from '../../test/support/scripted-api.ts';
import { AT_ONCE, Deletion, GRACE, type Doomed } from './deletion.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(answer: (path: string) => unknown = () => undefined) {
  const { api, asked } = scripted(({ path }) => answer(path));
  const sight: string[] = [];
  const failed: string[] = [];
  const named = (doomed: Doomed) => (doomed.kind === 'messages' ? doomed.ids.join('+') : 'scopes');
  const deletion = new Deletion(api, { hide: (doomed) => sight.push(`hide ${named(doomed)}`), show: (doomed) => sight.push(`show ${named(doomed)}`) }, (message) => failed.push(message));
  return { deletion, sight, failed, paths: () => asked.map(({ method, path, query }) => `${method} ${path}${query['stream'] ? `?stream=${query['stream']}${query['id'] ? `&id=${query['id']}` : ''}` : ''}`) };
}
const messages = (...ids: string[]): Doomed => ({ kind: 'messages', ids, streams: new Map([['s', ids]]) });

test('nothing is deleted before the grace is over', async () => {
  const { deletion, sight, paths } = setUp();
  deletion.ask(messages('a', 'b'));
  await vi.advanceTimersByTimeAsync(GRACE - 1);
  expect([sight, paths()]).toEqual([['hide a+b'], []]);
  await vi.advanceTimersByTimeAsync(2);
  expect(paths()).toEqual(['DELETE /v1/messages?stream=s&id=a,b']);
  expect(deletion.held).toBeUndefined();
});

test('undone, nothing is ever sent', async () => {
  const { deletion, sight, paths } = setUp();
  deletion.ask(messages('a'));
  deletion.undo();
  await vi.advanceTimersByTimeAsync(GRACE * 2);
  expect([sight, paths()]).toEqual([['hide a', 'show a'], []]);
});

test('another deletion, or leaving, sends the one that is held', async () => {
  const { deletion, paths } = setUp();
  deletion.ask(messages('a'));
  deletion.ask({ kind: 'scopes', queries: [{ stream: 's', before: '2026-01-01' }], messages: 3 });
  await vi.advanceTimersByTimeAsync(0);
  expect(paths()).toEqual(['DELETE /v1/messages?stream=s&id=a']);
  deletion.send();
  await vi.advanceTimersByTimeAsync(0);
  expect(paths()).toEqual(['DELETE /v1/messages?stream=s&id=a', 'DELETE /v1/messages?stream=s']);
});

test('someone who reads the notice is given time', async () => {
  const { deletion, paths } = setUp();
  deletion.ask(messages('a'));
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

test('many are sent by stream, some hundred at a time, all before anything is answered', () => {
  const { deletion, paths } = setUp();
  const ids = Array.from({ length: AT_ONCE + 1 }, (_, i) => `m${i}`);
  deletion.ask({ kind: 'messages', ids: [...ids, 'z'], streams: new Map([['s', ids], ['t', ['z']]]) });
  deletion.send();
  expect(paths()).toEqual([`DELETE /v1/messages?stream=s&id=${ids.slice(0, AT_ONCE).join(',')}`, `DELETE /v1/messages?stream=s&id=${ids.at(-1)}`, 'DELETE /v1/messages?stream=t&id=z']);
});

test('what went with its stream is deleted; what is refused comes back with the reason', async () => {
  const gone = setUp(() => new Refusal(404, 'no-such-stream'));
  gone.deletion.ask(messages('a'));
  gone.deletion.send();
  await vi.advanceTimersByTimeAsync(0);
  expect([gone.sight, gone.failed]).toEqual([['hide a'], []]);
  const refused = setUp(() => new Refusal(503, 'store-broken'));
  refused.deletion.ask(messages('a'));
  refused.deletion.send();
  await vi.advanceTimersByTimeAsync(0);
  expect(refused.sight).toEqual(['hide a', 'show a']);
  expect(refused.failed).toEqual(['Not deleted: store-broken']);
  const away = setUp(() => { throw new TypeError('fetch failed'); });
  away.deletion.ask(messages('a'));
  away.deletion.send();
  await vi.advanceTimersByTimeAsync(0);
  expect(away.failed).toEqual(['Not deleted: Postern does not answer.']);
});
