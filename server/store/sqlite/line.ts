/**
 * The line to a thread: calls go out numbered, answers come back in order.
 * When the thread dies, whatever waits on it gets a StoreFault, and it is
 * started again once; after a second death the line stays broken and says so.
 *
 *     opening ──▶ up ──▶ closed
 *        ▲         │ dies
 *        └── once ─┴──▶ broken
 */
import { type Transferable, Worker } from 'node:worker_threads';
import { StoreFault } from '../../admission/port.ts';
import { fromWire, type WireError } from './fault.ts';

export type Call = { n: number; op: string; args: unknown[] };
export type Answer = { n: number; value: unknown } | { n: number; error: WireError };

// oxlint-disable-next-line typescript/no-explicit-any -- the bound of any function
export type Calls = { [op: string]: (...args: any[]) => unknown };

export interface Line<C extends Calls> {
  call<K extends keyof C & string>(op: K, ...args: Parameters<C[K]>): Promise<ReturnType<C[K]>>;
  /** As `call`, and gives the buffers away instead of copying them. */
  hand<K extends keyof C & string>(transfer: Transferable[], op: K, ...args: Parameters<C[K]>): Promise<ReturnType<C[K]>>;
  /** Why it cannot be used. */
  fault(): StoreFault | undefined;
  /** After the calls before it. */
  close(): Promise<void>;
}

export type LineOptions = {
  name: string;
  data: unknown;
  /** How often a thread that died is started again. */
  restarts: number;
  /** Called with each thread that is started. */
  started?: ((thread: Worker) => void) | undefined;
  died?: ((name: string, error: Error) => void) | undefined;
  /** The thread starts at once, but opens its database only after this. */
  after?: Promise<unknown> | undefined;
  /** The script, when it is not thread.ts beside this file. */
  script?: URL;
};

// Built to JavaScript this file is line.js, and its neighbour thread.js.
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

// What a thread makes is short-lived: without a limit V8 lets 60 MB of it pile up.
const YOUNG = 8;

type Waiting = { resolve(value: unknown): void; reject(error: Error): void };

/** Resolves once the thread has opened its database; throws what kept it from doing so. */
export async function openLine<C extends Calls>(options: LineOptions): Promise<Line<C>> {
  const waiting = new Map<number, Waiting>();
  let restarts = options.restarts;
  let n = 0;
  let fault: StoreFault | undefined;
  let closing = false;
  /** Settles once a thread that is started again has opened its database, or could not. */
  let returning: Promise<void> | undefined;
  let thread: Worker;

  function start(): Promise<void> {
    const mine = new Worker(options.script ?? THREAD, {
      workerData: options.data, name: `postern ${options.name}`, resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    thread = mine;
    options.started?.(mine);
    const opened = new Promise<unknown>((resolve, reject) => waiting.set(0, { resolve, reject }));
    const open = () => mine.postMessage({ n: 0, op: 'open', args: [] } satisfies Call, []);
    if (options.after) options.after.then(open, () => void mine.terminate());
    else open();
    let cause: Error | undefined;
    let opening = true;
    mine.on('message', (answer: Answer) => {
      if (answer.n === 0 && !('error' in answer)) opening = false;
      const one = waiting.get(answer.n);
      waiting.delete(answer.n);
      if ('error' in answer) one?.reject(fromWire(answer.error));
      else one?.resolve(answer.value);
    });
    mine.on('error', (error: unknown) => { cause = error instanceof Error ? error : new Error(String(error)); });
    mine.on('exit', (code) => {
      // One that could not open its database has said so.
      if ((closing && waiting.size === 0) || (opening && !waiting.has(0))) return;
      died(cause ?? new Error(`it ended with code ${code}`), opening);
    });
    return opened.then(() => undefined);
  }

  function died(cause: Error, whileOpening: boolean): void {
    fault = new StoreFault('broken', `The store's ${options.name} thread died: ${cause.message}`, { cause });
    if (!whileOpening) options.died?.(options.name, cause);
    const lost = [...waiting.values()];
    waiting.clear();
    for (const { reject } of lost) reject(fault);
    if (closing || whileOpening || restarts-- <= 0) return;
    // Until it is open again the fault stands.
    returning = comeBack(fault);
  }

  async function comeBack(from: StoreFault): Promise<void> {
    try {
      await start();
      if (fault === from) fault = undefined;
    } catch (error) {
      if (error instanceof StoreFault) fault = error;
    }
  }

  function hand(transfer: Transferable[], op: string, ...args: unknown[]): Promise<unknown> {
    if (closing) return Promise.reject(new StoreFault('closed', 'The store is closed'));
    if (fault) return Promise.reject(fault);
    return send({ n: ++n, op, args }, transfer);
  }

  function send(call: Call, transfer: Transferable[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      waiting.set(call.n, { resolve, reject });
      thread.postMessage(call, transfer);
    });
  }

  await start();
  return {
    call: ((op: string, ...args: unknown[]) => hand([], op, ...args)) as Line<C>['call'],
    hand: hand as Line<C>['hand'],
    fault: () => fault,
    async close() {
      if (closing) return;
      closing = true;
      // Never terminated while it opens: where that meets the loading of better-sqlite3, Node aborts the process.
      await returning;
      if (fault) {
        await thread.terminate();
        return;
      }
      const gone = new Promise((resolve) => thread.once('exit', resolve));
      await send({ n: ++n, op: 'close', args: [] }, []).catch(() => undefined);
      await gone;
    },
  };
}
