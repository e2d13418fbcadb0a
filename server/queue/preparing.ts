/**
 * What goes out of a load: the copy for its recipients, made shortly before
 * it is needed (while one message is on its way the next one is signed).
 * Without a Prepare (simulated mail) what is stored goes out as it is.
 *
 * Whom the gate does not let go any more, and what cannot be sent as the
 * stream wants it, is held here; that costs no attempt.
 */
import type { Outgoing, Prepare } from '../outgoing/outgoing.ts';
import type { Carrying } from './carrying.ts';
import type { Endings } from './ending.ts';
import type { Load } from './loads.ts';
import type { LeasedMessage } from './port.ts';
import type { Run } from './run.ts';
import { settleHeld } from './settle.ts';

/** A message that could not be read is tried again after so long. */
export const UNREADABLE_MS = 60_000;

type Copy = Promise<Awaited<ReturnType<Prepare>>>;

export type Preparing = {
  /** Begins with it already; who asks for it may be told that it failed. */
  ahead(load: Load | undefined): void;
  /**
   * What goes out; the load's recipients may be fewer from then on. Undefined
   * when nothing of it goes now: that is settled. `'left'`: everything was given back.
   */
  ready(load: Load): Promise<Outgoing | 'left' | undefined>;
};

export function createPreparing(on: Carrying, run: Run, { end, back }: Pick<Endings, 'end' | 'back'>): Preparing {
  const { prepare, clock } = on;
  const made = new WeakMap<Load, { recipients: Load['recipients']; copy: Copy }>();

  function begin(load: Load, by: Prepare): Copy {
    const known = made.get(load);
    if (known?.recipients === load.recipients) return known.copy;
    const copy: Copy = Promise.resolve().then(() => by(load.message, load.recipients));
    copy.catch(() => {
      // Another try may go well.
      if (made.get(load)?.copy === copy) made.delete(load);
    });
    made.set(load, { recipients: load.recipients, copy });
    return copy;
  }

  const asStored = ({ message, size, body, smtputf8 }: LeasedMessage): Outgoing => ({
    size, ...(body ? { body } : {}), ...(smtputf8 ? { smtputf8 } : {}),
    async open() {
      const octets = await on.openBody(message);
      if (!octets) throw new Error('The message is gone');
      return octets;
    },
  });

  /** The others stay in the load. */
  async function holdBack(load: Load): Promise<void> {
    const judged = load.recipients.map((recipient) => ({ recipient, held: on.judge(recipient) }));
    const kept = judged.filter(({ held }) => held !== null);
    if (kept.length === 0) return;
    load.recipients = judged.filter(({ held }) => held === null).map(({ recipient }) => recipient);
    await end({ ...load, recipients: kept.map(({ recipient }) => recipient) }, kept.map(({ recipient, held }) => settleHeld(recipient, held!, clock.now() + load.offset)));
  }

  async function ready(load: Load): Promise<Outgoing | 'left' | undefined> {
    if (on.mode === 'deliver') await holdBack(load);
    if (load.recipients.length === 0) return undefined;
    if (!prepare) return asStored(load.message);
    const copy = await on.orLeft(begin(load, prepare).catch((error: unknown) => {
      on.log.error({ error: String(error), message: load.message.message }, 'A message could not be made ready to go out; it is tried again');
      return undefined;
    }));
    if (copy === 'left') await back([load, ...run.rest.splice(0)]);
    else if (!copy) await back([load], UNREADABLE_MS);
    else if ('held' in copy) await end(load, load.recipients.map((one) => settleHeld(one, copy.held, clock.now() + load.offset)));
    // The list may have become another meanwhile: then the copy is made for those that are left.
    else if (on.mode === 'deliver' && load.recipients.some((one) => on.judge(one) !== null)) return ready(load);
    else return copy;
    return copy === 'left' ? copy : undefined;
  }

  return {
    ahead(load) {
      if (prepare && load) void begin(load, prepare);
    },
    ready,
  };
}
