import { expect, test } from 'vitest';
import { waitOptions } from './wait-options.ts';

const read = (options: unknown) => waitOptions(options as undefined, 'waitFor');

test('a wait takes 10 s unless it is said, and ends early by a signal', () => {
  const { signal } = new AbortController();
  expect(read(undefined)).toEqual({ timeout: 10_000, signal: undefined });
  expect(read({ timeout: undefined })).toMatchObject({ timeout: 10_000 });
  expect(read({ timeout: '2m', signal })).toEqual({ timeout: 120_000, signal });
});

test.each<[unknown, string]>([
  [100, 'The options of waitFor are an object, like { timeout: 100 }, and not 100'],
  ['5s', 'The options of waitFor are an object, like { timeout: \'30s\' }, and not "5s"'],
  [null, 'and not null'],
  [{ timeOut: 100 }, 'waitFor has no option `timeOut`; its options are timeout, signal, and what it looks for stands before them; did you mean timeout?'],
  [{ timeout: NaN }, '`timeout` must be milliseconds or a text like \'500ms\', \'10s\' or \'2m\'; it is NaN'],
  [{ timeout: Infinity }, 'it is Infinity: every wait has an end'],
  [{ timeout: -1 }, 'it is -1'],
  [{ timeout: 'soon' }, 'it is "soon"'],
  [{ signal: new AbortController() }, '`signal` is an AbortSignal'],
])('what is no option of a wait is an error that teaches (%s)', (options, sentence) => {
  expect(() => read(options)).toThrow(sentence);
});
