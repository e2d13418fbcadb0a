/** Stands in for the parsing worker and does what a message says: hang, die, throw, grow. Otherwise it answers with the id. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ToWorker, WorkerData } from '../../server/inbox/parse/protocol.ts';
import type { Envelope } from '../../server/inbox/parse/entry.ts';
import type { IndexEntry } from '../../server/inbox/port.ts';

const port = parentPort!;
const { progress } = workerData as WorkerData;
const entryOf = ({ id }: Envelope): IndexEntry => ({
  id, snippet: 'read', words: { subject: '', addresses: '', text: '', attachments: '', headers: '' },
  parsed: { warnings: [], headers: [], attachments: [], links: [], codes: [], calendar: [] },
});

function obey(bytes: Uint8Array): void {
  const order = Buffer.from(bytes).toString();
  if (order.includes('hang')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (order.includes('die')) process.exit(3);
  if (order.includes('throw')) throw new Error('a bug');
  if (order.includes('grow')) for (const heap: number[][] = []; ;) heap.push(Array.from({ length: 10_000 }, (_, i) => i * 1.5));
}

let open: Envelope | undefined;
port.on('message', (message: ToWorker) => {
  if (message.kind === 'read') {
    for (const [index, { bytes }] of message.messages.entries()) {
      Atomics.store(progress, 0, index);
      Atomics.add(progress, 1, 1);
      obey(bytes);
    }
    port.postMessage({ kind: 'entries', entries: message.messages.map(({ envelope }) => entryOf(envelope)) });
  } else if (message.kind === 'open') open = message.envelope;
  else if (message.kind === 'piece') {
    obey(message.bytes);
    Atomics.add(progress, 1, 1);
    port.postMessage({ kind: 'taken' });
  } else port.postMessage({ kind: 'entries', entries: [entryOf(open!)] });
});
