/**
 * Who changed what about real delivery, and when: an append-only list that is
 * written in the same transaction as (or before) what it tells.
 */
export const AUDITED = ['delivery.stopped', 'delivery.started', 'stream.mode', 'stream.live', 'message.released', 'queue.released', 'canary.approved', 'dkim.created', 'dkim.activated', 'dkim.retired', 'unsubscribe'] as const;
export type Audited = (typeof AUDITED)[number];

export type AuditEntry = {
  /** Grows. */
  id: number;
  /** Milliseconds since the epoch. */
  at: number;
  what: Audited;
  /** Null for the whole process. */
  stream: string | null;
  /** `api 127.0.0.1`, `cli`, `signal SIGUSR2`, `configuration`, or a name that the caller gave (X-Postern-By). */
  by: string;
  /** A sentence. */
  text: string;
  /** What it was and what it is, as JSON; secrets never. */
  detail: Record<string, unknown>;
};

export interface AuditStore {
  audit(entry: Omit<AuditEntry, 'id'>): Promise<AuditEntry>;
  /** Newest first. */
  audited(query: { stream?: string; what?: Audited; before?: number; limit: number }): Promise<AuditEntry[]>;
}
