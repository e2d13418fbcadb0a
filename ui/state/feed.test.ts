import { expect, test, vi } from 'vitest';
import type { PosternEvent } from '../../sdk/contract.ts';
import { PosternError } from '../../sdk/errors.ts';
import { captured } from '../../test/support/scripted-api.ts';
import { Feed } from './feed.svelte.ts';

test('events between two frames come together, in order, and none is left out', async () => {
  const frames: (() => void)[] = [];
  let done = () => {};
  const told = new Promise<void>((resolve) => { done = resolve; });
  const feed = new Feed(async function* ({ onLine }) {
    onLine(true);
    for (let n = 1; n <= 300; n++) yield captured(n);
    done();
    await new Promise(() => {});
  }, (draw) => frames.push(draw));
  const heard: PosternEvent[][] = [];
  let opened = 0;
  feed.listen((events) => heard.push(events));
  feed.opened(() => opened++);
  const leave = feed.follow();
  await told;
  expect([frames.length, heard.length, feed.line, opened]).toEqual([1, 0, 'live', 1]);
  frames[0]!();
  expect(heard[0]!.map(({ id }) => id)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  leave();
});

test('a token that is no longer taken ends it and is told', async () => {
  let refused = () => {};
  const told = new Promise<void>((resolve) => { refused = resolve; });
  // eslint-disable-next-line require-yield
  const feed = new Feed(async function* () { throw new PosternError('no', { problem: { type: '/problems/token-required', title: 'A token is needed', status: 401 } }); }, (draw) => draw(), () => refused());
  feed.follow();
  await told;
  expect(feed.line).not.toBe('live');
});

test('what answers in front of Postern is told apart, takes no token away, and is forgotten once Postern is back', async () => {
  vi.useFakeTimers();
  try {
    let behind = true;
    let refused = 0;
    const feed = new Feed(async function* ({ onLine }) {
      if (behind) throw new PosternError('to a login', { redirected: true });
      onLine(true);
      yield captured(1);
      await new Promise(() => {});
    }, (draw) => draw(), () => refused++);
    const leave = feed.follow();
    await vi.advanceTimersByTimeAsync(0);
    expect([feed.line, feed.foreign, refused]).toEqual(['lost', true, 0]);
    behind = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([feed.line, feed.foreign]).toEqual(['live', false]);
    leave();
  } finally {
    vi.useRealTimers();
  }
});

test('another connection goes on after the event seen last', async () => {
  const after: (number | undefined)[] = [];
  let ended = () => {};
  const feed = new Feed(async function* (options) {
    after.push(options.after);
    yield captured(after.length * 10);
    ended();
    await new Promise(() => {});
  }, (draw) => draw());
  for (let i = 0; i < 2; i++) {
    const done = new Promise<void>((resolve) => { ended = resolve; });
    const leave = feed.follow();
    await done;
    leave();
  }
  expect(after).toEqual([undefined, 10]);
});
