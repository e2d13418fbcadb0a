/**
 * How fast mail is taken: 2 KB messages from 20 clients of Debian's
 * smtp-source, over kept connections and over one connection per message, by
 * Postern (durable), smtp-sink (keeps nothing) and MailDev (npm), in turn and
 * several times; what counts is the median of the ratios of each round. Postern
 * parses in the background afterwards: the others get their turn only when
 * that is done, so that it costs them nothing.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median, round, type Row } from './figures.ts';
import { has, startMailDev, startPostern, startSink, type Program } from './programs.ts';

const run = promisify(execFile);

async function messagesPerSecond(to: Program, messages: number, kept: boolean): Promise<number> {
  const began = performance.now();
  await run('smtp-source', [...(kept ? ['-d'] : []), '-s', '20', '-m', `${messages}`, '-l', '2048', '-f', 'app@sender.test', '-t', 'someone@inbox.test', `${to.host}:${to.port}`], { timeout: 300_000 });
  return messages / ((performance.now() - began) / 1000);
}

async function parsed({ http }: Program): Promise<void> {
  if (http === undefined) return;
  for (const until = performance.now() + 120_000; performance.now() < until;) {
    const text = await (await fetch(`${http}/metrics`)).text();
    if (/^postern_parse_backlog 0$/m.test(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function intake({ quick }: { quick: boolean }): Promise<{ rows: Row[]; raw: unknown }> {
  if (!has('smtp-source')) return { rows: [{ what: 'intake', figure: 'skipped: smtp-source (Debian: postfix) is not installed', goal: '', met: undefined }], raw: null };
  const rounds = quick ? 2 : 5;
  const rows: Row[] = [];
  const raw: Record<string, Record<string, number[]>> = {};
  for (const kept of [true, false]) {
    const how = kept ? 'kept connections' : 'a connection per message';
    const sizes = { postern: quick ? 10_000 : 30_000, 'smtp-sink': quick ? 10_000 : 30_000, maildev: quick ? 300 : 1_000 };
    const rates: Record<string, number[]> = (raw[how] = {});
    const programs = (await Promise.all([startPostern(), startSink(), startMailDev()])).filter((one) => one !== undefined);
    try {
      for (const program of programs) {
        await messagesPerSecond(program, program.name === 'maildev' ? 100 : 5_000, kept); // warm
        await parsed(program);
      }
      for (let i = 0; i < rounds; i++) {
        for (const program of programs) {
          (rates[program.name] ??= []).push(await messagesPerSecond(program, sizes[program.name as keyof typeof sizes], kept));
          await parsed(program);
        }
      }
    } finally {
      await Promise.all(programs.map((program) => program.stop()));
    }
    const ours = rates['postern']!;
    const against = (name: string, goal: number) => {
      const theirs = rates[name];
      if (!theirs) return rows.push({ what: `intake against ${name}, ${how}`, figure: `skipped: ${name} is not here`, goal: `≥ ${goal}`, met: undefined });
      const ratio = median(ours.map((rate, i) => rate / theirs[i]!));
      return rows.push({ what: `intake against ${name}, ${how}`, figure: `${round(ratio, 2)} (${round(median(ours))} to ${round(median(theirs))} messages/s)`, goal: `≥ ${goal}`, met: ratio >= goal });
    };
    against('smtp-sink', kept ? 0.35 : 0.3);
    against('maildev', kept ? 4 : 10);
  }
  return { rows, raw };
}
