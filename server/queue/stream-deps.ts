/** What a stream's queue is given by the engine, and what it counts. */
import type { Verdict } from '../classify/verdict.ts';
import type { Clock } from '../clock.ts';
import type { EventBody } from '../events/event.ts';
import type { Log } from '../log.ts';
import type { Answer } from '../mail/reply.ts';
import type { DeliveryPolicy } from '../mail/stream.ts';
import type { Network } from '../network/network.ts';
import type { MovableClock } from '../network/talk.ts';
import type { Connect } from '../transport/carrier.ts';
import type { Carrying } from './carrying.ts';
import type { ComposeNotice } from './notices.ts';
import type { Outcome, PauseRecord, QueueStore } from './port.ts';
import type { Settling } from './settling.ts';

export type StreamTally = { attempts: number; delivered: number; deferred: number; bounced: number; expired: number; suppressed: number };

export type StreamQueueDeps = {
  name: string;
  store: Pick<QueueStore, 'lease'>;
  clock: MovableClock;
  wall: Clock;
  log: Log;
  heloName: string;
  makeId(): string;
  network(): Network | undefined;
  connect(): Connect;
  policy(): DeliveryPolicy;
  classify(answer: Answer): Verdict;
  compose: ComposeNotice | undefined;
  openBody(id: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  returnPath(): ((message: string, n: number) => string) | undefined;
  settling: Settling;
  /** In the background. */
  tell(events: EventBody[]): void;
  keepPause(pause: PauseRecord | { stream: string; site: string }): void;
  heard?: ((outcome: Outcome['state'], site: string) => void) | undefined;
  stopping(): boolean;
  orLeft: Carrying['orLeft'];
  /** Something changed: there may be more to begin, or it may be quiet now. */
  changed(): void;
};
