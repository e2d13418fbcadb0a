/** What the queue is given by whoever puts the house together. */
import type { Verdict } from '../classify/verdict.ts';
import type { Clock } from '../clock.ts';
import type { PosternEvent } from '../events/event.ts';
import type { Gate } from '../gate/gate.ts';
import type { MakeId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { QueueMode } from '../mail/recipient.ts';
import type { Answer } from '../mail/reply.ts';
import type { Stream } from '../mail/stream.ts';
import type { Network } from '../network/network.ts';
import type { MovableClock } from '../network/talk.ts';
import type { Prepare } from '../outgoing/outgoing.ts';
import type { Connect } from '../transport/carrier.ts';
import type { LaterWatch } from './advance.ts';
import type { ComposeNotice } from './notices.ts';
import type { KeptStore, Outcome, PlannedStore, QueueStore, ReturnStore } from './port.ts';

export type QueueOptions = {
  store: QueueStore & Partial<PlannedStore> & Partial<KeptStore> & Pick<ReturnStore, 'report'> & { body(id: string): Promise<AsyncIterable<Uint8Array> | undefined>; onCommit(hear: (events: PosternEvent[]) => void): () => void };
  /** What is known of the streams now; `change` keeps what an advance or a pause changes. */
  streams: { all(): Stream[]; get(name: string): Stream | undefined; change(name: string, change: { clockOffset?: number; paused?: Stream['paused'] } | ((stands: Stream) => { paused?: Stream['paused'] } | undefined)): Promise<Stream | undefined> };
  /** Where mail of this mode goes; none, and it waits. Asked for mode `deliver` only while the gate is open. */
  networkOf(stream: string, mode: QueueMode): Network | undefined;
  connectOf(stream: string, mode: QueueMode): Connect;
  /** The same one each time it is asked. That of mode `deliver` is the wall's and is never moved. */
  clockOf(stream: string, mode: QueueMode): MovableClock;
  /** Makes the copy that goes out; without one, what is stored goes out as it is. */
  prepareOf?(stream: string, mode: QueueMode): Prepare | undefined;
  /** What real mail is asked of before each attempt; without one it goes whenever there is a network for it. */
  gate?: Pick<Gate, 'shut' | 'judgeAgain' | 'onChange'>;
  classify(answer: Answer): Verdict;
  wall: Clock;
  makeId: MakeId;
  heloName: string;
  log: Log;
  /** Writes DSNs; absent, there are none. */
  compose?: ComposeNotice;
  /** Return paths of a stream's own, where its policy names a domain for them. */
  returnPathOf?(stream: string): ((message: string, n: number) => string) | undefined;
  /** What the pretend remote sends later, and whoever else works on the same time. */
  later?: LaterWatch;
  /** Counts, for metrics. */
  heard?(outcome: Outcome['state'], site: string, stream: string, mode: QueueMode): void;
  /** Runs under way at once over all streams, of mode `simulate`. */
  slots?: number;
  /** The same of mode `deliver`: neither takes from the other. */
  deliverySlots?: number;
  /** An advance begins: as much as the machine can do. Answers what is called when it is over. */
  rush?(): () => void;
  /** Milliseconds of the stream's clock after which what waits raises an alert; null never does. */
  alertAfter?: number | null;
  /** Milliseconds of the wall that messages under way get when it closes. */
  closeWithin?: number;
};
