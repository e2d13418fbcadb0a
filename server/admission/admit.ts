/**
 * The one gate. SMTP and HTTP both hand a message over here: they open an
 * intake, write its bytes, and close it with the envelope. The gate keeps the
 * bytes in flight bounded, refuses what is too large, reads the header, and
 * answers `accepted` only after the store has committed.
 *
 *     open ──▶ write* ──▶ close ──▶ accepted
 *      │         │          └─────▶ refused   (the store could not)
 *      └─────────┴────────────────▶ refused   (no room, too large, store broken)
 */
import type { Clock } from '../clock.ts';
import type { MakeId } from '../ids.ts';
import type { Envelope } from '../mail/envelope.ts';
import { headerCollector } from '../mail/header.ts';
import type { HeaderSummary, MessageSummary } from '../mail/message.ts';
import type { Priority } from '../mail/recipient.ts';
import type { Session } from '../mail/session.ts';
import type { QueuePlan } from '../queue/port.ts';
import type { AcceptOutcome, AdmissionStore, BodyWriter, Idempotency, Submission } from './port.ts';
import { StoreFault } from './port.ts';
import { type Refusal, refusals } from './refusal.ts';

export type Particulars = {
  stream: string;
  via: 'smtp' | 'http';
  envelope: Envelope;
  session: Session;
  /** Beside those of the stream and of X-Tags. */
  tags?: string[];
  metadata?: Record<string, string>;
  /** Where mail is queued: what the client asked for beside the stream's policy. */
  delivery?: DeliveryWish;
  /** Comes from the other side (a bounce, a reply): it stops at the inbox, whatever the stream's mode. */
  inward?: true;
};

/** Milliseconds; `sendAt` is of the stream's clock. */
export type DeliveryWish = { sendAt?: number; expiresAfter?: number; priority?: Priority };

export interface Intake {
  readonly size: number;
  /**
   * Takes a piece of the message. A promise is back-pressure: await it.
   * Once refused it swallows the rest, so that a client can finish sending.
   */
  write(chunk: Uint8Array): void | Promise<void>;
  /** Why the message cannot be accepted, as soon as it is known. */
  readonly refusal: Refusal | undefined;
  /** Bytes are complete. The result is ready to commit, alone (`commit`) or with others (`commitAll`). */
  seal(particulars: Particulars): Sealed | Refusal;
  abort(): void;
}

export type Sealed = { kind: 'sealed'; submission: Submission; release(): void };
export type Accepted = { kind: 'accepted'; id: string };

export type Admit = {
  open(declaredSize?: number): Intake | Refusal;
  /** Resolves after the commit. */
  commit(sealed: Sealed): Promise<Accepted | Refusal>;
  commitAll(sealed: Sealed[], idempotency?: Idempotency): Promise<AcceptOutcome | Refusal>;
  /** Octets of message data held in memory over all intakes. */
  inFlight(): number;
};

export type AdmitOptions = {
  store: AdmissionStore;
  clock: Clock;
  makeId: MakeId;
  streamTags: (stream: string) => readonly string[];
  limits: { messageSize: number; inFlight: number };
  /** Where the recipients go from here; nothing when they stop at the inbox. Told the id that the message gets. */
  plan?: (particulars: Particulars, id: string) => QueuePlan | undefined;
  /** Called for each refusal (metrics) and each acceptance (log, metrics). */
  heard?: (outcome: { kind: 'accepted'; submission: Submission } | Refusal) => void;
};

export function createAdmit(options: AdmitOptions): Admit {
  const { store, clock, limits } = options;
  const open = new Set<BodyWriter>();
  const refuse = (refusal: Refusal): Refusal => {
    options.heard?.(refusal);
    return refusal;
  };
  const inFlight = () => {
    let sum = 0;
    for (const body of open) sum += body.held;
    return sum;
  };

  function openIntake(declaredSize = 0): Intake | Refusal {
    if (declaredSize > limits.messageSize) return refuse(refusals.tooLarge(limits.messageSize));
    if (inFlight() >= limits.inFlight) return refuse(refusals.noRoom());
    let body: BodyWriter;
    try {
      body = store.openBody();
    } catch (error) {
      return refuse(refusalOf(error));
    }
    open.add(body);
    const header = headerCollector();
    let refusal: Refusal | undefined;
    let size = 0;

    const drop = () => {
      open.delete(body);
      body.abort();
    };
    const fail = (why: Refusal) => {
      if (refusal) return;
      refusal = refuse(why);
      drop();
    };

    return {
      get size() { return size; },
      get refusal() { return refusal; },
      write(chunk) {
        size += chunk.length;
        if (refusal) return;
        if (size > limits.messageSize) return fail(refusals.tooLarge(limits.messageSize));
        header.push(chunk);
        try {
          const pressed = body.write(chunk);
          if (pressed) return pressed.catch((error: unknown) => fail(refusalOf(error)));
        } catch (error) {
          fail(refusalOf(error));
        }
      },
      seal(particulars) {
        if (refusal) return refusal;
        const summary = header.summary();
        const now = clock.now();
        const id = options.makeId(now);
        const queue = options.plan?.(particulars, id);
        const submission: Submission = {
          id,
          stream: particulars.stream,
          via: particulars.via,
          receivedAt: now,
          envelope: particulars.envelope,
          header: summary,
          tags: [...new Set([...options.streamTags(particulars.stream), ...summary.tags, ...(particulars.tags ?? [])])],
          metadata: particulars.metadata ?? {},
          session: particulars.session,
          body,
          ...(queue ? { queue } : {}),
        };
        return { kind: 'sealed', submission, release: drop };
      },
      abort: drop,
    };
  }

  async function commitAll(sealed: Sealed[], idempotency?: Idempotency): Promise<AcceptOutcome | Refusal> {
    try {
      const outcome = await store.accept(sealed.map((one) => one.submission), idempotency);
      if (outcome.kind === 'accepted') for (const { submission } of sealed) options.heard?.({ kind: 'accepted', submission });
      return outcome;
    } catch (error) {
      return refuse(refusalOf(error));
    } finally {
      for (const one of sealed) one.release();
    }
  }

  return {
    open: openIntake,
    inFlight,
    commitAll,
    async commit(sealed) {
      const outcome = await commitAll([sealed]);
      return outcome.kind === 'refused' ? outcome : { kind: 'accepted', id: sealed.submission.id };
    },
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof StoreFault) return refusals.storeFault(error);
  throw error;
}

export type { HeaderSummary, MessageSummary };
