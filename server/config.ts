/**
 * Every setting once: its name, default, parser and a sentence. The command
 * line, the environment, the optional file, `--help` and
 * docs/configuration.md are all made from this table. A wrong value or an
 * unknown key is a ConfigError whose message says what to write instead.
 *
 * `smtpListen` is `--smtp-listen`, `POSTERN_SMTP_LISTEN`, and `smtpListen` in
 * the file; that is also the order of precedence.
 */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { type ConfiguredStream, contradiction, streams } from './config-streams.ts';
import { bool, count, duration, hostname, type Listen, list, listen, oneOf, optionalListen, optionalPath, orNone, path, resolvers, share, size, text, webAddress, Wrong, wrong } from './config-values.ts';
import { DEFAULT_STREAM, STREAM_MODES, STREAM_NAME, type StreamMode } from './mail/stream.ts';
import { nearest } from './nearest.ts';
import { OperatorError } from './operator-error.ts';

export type { ConfiguredStream, Listen };
/** The SDK's start() sees this file and assemble.ts alone: what both may throw is known from here. */
export { OperatorError };

export class ConfigError extends OperatorError {
  override name = 'ConfigError';
}

type Setting<T> = {
  fallback: T;
  /** How the default reads on a page. */
  shown: string;
  /** Takes text (command line, environment) or a JSON value (file); throws a sentence that begins with a verb: "must be …". */
  parse: (value: unknown) => T;
  says: string;
  /** Never printed. */
  secret?: true;
};

/** What the store keeps is left as it is when nobody says: "not given" is a value of its own, which no given one can equal. */
function kept<T>(shown: string, parse: (value: unknown) => T, says: string): Setting<T | undefined> {
  return { fallback: undefined, shown, parse, says: `${says} \`${shown}\` in a new data folder; left as it is when not given.` };
}

function setting<T>(shown: string, parse: (value: unknown) => T, says: string, extra: { secret?: true } = {}): Setting<T> {
  return { fallback: parse(shown === '' ? null : shown), shown, parse, says, ...extra };
}

const MEGA = 1024 * 1024;

