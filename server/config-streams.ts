/**
 * The setting `streams`: names, or objects with more. Strict, because what is
 * passed over in silence here is a limit that does not hold or a login that
 * nobody has: an unknown key and a name that comes twice are errors with their
 * place, `streams[1] (billing): retention.age`. A key that is not there stays
 * absent, so that it can be told from one that says the usual. Passwords are
 * never repeated.
 */
import { resolve } from 'node:path';
import { count, duration, list, oneOf, orNone, size, Wrong, wrong } from './config-values.ts';
import { DEFAULT_STREAM, PASSWORD_LIMIT, STREAM_MODES, STREAM_NAME, USER_NAME, type Retention, type StreamMode } from './mail/stream.ts';
import { nearest } from './nearest.ts';

export type ConfiguredStream = {
  name: string;
  mode?: StreamMode;
  retention?: Partial<Retention>;
  tags?: string[];
  credentials?: { user: string; password: string }[];
  /** As the API takes them; read where streams are made. */
  delivery?: Record<string, unknown>;
  /** A scenario, or the path of a JSON or YAML file that holds one. */
  scenario?: unknown;
};

const KEYS = ['name', 'mode', 'retention', 'tags', 'credentials', 'delivery', 'scenario'] as const;

const LIMITS: { [K in keyof Retention]: (value: unknown) => number | null } = {
  messages: orNone(count(1, 1e9)),
  age: orNone(duration(1000, 100 * 365 * 86_400_000)),
  bytes: orNone(size(1)),
};

export const streams = (value: unknown): ConfiguredStream[] => {
  const entries: unknown[] = Array.isArray(value) ? value : value !== null && typeof value === 'object' ? wrong('must be a list of streams') : list(value);
  const declared = entries.map(streamOf);
  const names = new Map<string, number>();
  const users = new Map<string, string>();
  for (const [n, { name, credentials = [] }] of declared.entries()) {
    const before = names.get(name);
    if (before !== undefined) wrong(`is the second stream of this name: put what it says into streams[${before}]`, `[${n}] (${name})`);
    names.set(name, n);
    for (const [i, { user }] of credentials.entries()) {
      const place = `[${n}] (${name}): credentials[${i}].user`;
      const other = users.get(user);
      if (other !== undefined) wrong(`is "${user}", which is a login of ${other} already: a user name opens one stream`, place);
      users.set(user, `streams[${n}] (${name})`);
    }
  }
  return declared;
};

function streamOf(entry: unknown, n: number): ConfiguredStream {
  const given: Record<string, unknown> = typeof entry === 'string' ? { name: entry } : objectOf(entry, `[${n}]`, 'must be the name of a stream, or an object');
  const { name } = given;
  // A misspelt `name` is told as such.
  if (name === undefined) strict(given, KEYS, `[${n}]`);
  if (typeof name !== 'string' || !STREAM_NAME.test(name)) return wrong(name === undefined ? 'needs a name' : `must have a name in lower case letters, digits, dots, dashes and underscores${typeof name === 'string' ? `; it is ${JSON.stringify(name)}` : ''}`, `[${n}]`);
  const place = `[${n}] (${name})`;
  strict(given, KEYS, place);
  const stream: ConfiguredStream = { name };
  if (has(given, 'mode')) stream.mode = at(`${place}: mode`, given['mode'], oneOf(...STREAM_MODES));
  if (has(given, 'retention')) stream.retention = retentionOf(given['retention'], `${place}: retention`);
  if (has(given, 'tags')) stream.tags = at(`${place}: tags`, given['tags'], list);
  if (has(given, 'credentials')) stream.credentials = credentialsOf(given['credentials'], `${place}: credentials`);
  if (has(given, 'delivery')) stream.delivery = objectOf(given['delivery'], `${place}: delivery`, 'must be an object, as in PATCH /v1/streams/{stream}');
  const { scenario } = given;
  if (scenario !== undefined && scenario !== null) stream.scenario = typeof scenario === 'string' ? resolve(scenario) : scenario;
  return stream;
}

function retentionOf(value: unknown, place: string): Partial<Retention> {
  const keys = Object.keys(LIMITS) as (keyof Retention)[];
  const given = strict(objectOf(value, place, `must be an object with ${keys.join(', ')}`), keys, place);
  return Object.fromEntries(keys.filter((key) => has(given, key)).map((key) => [key, at(`${place}.${key}`, given[key], LIMITS[key])]));
}

function credentialsOf(value: unknown, place: string): { user: string; password: string }[] {
  return (Array.isArray(value) ? value : [value]).map((one: unknown, i) => {
    const here = `${place}[${i}]`;
    const given = strict(objectOf(one, here, 'must be an object with user and password'), ['user', 'password'], here);
    const word = (key: 'user' | 'password'): string => {
      const said = given[key];
      if (said === undefined || said === null || said === '') return wrong('is missing', `${here}.${key}`);
      return typeof said === 'string' ? said : wrong('must be a text: put it in quotes', `${here}.${key}`);
    };
    const [user, password] = [word('user'), word('password')];
    if (!USER_NAME.test(user)) wrong('has no spaces and no control characters, and at most 128 characters', `${here}.user`);
    if (Buffer.byteLength(password) > PASSWORD_LIMIT) wrong(`is longer than ${PASSWORD_LIMIT} octets`, `${here}.password`);
    return { user, password };
  });
}

const has = (object: object, key: string): boolean => Object.hasOwn(object, key);

function objectOf(value: unknown, place: string, sentence: string): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : wrong(sentence, place);
}

function strict<T extends object>(given: T, keys: readonly string[], place: string): T {
  const unknown = Object.keys(given).find((key) => !keys.includes(key));
  if (unknown !== undefined) wrong(`has no key ${JSON.stringify(unknown)}${nearest(unknown, keys, ' (did you mean "%"?)') || `; it takes ${keys.join(', ')}`}`, place);
  return given;
}

/** What the parser finds wrong is told with its place. Not for what is secret: the value is shown. */
function at<T>(place: string, value: unknown, parse: (value: unknown) => T): T {
  try {
    return parse(value);
  } catch (error) {
    throw error instanceof Wrong ? new Wrong(`${error.message}; it is ${JSON.stringify(value)}`, place) : error;
  }
}

type Twice = { streams: ConfiguredStream[]; mode: StreamMode | null; scenario: string | null; retainMessages?: number | null | undefined; retainAge?: number | null | undefined; retainBytes?: number | null | undefined };

/** The default stream has settings of its own beside its entry in `streams`; where both speak and differ, neither is guessed to be meant. */
export function contradiction({ streams: declared, mode, scenario, retainMessages, retainAge, retainBytes }: Twice): string | undefined {
  const n = declared.findIndex(({ name }) => name === DEFAULT_STREAM);
  const own = declared[n];
  if (!own) return undefined;
  const both: [string, string, unknown, unknown][] = [
    ['mode', 'mode', mode ?? undefined, own.mode],
    ['scenario', 'scenario', scenario ?? undefined, own.scenario],
    ['retainMessages', 'retention.messages', retainMessages, own.retention?.messages],
    ['retainAge', 'retention.age', retainAge, own.retention?.age],
    ['retainBytes', 'retention.bytes', retainBytes, own.retention?.bytes],
  ];
  const found = both.find(([, , one, other]) => one !== undefined && other !== undefined && one !== other);
  return found && `${found[0]} and streams[${n}] (${DEFAULT_STREAM}): ${found[1]} say different things of the same stream: say it in one place`;
}
