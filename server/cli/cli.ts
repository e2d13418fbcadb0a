/**
 * The command line: finds the verb and runs it. Each verb is a module that is
 * loaded only when asked for, so that `postern ready` does not pay for the
 * server. Exit codes: 0 done, 1 failed, 64 wrong usage (sysexits.h).
 */
import { basename } from 'node:path';
import { nearest } from '../nearest.ts';
import type { Verb } from './verb.ts';

const VERBS: Record<string, { says: string; load: () => Promise<Verb> }> = {
  start: { says: 'start the sandbox (also without a verb)', load: async () => (await import('./start.ts')).start },
  ready: { says: 'ask whether it is ready, or wait for it', load: async () => (await import('./ready.ts')).ready },
  send: { says: 'send a mail to it', load: async () => (await import('./send.ts')).send },
  sendmail: { says: 'stand in for /usr/sbin/sendmail', load: async () => (await import('./sendmail.ts')).sendmail },
  export: { says: 'write messages to eml files or an mbox', load: async () => (await import('./export.ts')).exportMail },
  import: { says: 'read eml files or an mbox in', load: async () => (await import('./import.ts')).importMail },
  classify: { says: 'say what an SMTP reply means', load: async () => (await import('./classify.ts')).classifyReplies },
  check: { says: 'say what receivers find out about a domain, and what to publish', load: async () => (await import('./check.ts')).check },
  dkim: { says: 'make and change the keys that real mail is signed with', load: async () => (await import('./dkim.ts')).dkim },
  bounce: { says: 'read a bounce message', load: async () => (await import('./bounce.ts')).bounce },
};

function help(): string {
  const lines = Object.entries(VERBS).map(([verb, { says }]) => `  postern ${verb.padEnd(9)} ${says}`);
  return ['Postern: an email sandbox with a real delivery mode.', '', ...lines, '', 'postern VERB --help (or postern help VERB) tells more; postern --version.', ''].join('\n');
}

export async function main(args: string[], invokedAs = ''): Promise<number> {
  const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env };
  // Installed under the name sendmail, it is sendmail.
  if (/^sendmail(\.[cm]?js)?$/.test(basename(invokedAs))) return (await VERBS['sendmail']!.load())(args, io);
  const [first = 'start', ...rest] = args;
  if (first === 'help' && rest[0] !== undefined && !rest[0].startsWith('-')) return main([rest[0], '--help'], invokedAs);
  if (first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(help());
    return 0;
  }
  if (first === '--version' || first === '-v') {
    const { version } = await import('../version.ts');
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const isOption = first.startsWith('-');
  const verb = isOption ? VERBS['start'] : Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
  if (!verb) {
    process.stderr.write(`postern: there is no verb "${first}"${nearest(first, Object.keys(VERBS), ' (did you mean "%"?)')}; postern --help lists them\n`);
    return 64;
  }
  return (await verb.load())(isOption ? args : rest, io);
}
