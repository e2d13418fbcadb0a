/**
 * Where rules that are in force are kept over a restart: a row for each site
 * or provider; of the internet for all streams together, of the pretend
 * remote for each stream.
 */
import type { PacingKeep } from './pacing-rules.ts';
import type { KeptStore } from './port.ts';

const KIND = 'pacing';
const REAL = 'deliver ';
const pretended = (stream: string) => `simulate ${stream} `;

export type PacingKept = {
  real: PacingKeep;
  of(stream: string): PacingKeep;
  /** The stream is gone. */
  forget(stream: string): void;
};

/** Without a store nothing is kept. `background` takes care of what is being written. */
export async function readPacing(store: Partial<KeptStore>, background: (promise: Promise<unknown>) => void): Promise<PacingKept> {
  const rows = new Map((await store.allKept?.(KIND))?.map(({ name, json }) => [name, json]));
  const write = (name: string, json: string | null) => {
    if (json === null) rows.delete(name);
    else rows.set(name, json);
    const kept = store.keep?.(KIND, name, json);
    if (kept) background(kept);
  };
  const under = (prefix: string): PacingKeep => ({
    keep: (key, json) => write(prefix + key, json),
    kept: [...rows].flatMap(([name, json]) => (name.startsWith(prefix) ? [{ key: name.slice(prefix.length), json }] : [])),
  });
  return {
    get real() { return under(REAL); },
    of: (stream) => under(pretended(stream)),
    forget(stream) {
      for (const name of [...rows.keys()]) if (name.startsWith(pretended(stream))) write(name, null);
    },
  };
}
