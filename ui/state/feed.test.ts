import { expect, test } from 'vitest';
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
  const feed = new Feed(async function* () { throw new PosternError('no', { status: 401 }); }, (draw) => draw(), () => refused());
  feed.follow();
  await told;
  expect(feed.line).not.toBe('live');
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
