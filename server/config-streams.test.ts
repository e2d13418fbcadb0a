import { expect, test } from 'vitest';
import { contradiction, streams } from './config-streams.ts';
import { Wrong } from './config-values.ts';
import { defaults } from './config.ts';

/** Place and sentence, as they are joined to `streams`. */
function fault(value: unknown): string {
  try {
    streams(value);
  } catch (error) {
    expect(error).toBeInstanceOf(Wrong);
    return `streams${(error as Wrong).place} ${(error as Wrong).message}`;
  }
  return 'nothing wrong';
}

test('what is not named is not there', () => {
  expect(streams('a, b')).toEqual([{ name: 'a' }, { name: 'b' }]);
  expect(streams([{ name: 'a', retention: { age: '7d', bytes: 'none' }, tags: 'x,y', credentials: { user: 'u', password: 'p' } }])).toEqual([
    { name: 'a', retention: { age: 604_800_000, bytes: null }, tags: ['x', 'y'], credentials: [{ user: 'u', password: 'p' }] },
  ]);
});

test.each([
  [[{ name: 'a', retension: {} }], 'streams[0] (a) has no key "retension" (did you mean "retention"?)'],
  [[{ nmae: 'a' }], 'streams[0] has no key "nmae" (did you mean "name"?)'],
  [[{ name: 'a', colour: 1 }], 'streams[0] (a) has no key "colour"; it takes name, mode, retention,'],
  [[{ mode: 'capture' }], 'streams[0] needs a name'],
  [['a', { name: 'b', retention: { mesages: 5 } }], 'streams[1] (b): retention has no key "mesages" (did you mean "messages"?)'],
  [['a', { name: 'billing', retention: { age: 'soon' } }], 'streams[1] (billing): retention.age must be a duration like 500ms, 30s, 5m, 72h or 7d; it is "soon"'],
  [[{ name: 'a', retention: { age: '500ms' } }], 'streams[0] (a): retention.age must be from 1s to 36500d; it is "500ms"'],
  [[{ name: 'a', retention: { messages: 0 } }], 'streams[0] (a): retention.messages must be a whole number from 1'],
  [[{ name: 'a', retention: null }], 'streams[0] (a): retention must be an object with messages, age, bytes'],
  [[{ name: 'a', mode: 'delivr' }], 'streams[0] (a): mode must be one of capture, simulate, deliver; it is "delivr"'],
  [[{ name: 'a', delivery: [] }], 'streams[0] (a): delivery must be an object'],
  [[{ name: 'a', credentials: [{ user: 'u', password: 'hunter2', pasword: 'hunter2' }] }], 'streams[0] (a): credentials[0] has no key "pasword" (did you mean "password"?)'],
  [[{ name: 'a', credentials: [{ user: 'u' }] }], 'streams[0] (a): credentials[0].password is missing'],
  [[{ name: 'a', credentials: [{ user: 'u', password: 12_345 }] }], 'streams[0] (a): credentials[0].password must be a text: put it in quotes'],
  [['a', { name: 'a' }], 'streams[1] (a) is the second stream of this name: put what it says into streams[0]'],
  [[{ name: 'a', credentials: [{ user: 'app', password: 'hunter2' }] }, { name: 'b', credentials: [{ user: 'app', password: 'hunter2' }] }], 'streams[1] (b): credentials[0].user is "app", which is a login of streams[0] (a) already'],
  [{ name: 'a' }, 'streams must be a list of streams'],
  [[5], 'streams[0] must be the name of a stream, or an object'],
])('%j is refused where it is wrong', (value, sentence) => {
  expect(fault(value)).toContain(sentence);
  expect(fault(value)).not.toMatch(/hunter2|12345/);
});

test('what two places say of the default stream must not differ', () => {
  const own = (entry: object) => ({ ...defaults(), streams: streams(['a', { name: 'default', ...entry }]) });
  const capture = own({ mode: 'capture', retention: { messages: 5 } });
  expect(contradiction(capture)).toBeUndefined();
  expect(contradiction({ ...capture, mode: 'capture', retainMessages: 5, retainAge: null })).toBeUndefined();
  expect(contradiction({ ...capture, mode: 'deliver' })).toBe('mode and streams[1] (default): mode say different things of the same stream: say it in one place');
  expect(contradiction({ ...capture, retainMessages: 100_000 })).toMatch(/^retainMessages and streams\[1\] \(default\): retention\.messages /);
  expect(contradiction({ ...defaults(), streams: streams('a'), mode: 'deliver' })).toBeUndefined();
});
