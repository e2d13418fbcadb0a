import { expect, test } from 'vitest';
import { masked, Transcript, TRANSCRIPT_LIMITS } from './transcript.ts';

test('the beginning of the connection stays, a finished transaction goes', () => {
  const transcript = new Transcript();
  transcript.add('connection', 'C', 'EHLO a.test', 1);
  transcript.add('transaction', 'C', 'MAIL FROM:<a@b.test>', 2);
  expect(transcript.lines().map(({ line }) => line)).toEqual(['EHLO a.test', 'MAIL FROM:<a@b.test>']);
  transcript.endTransaction();
  expect(transcript.lines()).toEqual([{ at: 1, by: 'C', line: 'EHLO a.test' }]);
});

test('a long transaction keeps its beginning and its end, and says how many lines are missing', () => {
  const transcript = new Transcript();
  for (let i = 0; i < 50_000; i++) transcript.add('transaction', 'C', `line ${i}`, i);
  const lines = transcript.lines();
  expect(lines).toHaveLength(TRANSCRIPT_LIMITS.transaction);
  expect(lines[0]!.line).toBe('line 0');
  expect(lines.at(-1)!.line).toBe('line 49999');
  const note = lines.findIndex(({ by }) => by === '*');
  expect(lines[note]!.line).toBe(`${50_000 - (TRANSCRIPT_LIMITS.transaction - 1)} lines left out`);
  expect(lines[note + 1]!.line).toBe('line 49900');
});

test('nothing is left out before the limit', () => {
  const transcript = new Transcript();
  for (let i = 0; i < TRANSCRIPT_LIMITS.transaction - 1; i++) transcript.add('transaction', 'S', `line ${i}`, i);
  const lines = transcript.lines();
  expect(lines).toHaveLength(TRANSCRIPT_LIMITS.transaction - 1);
  expect(lines.some(({ by }) => by === '*')).toBe(false);
});

test('a long line is cut and control characters are shown', () => {
  const transcript = new Transcript();
  transcript.add('connection', 'C', `a\rb\0${'x'.repeat(10_000)}`, 1);
  const [entry] = transcript.lines();
  expect(entry!.line.slice(0, 10)).toBe('a\\x0db\\x00');
  expect(entry!.line.length).toBeLessThan(TRANSCRIPT_LIMITS.line + 100);
});

test.each([
  ['AUTH PLAIN AGFubgBwdw==', 'AUTH PLAIN ***'],
  ['auth login dXNlcg==', 'auth login ***'],
  ['  AUTH\tPLAIN\tAGFubgBwdw== x', '  AUTH\tPLAIN ***'],
  ['AUTH CRAM-MD5', 'AUTH CRAM-MD5'],
  ['MAIL FROM:<a@b.test> AUTH=<>', 'MAIL FROM:<a@b.test> AUTH=<>'],
])('%j is shown as %j', (line, shown) => expect(masked(line)).toBe(shown));

test('an EHLO that repeats takes the place of the earlier one, but not of one before TLS or a login', () => {
  const transcript = new Transcript();
  const say = (line: string) => transcript.add('connection', 'C', line, 1);
  say('greeting');
  for (let i = 0; i < 1_000; i++) {
    transcript.hello();
    say(`EHLO ${i}`);
  }
  say('STARTTLS');
  transcript.pin();
  for (const line of ['EHLO tls', 'EHLO again']) {
    transcript.hello();
    say(line);
  }
  expect(transcript.lines().map(({ line }) => line)).toEqual(['greeting', 'EHLO 999', 'STARTTLS', 'EHLO again']);
});
