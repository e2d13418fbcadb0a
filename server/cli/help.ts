/** Pages made from the table of settings: `postern start --help` and docs/configuration.md. */
import { stringify } from 'yaml';
import { envOf, flagOf, SETTINGS } from '../config.ts';

const SAMPLE = { smtpListen: '127.0.0.1:1025', dataDir: './postern-data', streams: [{ name: 'billing', tags: ['money'], retention: { age: '7d' }, credentials: [{ user: 'billing', password: 'a-long-password' }] }] };

export function startHelp(): string {
  const lines = Object.entries(SETTINGS).map(([name, { shown, says }]) => `  ${flagOf(name)}\n      ${says.replaceAll('`', '')}${shown ? ` [${shown}]` : ''}`);
  return [
    'postern start [options]',
    '',
    'Starts the sandbox. Each option is also an environment variable (--smtp-listen is',
    'POSTERN_SMTP_LISTEN) and a key of the file given by --config (smtpListen).',
    '',
    '  --config\n      A JSON or YAML file with settings.',
    ...lines,
    '',
  ].join('\n');
}

export function configurationPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, { shown, says }]) => `| \`${name}\` | \`${flagOf(name)}\` | \`${envOf(name)}\` | ${shown ? `\`${shown}\`` : ''} | ${says.replaceAll('|', '\\|')} |`);
  return [
    '# Configuration',
    '',
    '<!-- Made from the table in server/config.ts by `npm run docs`. -->',
    '',
    'Every setting can be given on the command line, in the environment, or in a JSON or YAML file (`--config postern.yaml` or `POSTERN_CONFIG`; without either, `postern.config.json` of the working folder where there is one); the first of these that names it wins. A key that does not exist is an error. Sizes are written like `500k`, `25m`, `2g`, durations like `500ms`, `30s`, `5m`, `72h`, `7d`.',
    '',
    '| in the file | option | environment | default | what it does |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '```json',
    JSON.stringify(SAMPLE, null, 2),
    '```',
    '',
    'The same in YAML:',
    '',
    '```yaml',
    stringify(SAMPLE).trimEnd(),
    '```',
    '',
    '## Streams',
    '',
    'A stream of `streams` that is not there yet is made. One that is, `default` included, is changed at every start, in exactly the keys that its entry names; of `retention` and `delivery`, too, only what is named. So what a file says holds whatever the API said before, and what it does not name stays as the API set it. The same goes for `mode` and the three `retain…` settings, which speak of the default stream: a value that is given counts also when it is the usual one. The audit log and the events name `configuration` as who changed a mode.',
    '',
    'A new mode counts for mail that comes from then on. Logins that are named open that stream with that password; others stay. A stream that is no longer named stays, with its mail: `DELETE /v1/streams/{stream}` removes one.',
    '',
    'A key that does not exist is an error here as well, and so is a stream or a user name that comes twice, or a default stream of which two places say different things.',
    '',
    '## Once it runs',
    '',
    'Once it is ready, Postern prints its addresses and writes them to `postern.json` in the data folder:',
    '',
    '```json',
    JSON.stringify({ http: 'http://127.0.0.1:8025', smtp: { host: '127.0.0.1', port: 1025 }, remote: { host: '127.0.0.1', port: 2525 }, pid: 1 }),
    '```',
    '',
    '`remote` is there when `remoteListen` is set, and `smtps` when `smtpsListen` is.',
    '',
  ].join('\n');
}
