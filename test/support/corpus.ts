/**
 * Mail, bounces and replies of many origins that some tests read. They are no
 * part of the project: where they are missing such a test is skipped, and says
 * so, lest somebody take a run without it for one with it.
 */
import { existsSync } from 'node:fs';

const SHARED = new URL('../../../shared/data/', import.meta.url);

/** The folder `name` of the corpora, or undefined when one of the files in it that are needed is missing. */
export function corpus(name: '' | `${string}/`, ...needed: [string, ...string[]]): URL | undefined {
  const folder = new URL(name, SHARED);
  const missing = needed.map((file) => new URL(file, folder)).find((file) => !existsSync(file));
  if (!missing) return folder;
  console.info(`corpus test skipped: there is no ${missing.pathname}`);
  return undefined;
}
