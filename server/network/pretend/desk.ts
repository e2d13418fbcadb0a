/** What the parts of one conversation share: what it was told about itself, what stands, and how it answers. */
import type { Log } from '../../log.ts';
import type { Stage } from '../../mail/reply.ts';
import type { Answering, Asked, Later, ScenarioFault, ScenarioRun } from '../../scenario/scenario.ts';
import type { Talk } from '../talk.ts';
import type { Accepted, Place } from './accepted.ts';
import type { Certificates } from './certificates.ts';
import type { Pauses } from './pauses.ts';
import type { Said } from './said.ts';
import type { Standing } from './verbs.ts';
import type { Wire } from './wire.ts';

/** What a rule promised, or what RFC 3461 asks of whoever took NOTIFY=SUCCESS on. */
export type Promised = Omit<Later, 'send'> & { send: Later['send'] | 'success-dsn'; /** As in the envelope. */ orcpt?: string };

/** An accepted message, as what is sent later needs it. Times are of the stream's clock. */
export type Original = {
  stream: string;
  from: string;
  recipients: string[];
  /** Its id, or its Message-ID where it came over a listening port. */
  message: string;
  messageId: string;
  envid?: string;
  size: number;
  /** Its first octets, at most 64 KB. */
  head: Buffer;
  host: string;
  at: number;
};

export type RemoteOptions = {
  run: ScenarioRun;
  stream: string;
  connection: string;
  client: string;
  /** Where it is known before a recipient says it. */
  destination?: { site: string; domain: string; /** Which of its hosts was dialled. */ host: string; address?: string };
  talk: Talk;
  place: Place;
  certificates: Certificates;
  log: Log;
  hear: (accepted: Accepted) => void;
  /** Resolves when what is to be sent later is kept; only then is the message accepted. */
  plan: (later: Promised[], original: Original) => Promise<void>;
  /** What the scenario said at `connect`. */
  opening?: Answering;
  /** Called once, when the connection is closed. */
  closed?: () => void;
};

export type Desk = {
  options: RemoteOptions;
  standing: Standing;
  site(): string;
  wire: Wire;
  pauses: Pauses;
  question(stage: Stage): Asked;
  /** Waits as told, then acts. */
  obey(told: Answering, act: () => void): void;
  /** Does what a fault says; false for one that has no meaning at this stage. */
  misbehave(fault: ScenarioFault): boolean;
  respond(reply: Said, dripMs?: number): void;
  /** Logs what went wrong in `act` and closes. */
  guarded(act: () => void): void;
  /** The other side has ended its half. */
  left(): boolean;
};
