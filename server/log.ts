/**
 * The log: pino, structured, one line per message at `info`. Never a
 * password, a token or a body: callers hand over facts, not requests.
 * On a terminal the same lines are written to be read.
 */
import { pino, type Logger } from 'pino';

export type Log = Logger;

export type LogOptions = { level: string; format: 'auto' | 'json' | 'text'; out?: { write(line: string): unknown; isTTY?: boolean } };

export function createLog({ level, format, out = process.stdout }: LogOptions): Log {
  const text = format === 'text' || (format === 'auto' && out.isTTY === true);
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"`, formatters: { level: (label) => ({ level: label }) } },
    { write: text ? (line) => void out.write(readable(line)) : (line) => void out.write(line) },
  );
}

/** `12:01:33 accepted  from=a@b.test to=c@d.test` */
function readable(line: string): string {
  const { level, time, msg, ...facts } = JSON.parse(line) as { level: string; time: string; msg?: string } & Record<string, unknown>;
  const shown = Object.entries(facts).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join('');
  const mark = level === 'info' ? '' : ` ${level.toUpperCase()}`;
  // A subject or an address may hold anything: nothing that moves the cursor reaches the terminal.
  return `${time.slice(11, 19)}${mark} ${msg ?? ''}${shown}`.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ') + '\n';
}
