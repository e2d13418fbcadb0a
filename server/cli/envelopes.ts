/**
 * What an export knows of a message beside its octets: envelope and tags, as
 * lines of JSON. Of eml files they are in `envelopes.jsonl` of their folder,
 * by name. Of an mbox they are beside it, by a fingerprint of the message and
 * its From line: an mbox is a file that other programs change, and an envelope
 * must never get to another message than its own. Messages that are the same
 * in both are told apart by their order, while the file has its size.
 */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '../../sdk/client.ts';

export type Envelope = { from?: string; to?: string[] };
export type Known = Envelope & { tags?: string[] };

export const besideFolder = (dir: string): string => join(dir, 'envelopes.jsonl');
export const besideMbox = (file: string): string => `${file}.envelopes.jsonl`;

export const envelopeLine = (key: { file: string } | { sha256: string }, { envelope, stream, tags, receivedAt }: Message): string =>
  `${JSON.stringify({ ...key, from: envelope.from, to: envelope.to, stream, tags, receivedAt })}\n`;

/** There whole or not at all. */
export async function writeEnvelopes(path: string, lines: readonly string[]): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, lines.join(''));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Those of eml files by name, of the messages of an mbox by fingerprint: one for each message that has it, in their order. Lines that are not understood are passed over. */
async function readLines(path: string): Promise<{ known: Map<string, Known[]>; octets?: unknown }> {
  const known = new Map<string, Known[]>();
  let size: unknown;
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    try {
      const { file, sha256, from, to, tags, octets } = JSON.parse(line) as { [field: string]: unknown };
      size ??= octets;
      const key = file ?? sha256;
      if (typeof key !== 'string' || typeof from !== 'string' || !isTexts(to)) continue;
      const one = { from, to, ...(Array.isArray(tags) ? { tags: tags.filter((tag) => typeof tag === 'string') } : {}) };
      const same = known.get(key);
      if (same) same.push(one);
      else known.set(key, [one]);
    } catch { /* not one of ours */ }
  }
  return { known, octets: size };
}

export async function envelopesIn(dir: string): Promise<(file: string) => Known | undefined> {
  const { known } = await readLines(besideFolder(dir));
  return (file) => known.get(file)?.at(-1);
}

/** Each is given once. */
export async function envelopesOf(mbox: string): Promise<(sha256: string) => Known | undefined> {
  const { known, octets } = await readLines(besideMbox(mbox));
  if (known.size > 0 && (await stat(mbox)).size !== octets) for (const [key, same] of known) if (same.length > 1) known.delete(key);
  return (sha256) => known.get(sha256)?.shift();
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');

const CR = 0x0d;
const LF = 0x0a;
const LF_ALONE = Buffer.from('\n');

/** Of a message of an mbox, whatever became of its line ends on the way through an mbox: CR LF, LF, and none at the end are one. */
export function fingerprint(sender: string): { push(bytes: Uint8Array): void; digest(): string } {
  const hash = createHash('sha256').update(`${sender}\n`);
  /** CRs that may belong to a line end. */
  let waiting = 0;
  let isOpen = false;
  return {
    push(bytes) {
      let from = 0;
      for (let at = 0; at < bytes.length; at++) {
        if (bytes[at] !== CR && waiting === 0) continue;
        if (bytes[at] === CR) {
          if (waiting === 0) hash.update(bytes.subarray(from, at));
          waiting++;
        } else {
          if (bytes[at] !== LF) hash.update('\r'.repeat(waiting));
          waiting = 0;
          from = at;
        }
      }
      if (waiting === 0) hash.update(bytes.subarray(from));
      if (bytes.length > 0) isOpen = bytes[bytes.length - 1] !== LF;
    },
    digest() {
      // An mbox ends the line, and then they are part of its end.
      if (isOpen) hash.update(LF_ALONE);
      return hash.digest('hex');
    },
  };
}
