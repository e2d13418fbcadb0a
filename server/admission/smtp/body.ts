/**
 * A message between 354 and the answer to its final dot: its octets go to the
 * gate as they come, and when it is whole it is sealed with its envelope and
 * session, committed, and answered. The answer is known before the commit (the
 * id is), so it stands in the transcript that is committed with the message;
 * if the commit fails, so does all of that.
 */
import type { Session, TranscriptLine } from '../../mail/session.ts';
import type { Intake, Particulars } from '../admit.ts';
import type { Refusal } from '../refusal.ts';
import type { Conversation } from './conversation.ts';
import type { Desk } from './desk.ts';
import { type Reply, reply } from './reply.ts';

export type BodyProgress = {
  /** Octets since it was last set to 0. */
  inPeriod: number;
  /** Never throws, never rejects; a promise is back-pressure. */
  write(piece: Buffer): void | Promise<void>;
  finish(): Promise<Reply>;
  abort(): void;
};

export type BodyTranscript = {
  note(line: string, at: number): void;
  /** Adds the reply that will be given, and answers the whole transcript. */
  willSay(said: Reply, at: number): TranscriptLine[];
};

export function receiveBody(desk: Desk, talk: Conversation, intake: Intake, transcript: BodyTranscript): BodyProgress {
  const transaction = talk.transaction!;
  const dataAt = desk.clock.now();
  let fault: { error: unknown } | undefined;
  const broke = (error: unknown) => {
    fault = { error };
    intake.abort();
  };

  const progress: BodyProgress = {
    inPeriod: 0,
    write(piece) {
      progress.inPeriod += piece.length;
      if (fault) return;
      try {
        return intake.write(piece)?.catch(broke);
      } catch (error) {
        broke(error);
      }
    },
    async finish() {
      const received = desk.clock.now();
      transcript.note(`${intake.size} octets of message`, received);
      if (fault) throw fault.error;
      try {
        const asked = desk.stages.body?.(talk, intake.size);
        const verdict = asked instanceof Promise ? await asked : asked;
        if (verdict && verdict.code >= 400) {
          intake.abort();
          return verdict;
        }
        const session: Session = {
          id: talk.id,
          protocol: 'smtp',
          client: talk.client,
          transcript: [],
          times: { opened: talk.openedAt, mail: transaction.mailAt, data: dataAt, received },
        };
        if (talk.hello !== undefined) session.hello = talk.hello;
        if (talk.tls) session.tls = talk.tls;
        if (talk.login) session.login = { method: talk.login.method, user: talk.login.user };
        const particulars: Particulars = { stream: talk.stream, via: 'smtp', envelope: transaction.envelope, session };
        if (desk.inward) particulars.inboxOnly = true;
        const sealed = intake.seal(particulars);
        if (sealed.kind === 'refused') return notTaken(desk, talk, sealed, intake.size);
        const { id } = sealed.submission;
        const said = verdict ?? reply(250, '2.6.0', `Message accepted as ${id}`);
        session.transcript = transcript.willSay(said, received);
        const outcome = await desk.admit.commitAll([sealed]);
        if (outcome.kind === 'refused') return notTaken(desk, talk, outcome, intake.size);
        desk.log.info({
          id,
          stream: talk.stream,
          from: transaction.envelope.from,
          recipients: transaction.envelope.recipients.length,
          size: intake.size,
          ms: desk.clock.now() - transaction.mailAt,
        }, 'message accepted');
        return said;
      } catch (error) {
        intake.abort();
        throw error;
      }
    },
    abort: () => intake.abort(),
  };
  return progress;
}

/** The gate would not have a message: a line in the log, as for one that it took. */
export function notTaken(desk: Desk, talk: Conversation, refusal: Refusal, size = 0): Refusal {
  const { from, recipients } = talk.transaction!.envelope;
  desk.log.warn({ reason: refusal.reason, stream: talk.stream, from, recipients: recipients.length, size }, 'message refused');
  return refusal;
}
