/**
 * The worker thread in which messages are checked: begun when the first
 * check is asked for, ended after a while without any, so that neither the
 * tables nor a hostile message cost the process anything lasting.
 */
import { parentPort } from 'node:worker_threads';
import { examiner } from './examine.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

const port = parentPort!;
const say = (message: FromWorker) => port.postMessage(message);

let open: ReturnType<typeof examiner> | undefined;
let broken: string | undefined;

port.on('message', (message: ToWorker) => {
  try {
    switch (message.kind) {
      case 'begin':
        broken = undefined;
        open = examiner(message.subject);
        break;
      case 'piece':
        if (broken === undefined) open!.push(message.bytes);
        break;
      case 'end':
        if (broken === undefined) say({ kind: 'done', examination: open!.end() });
        break;
    }
  } catch (error) {
    broken = error instanceof Error ? error.message : String(error);
  }
  if (message.kind === 'piece') say({ kind: 'taken' });
  else if (message.kind === 'end' && broken !== undefined) say({ kind: 'failed', error: broken });
  if (message.kind === 'end') open = undefined;
});
