/**
 * What was leased, sorted by what is to be done with it: recipients that are
 * suppressed or overdue by now end without an attempt; the others are loads
 * for a connection. Recipients of one message whose own clocks differ (after
 * a narrowed advance) are loads of their own: a conversation has one time. So
 * are those that stand for others: their copy says for whom.
 */
import { PRIORITIES } from '../mail/recipient.ts';
import type { LeasedMessage, LeasedRecipient } from './port.ts';

export type Load = { message: LeasedMessage; recipients: LeasedRecipient[]; offset: number };
export type Sorted = { loads: Load[]; suppressed: Load[]; overdue: Load[] };

/** `now` is of the stream's clock. `each` gives every recipient a load of its own, where its return path (or the copy that it gets) is its own. */
export function sortLoads(messages: readonly LeasedMessage[], now: number, each = false): Sorted {
  const sorted: Sorted = { loads: [], suppressed: [], overdue: [] };
  for (const message of messages) {
    const groups = { loads: new Map<number | string, Load>(), suppressed: new Map<number | string, Load>(), overdue: new Map<number | string, Load>() };
    for (const recipient of message.recipients) {
      const { offset } = recipient;
      const group = groups[recipient.suppressed ? 'suppressed' : recipient.expiresAt <= now + offset ? 'overdue' : 'loads'];
      const key = each ? recipient.key : recipient.original ? `${offset} ${recipient.original.join(' ')}` : offset;
      const load = group.get(key);
      if (load) load.recipients.push(recipient);
      else group.set(key, { message, recipients: [recipient], offset });
    }
    for (const kind of ['loads', 'suppressed', 'overdue'] as const) sorted[kind].push(...groups[kind].values());
  }
  return sorted;
}

/** Its own clock was moved while it was leased: what is told of it from now on is of that time. */
export function moveLoad(load: Load, ms: number): void {
  load.offset += ms;
  for (const recipient of load.recipients) recipient.offset += ms;
}

/** Those of whom `is` does not hold, and those of whom it does: loads of their own from then on. */
export function splitLoad(load: Load, is: (recipient: LeasedRecipient) => boolean): Load[] {
  const [others, those] = [load.recipients.filter((one) => !is(one)), load.recipients.filter(is)];
  return others.length === 0 || those.length === 0 ? [load] : [{ ...load, recipients: others }, { ...load, recipients: those }];
}

/** The urgent goes first. */
export const rankOf = ({ priority }: LeasedRecipient): number => PRIORITIES.indexOf(priority);
