/**
 * What the SDK throws. Each error says what was asked, what happened instead
 * and what to change; the facts it was made from are its fields, so that a
 * runner or a report can show them in its own way.
 */
import type { Message, NearMiss, PosternEvent, Problem } from './contract.ts';

/** The sandbox answered with a problem (RFC 9457), or could not be asked at all. */
export class PosternError extends Error {
  override name = 'PosternError';
  readonly problem: Problem | undefined;
  /** Of the HTTP answer; 0 when there was none. */
  readonly status: number;
  /** A redirect was answered, which no sandbox does: something in front of it, or in its place. */
  readonly redirected: boolean;
  constructor(message: string, facts: { problem?: Problem | undefined; status?: number; redirected?: boolean; cause?: unknown } = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.problem = facts.problem;
    this.status = facts.status ?? facts.problem?.status ?? 0;
    this.redirected = facts.redirected ?? false;
  }
}

export type WaitFacts = {
  /** What was looked for, one line each. */
  criteria: string[];
  /** Milliseconds. */
  waited: number;
  found: number;
  wanted: number;
  /** What did arrive, nearest first. */
  arrived: NearMiss[];
  arrivedInAll: number;
};

/** A wait ran out. Its message shows what arrived instead and how the nearest differs. */
export class WaitTimeoutError extends PosternError {
  override name = 'WaitTimeoutError';
  readonly facts: WaitFacts;
  constructor(message: string, facts: WaitFacts, problem?: Problem) {
    super(message, { problem });
    this.facts = facts;
  }
}

export type EventFacts = {
  criteria: string[];
  /** Milliseconds. */
  waited: number;
  /** What did happen, oldest first. */
  happened: PosternEvent[];
};

/** A wait for an event ran out. Its message shows what did happen. */
export class EventTimeoutError extends PosternError {
  override name = 'EventTimeoutError';
  readonly facts: EventFacts;
  constructor(message: string, facts: EventFacts, problem?: Problem) {
    super(message, { problem });
    this.facts = facts;
  }
}

/** `expectNone` saw mail. */
export class UnexpectedMailError extends PosternError {
  override name = 'UnexpectedMailError';
  readonly messages: Pick<Message, 'id' | 'subject' | 'receivedAt'>[];
  constructor(message: string, messages: Pick<Message, 'id' | 'subject' | 'receivedAt'>[], problem?: Problem) {
    super(message, { problem });
    this.messages = messages;
  }
}

/** The message is there, but has no such link, code or attachment. */
export class NotInMessageError extends PosternError {
  override name = 'NotInMessageError';
}
