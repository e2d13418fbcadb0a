/**
 * The writer on the calling thread, behind the same line. Slower end to end
 * and it holds up the event loop (docs/decisions/0002-writer-thread.md); it
 * is kept so that `bench/store.ts` can show it again.
 */
import { faultOf } from './fault.ts';
import { openForWriting } from './database.ts';
import type { Line } from './line.ts';
import type { ThreadData } from './thread.ts';
import { createWriter, type Writer } from './writer.ts';

export async function openDirect({ place, writer: options }: ThreadData): Promise<Line<Writer>> {
  const db = openForWriting(place);
  const writer: Record<string, (...args: never[]) => unknown> = createWriter(db, options);
  const hand = async (_transfer: unknown, op: string, ...args: unknown[]) => {
    try {
      return writer[op]!(...(args as never[]));
    } catch (error) {
      throw faultOf(error, options.dir);
    }
  };
  return {
    call: ((op: string, ...args: unknown[]) => hand([], op, ...args)) as Line<Writer>['call'],
    hand: hand as Line<Writer>['hand'],
    fault: () => undefined,
    close: async () => void db.close(),
  };
}
