/** A binary heap of moments: the earliest first, and among equals the one that came first. Entries are not taken out: who reads them knows which still count. */
export type Moments<T> = {
  readonly size: number;
  first(): { at: number; of: T } | undefined;
  add(at: number, of: T): void;
  /** Takes the first out. */
  take(): { at: number; of: T } | undefined;
};

type Entry<T> = { at: number; serial: number; of: T };
const before = (a: Entry<unknown>, b: Entry<unknown>): boolean => a.at < b.at || (a.at === b.at && a.serial < b.serial);

export function moments<T>(): Moments<T> {
  const heap: Entry<T>[] = [];
  let serial = 0;

  return {
    get size() { return heap.length; },
    first: () => heap[0],
    add(at, of) {
      const entry = { at, serial: serial++, of };
      let place = heap.push(entry) - 1;
      while (place > 0) {
        const above = (place - 1) >> 1;
        if (!before(entry, heap[above]!)) break;
        heap[place] = heap[above]!;
        place = above;
      }
      heap[place] = entry;
    },
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (!first || !last || heap.length === 0) return first;
      let place = 0;
      for (;;) {
        let below = 2 * place + 1;
        if (below >= heap.length) break;
        if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++;
        if (!before(heap[below]!, last)) break;
        heap[place] = heap[below]!;
        place = below;
      }
      heap[place] = last;
      return first;
    },
  };
}
