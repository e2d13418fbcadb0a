/**
 * `postern send`: makes a mail, or takes a finished one, and hands it to the
 * sandbox over SMTP, or over HTTP when a URL is given. For a first try, and
 * for scripts; sendmail.ts is for programs that expect sendmail.
 */
import { createReadStream, openAsBlob } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text as textOf } from 'node:stream/consumers';
import MailComposer from 'nodemailer/lib/mail-composer';
import { parseMailboxes } from '../mail/header.ts';
import { EX, Failure, readOptions, type SmtpTarget, usage, verb } from './options.ts';
import { readHead, recipientsOf } from './sendmail-input.ts';
import { exitCodeOf, handOver } from './smtp.ts';
import { failureOf, sandboxFor, smtpTarget, TARGET_OPTIONS, type TargetValues } from './target.ts';
import type { Io } from './verb.ts';

const HELP = `postern send --to ADDRESS [--subject TEXT] [--text TEXT] ...

Sends a mail to the sandbox, over SMTP unless --http names its address. The
sandbox of POSTERN_URL is asked where its SMTP is.

  --to ADDRESS       recipient; may be repeated, as may --cc and --bcc
  --from ADDRESS     sender [postern@example.test]
  --subject TEXT     [Hello from Postern]
  --text TEXT        the text; - reads it from standard input
  --html TEXT        the HTML; - reads it from standard input
  --attach FILE      attaches a file; may be repeated
  --header 'X: y'    a further header field; may be repeated
  --eml FILE         sends this finished message instead; - reads standard input.
                     Recipients are --to, else those of its header
  --stream NAME      the stream it goes into
  --user, --password a login, where one is needed
  --smtp HOST:PORT   the listener, also as smtp://USER:PASSWORD@HOST:PORT
                     [of the sandbox of POSTERN_URL, else of the data folder, else 127.0.0.1:1025]
  --http URL         over HTTP instead; an --eml is then kept byte for byte
  --token TOKEN      for HTTP [POSTERN_TOKEN, else the one of the data folder]
  --data-dir DIR     where to look for postern.json [POSTERN_DATA_DIR, else ./postern-data]

Exit codes: 0 taken, 64 wrong usage, 66 no such file, 67 unknown recipient,
69 refused or not reachable over HTTP, 75 not reachable over SMTP or try later, 77 login refused.
`;

const DEFAULT_FROM = 'postern@example.test';

export async function send(args: string[], io: Io): Promise<number> {
  return verb('postern send', HELP, args, io, async () => {
    const many = { type: 'string', multiple: true } as const;
    const one = { type: 'string' } as const;
    const { values } = readOptions(args, {
      ...TARGET_OPTIONS, to: many, cc: many, bcc: many, attach: many, header: many,
      from: one, subject: one, text: one, html: one, eml: one, stream: one, user: one, password: one, smtp: one, http: one,
    });
    const { to = [], cc = [], bcc = [], attach = [], eml } = values;
    const made = ['subject', 'text', 'html', 'attach', 'header', 'cc', 'bcc'].filter((name) => values[name as 'subject'] !== undefined);
    if (eml !== undefined && made.length > 0) throw usage(`--eml is a finished message: --${made[0]} cannot be put into it`);
    if (eml === undefined && to.length + cc.length + bcc.length === 0) throw usage('--to is missing');
    for (const [name, given] of Object.entries({ to, cc, bcc, from: values.from === undefined ? [] : [values.from] })) {
      // Empty --from is the null sender.
      const stray = given.find((text) => text !== '' && parseMailboxes(text).every(({ address }) => address === ''));
      if (stray !== undefined) throw usage(`--${name} must be an address, like ann@shop.test; it is "${stray}"`);
    }
    for (const file of [...attach, ...(eml === undefined || eml === '-' ? [] : [eml])]) await mustBeFile(file);

    const written = async (value: string | undefined) => (value === '-' ? textOf(io.stdin as Readable) : value);
    const html = await written(values.html);
    const mail = {
      from: values.from ?? DEFAULT_FROM, to, cc, bcc, html,
      subject: values.subject ?? 'Hello from Postern',
      text: (await written(values.text)) ?? (html === undefined ? 'It works: this mail was captured.\n' : undefined),
    };
    const headers = Object.entries(Object.groupBy((values.header ?? []).map(headerOf), ({ key }) => key)).map(([key, list]) => [key, list!.map(({ value }) => value)] as const);

    const http = values.http ?? values.url;
    if (http !== undefined && values.smtp !== undefined) throw usage('--smtp or --http, not both');
    if (http !== undefined) {
      const sandbox = await sandboxFor({ ...values, url: http }, io);
      const options = values.stream === undefined ? {} : { stream: values.stream };
      const { id, recipients } = await (eml === undefined
        ? sandbox.send({
            ...said(mail), headers: Object.fromEntries(headers),
            attachments: await Promise.all(attach.map(async (file) => ({ filename: basename(file), content: await readFile(file) }))),
          }, options)
        : sandbox.api.submitRaw(eml === '-' ? await buffer(io.stdin as Readable) : await openAsBlob(eml), { ...options, ...(to.length > 0 ? { to } : {}), ...(values.from === undefined ? {} : { from: values.from }) })
      ).catch((error: unknown) => { throw failureOf(error); });
      io.stdout.write(`taken as ${id}, for ${recipients.join(', ')}\n`);
      return EX.OK;
    }

    const login = values.user ?? values.stream;
    const target = values.smtp === undefined && io.env['POSTERN_URL'] ? await smtpOfUrl(values, io) : smtpTarget(values.smtp, values, io);
    const common = { ...target, login: login === undefined ? target.login : { user: login, pass: values.password ?? 'any' } };
    const outcome = await handOver({ ...common, ...(eml === undefined ? compose(mail, attach, headers) : await finished(eml, to, values.from, io)) });
    switch (outcome.kind) {
      case 'unreachable': throw new Failure(EX.TEMPFAIL, `${outcome.why}. Is Postern running there? postern start starts one`);
      case 'refused': throw new Failure(exitCodeOf(outcome.response, outcome.code), outcome.response);
      case 'taken':
        io.stdout.write(`${outcome.response}\n`);
        for (const { address, response } of outcome.refused) io.stderr.write(`postern send: ${address}: ${response}\n`);
        return outcome.refused.length === 0 ? EX.OK : exitCodeOf(outcome.refused[0]!.response, outcome.refused[0]!.code);
    }
  });
}