export const SETTINGS = {
  smtpListen: setting('127.0.0.1:1025', listen, 'Where SMTP is taken (plain, with STARTTLS). `:1025` is every interface; port 0 any free one.'),
  smtpsListen: setting<Listen | null>('off', optionalListen, 'A second SMTP listener with implicit TLS, for instance `127.0.0.1:1465`.'),
  httpListen: setting('127.0.0.1:8025', listen, 'Where the API and the web inbox are.'),
  dataDir: setting('./postern-data', path, 'The folder of the database, of the self-made certificate and (unless `dkimDir` names another) of the DKIM keys; `:memory:` keeps nothing.'),
  token: setting<string | null>('', (value) => (value === null ? null : text(value).length >= 8 ? text(value) : wrong('must have at least 8 characters')), 'What HTTP clients must present (Bearer, or as the password of Basic). Made and printed at the first start when HTTP is bound to more than loopback and none is given.', { secret: true }),
  httpHosts: setting<string[]>('', (value) => (value === null ? [] : list(value)), 'Further host names (comma separated) under which the HTTP side may be called, such as `postern` in a compose file. Guards against DNS rebinding.'),
  httpOrigins: setting<string[]>('', (value) => (value === null ? [] : list(value)), 'Further web origins (comma separated) whose pages may call the API and open sockets.'),
  smtpLogin: setting('auto', oneOf('auto', 'required', 'open'), '`required` asks for the credentials of a stream, `open` takes any login and none; `auto` is open on loopback and required elsewhere.'),
  smtpStarttls: setting('auto', oneOf('auto', 'on', 'off'), '`on` names STARTTLS in EHLO. `auto` does so with a certificate of yours; with the self-made one it does STARTTLS for who asks, but does not name it, because nodemailer, Rails, Laravel, Go and others would upgrade by themselves and then refuse the certificate.'),
  smtpRequireTls: setting('off', bool, 'Refuse mail before STARTTLS. With `smtpStarttls` off that is all mail, which is an error unless there is `smtpsListen`.'),
  smtpName: setting('postern.test', hostname, 'The name of this server: in the SMTP greeting, in EHLO where a source has no `helo`, in trace fields and notices.'),
  tlsCert: setting<string | null>('', optionalPath, 'A certificate (PEM) for STARTTLS and implicit TLS; without one, Postern makes its own.'),
  tlsKey: setting<string | null>('', optionalPath, 'The key (PEM) of `tlsCert`.'),
  maxMessageSize: setting('50m', size(1024), 'Largest message taken, announced in SIZE.'),
  maxRecipients: setting('1000', count(1, 1_000_000), 'Most recipients of one message.'),
  maxClients: setting('1000', count(1, 100_000), 'Most SMTP connections at once.'),
  maxInFlight: setting('256m', size(MEGA), 'Message bytes held in memory over all clients before new mail is put off.'),
  smtpIdle: setting('5m', duration(1000, 3_600_000), 'An SMTP client that is silent for so long is sent away (RFC 5321 §4.5.3.2.7 asks for 5 minutes).'),
  smtpSlow: setting('60s', duration(1000, 3_600_000), 'A client that sends less than 1 kB of a message within this time is sent away.'),
  smtpEarlyTalker: setting('0s', duration(0, 10_000), 'Wait so long before the greeting, and refuse clients that talk first. 0 greets at once.'),
  inboxDomain: setting('postern.test', hostname, 'The domain of the addresses that `POST /v1/inboxes` makes.'),
  retainMessages: kept<number | null>('100000', orNone(count(1, 1e9)), 'Messages kept in the default stream, the newest; `none` for no limit.'),
  retainAge: kept<number | null>('none', orNone(duration(1000, 100 * 365 * 86_400_000)), 'How long messages of the default stream are kept.'),
  retainBytes: kept<number | null>('10g', orNone(size(1)), 'Bytes of messages kept in the default stream.'),
  streams: setting<ConfiguredStream[]>('', (value) => (value === null ? [] : streams(value)), 'Streams that exist from the start: names, comma separated, or in the file objects with `name`, `mode`, `retention`, `tags`, `credentials`, `delivery` and `scenario` (an object, or the path of a file). See below.', { secret: true }),
  mode: setting<StreamMode | null>('', (value) => (value === null ? null : oneOf(...STREAM_MODES)(value)), 'What the default stream does with mail: `capture` keeps it in the inbox, `simulate` also delivers it to the pretend remote, `deliver` for real where its allow list says so. Left as it is when not given.'),
  scenario: setting<string | null>('', optionalPath, 'A file (JSON or YAML) with the scenario of the default stream: what its pretend remote says.'),
  remoteListen: setting<Listen | null>('off', optionalListen, 'A port on which the pretend remote can be reached by any MTA, for instance `127.0.0.1:2525`. It takes mail and answers from the scenario; nothing is kept in an inbox.'),
  remoteStream: setting(DEFAULT_STREAM, (value) => (STREAM_NAME.test(text(value)) ? text(value) : wrong('must be the name of a stream')), 'The stream whose scenario and clock `remoteListen` has.'),
  queueAlert: setting<number | null>('1h', orNone(duration(1000, 365 * 86_400_000)), 'An event tells when the oldest waiting recipient of a stream is older than this.'),
  delivery: setting('off', bool, 'The first of the three keys of real delivery: without it nothing of any stream leaves for the internet. The others are a stream\'s mode `deliver` and its allow list.'),
  resolver: setting<Listen[]>('', (value) => (value === null ? [] : resolvers(value)), 'DNS resolvers that real delivery asks (comma separated, like `127.0.0.1:53`), the next when one fails; without any, those of /etc/resolv.conf.'),
  resolverTrusted: setting('auto', oneOf('auto', 'on', 'off'), 'Whether to believe the resolvers that DNSSEC vouches for an answer, as DANE needs; `auto` believes those on loopback.'),
  deliveryPort: setting('25', count(1, 65_535), 'The port of other people\'s mail servers. Another one than 25 is for tests.'),
  deliveryPrivate: setting<string[]>('', (value) => (value === null ? [] : list(value)), 'Networks (`127.0.0.0/8`, comma separated) that real delivery may go to although they are loopback, private or reserved. For tests and for mail inside of a network of yours.'),
  deliveryConnections: setting('200', count(1, 10_000), 'Connections of real delivery that are open at once, over all streams and sites.'),
  deliveryCa: setting<string | null>('', optionalPath, 'A file (PEM) of authorities to believe beside the usual ones, where a receiver\'s policy (MTA-STS) or a relay asks for a certificate that holds.'),
  mxListen: setting<Listen | null>('off', optionalListen, 'Where bounces and complaints come in from the internet, for instance `:25`: only mail for the return-path domains of streams is taken, nothing is relayed.'),
  publicUrl: setting<string | null>('', (value) => (value === null || value === '' ? null : webAddress(value).replace(/\/+$/, '')), 'The address (https://…) under which the world reaches the unsubscribe page of this Postern.'),
  dkimDir: setting<string | null>('', optionalPath, 'The folder of the DKIM keys; without one, `dkim` in `dataDir`.'),
  bounceAlert: setting<number | null>('5%', orNone(share), 'An event tells when more than this share of a live stream\'s mail bounced within an hour.'),
  complaintAlert: setting<number | null>('0.1%', orNone(share), 'An event tells when more than this share of a live stream\'s delivered mail was complained about within a day.'),
  rspamdUrl: setting<string | null>('', (value) => (value === null || text(value) === 'off' ? null : webAddress(value)), 'The rspamd that checks of a message ask for a score, for instance `http://127.0.0.1:11333`. It is handed the whole message; without one, none is asked.'),
  spamdAddress: setting<Listen | null>('off', optionalListen, 'The spamd (SpamAssassin) that checks of a message ask for a score, for instance `127.0.0.1:783`. It is handed the whole message.'),
  linkCheck: setting('off', bool, 'Checks of a message also ask each web address that it links to (public addresses only, HEAD first). Off, nothing leaves the machine.'),
  logLevel: setting('info', oneOf('silent', 'error', 'warn', 'info', 'debug', 'trace'), 'How much is logged: `info` is one line per message.'),
  logFormat: setting('auto', oneOf('auto', 'json', 'text'), '`json` lines or readable `text`; `auto` is text on a terminal.'),
} as const satisfies Record<string, Setting<unknown>>;

