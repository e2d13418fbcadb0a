/**
 * `postern export`: writes messages out, oldest first. As eml files, each the
 * exact octets and named by its id, never by anything that came in a mail;
 * or as one mbox. A file is there whole or not at all.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { Message, MessageQuery, Sandbox } from '../../sdk/client.ts';
import { listAll } from '../../sdk/reader.ts';
import { makeFolder } from '../folder.ts';
import { besideFolder, besideMbox, envelopeLine, fingerprint, writeEnvelopes } from './envelopes.ts';
import { fromLine, quoted } from './mbox.ts';
import { EX, Failure, readOptions, usage, verb } from './options.ts';
import { progress } from './progress.ts';
import { failureOf, sandboxFor, TARGET_HELP, TARGET_OPTIONS } from './target.ts';
import type { Io } from './verb.ts';

const HELP = `postern export [--format eml|mbox] [--out DIR|FILE] [scope and search]

Writes captured messages out, oldest first. eml: one file each, the exact bytes,
with their envelopes and tags in envelopes.jsonl beside them. mbox: one file,
mboxrd quoting, and FILE.envelopes.jsonl beside it; without --out to standard
output, and none. postern import reads both back.

  --format F         eml or mbox [eml when --out is a folder or ends in /, else mbox]
  --out PATH         folder (eml) or file (mbox)
  --stream NAME, --inbox ADDRESS, --from, --to, --subject, --tag, --since, --before, --q SEARCH
                     which messages [all]
  --quiet            no progress
${TARGET_HELP}
Exit codes: 0 done, 1 some could not be read, 64 wrong usage, 69 not reachable, 73 cannot write, 77 token refused.
`;

const FILTERS = ['stream', 'inbox', 'from', 'to', 'subject', 'tag', 'since', 'before', 'q'] as const;
/** Ids of this server; anything else is not made into a file name. */
const ID = /^[0-9A-Z]{26}$/;

export async function exportMail(args: string[], io: Io): Promise<number> {
  return verb('postern export', HELP, args, io, async () => {
    const one = { type: 'string' } as const;
    const { values } = readOptions(args, { ...TARGET_OPTIONS, format: one, out: one, quiet: { type: 'boolean' }, stream: one, inbox: one, from: one, to: one, subject: one, tag: one, since: one, before: one, q: one });
    const { out } = values;
    const format = values.format ?? (out !== undefined && (/[/\\]$/.test(out) || (await stat(out).catch(() => undefined))?.isDirectory()) ? 'eml' : 'mbox');
    if (format !== 'eml' && format !== 'mbox') throw usage(`--format must be eml or mbox; it is ${format}`);
    if (format === 'eml' && out === undefined) throw usage('--out must name a folder for eml files');
    const query: MessageQuery = Object.fromEntries(FILTERS.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));

    const sandbox = await sandboxFor(values, io);
    try {
      // The list is newest first; ids are short, so that all of them can be held to turn it round.
      const found: Message[] = [];
      for await (const { id, receivedAt, stream, tags, envelope } of listAll(sandbox.api, query)) found.push({ id, receivedAt, stream, tags, envelope } as Message);
      found.reverse();
      const shown = progress(io, values.quiet === true || out === undefined, found.length, 'exported');
      const lost = format === 'eml' ? await toFolder(sandbox, found, out!, shown.step) : await toMbox(sandbox, found, out, io, shown.step);
      shown.end();
      if (!values.quiet) io.stderr.write(`Exported ${found.length - lost} ${found.length - lost === 1 ? 'message' : 'messages'}${out === undefined ? '' : ` to ${out}`}${lost > 0 ? `; ${lost} were deleted meanwhile` : ''}\n`);
      return lost > 0 ? EX.FAILED : EX.OK;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) throw new Failure(EX.CANTCREAT, `cannot write: ${(error as Error).message}`);
      throw failureOf(error);
    }
  });
}

/** The raw message; undefined when it was deleted since it was listed. */
async function rawOf(sandbox: Sandbox, id: string): Promise<Readable | undefined> {
  try {
    const { body } = await sandbox.api.raw(id);
    return body ? Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]) : Readable.from([]);
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

async function toFolder(sandbox: Sandbox, found: Message[], dir: string, step: () => void): Promise<number> {
  makeFolder(dir);
  const envelopes: string[] = [];
  let lost = 0;
  for (const message of found) {
    const { id } = message;
    if (!ID.test(id)) throw new Failure(EX.DATAERR, `the server named a message ${JSON.stringify(id)}, which is no id`);
    const raw = await rawOf(sandbox, id);
    if (raw) {
      const part = join(dir, `${id}.part`);
      try {
        await pipeline(raw, createWriteStream(part));
        await rename(part, join(dir, `${id}.eml`));
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      envelopes.push(envelopeLine({ file: `${id}.eml` }, message));
    } else lost++;
    step();
  }
  await writeEnvelopes(besideFolder(dir), envelopes);
  return lost;
}

/** Until it takes more, or never will. */
function room(out: NodeJS.WritableStream): Promise<void> {
  const ends = ['drain', 'close', 'error'] as const;
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ends) out.off(event, done);
      resolve();
    };
    for (const event of ends) out.on(event, done);
  });
}

async function toMbox(sandbox: Sandbox, found: Message[], file: string | undefined, io: Io, step: () => void): Promise<number> {
  const part = file === undefined ? undefined : `${file}.part`;
  const out: NodeJS.WritableStream = part === undefined ? io.stdout : createWriteStream(part);
  let broken: Error | undefined;
  out.on('error', (error: Error) => { broken = error; });
  const write = async (bytes: Uint8Array | string) => {
    if (broken) throw broken;
    octets += Buffer.byteLength(bytes);
    if (!out.write(bytes)) await room(out);
  };
  const envelopes: string[] = [];
  let octets = 0;
  let lost = 0;
  try {
    for (const message of found) {
      const raw = await rawOf(sandbox, message.id);
      if (raw) {
        const begin = fromLine(message.envelope.from, new Date(message.receivedAt));
        const print = fingerprint(begin.trimEnd());
        await write(begin);
        for await (const piece of quoted(printed(raw, print))) await write(piece);
        envelopes.push(envelopeLine({ sha256: print.digest() }, message));
      } else lost++;
      step();
    }
    if (part !== undefined) {
      out.end();
      await finished(out as Writable);
      await writeEnvelopes(besideMbox(file!), [`${JSON.stringify({ octets })}\n`, ...envelopes]);
      await rename(part, file!);
    }
  } catch (error) {
    if (part !== undefined) await rm(part, { force: true });
    throw error;
  }
  return lost;
}

async function* printed(raw: AsyncIterable<Uint8Array>, print: ReturnType<typeof fingerprint>): AsyncGenerator<Uint8Array> {
  for await (const piece of raw) {
    print.push(piece);
    yield piece;
  }
}
