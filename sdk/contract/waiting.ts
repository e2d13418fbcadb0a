/** Waiting for messages: what is waited for, and what a wait saw that did not end as it was meant to. */
import type { Message, MessageDetail, MessageQuery } from './messages.ts';
import type { Problem } from './server.ts';

/** GET /v1/wait: MessageQuery and these. */
export type WaitQuery = MessageQuery & {
  /** Only what came after this cursor; without it, everything that is there counts. */
  after?: string;
  /** At least so many (default 1). 0 asserts that none comes until the time runs out. */
  count?: number;
  /** Default 10s, at most 10m. */
  timeout?: string | number;
};

export type WaitResult = { messages: MessageDetail[]; cursor: string };

/** One that arrived but was not what the wait looked for. */
export type NearMiss = { id: string; subject: string; from: string; to: string[]; receivedAt: string; differs: { field: string; wanted: string; got: string }[] };

/** 408 of a wait that saw too few. */
export type WaitTimeoutProblem = Problem & { found: number; wanted: number; waited: number; arrived: NearMiss[]; arrivedInAll: number; cursor: string };
/** 409 of a wait with count=0 that saw one. */
export type UnexpectedMailProblem = Problem & { messages: Message[]; cursor: string };
