/**
 * The whole store: the ports that the folders above declare, in one object.
 * Opened by assemble; implemented by sqlite/ and, later, postgres/.
 */
import type { AdmissionStore, StoreFaultReason, StreamStore } from '../admission/port.ts';
import type { EventStore } from '../events/port.ts';
import type { AuditStore } from '../gate/audit.ts';
import type { HookStore } from '../hooks/hook.ts';
import type { InboxStore, RetentionStore } from '../inbox/port.ts';
import type { KeptStore, PlannedStore, QueueStore, ReturnStore, SuppressionStore } from '../queue/port.ts';
import type { TelemetryStore } from '../telemetry/port.ts';

export type StoreHealth = { ok: true } | { ok: false; reason: StoreFaultReason; detail: string };

/** Since start: commits, how many submissions they carried, and how long they took. */
export type StoreStats = { commits: number; submissions: number; lastBatch: number; commitSeconds: { le: number; count: number }[]; commitSecondsSum: number };

export interface Store extends AdmissionStore, StreamStore, EventStore, InboxStore, RetentionStore, QueueStore, SuppressionStore, KeptStore, PlannedStore, ReturnStore, HookStore, AuditStore, TelemetryStore, AsyncDisposable {
  /** Asks the disk, not a memory of it: writes and reads a row. */
  health(): Promise<StoreHealth>;
  stats(): StoreStats;
}
