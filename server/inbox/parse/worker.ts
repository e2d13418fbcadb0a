/**
 * The worker thread in which messages are parsed, so that no message, however
 * broken, can hold up the intake. It holds nothing between messages. An
 * exception is the end of one message, not of the worker.
 */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { readFields } from '../../mail/header.ts';
import type { IndexEntry } from '../port.ts';
import type { FromWorker, ToWorker, WorkerData } from './protocol.ts';
import { type Envelope, unreadable } from './entry.ts';
import { messageReader } from './read-message.ts';

/** On Linux this is the thread's own: taking mail in goes before reading it when the processor is short. */
const NICE = 5;
if (process.platform === 'linux') {
  try {
    setPriority(NICE);
  } catch { /* not allowed here: then they share as equals */ }
}

const { progress } = workerData as WorkerData;
const port = parentPort!;
const say = (message: FromWorker) => port.postMessage(message);
const step = () => void Atomics.add(progress, 1, 1);

let open: { envelope: Envelope; reader: ReturnType<typeof messageReader>; head: Buffer; error?: unknown } | undefined;

port.on('message', (message: ToWorker) => void hear(message));

async function hear(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'read': {
      const entries: IndexEntry[] = [];
      for (const [index, { envelope, bytes }] of message.messages.entries()) {
        Atomics.store(progress, 0, index);
        step();
        entries.push(await readWhole(envelope, bytes));
      }
      say({ kind: 'entries', entries });
      break;
    }
    case 'open':
      Atomics.store(progress, 0, 0);
      step();
      open = { envelope: message.envelope, reader: messageReader(message.envelope), head: Buffer.alloc(0) };
      break;
    case 'piece':
      try {
        if (open!.head.length === 0) open!.head = Buffer.from(message.bytes);
        if (open!.error === undefined) open!.reader.push(message.bytes);
      } catch (error) {
        open!.error = error;
      }
      step();
      say({ kind: 'taken' });
      break;
    case 'close': {
      const { envelope, reader, head, error } = open!;
      open = undefined;
      step();
      let entry: IndexEntry;
      try {
        if (error !== undefined) throw error;
        entry = await reader.end();
      } catch (thrown) {
        entry = unreadable(envelope, readFields(head), sentence(thrown));
      }
      say({ kind: 'entries', entries: [entry] });
      break;
    }
  }
}

async function readWhole(envelope: Envelope, bytes: Uint8Array): Promise<IndexEntry> {
  try {
    const reader = messageReader(envelope);
    reader.push(bytes);
    return await reader.end();
  } catch (thrown) {
    return unreadable(envelope, readFields(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)), sentence(thrown));
  }
}

function sentence(thrown: unknown): string {
  return `The body could not be read: ${thrown instanceof Error ? thrown.message : String(thrown)}. The raw message is whole.`;
}
