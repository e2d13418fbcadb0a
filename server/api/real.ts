/**
 * What the HTTP side is given of real delivery: the gate, what a person does
 * at it, and what is told of it. As deps.ts, of which it is a part.
 */
import type { Gate } from '../gate/gate.ts';
import type { ReleaseHeld } from '../gate/held.ts';
import type { ReleaseMessage } from '../gate/release.ts';
import type { KeyDesk } from '../outgoing/keys/desk.ts';
import type { Unsubscribe } from '../outgoing/unsubscribe.ts';
import type { Preflight } from '../preflight/preflight.ts';

export type Looking = {
  /** Looks now, and keeps it as the last one of the stream. `no-domain`: the stream names none. Throws OperatorError for what is none. */
  ofStream(name: string, options?: { domain?: string; call?: boolean }): Promise<Preflight | 'no-stream' | 'no-domain'>;
  ofDomain(domain: string): Promise<Preflight>;
  /** Null when none was run. */
  last(stream: string): Promise<Preflight | null>;
};

export type RealDelivery = {
  gate: Gate;
  releaseMessage: ReleaseMessage;
  held: ReleaseHeld;
  preflight: Looking;
  dkim: Pick<KeyDesk, 'list' | 'make' | 'activate' | 'retire'>;
  /** Absent without `publicUrl`: then no link was ever made. */
  unsubscribe?: Pick<Unsubscribe, 'read' | 'unsubscribe'> | undefined;
};
