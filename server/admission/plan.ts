/**
 * Where the recipients of a submission go: nowhere when their stream only
 * captures or the mail itself is for the inbox alone, into the queue of the
 * pretend remote on the stream's own clock, or into that of the real one on the
 * wall's. The mode is kept with them; a switch of the stream says nothing of
 * mail that is accepted already. What may not go out is judged here, so that it
 * is held from the start.
 */
import type { EnvelopeRecipient } from '../mail/envelope.ts';
import type { Held } from '../mail/recipient.ts';
import type { Stream } from '../mail/stream.ts';
import type { QueuePlan } from '../queue/port.ts';
import type { Particulars } from './admit.ts';

export type PlanOptions = {
  stream(name: string): Stream | undefined;
  /** Of the stream's clock. */
  now(stream: string): number;
  /** Network.destination of the pretend network. */
  destination(stream: string, address: string): string;
  /** Of mode `deliver`; absent where there is none, as in tests of the sandbox: such mail then stops at the inbox. */
  live?: LivePlan;
};

export type LivePlan = {
  /** Of the wall. */
  now(): number;
  /** Network.destination of the real network. */
  destination(stream: string, address: string): string;
  gate: {
    judge(stream: string, address: string, key: string, isSuppressed?: boolean): Held | null;
    interceptOf(stream: string): string | null;
  };
  /** Which of them are suppressed by then. Asked where there is a canary: who gets nothing takes none of its places. Absent, nobody is. */
  suppressed?(stream: string, addresses: readonly string[], at: number): Promise<ReadonlySet<string>>;
};

export const planner = ({ stream, now, destination, live }: PlanOptions) => (particulars: Particulars, id: string): QueuePlan | undefined | Promise<QueuePlan> => {
  const lane = stream(particulars.stream);
  if (!lane || particulars.inboxOnly) return undefined;
  switch (lane.mode) {
    case 'capture': return undefined;
    case 'simulate': return {
      mode: 'simulate',
      ...timesOf(particulars, lane, now(lane.name)),
      destinations: particulars.envelope.recipients.map(({ address }) => destination(lane.name, address)),
    };
    case 'deliver': return live && livePlan(live, particulars, lane, id);
  }
};

function livePlan({ now, destination, gate, suppressed }: LivePlan, particulars: Particulars, lane: Stream, id: string): QueuePlan | Promise<QueuePlan> {
  const { recipients } = particulars.envelope;
  const test = gate.interceptOf(lane.name);
  const instead = test === null ? undefined : [{ address: test, original: recipients.map(({ address }) => address) }];
  const addressed: Pick<EnvelopeRecipient, 'address'>[] = instead ?? recipients;
  const times = timesOf(particulars, lane, now());
  const planOf = (out: ReadonlySet<string>): QueuePlan => {
    const held = addressed.map(({ address }, n) => gate.judge(lane.name, address, `${id} ${n}`, out.has(address)));
    return {
      mode: 'deliver',
      ...times,
      destinations: addressed.map(({ address }) => destination(lane.name, address)),
      ...(held.some((one) => one !== null) ? { held } : {}),
      ...(instead ? { instead } : {}),
    };
  };
  return lane.delivery.live.canary && suppressed ? suppressed(lane.name, addressed.map(({ address }) => address), times.due).then(planOf) : planOf(NOBODY);
}

const NOBODY: ReadonlySet<string> = new Set();

function timesOf({ delivery = {} }: Particulars, lane: Stream, queuedAt: number): Pick<QueuePlan, 'priority' | 'queuedAt' | 'due' | 'expiresAt'> {
  const due = Math.max(delivery.sendAt ?? queuedAt, queuedAt);
  return {
    priority: delivery.priority ?? 'normal',
    queuedAt,
    due,
    // Counted from the first try: what is to be sent next week must not be over before.
    expiresAt: due + (delivery.expiresAfter ?? lane.delivery.expiresAfter),
  };
}