/** As the other verbs: POSTERN_URL comes before the data folder. */
async function smtpOfUrl(values: TargetValues, io: Io): Promise<SmtpTarget> {
  const { smtp } = await sandboxFor(values, io);
  return { host: smtp.host, port: smtp.port, ...(smtp.user === null ? {} : { login: { user: smtp.user, pass: smtp.password ?? '' } }) };
}

type Mail = { from: string; to: string[]; cc: string[]; bcc: string[]; subject: string; text: string | undefined; html: string | undefined };

/** Without the bodies that were not given. */
const said = ({ text, html, ...rest }: Mail) => ({ ...rest, ...(text === undefined ? {} : { text }), ...(html === undefined ? {} : { html }) });

function compose(mail: Mail, attach: string[], headers: (readonly [string, string[]])[]) {
  const node = new MailComposer({
    ...said(mail),
    attachments: attach.map((path) => ({ path, filename: basename(path) })),
    headers: Object.fromEntries(headers),
  }).compile();
  const { from, to } = node.getEnvelope();
  return { envelope: { from: from || '', to }, message: node.createReadStream() as Readable };
}

/** A finished message: its header is looked at for what the command line does not say. */
async function finished(eml: string, to: string[], from: string | undefined, io: Io) {
  const input = (eml === '-' ? io.stdin : createReadStream(eml)) as Readable;
  const iterator = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const pieces: Uint8Array[] = [];
  const head = await readHead({ next: async () => {
    const step = await iterator.next();
    if (!step.done) pieces.push(step.value);
    return step;
  } });
  const fields = head === 'too-long' ? [] : head.fields;
  const recipients = to.length > 0 ? to : [...new Set(recipientsOf(fields))];
  if (recipients.length === 0) throw new Failure(EX.DATAERR, `${eml} names no recipient; give one by --to`);
  const sender = from ?? recipientsOf(fields.filter(({ name }) => name === 'from').map(({ raw }) => ({ name: 'to', raw })))[0] ?? DEFAULT_FROM;
  const message = Readable.from((async function* () {
    yield* pieces;
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) yield step.value;
  })(), { objectMode: false });
  return { envelope: { from: sender, to: recipients }, message };
}

function headerOf(text: string): { key: string; value: string } {
  const match = /^([!-9;-~]+):\s*(.*)$/.exec(text);
  if (!match) throw usage(`--header must be a name and a value, like 'X-Campaign: spring'; it is ${text}`);
  return { key: match[1]!, value: match[2]! };
}

async function mustBeFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => { throw new Failure(EX.NOINPUT, `${file} cannot be read: ${error.code ?? error.message}`); });
  if (!found.isFile()) throw new Failure(EX.NOINPUT, `${file} is no file`);
}
