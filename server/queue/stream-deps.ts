/** What a stream's queue is given by the engine, and what it counts. */
import type { Verdict } from '../classify/verdict.ts';
import type { Clock } from '../clock.ts';
import type { EventBody } from '../events/event.ts';
import type { Log } from '../log.ts';
import type { Held, QueueMode } from '../mail/recipient.ts';
import type { Answer } from '../mail/reply.ts';
import type { DeliveryPolicy } from '../mail/stream.ts';
import type { Network } from '../network/network.ts';
import type { MovableClock } from '../network/talk.ts';
import type { Prepare } from '../outgoing/outgoing.ts';
import type { Connect } from '../transport/carrier.ts';
import type { Carrying } from './carrying.ts';
import type { ComposeNotice } from './notices.ts';
import type { PacingKeep } from './pacing-rules.ts';
import type { Ledger } from './pacing-shared.ts';
import type { LeasedRecipient, Outcome, PauseRecord, QueueStore } from './port.ts';
import type { Settling } from './settling.ts';

export type StreamTally = { attempts: number; delivered: number; deferred: number; bounced: number; expired: number; suppressed: number };

export type StreamQueueDeps = {
  name: string;
  mode: QueueMode;
  store: Pick<QueueStore, 'lease'>;
  clock: MovableClock;
  wall: Clock;
  log: Log;
  heloName: string;
  makeId(): string;
  network(): Network | undefined;
  connect(): Connect;
  prepare(): Prepare | undefined;
  /** The gate, of real mail: whether it is shut, and what it says of one recipient right before an attempt. */
  shut(): boolean;
  judge(recipient: LeasedRecipient): Held | null;
  /** Recipients of real mail that were tried since then. */
  triedSince(since: number): Promise<number>;
  policy(): DeliveryPolicy;
  classify(answer: Answer): Verdict;
  compose: ComposeNotice | undefined;
  openBody(id: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  returnPath(): ((message: string, n: number) => string) | undefined;
  settling: Settling;
  /** In the background. */
  tell(events: EventBody[]): void;
  /** What real mail of all streams shares; absent, nothing is. */
  shared?: Ledger | undefined;
  /** Where the rules of providers that are in force are kept, when nothing is shared. */
  pacing?: PacingKeep | undefined;
  keepPause(pause: Omit<PauseRecord, 'mode'> | { stream: string; site: string }): void;
  heard?: ((outcome: Outcome['state'], site: string) => void) | undefined;
  stopping(): boolean;
  orLeft: Carrying['orLeft'];
  /** Something changed: there may be more to begin, or it may be quiet now. */
  changed(): void;
};
