import { expect, test } from 'vitest';
import { defaults } from '../config.ts';
import { greeting } from './greeting.ts';

const addresses = { http: 'http://127.0.0.1:8025', smtp: { host: '127.0.0.1', port: 1025 }, pid: 1 };
const mode = 'capture' as const;

test('an open sandbox says where it is and how to send a first mail', () => {
  const said = greeting({ addresses, mode, token: null, tokenMade: false, loginRequired: false }, defaults());
  expect(said).toContain('SMTP   127.0.0.1:1025\n');
  expect(said).toContain('curl -s smtp://127.0.0.1:1025 --mail-from');
  expect(said).not.toMatch(/Token|login/);
});

test('a token is shown when it was made, and later only where it lies', () => {
  const config = { ...defaults(), dataDir: '/data' };
  const facts = { addresses, mode, token: 'a-token-of-some-length', loginRequired: false };
  expect(greeting({ ...facts, tokenMade: true }, config)).toContain('a-token-of-some-length  (kept in the data folder');
  expect(greeting({ ...facts, tokenMade: true }, { ...config, dataDir: ':memory:' })).toContain('(another at each start');
  const later = greeting({ ...facts, tokenMade: false }, config);
  expect(later).toContain('Token  the one in /data/token');
  const own = greeting({ ...facts, tokenMade: false }, { ...config, token: facts.token });
  expect(later + own).not.toContain(facts.token);
});

test('where SMTP asks for a login, it says how to make one', () => {
  const said = greeting({ addresses, mode, token: null, tokenMade: false, loginRequired: true }, defaults());
  expect(said).toContain('curl -s -X POST http://127.0.0.1:8025/v1/streams/default/credentials\n');
  expect(said).toContain('-u USER:PASSWORD');
});

test('the line that makes a login can be pasted as it stands: no variable is asked for that nobody set', () => {
  const config = { ...defaults(), dataDir: "/it's data" };
  const facts = { addresses, mode, token: 'a-token-of-some-length', loginRequired: true };
  const line = (made: boolean, own = config) => /^ {2}curl -s -X POST.*$/m.exec(greeting({ ...facts, tokenMade: made }, own))![0];
  expect(line(true)).toContain('-H "Authorization: Bearer a-token-of-some-length" http://127.0.0.1:8025/v1/streams/default/credentials');
  expect(line(true, { ...config, dataDir: ':memory:' })).toContain('Bearer a-token-of-some-length"');
  expect(line(false)).toContain(`-H "Authorization: Bearer $(cat '/it'\\''s data/token')"`);
  expect(line(false, { ...config, token: facts.token })).toContain('Bearer $POSTERN_TOKEN"');
});

test('streams that deliver are named, with what stands in their way', () => {
  const facts = { addresses, mode, token: null, tokenMade: false, loginRequired: false };
  const on = { on: true, since: 0, by: '', reason: '' };
  const said = (streams: string[], permitted: boolean, position = on) => /^ {2}Live {3}.*$/m.exec(greeting(facts, defaults(), { streams, gate: { permitted, switch: position } }))?.[0];
  expect(said([], false)).toBeUndefined();
  expect(said(['app'], false)).toBe('  Live   app: in mode deliver, but POSTERN_DELIVERY is not on; what comes is queued and waits');
  expect(said(['app', 'shop'], true)).toBe('  Live   app, shop: mail goes out for real, to whom the allow lists name');
  expect(said(['app'], true, { ...on, on: false, by: 'signal SIGUSR2' })).toContain('stopped by signal SIGUSR2; what comes is queued and waits. POST /v1/delivery/start');
  expect(said(['a', 'b', 'c', 'd', 'e', 'f'], true)).toContain('a, b, c, d and 2 more:');
});

test('a default stream that simulates and the port of the pretend remote are named, and only then', () => {
  const facts = { addresses, mode, token: null, tokenMade: false, loginRequired: false };
  expect(greeting(facts, defaults())).not.toMatch(/Mode|Remote|simulate/);
  expect(greeting({ ...facts, mode: 'simulate' }, defaults())).toMatch(/^ {2}Mode {3}simulate: .*pretend remote/m);
  const said = greeting({ ...facts, addresses: { ...addresses, remote: { host: '::1', port: 2525 } } }, { ...defaults(), remoteStream: 'billing' });
  expect(said).toMatch(/^ {2}Remote \[::1\]:2525, .*\(stream billing\)$/m);
  expect(said).not.toContain('Mode');
});
