/**
 * A sandbox of one's own in this process: free ports on loopback, mail kept
 * in memory unless told otherwise, no log. The server is loaded here and only
 * here, when asked for: a client never sees its code.
 */
import type { Config } from '../server/config.ts';
import type { StreamMode } from './contract.ts';
import { PosternError } from './errors.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

export type StartOptions = {
  /** `:memory:` by default; a folder keeps the mail. */
  dataDir?: string;
  /** `host:port`; port 0, the default, is any free one. */
  http?: string;
  smtp?: string;
  /** Asked from HTTP clients; this sandbox object has it. */
  token?: string;
  /** Of the stream `default`: `simulate` queues its mail and delivers it to the pretend remote side. */
  mode?: StreamMode;
  /** The first key of real delivery: without it nothing leaves for the internet, whatever the streams say. */
  delivery?: boolean;
  /** DNS resolvers that real delivery asks, `127.0.0.1:5353`; the system's unless said. */
  resolver?: string | string[];
  /** The port of the mail servers; 25 unless said. */
  deliveryPort?: number;
  /** Networks that it may go to although they are loopback, private or reserved: `127.0.0.0/8`. */
  deliveryPrivate?: string | string[];
  /** Folder of the DKIM keys; `dkim` in a `dataDir` unless said. */
  dkimDir?: string;
  /** Address of the unsubscribe page, as the world sees it. */
  publicUrl?: string;
  /** Streams that exist from the start. */
  streams?: string[];
  /** Further settings, by the names of docs/configuration.md. */
  settings?: Settings;
};

/** As in a file of settings: `{ maxMessageSize: '1m', smtpStarttls: 'on', smtpRequireTls: true }`. */
export type Settings = { [Name in keyof Config]?: string | number | boolean | string[] };

/** Each option, and the setting that it is. */
const OPTIONS = {
  dataDir: 'dataDir', http: 'httpListen', smtp: 'smtpListen', token: 'token', delivery: 'delivery', resolver: 'resolver',
  deliveryPort: 'deliveryPort', deliveryPrivate: 'deliveryPrivate', dkimDir: 'dkimDir', publicUrl: 'publicUrl', streams: 'streams',
} as const satisfies Record<Exclude<keyof StartOptions, 'mode' | 'settings'>, keyof Config>;

const defined = (options: object): object => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

export async function start(options: StartOptions = {}): Promise<Sandbox> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // better-sqlite3 ends the process without a word on what is older.
  if (major < 22 || (major === 22 && minor < 18)) throw new PosternError(`start() runs the server in this process and needs Node 22.18 or newer; this is ${process.versions.node}. connect(url) works from Node 20 on.`);
  const [{ assemble }, { OperatorError, readConfig }] = await Promise.all([import('../server/assemble.ts'), import('../server/config.ts')]);
  const { mode, settings = {}, ...own } = options;
  if (typeof settings !== 'object' || settings === null) throw new PosternError('`settings` of start() is an object, by the names of docs/configuration.md');
  const values: Record<string, unknown> = { logLevel: 'silent' };
  for (const [name, value] of Object.entries({ dataDir: ':memory:', http: '127.0.0.1:0', smtp: '127.0.0.1:0', ...defined(own) })) {
    if (!Object.hasOwn(OPTIONS, name)) throw new PosternError(`start() has no option \`${name}\`; it has ${[...Object.keys(OPTIONS), 'mode', 'settings'].join(', ')}. Any other setting goes into { settings: { … } }`);
    values[OPTIONS[name as keyof typeof OPTIONS]] = value;
  }
  const called = (name: string) => (Object.hasOwn(settings, name) ? `\`settings.${name}\`` : `\`${Object.entries(OPTIONS).find(([, setting]) => setting === name)?.[0] ?? name}\``);
  const running = await (async () => assemble(readConfig({ given: { values: { ...values, ...defined(settings) }, called: (name) => `${called(name)} of start()` } })))().catch((error: unknown) => {
    if (!(error instanceof OperatorError)) throw error;
    throw new PosternError(error.message.replaceAll(/(?<![.`])\b(?:http|smtp)Listen\b/g, called), { cause: error });
  });
  try {
    const sandbox = await openSandbox({ url: running.addresses.http, token: running.token ?? undefined, stop: () => running.close() });
    if (mode) await sandbox.api.changeStream('default', { mode });
    return sandbox;
  } catch (error) {
    await running.close();
    throw error;
  }
}
