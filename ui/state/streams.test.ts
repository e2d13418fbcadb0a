import { expect, test, vi } from 'vitest';
import { captured, deleted, scripted } from '../../test/support/scripted-api.ts';
import { Inboxes, Streams } from './streams.svelte.ts';

const stream = (name: string, messages = 0, unread = 0) => ({ name, mode: 'capture', retention: { messages: null, age: null, bytes: null }, tags: [], createdAt: '', messages, unread, bytes: 0, credentials: [] });

test('counts follow what arrives without asking, the default stream first', async () => {
  const { api, asked } = scripted(() => ({ streams: [stream('alpha', 1, 1), stream('default', 5, 2)] }));
  const streams = new Streams(api);
  await streams.load();
  streams.hear([captured(1), captured(2), captured(3, { stream: 'alpha' })]);
  expect(streams.all.map(({ name, messages, unread, bytes }) => [name, messages, unread, bytes])).toEqual([['default', 7, 4, 200], ['alpha', 2, 2, 100]]);
  expect([streams.messages, streams.unread, asked.length]).toEqual([9, 6, 1]);
});

test('after deletions and in a stream that is new, they are asked for once things are quiet', async () => {
  vi.useFakeTimers();
  try {
    let answer = [stream('default', 2, 2)];
    const { api, asked } = scripted(() => ({ streams: answer }));
    const streams = new Streams(api);
    await streams.load();
    answer = [stream('default', 1, 1), stream('new', 1, 1)];
    streams.hear([deleted(1)]);
    streams.hear([captured(9, { stream: 'new' })]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toHaveLength(2);
    expect(streams.named('new')?.messages).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});

test('an answer about another prefix than the one last typed is passed over', async () => {
  const waiting: ((value: unknown) => void)[] = [];
  const inboxes = new Inboxes(scripted(() => new Promise((resolve) => { waiting.push(resolve); })).api);
  const first = inboxes.load({ prefix: 'a' });
  const second = inboxes.load({ prefix: 'ab' });
  waiting[1]!({ inboxes: [{ address: 'ab@x.test', messages: 1, unread: 0, lastAt: '' }] });
  waiting[0]!({ inboxes: [] });
  await Promise.all([first, second]);
  expect(inboxes.all.map(({ address }) => address)).toEqual(['ab@x.test']);
});