export type Config = { -readonly [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K]['fallback'] };
type Name = keyof Config;

/** Environment variables of the house that are no settings of the server. */
const FOREIGN = ['POSTERN_URL', 'POSTERN_CHROMIUM', 'POSTERN_CONFIG'];
/** What Kubernetes and Docker links put into every container beside a service that is named `postern`. */
const SERVICE_LINK = /^POSTERN_(?:NAME|SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

const words = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
export const flagOf = (name: string): string => `--${words(name)}`;
export const envOf = (name: string): string => `POSTERN_${words(name).replaceAll('-', '_').toUpperCase()}`;

export function defaults(): Config {
  return Object.fromEntries(Object.entries(SETTINGS).map(([name, one]) => [name, one.fallback])) as Config;
}

export type ConfigSource = {
  args?: string[];
  env?: Record<string, string | undefined>;
  file?: string;
  /** By the names of the table, from a program; `called` is what that program calls a name, for its errors. Undefined is not given. */
  given?: { values: Record<string, unknown>; called: (name: string) => string };
};

/** Reads command line, environment, file, or what a program gives. Throws ConfigError. */
export function readConfig(source: ConfigSource): Config {
  const config = defaults() as Record<string, unknown>;
  const set = (name: string, from: string, value: unknown, said = value) => {
    try {
      config[name] = SETTINGS[name as Name].parse(value);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      const got = SETTINGS[name as Name] as Setting<unknown>;
      // `postern.yaml: "streams"` and `[1] (billing)` are one place; so are "`streams` of start()" and it.
      const where = error.place === '' ? from : from.startsWith('`') ? from.replace(/(?<=^`[^`]*)(?=`)/, error.place) : `${from.replace(/"(\w+)"$/, '$1')}${error.place}`;
      throw new ConfigError(`${where} ${error.message}${got.secret ? '' : `; it is ${JSON.stringify(said)}`}`);
    }
  };
  const flags = readFlags(source.args ?? []);
  const env = source.env ?? {};
  const file = flags.get('config') ?? env['POSTERN_CONFIG'] ?? source.file;

  if (file !== undefined) for (const [key, value] of Object.entries(readFile(file))) {
    if (!Object.hasOwn(SETTINGS, key)) throw new ConfigError(`${file}: no setting is named "${key}"${nearest(key, Object.keys(SETTINGS), ' (did you mean "%"?)')}`);
    set(key, `${file}: "${key}"`, value);
  }
  // The environment and the command line may say otherwise: they come before the file.
  const twice = contradiction(config as Config);
  if (twice !== undefined) throw new ConfigError(`${file}: ${twice}`);
  const byEnv = new Map(Object.keys(SETTINGS).map((name) => [envOf(name), name]));
  for (const [key, value] of Object.entries(env)) {
    if (!key.startsWith('POSTERN_') || value === undefined || FOREIGN.includes(key) || SERVICE_LINK.test(key)) continue;
    const name = byEnv.get(key);
    if (name === undefined) throw new ConfigError(`No setting is named ${key}${nearest(key, [...byEnv.keys()], ' (did you mean %?)')}`);
    if (value !== '') set(name, key, value);
  }
  for (const [name, value] of flags) if (name !== 'config') set(name, flagOf(name), value);
  const { values = {}, called = String } = source.given ?? {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(SETTINGS, name)) throw new ConfigError(`There is no setting ${called(name)}${nearest(name, Object.keys(SETTINGS), ' (did you mean `%`?)')}`);
    set(name, called(name), typeof value === 'number' || typeof value === 'boolean' ? String(value) : value, value);
  }

  const done = config as Config;
  if ((done.tlsCert === null) !== (done.tlsKey === null)) throw new ConfigError('tlsCert and tlsKey go together: give both or neither');
  if (done.smtpRequireTls && done.smtpStarttls === 'off' && done.smtpsListen === null) throw new ConfigError('smtpRequireTls with smtpStarttls=off shuts everybody out: smtpListen would demand TLS and offer none. Leave smtpStarttls at auto, switch smtpRequireTls off, or give smtpsListen a port with implicit TLS');
  return done;
}

function readFlags(args: string[]): Map<string, string> {
  const known = new Map<string, string>(Object.keys(SETTINGS).map((name) => [flagOf(name), name]));
  known.set('--config', 'config');
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [flag = '', ...rest] = args[i]!.split('=');
    const name = known.get(flag);
    if (name === undefined) throw new ConfigError(`No option is named ${flag}${nearest(flag, [...known.keys()], ' (did you mean %?)')}; --help lists them`);
    const isSwitch = name !== 'config' && SETTINGS[name as Name].parse === (bool as unknown);
    if (rest.length > 0) flags.set(name, rest.join('='));
    else if (isSwitch && (i + 1 >= args.length || args[i + 1]!.startsWith('--'))) flags.set(name, 'on');
    else if (++i < args.length) flags.set(name, args[i]!);
    else throw new ConfigError(`${flag} needs a value, like ${flag} ${name === 'config' ? 'postern.config.json' : SETTINGS[name as Name].shown || '…'}`);
  }
  return flags;
}

/** JSON is YAML, so one reader takes both and knows the line of a fault. Nothing of the text itself is repeated: it may be a password. */
function readFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}`);
  }
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) throw new ConfigError(`${file} cannot be read as JSON or YAML: ${fault.message.split('\n', 1)[0]!.replace(/:$/, '')}`);
  // A tag that nobody knows would leave an empty value.
  const [tag] = document.warnings;
  if (tag) throw new ConfigError(`${file}, line ${tag.linePos?.[0].line}: put a value that begins with "!" in quotes`);
  let content: unknown;
  try {
    content = document.toJS();
  } catch {
    throw new ConfigError(`${file} uses an alias that nothing in it stands for; put a value that begins with "*" in quotes`);
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content)) throw new ConfigError(`${file} must hold one object with settings`);
  const { $schema: _schema, ...settings } = content as Record<string, unknown>;
  return settings;
}
