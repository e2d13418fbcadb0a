/** Starts and stops the programs that are measured, each on free ports of loopback. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
export const HOUSE = join(HERE, '..');

export type Program = { name: string; host: string; port: number; http?: string; pid: number; stop(): Promise<void>; readyMs: number };

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves once something accepts connections there; throws after `ms`. */
export async function accepts(port: number, ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  throw new Error(`nothing accepts connections on port ${port} after ${ms} ms`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(timer);
}

export function has(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The server as `npm start` runs it, on a data folder of its own. */
export async function startPostern(options: { env?: Record<string, string>; npm?: boolean } = {}): Promise<Program> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  const began = performance.now();
  const [command, args] = options.npm ? ['npm', ['start', '--silent']] : [process.execPath, ['bin/postern.js', 'start']];
  const child = spawn(command!, args as string[], {
    cwd: HOUSE,
    detached: true,
    env: { ...process.env, POSTERN_SMTP_LISTEN: '127.0.0.1:0', POSTERN_HTTP_LISTEN: '127.0.0.1:0', POSTERN_DATA_DIR: dataDir, POSTERN_LOG_LEVEL: 'warn', ...options.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const file = join(dataDir, 'postern.json');
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new Error('Postern stopped before it was ready');
    if (performance.now() - began > 20_000) throw new Error('Postern was not ready within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  const { http, smtp, pid } = JSON.parse(readFileSync(file, 'utf8')) as { http: string; smtp: { host: string; port: number }; pid: number };
  if ((await fetch(`${http}/readyz`)).status !== 200) throw new Error('Postern is not ready although it says so');
  const readyMs = performance.now() - began;
  return {
    name: 'postern', host: smtp.host, port: smtp.port, http, pid, readyMs,
    async stop() {
      try { process.kill(pid, 'SIGTERM'); } catch { /* gone */ }
      await end(child);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Debian's smtp-sink: takes mail and keeps nothing. Undefined where it is not installed. */
export async function startSink(): Promise<Program | undefined> {
  if (!has('smtp-sink')) return undefined;
  const port = await freePort();
  const root = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('smtp-sink', [...root, `127.0.0.1:${port}`, '1000'], { stdio: 'ignore' });
  await accepts(port, 5_000);
  return { name: 'smtp-sink', host: '127.0.0.1', port, pid: child.pid!, readyMs: 0, stop: () => end(child, 'SIGKILL') };
}

/** MailDev 3 from npm, put into bench/.peers at the first run. Undefined when it cannot be installed. */
export async function startMailDev(): Promise<Program | undefined> {
  const peers = join(HERE, '.peers');
  const bin = join(peers, 'node_modules', '.bin', 'maildev');
  if (!existsSync(bin)) {
    mkdirSync(peers, { recursive: true });
    // mailparser beside it: the version that MailDev would take does not install everywhere.
    writeFileSync(join(peers, 'package.json'), JSON.stringify({ private: true, dependencies: { maildev: '3.0.0', mailparser: '3.9.31' } }));
    try {
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: peers, stdio: ['ignore', 'ignore', 'inherit'] });
    } catch {
      return undefined;
    }
  }
  const [smtp, web] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [bin, '--smtp', `${smtp}`, '--web', `${web}`, '--ip', '127.0.0.1', '--web-ip', '127.0.0.1'], { stdio: 'ignore' });
  await accepts(smtp, 20_000);
  return { name: 'maildev', host: '127.0.0.1', port: smtp, pid: child.pid!, readyMs: 0, stop: () => end(child, 'SIGKILL') };
}

/** Resident memory in MB, and the most it ever was. Linux only. */
export function memory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)?.[1] ?? NaN) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** CPU seconds (user and system) of a process so far. Linux only. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
