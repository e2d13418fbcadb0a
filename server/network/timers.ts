/**
 * Waiting timers in the order of their due times, and among equals in the
 * order in which they were set: a binary heap in which every timer knows its
 * place. Each wait of an SMTP conversation sets one and cancels it, nearly
 * always before it fires, so both are a few comparisons: a deadline minutes
 * away stays where it is put, and a cancelled one leaves at once.
 */
export type Timer = {
  due: number;
  /** Of equal due times the one set first comes first. */
  readonly serial: number;
  readonly wake: () => void;
  /** Its place in the heap; -1 when it is not in it. */
  place: number;
};

export type Timers<T extends Timer> = {
  readonly size: number;
  first(): T | undefined;
  add(timer: T): void;
  /** False when it was not there any more. */
  remove(timer: T): boolean;
  /** After its due time changed. */
  moved(timer: T): void;
};

const before = (a: Timer, b: Timer): boolean => a.due < b.due || (a.due === b.due && a.serial < b.serial);

export function timerHeap<T extends Timer>(): Timers<T> {
  const heap: T[] = [];

  function up(timer: T, from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above]!;
      if (!before(timer, parent)) break;
      heap[at] = parent;
      parent.place = at;
      at = above;
    }
    heap[at] = timer;
    timer.place = at;
  }

  function down(timer: T, from: number): void {
    const { length } = heap;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= length) break;
      if (below + 1 < length && before(heap[below + 1]!, heap[below]!)) below++;
      const child = heap[below]!;
      if (!before(child, timer)) break;
      heap[at] = child;
      child.place = at;
      at = below;
    }
    heap[at] = timer;
    timer.place = at;
  }

  function settle(timer: T): void {
    const at = timer.place;
    if (at > 0 && before(timer, heap[(at - 1) >> 1]!)) up(timer, at);
    else down(timer, at);
  }

  return {
    get size() { return heap.length; },
    first: () => heap[0],
    add(timer) {
      heap.push(timer);
      up(timer, heap.length - 1);
    },
    remove(timer) {
      const at = timer.place;
      if (at < 0) return false;
      timer.place = -1;
      const last = heap.pop()!;
      if (last === timer) return true;
      heap[at] = last;
      last.place = at;
      settle(last);
      return true;
    },
    moved(timer) {
      if (timer.place >= 0) settle(timer);
    },
  };
}
