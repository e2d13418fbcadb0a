/**
 * How a scenario is read from what somebody wrote: each reader takes a value
 * and its path, answers what it means, or notes a flaw and answers undefined.
 * Nothing throws, and reading goes on: all flaws are told at once.
 */
import { nearest } from '../nearest.ts';
import { shown } from '../shown.ts';
import { parseDuration } from '../units.ts';

export type Flaw = { path: string; message: string };
export type Flaws = Flaw[];
export type Fields = Record<string, unknown>;

/** A hundred years: longer waits are slips of the pen. */
const LONGEST = 36_525 * 86_400_000;

const at = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
export { at as pathOf };

/** What it must be, and what it is. */
export function wrong(flaws: Flaws, value: unknown, path: string, must: string): void {
  flaws.push({ path, message: value === undefined ? `is missing: it ${must}` : `${must}; it is ${shown(value)}` });
}

/** An object with none but the known keys. `undefined` values are as absent. */
export function fields(flaws: Flaws, value: unknown, path: string, known: readonly string[]): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    wrong(flaws, value, path, 'must be an object');
    return undefined;
  }
  const kept: Fields = {};
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined) continue;
    if (known.includes(key)) kept[key] = one;
    else flaws.push({ path: at(path, key), message: `is not known${nearest(key.slice(0, 100), known, '; did you mean `%`?') || `; known are ${known.join(', ')}`}` });
  }
  return kept;
}

export function text(flaws: Flaws, value: unknown, path: string, { most = 256, least = 1 } = {}): string | undefined {
  if (typeof value === 'string' && value.length >= least && value.length <= most) return value;
  wrong(flaws, value, path, `must be a text of ${least} to ${most} characters`);
  return undefined;
}

export function number(flaws: Flaws, value: unknown, path: string, least: number, most: number, whole = true): number | undefined {
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isSafeInteger(value))) return value;
  wrong(flaws, value, path, `must be ${whole ? 'a whole number, ' : ''}${least} to ${most}`);
  return undefined;
}

/** Milliseconds. */
export function span(flaws: Flaws, value: unknown, path: string): number | undefined {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms !== undefined && Number.isSafeInteger(ms) && ms >= 0 && ms <= LONGEST) return ms;
  wrong(flaws, value, path, 'must be milliseconds or a duration such as `90s`, `5m`, `72h`');
  return undefined;
}

export function oneOf<T extends string>(flaws: Flaws, value: unknown, path: string, known: readonly T[]): T | undefined {
  if (typeof value === 'string' && (known as readonly string[]).includes(value)) return value as T;
  wrong(flaws, value, path, `must be one of ${known.join(', ')}`);
  if (typeof value === 'string') flaws.at(-1)!.message += nearest(value.slice(0, 100), known, '; did you mean `%`?');
  return undefined;
}

/** A text or a list of texts. */
export function texts(flaws: Flaws, value: unknown, path: string): string | string[] | undefined {
  if (!Array.isArray(value)) return text(flaws, value, path);
  if (value.length === 0 || value.length > 1_000) {
    flaws.push({ path, message: `must have 1 to 1000 entries; it has ${value.length}` });
    return undefined;
  }
  const read = value.map((one, n) => text(flaws, one, at(path, n)));
  return read.every((one) => one !== undefined) ? read : undefined;
}

export function list<T>(flaws: Flaws, value: unknown, path: string, most: number, read: (one: unknown, path: string) => T): T[] {
  if (!Array.isArray(value) || value.length > most) {
    wrong(flaws, value, path, `must be a list of at most ${most}`);
    return [];
  }
  return value.map((one, n) => read(one, at(path, n)));
}

export function onlyTrue(flaws: Flaws, value: unknown, path: string): boolean {
  if (value === true) return true;
  wrong(flaws, value, path, 'must be `true`, or be left out');
  return false;
}
