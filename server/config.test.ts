import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, defaults, readConfig, SETTINGS } from './config.ts';
import { configurationPage } from './cli/help.ts';

test('the defaults are what the settings say', () => {
  expect(defaults()).toMatchObject({
    smtpListen: { host: '127.0.0.1', port: 1025 }, httpListen: { host: '127.0.0.1', port: 8025 }, smtpsListen: null,
    dataDir: './postern-data', token: null, smtpRequireTls: false, maxMessageSize: 50 * 1024 * 1024, retainAge: undefined, streams: [],
  });
});

test('the command line wins over the environment, and that over the file', () => {
  const env = { POSTERN_SMTP_LISTEN: '127.0.0.1:2', POSTERN_HTTP_LISTEN: ':0', POSTERN_TOKEN: '' };
  const config = readConfig({ env, args: ['--smtp-listen', '[::1]:3', '--smtp-require-tls', '--retain-age=7d'] });
  expect(config).toMatchObject({ smtpListen: { host: '::1', port: 3 }, httpListen: { host: '::', port: 0 }, smtpRequireTls: true, retainAge: 604_800_000, token: null });
});

test('an unknown key is an error that names the nearest one', () => {
  expect(() => readConfig({ env: { POSTERN_SMPT_LISTEN: ':1' } })).toThrow('No setting is named POSTERN_SMPT_LISTEN (did you mean POSTERN_SMTP_LISTEN?)');
  expect(() => readConfig({ args: ['--http-listne', ':1'] })).toThrow('No option is named --http-listne (did you mean --http-listen?)');
});

test.each([
  [['--smtp-listen', 'here'], '--smtp-listen must be host:port'],
  [['--smtp-listen', '1.2.3.4:70000'], 'must be host:port'],
  [['--max-message-size', 'lots'], 'must be a size'],
  [['--smtp-idle', 'soon'], 'must be a duration'],
  [['--log-level', 'loud'], 'must be one of silent, error'],
  [['--streams', 'Billing!'], '--streams[0] must have a name in lower case'],
  [['--streams', 'a,b,a'], '--streams[2] (a) is the second stream of this name'],
  [['--smtp-idle', '2h'], '--smtp-idle must be from 1s to 3600s'],
  [['--tls-cert', 'a.pem'], 'go together'],
  [['--smtp-starttls', 'off', '--smtp-require-tls'], 'smtpRequireTls with smtpStarttls=off shuts everybody out'],
  [['--rspamd-url', '127.0.0.1:11333'], 'must be a web address'],
  [['--spamd-address', 'here'], 'must be host:port'],
  [['--link-check', 'maybe'], 'must be on or off'],
  [['--smtp-listen'], 'needs a value, like --smtp-listen 127.0.0.1:1025'],
])('%j is refused with a sentence that teaches', (args, sentence) => {
  expect(() => readConfig({ args })).toThrow(ConfigError);
  expect(() => readConfig({ args })).toThrow(sentence);
});

test('a plain port that demands TLS and offers none is for who has a port with implicit TLS', () => {
  const shut = ['--smtp-starttls', 'off', '--smtp-require-tls'];
  expect(() => readConfig({ args: shut })).toThrow(/Leave smtpStarttls at auto, switch smtpRequireTls off, or give smtpsListen/);
  expect(readConfig({ args: [...shut, '--smtps-listen', ':1465'] })).toMatchObject({ smtpStarttls: 'off', smtpRequireTls: true });
  expect(readConfig({ args: ['--smtp-starttls', 'off'] })).toMatchObject({ smtpStarttls: 'off', smtpRequireTls: false });
});

test('what is wrong inside of a stream is told with the file, the stream and the key', () => {
  withFile('postern.yaml', 'streams:\n  - a\n  - name: billing\n    retention: { age: soon }\n', (file) => {
    expect(() => readConfig({ file })).toThrow(`${file}: streams[1] (billing): retention.age must be a duration like`);
  });
  withFile('postern.yaml', 'mode: deliver\nstreams: [{ name: default, mode: capture }]\n', (file) => {
    expect(() => readConfig({ file })).toThrow(/: mode and streams\[0\] \(default\): mode say different things/);
  });
});

test('what the store keeps can be given as it usually is, which is more than not to give it', () => {
  expect(defaults().retainMessages).toBeUndefined();
  expect(readConfig({ env: { POSTERN_RETAIN_MESSAGES: '100000', POSTERN_RETAIN_AGE: 'none' } })).toMatchObject({ retainMessages: 100_000, retainAge: null, retainBytes: undefined });
});

