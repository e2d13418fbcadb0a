/**
 * `postern ready`: asks a sandbox whether it can take mail. With --wait it
 * asks until it can, also when it has not started yet. Exit 0 when ready.
 */
import { durationOf, EX, readOptions, usage, verb } from './options.ts';
import { addressesIn, dataDir, httpTarget, TARGET_HELP, TARGET_OPTIONS } from './target.ts';
import type { Io } from './verb.ts';

const HELP = `postern ready [--wait] [--timeout 30s]

Asks whether the sandbox is ready to take mail, and prints where it is.

  --wait             wait until it is, also for one that has not started yet
  --timeout TIME     how long to wait, and for one answer [30s with --wait, else 5s]
  --quiet            print nothing
${TARGET_HELP}
Exit codes: 0 ready, 1 not ready, 64 wrong usage.
`;

/** Milliseconds between two questions. */
const PAUSE = 100;

export async function ready(args: string[], io: Io): Promise<number> {
  return verb('postern ready', HELP, args, io, async () => {
    const { values } = readOptions(args, { ...TARGET_OPTIONS, wait: { type: 'boolean' }, timeout: { type: 'string' }, quiet: { type: 'boolean' } });
    const timeout = durationOf(values.timeout ?? (values.wait ? '30s' : '5s'), '--timeout');
    const until = Date.now() + timeout;
    for (;;) {
      // Asked anew each time: a starting sandbox writes its address when it has one.
      const { url } = httpTarget(values, io);
      if (!URL.canParse(url)) throw usage(`${JSON.stringify(url)} is no URL of a sandbox; it looks like http://127.0.0.1:8025`);
      const left = Math.max(until - Date.now(), 1);
      const no = await whyNotReady(url, Math.min(left, 5_000));
      if (no === undefined) {
        const smtp = values.url === undefined ? addressesIn(dataDir(values, io))?.smtp : undefined;
        if (!values.quiet) io.stdout.write(`ready: ${url}${smtp ? `, SMTP ${smtp.host}:${smtp.port}` : ''}\n`);
        return EX.OK;
      }
      if (!values.wait || Date.now() + PAUSE >= until) {
        if (!values.quiet) io.stderr.write(`postern ready: ${url} is not ready: ${no}${values.wait ? '' : ' (--wait waits for it)'}\n`);
        return EX.FAILED;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  });
}

async function whyNotReady(url: string, timeout: number): Promise<string | undefined> {
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/readyz`, { signal: AbortSignal.timeout(timeout) });
    if (response.ok) return undefined;
    const said = (await response.text()).slice(0, 500);
    try {
      const problem = JSON.parse(said) as { detail?: string; title?: string };
      return problem.detail ?? problem.title ?? said;
    } catch {
      return `it answered ${response.status} ${said}`.trim();
    }
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    return name === 'TimeoutError' ? `no answer within ${timeout} ms` : (cause ? reasonOf(cause, new URL(url)) : message);
  }
}

/** What was the matter below `fetch`, which says no more than that it failed. */
function reasonOf({ code, message }: { code?: string; message?: string }, { hostname, port }: URL): string {
  switch (code) {
    case 'ECONNREFUSED': return 'nothing is listening there; `npx postern start` starts one';
    case 'ENOTFOUND': case 'EAI_AGAIN': return `no host named ${hostname} is known`;
    case 'EHOSTUNREACH': case 'ENETUNREACH': case 'ETIMEDOUT': return `there is no way to ${hostname} (${code})`;
    case 'ECONNRESET': case 'UND_ERR_SOCKET': return `the connection was closed without an answer (${code})`;
    // fetch keeps off the ports of other protocols, whoever listens on them.
    default: return message === 'bad port' ? `HTTP clients do not ask port ${port}: it is reserved for another protocol` : (message || code || 'it cannot be reached');
  }
}
