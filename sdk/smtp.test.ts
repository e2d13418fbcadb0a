import { expect, test } from 'vitest';
import { accessTo, withLogin } from './smtp.ts';

const said = { host: '127.0.0.1', port: 1025, user: null, password: null, url: '', starttls: true, tls: 'named' as const, tlsPort: null };

test('on this machine the settings are as they were said', () => {
  expect(accessTo(said, 'http://localhost:8025')).toMatchObject({ host: '127.0.0.1', url: 'smtp://127.0.0.1:1025' });
});

test.each([['http://postern:8025', '127.0.0.1', 'postern', 'smtp://postern:1025'], ['http://127.0.0.1:8025', '0.0.0.0', '127.0.0.1', 'smtp://127.0.0.1:1025'], ['http://[fd00::1]:8025', '::', 'fd00::1', 'smtp://[fd00::1]:1025'], ['http://postern:8025', 'mail.test', 'mail.test', 'smtp://mail.test:1025']])('over %s, a listener on %s is reached at %s', (http, host, seen, url) => {
  expect(accessTo({ ...said, host }, http)).toMatchObject({ host: seen, url });
});

test('a login stands in the URL, encoded, and in the options of nodemailer', () => {
  const { url, transport } = withLogin(said, 'a@b', 'p:/w');
  expect(new URL(url)).toMatchObject({ username: 'a%40b', password: 'p%3A%2Fw', host: '127.0.0.1:1025' });
  expect(transport).toEqual({ host: '127.0.0.1', port: 1025, auth: { user: 'a@b', pass: 'p:/w' }, tls: { rejectUnauthorized: false } });
});
