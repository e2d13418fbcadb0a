/** What measures of whole ways share: a client that sends many, a sink that counts them, and how far a stream is. */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { accepts, freePort, has, type Program } from './programs.ts';

const run = promisify(execFile);
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const MOST_MS = 600_000;

/** Until `done` answers that all of it has arrived. */
export async function until(done: () => Promise<boolean> | boolean, every = 20): Promise<void> {
  for (const end = performance.now() + MOST_MS; !(await done());) {
    if (performance.now() > end) throw new Error('not everything was delivered within ten minutes');
    await pause(every);
  }
}

/** smtp-source: 20 clients over kept connections, 2 KB. */
export const source = (to: Program, messages: number) =>
  run('smtp-source', ['-d', '-s', '20', '-m', `${messages}`, '-l', '2048', '-f', 'app@sender.test', '-t', 'someone@inbox.test', `${to.host}:${to.port}`], { timeout: MOST_MS });

export async function delivered(http: string, stream: string): Promise<number> {
  const { streams } = (await (await fetch(`${http}/v1/queue?stream=${stream}`)).json()) as { streams: { stream: string; tally: { delivered?: number } }[] };
  return streams.find((one) => one.stream === stream)?.tally.delivered ?? 0;
}

export type CountingSink = Program & { messages(): number };

/** smtp-sink that counts what it takes. */
export async function startCountingSink(): Promise<CountingSink | undefined> {
  if (!has('smtp-sink')) return undefined;
  const port = await freePort();
  const child = spawn('smtp-sink', [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), '-c', `127.0.0.1:${port}`, '1000'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let taken = 0;
  child.stdout!.setEncoding('latin1').on('data', (text: string) => {
    const last = text.match(/mesg=(\d+)/g)?.at(-1);
    if (last) taken = Number(last.slice(5));
  });
  await accepts(port, 5_000);
  return { name: 'smtp-sink', host: '127.0.0.1', port, pid: child.pid!, readyMs: 0, messages: () => taken, stop: async () => void child.kill('SIGKILL') };
}

export async function post<T>(url: string, body: unknown, method = 'POST'): Promise<T> {
  // oxlint-disable-next-line unicorn/no-invalid-fetch-options -- never a GET
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}
