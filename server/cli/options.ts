/**
 * What the verbs share: reading options with an error that helps, and the
 * exit codes of sysexits.h. A verb's failure is a Failure with its code, not
 * a stack trace; only bugs show one.
 */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { nearest } from '../nearest.ts';
import { parseDuration } from '../units.ts';
import type { Io } from './verb.ts';

export const EX = { OK: 0, FAILED: 1, USAGE: 64, DATAERR: 65, NOINPUT: 66, NOUSER: 67, UNAVAILABLE: 69, SOFTWARE: 70, CANTCREAT: 73, IOERR: 74, TEMPFAIL: 75, NOPERM: 77 } as const;

/** Ends a verb with a sentence on stderr and an exit code. */
export class Failure extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const usage = (message: string): Failure => new Failure(EX.USAGE, message);

/** Runs a verb's body; `--help` and failures are told here. */
export async function verb(name: string, help: string, args: string[], io: Io, body: () => Promise<number>): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(help);
    return EX.OK;
  }
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    io.stderr.write(`${name}: ${error.message}\n`);
    if (error.code === EX.USAGE) io.stderr.write(`${name} --help tells what it takes\n`);
    return error.code;
  }
}

export function readOptions<const T extends ParseArgsOptionsConfig>(args: string[], options: T, positionals = false) {
  try {
    return parseArgs({ args, options, allowPositionals: positionals, strict: true });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      const said = /'(-[^'\s=]*)/.exec(message)?.[1] ?? '';
      throw usage(`there is no option ${said}${nearest(said, Object.keys(options).map((option) => `--${option}`), ' (did you mean %?)')}`);
    }
    if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') throw usage(`takes no argument beside its options: ${/'([^']*)'/.exec(message)?.[1] ?? ''}`);
    throw usage(message.split('\n')[0]!.replace(/^Option /, 'option '));
  }
}

export function durationOf(text: string, option: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw usage(`${option} must be a duration like 500ms, 30s or 5m; it is ${text}`);
  return ms;
}

export type SmtpTarget = { host: string; port: number; login?: { user: string; pass: string } };

/** `host:port`, `[::1]:port`, or `smtp://user:password@host:port`. */
export function hostPort(text: string, option: string): SmtpTarget {
  const match = /^(?:smtp:\/\/)?(?:([^\s:@/]+)(?::([^\s@/]*))?@)?(?:\[([0-9a-fA-F:.]+)\]|([^\s:@/]+)):(\d{1,5})\/?$/.exec(text);
  const port = Number(match?.[5]);
  if (!match || port < 1 || port > 65_535) throw usage(`${option} must be host:port, like 127.0.0.1:1025, or smtp://user:password@host:port; it is ${text.replace(/:[^:@]*@/, ':***@')}`);
  const [, user, pass = '', literal, name] = match;
  return { host: literal ?? name!, port, ...(user === undefined ? {} : { login: { user: decodeURIComponent(user), pass: decodeURIComponent(pass) } }) };
}
