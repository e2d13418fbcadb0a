/**
 * `postern import`: reads eml files, mbox files and folders of them into a
 * stream. An eml is kept byte for byte; what `postern export` wrote gets its
 * envelopes and tags back, a folder, one file of it, and an mbox alike. What is
 * refused is told and the rest goes on. Each message says itself that it is only
 * to be kept: whatever the stream's mode is, or becomes meanwhile, old mail goes
 * to nobody unless that is asked for.
 */
import { createReadStream, openAsBlob } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { PosternError, type Sandbox } from '../../sdk/client.ts';
import type { StreamMode } from '../mail/stream.ts';
import { type Envelope, envelopesIn, envelopesOf, fingerprint, type Known } from './envelopes.ts';
import { NULL_SENDER, readMbox } from './mbox.ts';
import { EX, Failure, readOptions, usage, verb } from './options.ts';
import { progress } from './progress.ts';
import { asOptions, failureOf, sandboxFor, TARGET_HELP, TARGET_OPTIONS } from './target.ts';
import type { Io } from './verb.ts';

const HELP = `postern import FILE|DIR ... [--stream NAME] [--send]

Reads messages in: eml files, mbox files, folders of them; - is one message on
standard input. An eml is kept byte for byte, whatever it begins with. Lines of
an mbox end in LF and are given the CR LF that mail has. Envelopes and tags come
from what postern export wrote: envelopes.jsonl in the folder of an eml, and
FILE.envelopes.jsonl beside an mbox, for each message that is as it was then.
They are kept in the inbox and go nowhere, whatever the mode of the stream.

  --stream NAME      the stream they go into [default]
  --send             each goes on to its recipients, as new mail of the stream
                     would: to the pretend side where it simulates, FOR REAL
                     where it delivers
  --from ADDRESS     envelope sender [what export wrote, the From line of an mbox, else the header]
  --to ADDRESS       envelope recipient; may be repeated [what export wrote, else the header]
  --quiet            no progress and no summary
${TARGET_HELP}
Exit codes: 0 all taken, 1 some refused, 64 wrong usage, 66 no such file, 69 not reachable, 77 token refused.
`;

/** Handed over at once: they share the server's commits. No more octets than that, unless one message alone has them. */
const ABREAST = { messages: 8, octets: 32 * 1024 * 1024 };
/** Milliseconds before a server that has no room just now is asked again, and how often. */
const ROOM = { pause: 500, times: 60 };

type Source = Known & { name: string; size: number; bytes: () => Promise<Blob | Uint8Array<ArrayBuffer>> };

export async function importMail(args: string[], io: Io): Promise<number> {
  return verb('postern import', HELP, args, io, async () => {
    const one = { type: 'string' } as const;
    const { values, positionals } = readOptions(args, { ...TARGET_OPTIONS, stream: one, from: one, to: { type: 'string', multiple: true }, quiet: { type: 'boolean' }, send: { type: 'boolean' } }, true);
    if (positionals.length === 0) throw usage('name a file or a folder');
    const told: Envelope = { ...(values.from === undefined ? {} : { from: values.from }), ...(values.to ? { to: values.to } : {}) };
    const sandbox = await sandboxFor(values, io);
    const stream = values.stream ?? 'default';
    const send = values.send === true;
    const shown = progress(io, values.quiet === true, undefined, 'imported');
    const tally = { taken: 0, refused: 0 };
    let mode: StreamMode = 'capture';
    try {
      ({ mode } = await sandbox.api.stream(stream));
      await abreast(sources(positionals, io, sandbox.info.limits.messageSize), async (source) => {
        const fault = await submit(sandbox, { stream, ...(send ? {} : { mode: 'capture' }) }, { ...source, ...told });
        if (fault === undefined) tally.taken++;
        else {
          tally.refused++;
          shown.end();
          io.stderr.write(`postern import: ${source.name}: ${fault}\n`);
        }
        shown.step();
      });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Failure(EX.NOINPUT, (error as Error).message) : failureOf(error);
    } finally {
      shown.end();
    }
    if (!values.quiet) io.stderr.write(`Imported ${tally.taken} ${tally.taken === 1 ? 'message' : 'messages'} into the stream ${stream}${tally.refused > 0 ? `; ${tally.refused} refused` : ''}${tally.taken > 0 ? whither(mode, send) : ''}\n`);
    return tally.refused > 0 ? EX.FAILED : EX.OK;
  });
}

/** Where they go from here, as far as that is not clear: a stream that only captures sends nothing. */
function whither(mode: StreamMode, send: boolean): string {
  if (mode === 'capture') return '';
  const side = mode === 'deliver' ? 'for real, as far as the stream lets mail go out' : 'to the pretend remote side';
  return send ? `; they go on ${side}` : `; they are only kept there: with --send they go on, ${side}`;
}

/** Where a message goes: with a mode it stays in the inbox. */
type Into = { stream: string; mode?: 'capture' };

/** Why it was not taken; undefined when it was. */
async function submit(sandbox: Sandbox, into: Into, source: Source): Promise<string | undefined> {
  const taken = await handIn(sandbox, into, source);
  if (typeof taken === 'string') return taken;
  return source.tags && source.tags.length > 0 ? tag(sandbox, taken.id, source.tags) : undefined;
}

