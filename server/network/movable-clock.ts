/**
 * A stream's clock: the wall's time plus an offset that only `jump` moves.
 * Between jumps its timers fire as the wall's do, all of them behind one timer
 * of the wall, for the earliest. Talks are made from it; each may be ahead by
 * an offset of its own. Time never goes back here, and a jump fires what is
 * due in the order of due times, each at its own moment.
 */
import type { Cancel, Clock } from '../clock.ts';
import type { MovableClock, Talk } from './talk.ts';
import { type Timer, timerHeap } from './timers.ts';

/** `due` is in the time of the movable clock; a talk's own is ahead of it by the talk's offset. */
type OwnTimer = Timer & { readonly of: TalkState | undefined };
type TalkState = { parked: boolean; offset: number; readonly timers: Set<OwnTimer> };

export function movableClock(wall: Clock, offset = 0): MovableClock {
  const timers = timerHeap<OwnTimer>();
  const hearers = new Set<() => void>();
  let serial = 0;
  let jumping = false;
  /** The wall's timer, and the moment (of the wall) that it is for. */
  let armed: { cancel: Cancel; for: number } | undefined;

  const now = () => wall.now() + offset;
  const changed = () => {
    for (const hear of hearers) hear();
  };

  // A timer of the wall that is too early is left: it looks, and is set anew. Only one that is too late is replaced.
  function arm(): void {
    if (jumping) return;
    const first = timers.first();
    if (!first) return;
    const at = first.due - offset;
    if (armed && armed.for <= at) return;
    armed?.cancel();
    armed = { for: at, cancel: wall.after(Math.max(at - wall.now(), 0), woken) };
  }

  function woken(): void {
    armed = undefined;
    fire(() => now());
  }

  /** Fires what is due until the moment that `limit` says; what a timer sets may be due as well. */
  function fire(limit: () => number): void {
    try {
      for (;;) {
        const timer = timers.first();
        if (!timer || timer.due > limit()) break;
        timers.remove(timer);
        if (timer.due > now()) offset = timer.due - wall.now();
        const { of } = timer;
        if (of) {
          of.timers.delete(timer);
          if (of.parked) {
            of.parked = false;
            changed();
          }
        }
        timer.wake();
      }
    } finally {
      arm();
    }
  }

  function set(due: number, wake: () => void, of: TalkState | undefined): Cancel {
    const timer: OwnTimer = { due, serial: serial++, wake, place: -1, of };
    timers.add(timer);
    of?.timers.add(timer);
    if (timer.place === 0) arm();
    return () => {
      if (timers.remove(timer)) of?.timers.delete(timer);
    };
  }

  function talk(id: string, ahead = 0): Talk {
    const state: TalkState = { parked: false, offset: ahead, timers: new Set() };
    let ended = false;
    return {
      id,
      now: () => now() + state.offset,
      after: (ms, wake) => (ended ? () => {} : set(now() + Math.max(ms, 0), wake, state)),
      get parked() { return state.parked; },
      get offset() { return state.offset; },
      park() {
        if (state.parked || ended) return;
        state.parked = true;
        changed();
      },
      unpark() {
        if (!state.parked) return;
        state.parked = false;
        changed();
      },
      nextTimer() {
        let first = Infinity;
        for (const { due } of state.timers) if (due < first) first = due;
        return first === Infinity ? undefined : first + state.offset;
      },
      shift(ms) {
        if (ms <= 0) return;
        // Its timers come due one after the other, as they would have, while the others stand still.
        const target = state.offset + ms;
        const rest = () => target - state.offset;
        for (;;) {
          let first: OwnTimer | undefined;
          for (const timer of state.timers) if (!first || timer.due < first.due || (timer.due === first.due && timer.serial < first.serial)) first = timer;
          const ahead = first ? Math.max(first.due - now(), 0) : Infinity;
          if (!first || ahead > rest()) break;
          move(state, ahead);
          timers.remove(first);
          state.timers.delete(first);
          if (state.parked) {
            state.parked = false;
            changed();
          }
          first.wake();
        }
        move(state, rest());
        arm();
      },
      end() {
        if (ended) return;
        ended = true;
        for (const timer of state.timers) timers.remove(timer);
        state.timers.clear();
        state.parked = false;
        changed();
      },
    };
  }

  /** The talk is further ahead, so what it waits for is nearer. */
  function move(state: TalkState, ms: number): void {
    if (ms <= 0) return;
    state.offset += ms;
    for (const timer of state.timers) {
      timer.due -= ms;
      timers.moved(timer);
    }
  }

  return {
    now,
    after: (ms, wake) => set(now() + Math.max(ms, 0), wake, undefined),
    get offset() { return offset; },
    jump(to) {
      const outer = jumping;
      jumping = true;
      try {
        fire(() => to);
        if (to > now()) offset = to - wall.now();
      } finally {
        jumping = outer;
        arm();
      }
    },
    nextTimer: () => timers.first()?.due,
    talk,
    onChange(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
  };
}

/** A talk on the wall's time, for connections to real hosts: nothing parks it and nothing moves it. */
export function wallTalk(clock: Clock, id: string): Talk {
  const cancels = new Set<Cancel>();
  let ended = false;
  return {
    id,
    offset: 0,
    parked: false,
    now: () => clock.now(),
    after(ms, wake) {
      if (ended) return () => {};
      const cancel = clock.after(ms, () => {
        cancels.delete(forget);
        wake();
      });
      const forget = () => {
        cancels.delete(forget);
        cancel();
      };
      cancels.add(forget);
      return forget;
    },
    park() {},
    unpark() {},
    nextTimer: () => undefined,
    shift() {},
    end() {
      ended = true;
      for (const cancel of [...cancels]) cancel();
    },
  };
}
