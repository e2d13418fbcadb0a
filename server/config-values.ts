/**
 * The values that settings have: each parser takes text (command line,
 * environment) or a JSON value (file), and throws a sentence that begins with
 * a verb: "must be …". Whose value it is, is said by who asked.
 */
import { resolve } from 'node:path';
import { parseDuration, parseSize } from './units.ts';

export type Listen = { host: string; port: number };

export class Wrong extends Error {
  /** Where inside of the setting, `[1] (billing): retention.age`; empty for the setting itself. */
  readonly place: string;
  constructor(sentence: string, place = '') {
    super(sentence);
    this.place = place;
  }
}
export const wrong = (sentence: string, place = ''): never => { throw new Wrong(sentence, place); };

export const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : wrong('must be a text'));

export const listen = (value: unknown): Listen => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:]*)):(\d{1,5})$/.exec(text(value));
  const port = Number(match?.[3]);
  if (!match || port > 65_535) return wrong('must be host:port, like 127.0.0.1:1025, [::1]:1025 or :1025 for every interface (port 0 takes any free one)');
  return { host: match[1] ?? (match[2] || '::'), port };
};

export const optionalListen = (value: unknown): Listen | null => (value === null || text(value) === 'off' ? null : listen(value));

export const bool = (value: unknown): boolean => {
  if (typeof value === 'boolean') return value;
  const said = text(value).toLowerCase();
  if (['true', 'yes', 'on', '1', ''].includes(said)) return true;
  if (['false', 'no', 'off', '0'].includes(said)) return false;
  return wrong('must be on or off');
};

export const count = (least: number, most: number) => (value: unknown): number => {
  const number = Number(text(value).replaceAll('_', '') || NaN);
  return Number.isInteger(number) && number >= least && number <= most ? number : wrong(`must be a whole number from ${least} to ${most}`);
};

export const size = (least: number) => (value: unknown): number => {
  const octets = parseSize(text(value));
  return octets !== undefined && octets >= least ? octets : wrong(`must be a size of at least ${least} octets, like 500k, 25m or 2g`);
};

export const duration = (least: number, most: number) => (value: unknown): number => {
  const ms = parseDuration(text(value));
  if (ms === undefined) return wrong('must be a duration like 500ms, 30s, 5m, 72h or 7d');
  return ms >= least && ms <= most ? ms : wrong(`must be from ${sayMs(least)} to ${sayMs(most)}`);
};

const sayMs = (ms: number): string => (ms >= 86_400_000 && ms % 86_400_000 === 0 ? `${ms / 86_400_000}d` : `${ms / 1000}s`);

export const orNone = <T>(parse: (value: unknown) => T) => (value: unknown): T | null => (value === null || text(value) === 'none' ? null : parse(value));

export const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : text(value).split(',').map((one) => one.trim())).filter(Boolean);

export const oneOf = <const T extends string>(...words: T[]) => (value: unknown): T => {
  const said = text(value) as T;
  return words.includes(said) ? said : wrong(`must be one of ${words.join(', ')}`);
};

export const path = (value: unknown): string => text(value) || wrong('must be a path');
export const optionalPath = (value: unknown): string | null => (value === null || value === '' ? null : resolve(path(value)));

export const hostname = (value: unknown): string => (/^[\w.-]{1,253}$/.test(text(value)) ? text(value) : wrong('must be a host name, like mail.example.test'));

export const webAddress = (value: unknown): string => {
  const said = text(value);
  return URL.canParse(said) && /^https?:\/\//i.test(said) ? said : wrong('must be a web address, like http://127.0.0.1:11333');
};

// node:net would know, and stands for a connection in this house.
const isAddress = (host: string): boolean => (host.includes(':') ? URL.canParse(`http://[${host}]`) : /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/.test(host));

export const resolvers = (value: unknown): Listen[] => list(value).map((one) => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\](?::(\d{1,5}))?|([\d.]+)(?::(\d{1,5}))?|([0-9a-fA-F:]+))$/.exec(one);
  const port = Number(match?.[2] ?? match?.[4] ?? 53);
  const host = match?.[1] ?? match?.[3] ?? match?.[5];
  return host !== undefined && isAddress(host) && port > 0 && port <= 65_535 ? { host, port } : wrong('must be addresses of resolvers, like 127.0.0.1:53 or [::1]:53');
});

export const share = (value: unknown): number => {
  const said = text(value);
  const number = said.endsWith('%') ? Number(said.slice(0, -1) || NaN) / 100 : Number(said || NaN);
  return number > 0 && number <= 1 ? number : wrong('must be a share, like 5% or 0.05');
};
