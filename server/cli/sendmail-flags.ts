/**
 * The command line of sendmail(8), as applications use it: clusters (`-ti`),
 * values attached or apart (`-fADDR`, `-f ADDR`), and thirty years of flags
 * that mean nothing here and are taken without a word. Pure.
 */
import type { Dsn } from './smtp.ts';

export type Flags = {
  mode: 'deliver' | 'smtp' | 'queue' | 'aliases' | 'verify';
  fromHeader: boolean;
  /** A line with a lone dot is part of the message. */
  dots: 'kept' | 'end';
  sender?: string;
  fullName?: string;
  dsn: Dsn;
  /** host:port, our own flag. */
  smtp?: string;
  dataDir?: string;
  verbose: boolean;
  recipients: string[];
};

export type Parsed = { flags: Flags } | { fault: string };

/** Flags with a value of their own: attached, or the next argument. */
const VALUED = 'bfFrNRVBCDhLOopXASM';
/** Flags whose value, if any, is attached. */
const ATTACHED = 'qd';
const PLAIN = 'tivnmsUGIEx';

export function parseFlags(args: string[]): Parsed {
  const flags: Flags = { mode: 'deliver', fromHeader: false, dots: 'end', dsn: {}, verbose: false, recipients: [] };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      flags.recipients.push(...args.slice(i + 1));
      break;
    }
    const own = /^--(smtp|data-dir)(?:=(.*))?$/s.exec(arg);
    if (own) {
      const value = own[2] ?? args[++i];
      if (value === undefined) return { fault: `${arg} needs a value` };
      if (own[1] === 'smtp') flags.smtp = value;
      else flags.dataDir = value;
      continue;
    }
    if (!arg.startsWith('-') || arg === '-') {
      flags.recipients.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!;
      if (PLAIN.includes(letter)) {
        if (letter === 't') flags.fromHeader = true;
        else if (letter === 'i') flags.dots = 'kept';
        else if (letter === 'v') flags.verbose = true;
        continue;
      }
      if (ATTACHED.includes(letter)) break;
      if (!VALUED.includes(letter)) return { fault: `there is no flag -${letter}` };
      const attached = arg.slice(at + 1);
      const value = attached !== '' ? attached : args[++i];
      if (value === undefined) return { fault: `-${letter} needs a value` };
      const fault = take(flags, letter, value);
      if (fault !== undefined) return { fault };
      break;
    }
  }
  return { flags };
}

const MODES: Record<string, Flags['mode']> = { m: 'deliver', s: 'smtp', p: 'queue', i: 'aliases', v: 'verify', d: 'deliver', a: 'deliver' };

function take(flags: Flags, letter: string, value: string): string | undefined {
  switch (letter) {
    case 'b': {
      const mode = MODES[value];
      if (mode === undefined) return `-b${value} is not done here`;
      flags.mode = mode;
      return;
    }
    case 'f': case 'r':
      flags.sender = value.replace(/^<(.*)>$/s, '$1');
      return;
    case 'F': flags.fullName = value; return;
    case 'S': flags.smtp = value; return;
    case 'V': flags.dsn.envid = value; return;
    case 'N': {
      const words = value.toUpperCase().split(',').map((word) => word.trim());
      if (words.some((word) => !['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'].includes(word)) || (words.includes('NEVER') && words.length > 1)) return `-N takes never, or some of success,failure,delay; it is ${value}`;
      flags.dsn.notify = words as NonNullable<Dsn['notify']>;
      return;
    }
    case 'R': {
      const word = value.toUpperCase();
      if (word !== 'FULL' && word !== 'HDRS') return `-R takes full or hdrs; it is ${value}`;
      flags.dsn.ret = word;
      return;
    }
    case 'o':
      if (value === 'i' || value.startsWith('iTrue')) flags.dots = 'kept';
      return;
    case 'O':
      if (/^IgnoreDots(=(true|t|1))?$/i.test(value)) flags.dots = 'kept';
      return;
  }
}
