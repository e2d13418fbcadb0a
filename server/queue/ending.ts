/**
 * What a run does with what it was told: settles each recipient of a load,
 * puts it back in its lane, and writes notices beside it. It decides nothing;
 * settle.ts does.
 */
import type { Answer, Stage } from '../mail/reply.ts';
import type { TranscriptLine } from '../mail/session.ts';
import type { TransactionResult } from '../transport/attempted.ts';
import type { Carrier } from '../transport/carrier.ts';
import type { Carrying } from './carrying.ts';
import { type Load, rankOf } from './loads.ts';
import { noticesFor } from './notices.ts';
import type { Seat } from './seats.ts';
import { giveBack, type Settled, settle } from './settle.ts';

/** Of a connection that did not come about, or a name that was not resolved. */
export type Told = { answer: Answer; stage: Stage; at: number; ended: number; wall: number; site: string; host: string; connection: string; transcript: TranscriptLine[] };

export function endings(on: Carrying) {
  const { clock } = on;

  function end({ message, recipients, offset }: Load, settled: Settled[]): Promise<void> {
    const outcomes = settled.map(({ outcome }) => outcome);
    const dues = recipients.flatMap(({ destination }, i) => (outcomes[i]!.due === undefined ? [] : [{ destination, due: outcomes[i]!.due! - offset, rank: rankOf(recipients[i]!) }]));
    // What is not tried any more ends together with the others of its message.
    for (const [i, { due, state }] of outcomes.entries()) if (state === 'held' || (due !== undefined && due >= recipients[i]!.expiresAt)) on.overAt(recipients[i]!.expiresAt - offset);
    const addNotices = noticesFor(on.compose, message, recipients.map((recipient, i) => ({ recipient, settled: settled[i]! })), clock.now() + offset);
    return on.settle({ outcomes, dues, addNotices });
  }

  return {
    end,

    /** Untried; `later` by so much. */
    async back(those: readonly Load[], later = 0): Promise<void> {
      for (const { recipients, offset } of those) {
        const outcomes = recipients.map((one) => giveBack(later > 0 ? { ...one, due: Math.min(clock.now() + offset + later, one.expiresAt) } : one, clock.now() + offset));
        await on.settle({ outcomes, dues: recipients.map((one, i) => ({ destination: one.destination, due: outcomes[i]!.due! - offset, rank: rankOf(one) })) });
      }
    },

    /** The same for all of the load. Answers when they are due again, of the stream's clock. */
    async told(load: Load, facts: Told): Promise<number[]> {
      const verdict = on.classify(facts.answer);
      const settled = load.recipients.map((recipient) => settle({ recipient, verdict, othersTaken: false, ...facts }, on.policy()));
      for (const { outcome } of settled) on.heard(undefined, facts.answer, verdict, outcome.state);
      await end(load, settled);
      return settled.flatMap(({ outcome: { due } }) => (due === undefined ? [] : [due - load.offset]));
    },

    /** What a transaction came to. Answers whether the run ends with it. */
    async transacted(load: Load, result: TransactionResult & { wall: number }, carrier: Carrier, seat: Seat | undefined): Promise<boolean> {
      const othersTaken = result.recipients.some(({ answer }) => answer.kind === 'reply' && answer.code !== undefined && answer.code < 300);
      const { destination } = load.recipients[0]!;
      const site = seat?.site.name ?? on.routeOf(destination)?.site ?? destination;
      const settled = load.recipients.map((recipient, i) => {
        const { answer, stage, inDoubt = false } = result.recipients[i]!;
        const verdict = on.classify(answer);
        const one = settle({
          recipient, answer, stage, inDoubt, verdict, at: result.startedAt, ended: result.endedAt, wall: result.wall, site, host: carrier.host, connection: carrier.id, transcript: result.transcript, handedOn: carrier.offers.dsn,
          ...(result.tls ? { tls: result.tls } : {}), ...(result.inPlain ? { inPlain: true } : {}), ...(carrier.to?.relay ? { byRelay: true } : {}), othersTaken,
        }, on.policy());
        on.heard(seat, answer, verdict, one.outcome.state);
        return one;
      });
      await end(load, settled);
      if (result.broken && seat) on.heard(seat, result.broken, on.classify(result.broken), 'broken');
      return !result.alive;
    },
  };
}
export type Endings = ReturnType<typeof endings>;
