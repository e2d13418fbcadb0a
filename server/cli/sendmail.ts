/**
 * `postern sendmail`: stands in for /usr/sbin/sendmail, so that PHP's mail(),
 * cron and mail(1) reach the sandbox. Streams: a message of 50 MB is never
 * held. Ends with the codes of sysexits.h, so that callers know whether to
 * try again. Also runs as `sendmail` when it is linked under that name.
 */
import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { EX, Failure, usage, verb, type SmtpTarget } from './options.ts';
import { parseFlags, type Flags } from './sendmail-flags.ts';
import { finishHead, HEADER_LIMIT, readHead, recipientsOf, untilDot } from './sendmail-input.ts';
import { speakSmtp } from './sendmail-session.ts';
import { exitCodeOf, handOver } from './smtp.ts';
import { smtpTarget } from './target.ts';
import type { Io } from './verb.ts';

const HELP = `postern sendmail [flags] [recipient ...]

Reads a message on standard input and hands it to the sandbox over SMTP.

  -t                 recipients from To, Cc and Bcc; Bcc is taken off the message
  -i, -oi            a line with a lone dot does not end the message
  -f ADDRESS         envelope sender (-f '' is the null sender)
  -F NAME            name for the From field, where the message has none
  -bs                speak SMTP on standard input and output
  -N WORDS -R WORD -V ID   delivery status notifications: NOTIFY, RET, ENVID
  -v                 say what happened
  -S, --smtp HOST:PORT     the listener [the running sandbox, else 127.0.0.1:1025];
                     smtp://USER:PASSWORD@HOST:PORT where it wants a login
  --data-dir DIR     where to look for postern.json [POSTERN_DATA_DIR, else ./postern-data]

Other flags of sendmail(8) (-o..., -O..., -q..., -B..., -h...) are taken and mean nothing.
From, Date and Message-ID are added where they are missing; an empty input is
a message too, as it is for other sendmails.

Exit codes: 0 taken, 64 wrong usage, 65 header too long, 67 unknown recipient,
69 refused, 74 input could not be read, 75 try again later, 77 login refused.
`;

export async function sendmail(args: string[], io: Io): Promise<number> {
  return verb('sendmail', HELP, args.filter((arg) => arg !== '-h'), io, async () => {
    const parsed = parseFlags(args);
    if ('fault' in parsed) throw usage(parsed.fault);
    const { flags } = parsed;
    const target = smtpTarget(flags.smtp, { 'data-dir': flags.dataDir }, io);
    switch (flags.mode) {
      case 'smtp': return speakSmtp(target, io);
      case 'queue':
        io.stdout.write('Mail queue is empty\n');
        return EX.OK;
      case 'aliases': return EX.OK;
      case 'verify': throw usage('-bv is not done here: a sandbox takes every recipient');
      case 'deliver': return deliver(flags, target, io);
    }
  });
}

async function deliver(flags: Flags, target: SmtpTarget, io: Io): Promise<number> {
  const own = `${io.env['LOGNAME'] || io.env['USER'] || userName()}@${hostname()}`;
  const sender = flags.sender === undefined ? own : qualified(flags.sender);

  const source = io.stdin as AsyncIterable<Uint8Array | string>;
  const input = (flags.dots === 'kept' ? source : untilDot(source))[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>;
  const head = await readHead(input).catch((error: Error) => { throw new Failure(EX.IOERR, `the message could not be read: ${error.message}`); });
  if (head === 'too-long') throw new Failure(EX.DATAERR, `the header is longer than ${HEADER_LIMIT} octets`);

  const named = flags.recipients.flatMap((text) => recipientsOf([{ name: 'to', raw: `To: ${Buffer.from(text).toString('latin1')}` }]));
  const recipients = [...new Set([...named, ...(flags.fromHeader ? recipientsOf(head.fields) : [])].map(qualified))];
  if (recipients.length === 0) throw usage(flags.fromHeader ? 'the message names no recipient in To, Cc or Bcc' : 'no recipient is given (-t takes them from the message)');

  const begin = finishHead(head.fields, {
    from: `${flags.fullName ? `${phrase(flags.fullName)} ` : ''}<${sender || own}>`,
    date: new Date().toUTCString().replace('GMT', '+0000'),
    messageId: `<${randomUUID()}@${hostname()}>`,
  }, flags.fromHeader);
  const message = Readable.from((async function* () {
    yield begin;
    if (head.rest.length > 0) yield head.rest;
    for (;;) {
      const { done, value } = await input.next();
      if (done) return;
      yield typeof value === 'string' ? Buffer.from(value) : value;
    }
  })(), { objectMode: false });

  const hasDsn = Object.keys(flags.dsn).length > 0;
  // A caller that keeps our input open must not keep us.
  const outcome = await handOver({ ...target, envelope: { from: sender, to: recipients, ...(hasDsn ? { dsn: flags.dsn } : {}) }, message }).finally(() => (io.stdin as Readable).destroy());
  switch (outcome.kind) {
    case 'unreachable': throw new Failure(EX.TEMPFAIL, outcome.why);
    case 'refused': throw new Failure(exitCodeOf(outcome.response, outcome.code), outcome.response);
    case 'taken': {
      if (flags.verbose) io.stdout.write(`${outcome.response}\n`);
      for (const { address, response } of outcome.refused) io.stderr.write(`sendmail: ${address}: ${response}\n`);
      // Some were taken: trying again would send to them twice, so a refusal for good is what the caller hears.
      const worst = outcome.refused.map(({ response, code }) => exitCodeOf(response, code)).find((code) => code !== EX.TEMPFAIL);
      return outcome.refused.length === 0 ? EX.OK : (worst ?? EX.TEMPFAIL);
    }
  }
}

/** cron writes to `root`: this machine's. */
const qualified = (address: string): string => (address === '' || address.includes('@') ? address : `${address}@${hostname()}`);

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'nobody'; // a container's user id need not be in its passwd file
  }
}

function phrase(name: string): string {
  const clean = name.replace(/[\u0000-\u001f\u007f]+/g, ' ');
  if (/^[\x20-\x7e]*$/.test(clean)) return `"${clean.replace(/["\\]/g, '\\$&')}"`;
  return `=?UTF-8?B?${Buffer.from(clean).toString('base64')}?=`;
}
