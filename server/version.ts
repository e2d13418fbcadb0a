/** The version of the package, read from its package.json (one folder up in source, two when built). */
import { readFileSync } from 'node:fs';

let known: string | undefined;

export function version(): string {
  if (known === undefined) {
    for (const up of ['../package.json', '../../package.json']) {
      try {
        known = (JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string }).version;
        break;
      } catch { /* not there: the other layout */ }
    }
  }
  return known ?? '0.0.0';
}
