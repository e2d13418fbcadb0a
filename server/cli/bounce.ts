/** `postern bounce`: reads a message that came back and prints what it says as JSON. Needs no running sandbox. */
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { MESSAGE_LIMIT } from '../dsn/read.ts';
import { parseBounce } from '../dsn/parse.ts';
import { EX, Failure, readOptions, usage, verb } from './options.ts';
import type { Io } from './verb.ts';

const HELP = `postern bounce FILE.eml

Reads a bounce, a complaint (ARF) or an automatic reply, and prints as JSON
what it is and what became of each recipient: status, action, diagnosis, class.
- reads standard input.

Exit codes: 0 done (also for a message that is no bounce: see "kind"),
64 wrong usage, 66 no such file.
`;

export async function bounce(args: string[], io: Io): Promise<number> {
  return verb('postern bounce', HELP, args, io, async () => {
    const { positionals: [file, ...rest] } = readOptions(args, {}, true);
    if (file === undefined || rest.length > 0) throw usage('takes one file, or - for standard input');
    const bytes = file === '-' ? await readAll(io.stdin as Readable) : await readFrom(file);
    io.stdout.write(`${JSON.stringify(parseBounce(bytes), null, 2)}\n`);
    return EX.OK;
  });
}

/** No more than is looked at. */
async function readAll(input: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of input) {
    const bytes = Buffer.from(piece as Uint8Array);
    pieces.push(bytes);
    length += bytes.length;
    if (length >= MESSAGE_LIMIT) break;
  }
  return Buffer.concat(pieces);
}

async function readFrom(file: string): Promise<Buffer> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(EX.NOINPUT, error.code === 'ENOENT' ? `there is no file ${file}` : error.message);
  });
  return readAll(handle.createReadStream()).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(EX.NOINPUT, error.code === 'EISDIR' ? `${file} is a folder` : error.message);
  });
}