async function handIn(sandbox: Sandbox, into: Into, { from, to, bytes }: Source): Promise<{ id: string } | string> {
  for (let times = 0; ; times++) try {
    return await sandbox.api.submitRaw(await bytes(), { ...into, ...(from === undefined ? {} : { from }), ...(to === undefined || to.length === 0 ? {} : { to }) });
  } catch (error) {
    if (error instanceof PosternError && error.status === 503 && times < ROOM.times) {
      await new Promise((resolve) => setTimeout(resolve, ROOM.pause));
      continue;
    }
    if (error instanceof TooLarge) return error.message;
    // A stream that does not exist, a token that is refused, a server that is gone: no message would get in.
    if (!(error instanceof PosternError) || [0, 401, 403, 404, 503, 507].includes(error.status)) throw error;
    return asOptions(error.problem?.detail ?? error.message);
  }
}

/** A raw message is handed in without tags; the stream's own are on it. */
async function tag(sandbox: Sandbox, id: string, tags: string[]): Promise<string | undefined> {
  try {
    await sandbox.api.change(id, { addTags: tags });
    return undefined;
  } catch (error) {
    // 404: somebody, or the stream's limits, deleted it already.
    if (error instanceof PosternError && error.status === 404) return undefined;
    if (error instanceof PosternError && error.status === 422) return `it is taken, but without its tags: ${error.problem?.detail ?? error.message}`;
    throw error;
  }
}

class TooLarge extends Error {}

async function* sources(paths: string[], io: Io, limit: number): AsyncGenerator<Source> {
  /** Of the folders whose files are named one by one, as `out/*.eml` is. */
  const folders = new Map<string, Awaited<ReturnType<typeof envelopesIn>>>();
  for (const path of paths) {
    if (path === '-') {
      const bytes = await buffer(io.stdin as Readable) as Uint8Array<ArrayBuffer>;
      yield { name: 'standard input', size: bytes.length, bytes: async () => bytes };
    }
    else if ((await stat(path)).isDirectory()) yield* folder(path, limit);
    else {
      const dir = dirname(path);
      const envelopes = folders.get(dir) ?? await envelopesIn(dir);
      folders.set(dir, envelopes);
      const known = envelopes(basename(path));
      for await (const source of file(path, limit, known !== undefined || undefined)) yield { ...source, ...known };
    }
  }
}

/** eml and mbox files, and the messages of a Maildir; in the order of their names, which for an export is that of arrival. */
async function* folder(dir: string, limit: number): AsyncGenerator<Source> {
  const envelopes = await envelopesIn(dir);
  const entries = (await readdir(dir, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(dir, entry.name);
    const isMaildir = ['cur', 'new'].includes(basename(dir));
    if (entry.isDirectory()) yield* folder(path, limit);
    else if (entry.isFile() && (/\.(eml|mbox|mbx)$/i.test(entry.name) || isMaildir)) {
      const known = envelopes(entry.name);
      for await (const source of file(path, limit, known !== undefined || isMaildir)) yield { ...source, ...known };
    }
  }
}

/** `single` is one message for sure, as an eml is: a first line that begins with `From ` is part of it. */
async function* file(path: string, limit: number, single = /\.eml$/i.test(path)): AsyncGenerator<Source> {
  if (single || !await isMbox(path)) return yield { name: path, size: (await stat(path)).size, bytes: () => openAsBlob(path) };
  let number = 0;
  let pieces: Buffer[] = [];
  let size = 0;
  let sender = '';
  let print = fingerprint('');
  const envelopeOf = await envelopesOf(path);
  const whole = (): Source => {
    const name = `${path}, message ${number}`;
    const bytes = Buffer.concat(pieces);
    const tooLarge = size > limit;
    return { name, size: bytes.length, ...(sender ? { from: sender === NULL_SENDER ? '' : sender } : {}), ...envelopeOf(print.digest()), bytes: tooLarge ? () => Promise.reject(new TooLarge(`it is larger than ${limit} octets`)) : async () => bytes as Uint8Array<ArrayBuffer> };
  };
  for await (const piece of readMbox(createReadStream(path))) {
    if (piece.kind === 'begin') {
      if (number > 0) yield whole();
      number++;
      [pieces, size, sender, print] = [[], 0, piece.sender, fingerprint(piece.line)];
    } else {
      size += piece.bytes.length;
      print.push(piece.bytes);
      // What the server would refuse is not held.
      if (size <= limit) pieces.push(piece.bytes);
      else pieces = [];
    }
  }
  if (number > 0) yield whole();
}

async function isMbox(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer: bytes, bytesRead } = await handle.read(Buffer.alloc(5), 0, 5, 0);
    return bytes.toString('latin1', 0, bytesRead) === 'From ';
  } finally {
    await handle.close();
  }
}

/** A few at once, started in order; the first fault ends it. */
async function abreast<T extends { size: number }>(items: AsyncIterable<T>, each: (item: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  let octets = 0;
  for await (const item of items) {
    while (running.size > 0 && (running.size >= ABREAST.messages || octets + item.size > ABREAST.octets)) await Promise.race(running);
    octets += item.size;
    const run: Promise<void> = each(item).finally(() => {
      running.delete(run);
      octets -= item.size;
    });
    run.catch(() => {});
    running.add(run);
  }
  await Promise.all(running);
}
