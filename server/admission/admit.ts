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
  /** It stops at the inbox, whatever the stream's mode: it comes from the other side (a bounce, a reply), or is only to be kept. */
  inboxOnly?: true;
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

export type Sealed = { kind: 'sealed'; submission: Submission; /** Where its recipients go, as it is judged now; perhaps that is to be looked up first. */ plan(): QueuePlan | undefined | Promise<QueuePlan | undefined>; release(): void };
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
  plan?: (particulars: Particulars, id: string) => QueuePlan | undefined | Promise<QueuePlan | undefined>;
  /** Called for each refusal (metrics) and each acceptance (log, metrics). */
  heard?: (outcome: { kind: 'accepted'; submission: Submission } | Refusal) => void;
};

/** What all intakes share. */
type House = AdmitOptions & { open: Set<BodyWriter>; refuse(refusal: Refusal): Refusal };

/** A class, and not an object made in place: getters in a literal make V8 build a shape for each message. */
class Incoming implements Intake {
  size = 0;
  refusal: Refusal | undefined;
  readonly #house: House;
  readonly #body: BodyWriter;
  readonly #header = headerCollector();

  constructor(house: House, body: BodyWriter) {
    this.#house = house;
    this.#body = body;
    house.open.add(body);
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.size += chunk.length;
    if (this.refusal) return;
    const { messageSize } = this.#house.limits;
    if (this.size > messageSize) return this.#fail(refusals.tooLarge(messageSize));
    this.#header.push(chunk);
    try {
      const pressed = this.#body.write(chunk);
      if (pressed) return pressed.catch((error: unknown) => this.#fail(refusalOf(error)));
    } catch (error) {
      this.#fail(refusalOf(error));
    }
  }

  seal(particulars: Particulars): Sealed | Refusal {
    if (this.refusal) return this.refusal;
    const { clock, makeId, plan, streamTags } = this.#house;
    const { stream, via, envelope, session, metadata = {} } = particulars;
    const header = this.#header.summary();
    const now = clock.now();
    const id = makeId(now);
    const submission: Submission = {
      id, stream, via,
      receivedAt: now,
      envelope, header,
      tags: [...new Set([...streamTags(stream), ...header.tags, ...(particulars.tags ?? [])])],
      metadata, session,
      body: this.#body,
    };
    return { kind: 'sealed', submission, plan: () => plan?.(particulars, id), release: () => this.abort() };
  }

  abort(): void {
    this.#house.open.delete(this.#body);
    this.#body.abort();
  }

  #fail(why: Refusal): void {
    if (this.refusal) return;
    this.refusal = this.#house.refuse(why);
    this.abort();
  }
}

export function createAdmit(options: AdmitOptions): Admit {
  const { store, limits } = options;
  const open = new Set<BodyWriter>();
  const refuse = (refusal: Refusal): Refusal => {
    options.heard?.(refusal);
    return refusal;
  };
  const house: House = { ...options, open, refuse };
  const inFlight = () => {
    let sum = 0;
    for (const body of open) sum += body.held;
    return sum;
  };

  function openIntake(declaredSize = 0): Intake | Refusal {
    if (declaredSize > limits.messageSize) return refuse(refusals.tooLarge(limits.messageSize));
    if (inFlight() >= limits.inFlight) return refuse(refusals.noRoom());
    try {
      return new Incoming(house, store.openBody());
    } catch (error) {
      return refuse(refusalOf(error));
    }
  }

  async function commitAll(sealed: Sealed[], idempotency?: Idempotency): Promise<AcceptOutcome | Refusal> {
    try {
      // Not when it is sealed: until all of a batch is, somebody may approve a canary, and what is held for it then would be held for ever.
      const plans = await Promise.all(sealed.map(async (one) => one.plan()));
      for (const [i, queue] of plans.entries()) if (queue) sealed[i]!.submission.queue = queue;
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