test('a token is never printed in an error', () => {
  expect(() => readConfig({ env: { POSTERN_TOKEN: 'hunter2' } })).toThrow(/^((?!hunter2).)*$/);
});

function withFile<T>(name: string, text: string, look: (file: string) => T): T {
  const file = join(mkdtempSync(join(tmpdir(), 'postern-config-')), name);
  writeFileSync(file, text);
  try {
    return look(file);
  } finally {
    rmSync(dirname(file), { recursive: true });
  }
}

test('a file in YAML says what the same file in JSON says', () => {
  const settings = { smtpListen: '127.0.0.1:2', smtpStarttls: 'on', retainAge: 'none', linkCheck: true, streams: [{ name: 'billing', tags: ['money'], retention: { age: '7d' }, delivery: { schedule: 'bulk' } }] };
  const yaml = `# Of the shop\nsmtpListen: 127.0.0.1:2\nsmtpStarttls: on\nretainAge: none\nlinkCheck: true\nstreams:\n  - name: billing\n    tags: [money]\n    retention: { age: 7d }\n    delivery:\n      schedule: bulk\n`;
  const read = (name: string, text: string) => withFile(name, text, (file) => readConfig({ args: ['--config', file] }));
  const expected = read('postern.config.json', JSON.stringify(settings));
  expect(expected.streams).toMatchObject([{ name: 'billing', retention: { age: 604_800_000 } }]);
  expect(read('postern.yaml', yaml)).toEqual(expected);
  expect(read('postern.yml', yaml)).toEqual(expected);
  expect(read('tabs.json', JSON.stringify(settings, null, '\t'))).toEqual(expected);
  expect(read('windows.json', `\uFEFF${JSON.stringify(settings, null, 2).replaceAll('\n', '\r\n')}`)).toEqual(expected);
});

test.each([
  ['postern.yaml', 'mode: simulate\nstreams: [billing\nlogLevel: info\n', /postern\.yaml cannot be read as JSON or YAML: .*line 3/],
  ['postern.yaml', 'mode: simulate\nmode: capture\n', /postern\.yaml .*unique at line 2/],
  ['postern.json', '{\n  "mode": "simulate"\n  "logLevel": "info"\n}', /postern\.json .*line 3/],
  ['postern.yaml', 'streams:\n  - { name: a, credentials: [{ user: u, password: !hunter2 }] }\n', /line 2: put a value that begins with "!" in quotes/],
  ['postern.yaml', 'token: *hunter2\n', /begins with "\*" in quotes/],
  ['postern.yaml', 'token: "hunter2-hunter2\n', /postern\.yaml cannot be read/],
  ['postern.yaml', 'smptListen: ":1"\n', /postern\.yaml: no setting is named "smptListen" \(did you mean "smtpListen"\?\)/],
  ['postern.yaml', '- mode\n', /must hold one object/],
])('%s that is wrong is named, with the line, and nothing of a secret: %j', (name, text, sentence) => {
  withFile(name, text, (file) => {
    expect(() => readConfig({ file })).toThrow(ConfigError);
    expect(() => readConfig({ file })).toThrow(sentence);
    expect(() => readConfig({ file })).toThrow(/^((?!hunter2).)*$/);
  });
});

test('a file that is not there is an error that names it', () => {
  expect(() => readConfig({ args: ['--config', '/nowhere/postern.yaml'] })).toThrow(/^\/nowhere\/postern\.yaml cannot be read: .*no such file/);
});

test('a password of a stream is never printed in an error', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'postern-config-')), 'postern.config.json');
  writeFileSync(file, JSON.stringify({ streams: [{ name: 'Not One', credentials: [{ user: 'app', password: 'hunter2-hunter2' }] }] }));
  expect(() => readConfig({ file })).toThrow(/must have a name/);
  expect(() => readConfig({ file })).toThrow(/^((?!hunter2).)*$/);
  rmSync(dirname(file), { recursive: true });
});

test('what Kubernetes tells of a service named postern is no setting, and no error', () => {
  const env = { POSTERN_SERVICE_HOST: '10.0.0.7', POSTERN_SERVICE_PORT: '1025', POSTERN_SERVICE_PORT_SMTP: '1025', POSTERN_PORT: 'tcp://10.0.0.7:1025', POSTERN_PORT_1025_TCP: 'tcp://10.0.0.7:1025', POSTERN_PORT_1025_TCP_ADDR: '10.0.0.7' };
  expect(readConfig({ env })).toEqual(defaults());
});

test('the configuration page says what the table says', () => {
  expect(readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8')).toBe(configurationPage());
  expect(Object.keys(SETTINGS).length).toBeGreaterThan(20);
});
