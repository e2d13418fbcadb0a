/**
 * `postern classify`: what an SMTP reply means. For people a few lines, for
 * programs JSON; with --jsonl one verdict a line, in order, whatever the line
 * holds. Needs no running sandbox.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { CLASSES } from '../classify/classes.ts';
import { classify, consequence } from '../classify/classify.ts';
import type { Verdict } from '../classify/verdict.ts';
import { parseReply, readStage } from '../mail/reply.ts';
import { EX, readOptions, usage, verb } from './options.ts';
import type { Io } from './verb.ts';

const HELP = `postern classify [--json] [--stage STAGE] [REPLY ...]
postern classify --jsonl < FILE

Says what an SMTP reply means: its class, the rule that says so, and what
Postern would do. The reply is the arguments, or standard input.

  --stage STAGE      when it was said: connect, greeting, ehlo, starttls, auth,
                     mail, rcpt, data, body
  --host NAME        the host that said it
  --json             prints the verdict as JSON
  --jsonl            reads lines of {"reply_code", "enhanced", "text", "phase"}
                     and writes a verdict a line; only "text" is needed

Exit codes: 0 done, 64 wrong usage, 65 a line was no JSON object.
`;

export async function classifyReplies(args: string[], io: Io): Promise<number> {
  return verb('postern classify', HELP, args, io, async () => {
    const { values, positionals } = readOptions(args, { json: { type: 'boolean' }, jsonl: { type: 'boolean' }, stage: { type: 'string' }, host: { type: 'string' } }, true);
    if (values.jsonl) {
      if (positionals.length > 0) throw usage('--jsonl reads standard input and takes no reply as an argument');
      return lines(io);
    }
    const stage = values.stage === undefined ? undefined : readStage(values.stage);
    if (values.stage !== undefined && stage === undefined) throw usage(`--stage must be connect, greeting, ehlo, starttls, auth, mail, rcpt, data or body; it is ${values.stage}`);
    const said = positionals.length > 0 && positionals.join(' ') !== '-' ? positionals.join(' ') : await textOf(io.stdin as Readable);
    if (said.trim() === '') throw usage('there is no reply to classify');
    const verdict = classify(parseReply(said, { ...(stage === undefined ? {} : { stage }), ...(values.host === undefined ? {} : { host: values.host }) }));
    io.stdout.write(values.json ? `${JSON.stringify(verdict)}\n` : explain(verdict));
    return EX.OK;
  });
}

function explain(verdict: Verdict): string {
  const { confidence, phase: _, ...facets } = verdict.facets;
  const rows: [string, string][] = [
    ['class', `${verdict.class}: ${CLASSES[verdict.class].says}`],
    ['permanence', verdict.permanence],
    ['Postern', consequence(verdict)],
    ['rule', `${verdict.rule} (${confidence})`],
    ...Object.entries(facets).map(([name, value]): [string, string] => [NAMES[name] ?? name, name === 'retryAfter' ? `${value} s` : String(value)]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)} ${value}\n`).join('');
}

const NAMES: Record<string, string> = { providerCode: 'provider code', delistUrl: 'delist', retryAfter: 'retry after' };

async function lines(io: Io): Promise<number> {
  let code: number = EX.OK;
  for await (const line of createInterface({ input: io.stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    const read = readLine(line);
    if (read === undefined) code = EX.DATAERR;
    const answer = read === undefined ? { error: 'not a JSON object with a text' } : classify(read);
    if (!io.stdout.write(`${JSON.stringify(answer)}\n`)) await new Promise((resolve) => io.stdout.once('drain', resolve));
  }
  return code;
}

function readLine(line: string) {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || typeof value['text'] !== 'string') return undefined;
  const code = Number(value['reply_code'] ?? NaN);
  const enhanced = value['enhanced'];
  const stage = typeof value['phase'] === 'string' ? readStage(value['phase']) : undefined;
  return parseReply(value['text'], {
    ...(Number.isInteger(code) && code >= 200 && code < 600 ? { code } : {}),
    ...(typeof enhanced === 'string' ? { enhanced } : {}),
    ...(stage === undefined ? {} : { stage }),
  });
}
