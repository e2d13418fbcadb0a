/** Runs a verb of the command line in this process, with an input of its own, and collects what it says. */
import { PassThrough, Readable } from 'node:stream';
import type { Verb } from '../../server/cli/verb.ts';

export type Said = { code: number; out: string; bytes: Buffer; err: string };

export async function say(verb: Verb, args: string[], { input = '', env = {} }: { input?: string | Uint8Array | Readable; env?: Record<string, string> } = {}): Promise<Said> {
  const collected = { out: [] as Buffer[], err: [] as Buffer[] };
  const sink = (into: Buffer[]) => new PassThrough().on('data', (chunk: Buffer) => into.push(chunk));
  const stdin = input instanceof Readable ? input : Readable.from(input.length > 0 ? [Buffer.from(input)] : [], { objectMode: false });
  // A data folder that is not there: nothing of this machine is found by accident.
  const code = await verb(args, { stdin, stdout: sink(collected.out), stderr: sink(collected.err), env: { POSTERN_DATA_DIR: '/nonexistent/postern', ...env } });
  const bytes = Buffer.concat(collected.out);
  return { code, bytes, out: bytes.toString(), err: Buffer.concat(collected.err).toString() };
}
