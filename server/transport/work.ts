/** The transaction that a session has under way: who was asked, who was accepted, and what each was told. */
import type { Answer } from '../mail/reply.ts';
import type { Told, Transaction, TransactionResult } from './attempted.ts';

export type Work = {
  transaction: Transaction;
  startedAt: number;
  told: (Told | undefined)[];
  /** Places of the recipients that the remote is asked about, and of those that it accepted. */
  asked: number[];
  accepted: number[];
  /** All commands up to the message are out already. */
  isFlown: boolean;
  hasHeard: boolean;
  resolve(result: TransactionResult): void;
  reject(error: unknown): void;
};

export const newWork = (transaction: Transaction, startedAt: number, resolve: Work['resolve'], reject: Work['reject']): Work =>
  ({ transaction, startedAt, told: Array.from({ length: transaction.recipients.length }), asked: [], accepted: [], isFlown: false, hasHeard: false, resolve, reject });

/** For all who have no answer yet. */
export function tell(work: Work, answer: Answer, inDoubt = false): void {
  const told: Told = { answer, stage: answer.stage!, ...(inDoubt ? { inDoubt } : {}) };
  for (let n = 0; n < work.told.length; n++) work.told[n] ??= told;
}
