/**
 * One conversation's time. The client that talks and (in the pretend world)
 * the remote that answers share it, so that a silence of the remote and the
 * deadline of the client are timers of one clock. When the remote waits on
 * purpose it *parks* the talk; whoever moves the time then knows that nothing
 * will happen here before one of the talk's timers fires. Over real sockets
 * nothing ever parks.
 */
import type { Cancel, Clock } from '../clock.ts';

export interface Talk extends Clock {
  readonly id: string;
  /** Nothing happens here until a timer of this talk fires. Only the pretend remote says so. */
  park(): void;
  /** Something happens again (the peer closed). A timer that fires does this by itself. */
  unpark(): void;
  readonly parked: boolean;
  /** The earliest of its timers, in its own time; undefined without one. */
  nextTimer(): number | undefined;
  /** Milliseconds by which this talk is ahead of the clock it was made from. */
  readonly offset: number;
  /** Moves this talk alone; fires what is due. */
  shift(ms: number): void;
  /**
   * The message that the client is about to hand over, by its id: set before
   * MAIL, whoever answers. A remote in the same process counts by it, since
   * nothing on the wire says so before the body does.
   */
  carrying?: string;
  /** Its tags: of the stream, the submission and its header. */
  carryingTags?: readonly string[];
  /** Cancels its timers. */
  end(): void;
}

/** A Clock with an offset that only `jump` moves; runs like the wall in between. */
export interface MovableClock extends Clock {
  readonly offset: number;
  /** To a moment that is not in the past: timers (its own and its talks') fire in the order of their due times. */
  jump(to: number): void;
  /** The earliest timer of it and of all its talks; undefined without one. */
  nextTimer(): number | undefined;
  talk(id: string, offset?: number): Talk;
  /** Called when a talk parks, unparks or ends. */
  onChange(hear: () => void): Cancel;
}
