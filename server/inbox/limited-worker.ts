/**
 * A worker that reads messages, with limits of memory: what it says is heard
 * in order, by whoever asks for it next. One that dies says why, to whoever
 * waits and to all who ask later.
 */
import { type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';

export type LimitedWorker<To, From> = {
  ask(message: To, transfer?: Transferable[]): void;
  /** The next thing that the worker says. Throws Ended. */
  answer(): Promise<From>;
  terminate(): Promise<unknown>;
};

/** Why the worker ended, in a sentence without its full stop, for the reader of the message. */
export class Ended extends Error {
  override name = 'Ended';
}

/** Megabytes of heap: for what lives on, and for what was made last. */
export type WorkerMemory = { old: number; young: number };

/** `doing` begins the sentences; `gone` is called when nothing can be asked of it any more. */
export function startWorker<To, From>(url: URL, doing: string, memory: WorkerMemory, options: WorkerOptions, gone: () => void): LimitedWorker<To, From> {
  const worker = new Worker(url, { ...options, resourceLimits: { maxOldGenerationSizeMb: memory.old, maxYoungGenerationSizeMb: memory.young } });
  worker.unref();
  const heard: From[] = [];
  let waiting: { resolve(message: From): void; reject(error: Error): void } | undefined;
  let ended: Error | undefined;
  const end = (why: string) => {
    ended ??= new Ended(why);
    gone();
    waiting?.reject(ended);
    waiting = undefined;
  };
  worker.on('message', (message: From) => {
    if (waiting) waiting.resolve(message);
    else heard.push(message);
    waiting = undefined;
  });
  // Whatever was thrown there, `undefined` too.
  worker.on('error', (error: unknown) => end(isOutOfMemory(error) ? `${doing} took more than ${memory.old} MB of memory and was given up` : `${doing} failed: ${error instanceof Error ? error.message : String(error)}`));
  worker.on('exit', (code) => end(`${doing} failed: its thread ended with code ${code}`));
  return {
    ask: (message, transfer = []) => worker.postMessage(message, transfer),
    answer: () => new Promise((resolve, reject) => {
      const message = heard.shift();
      if (message !== undefined) resolve(message);
      else if (ended) reject(ended);
      else waiting = { resolve, reject };
    }),
    terminate: () => worker.terminate(),
  };
}

const isOutOfMemory = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
