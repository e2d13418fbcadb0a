/**
 * Which running sandbox a verb speaks to: the one it is told, else the one
 * of POSTERN_URL, else the one that wrote `postern.json` into the data
 * folder, else the default addresses. Nothing is asked of the network here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, PosternError, type Addresses, type Sandbox } from '../../sdk/client.ts';
import { EX, Failure, hostPort, type SmtpTarget } from './options.ts';
import type { Io } from './verb.ts';

const DEFAULT_HTTP = 'http://127.0.0.1:8025';
const DEFAULT_SMTP = { host: '127.0.0.1', port: 1025 };

/** Options of every verb that speaks to a sandbox. */
export const TARGET_OPTIONS = { url: { type: 'string' }, token: { type: 'string' }, 'data-dir': { type: 'string' } } as const;
export const TARGET_HELP = `  --url URL          the sandbox [POSTERN_URL, else the one of the data folder, else ${DEFAULT_HTTP}]
  --token TOKEN      its token [POSTERN_TOKEN, else the one of the data folder]
  --data-dir DIR     where to look for postern.json [POSTERN_DATA_DIR, else ./postern-data]
`;

export type TargetValues = { url?: string | undefined; token?: string | undefined; 'data-dir'?: string | undefined };

export function dataDir(values: TargetValues, io: Io): string {
  return values['data-dir'] ?? (io.env['POSTERN_DATA_DIR'] || './postern-data');
}

/** What a running sandbox wrote about itself; undefined when there is nothing to read (yet). */
export function addressesIn(dir: string): Addresses | undefined {
  try {
    const said = JSON.parse(readFileSync(join(dir, 'postern.json'), 'utf8')) as Addresses;
    return typeof said.http === 'string' && typeof said.smtp?.port === 'number' ? said : undefined;
  } catch {
    return undefined;
  }
}

export function httpTarget(values: TargetValues, io: Io): { url: string; token: string | undefined } {
  const dir = dataDir(values, io);
  const told = values.url ?? (io.env['POSTERN_URL'] || undefined);
  const url = told ?? addressesIn(dir)?.http ?? DEFAULT_HTTP;
  return { url, token: values.token ?? (io.env['POSTERN_TOKEN'] || (told === undefined || told === addressesIn(dir)?.http ? tokenIn(dir) : undefined)) };
}

/** Connected, or a Failure that says how to start one. */
export async function sandboxFor(values: TargetValues, io: Io): Promise<Sandbox> {
  const { url, token } = httpTarget(values, io);
  try {
    return await connect(url, { token });
  } catch (error) {
    throw failureOf(error);
  }
}

export function smtpTarget(told: string | undefined, values: TargetValues, io: Io): SmtpTarget {
  if (told !== undefined) return hostPort(told, '--smtp');
  const running = addressesIn(dataDir(values, io))?.smtp;
  if (running) return { host: localOf(running.host), port: running.port };
  const configured = /^(.*):(\d+)$/.exec(io.env['POSTERN_SMTP_LISTEN'] ?? '');
  if (configured && configured[2] !== '0') return { host: localOf(configured[1]!), port: Number(configured[2]) };
  return DEFAULT_SMTP;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof PosternError) return new Failure(error.status === 401 || error.status === 403 ? EX.NOPERM : error.status === 0 || error.status >= 500 ? EX.UNAVAILABLE : EX.FAILED, asOptions(error.message));
  if (error instanceof TypeError) return new Failure(EX.USAGE, error.message);
  throw error;
}

/** The API speaks of query parameters; here they are options of the same names. */
export const asOptions = (sentence: string): string => sentence.replace(/the query parameter `(\w+)`/g, '--$1');

function tokenIn(dir: string): string | undefined {
  try {
    return readFileSync(join(dir, 'token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Every interface is reached on loopback. */
function localOf(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === '' || bare === '0.0.0.0' || bare === '::' ? '127.0.0.1' : bare;
}
