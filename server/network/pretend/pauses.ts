/**
 * How the pretend remote takes its time: it waits, drips a reply, or says
 * nothing any more. Each wait is a timer of the talk, and meanwhile the talk
 * is parked, once the other side has had everything that was said before.
 * Input is held while it waits. Nothing of it is left when the other side goes.
 */
import type { Cancel } from '../../clock.ts';
import type { Talk } from '../talk.ts';
import type { Wire } from './wire.ts';

/** Most pieces that a drip is cut into. */
const PIECES = 1_024;

export type Pauses = {
  /** Waits on purpose, or is silent for good: nothing is to be expected of it. */
  readonly idle: boolean;
  wait(ms: number, then: () => void): void;
  /** Sends the text octet by octet over so long. */
  drip(text: string, ms: number, then: () => void): void;
  silence(): void;
  /** Other reasons not to read on. */
  hold(): void;
  /** Reads on, where it was held. */
  goOn(): void;
  /** The connection is closed. */
  over(): void;
};

export function pauses(talk: Talk, wire: Wire, guarded: (act: () => void) => void): Pauses {
  let waiting: Cancel | undefined;
  let silent = false;
  let held = false;
  let over = false;

  function hold(): void {
    held = true;
    wire.hold();
  }

  function park(still: () => boolean): void {
    wire.flush(() => void setImmediate(() => {
      if (!over && still()) talk.park();
    }));
  }

  function wait(ms: number, then: () => void): void {
    hold();
    const cancel = talk.after(ms, () => {
      waiting = undefined;
      if (!over) guarded(then);
    });
    waiting = cancel;
    park(() => waiting === cancel);
  }

  return {
    get idle() { return waiting !== undefined || silent; },
    wait,
    drip(text, ms, then) {
      const octets = Buffer.from(text);
      const pieces = Math.max(1, Math.min(octets.length, PIECES, Math.floor(ms)));
      const began = talk.now();
      let sent = 0;
      const next = (n: number) => wait(Math.max(began + (ms * n) / pieces - talk.now(), 0), () => {
        const upTo = Math.round((octets.length * n) / pieces);
        wire.writeOctets(octets.subarray(sent, upTo));
        sent = upTo;
        if (n < pieces) next(n + 1);
        else then();
      });
      next(1);
    },
    silence() {
      silent = true;
      hold();
      wire.flush();
      wire.deafen();
      park(() => silent);
    },
    hold,
    goOn() {
      if (!held || over || silent) return;
      held = false;
      wire.release();
    },
    over() {
      over = true;
      silent = false;
      waiting?.();
      waiting = undefined;
      talk.unpark();
    },
  };
}
