/**
 * The rows of a list in their order, newest first, and which of them are
 * shown. Adding on top and below costs nothing, finding one is a halving:
 * 100,000 rows are a hundred thousand pointers and no proxies. Not reactive;
 * the mailbox says when it has changed.
 *
 *     held       arrived, not shown           (oldest first)
 *     fresh      arrived while shown          (oldest first)
 *     older      loaded                       (newest first)
 */
import type { Line } from './line.ts';

/** `order` grows towards the newest; what was loaded is below zero. */
export type Entry = { line: Line; order: number };

export class Pile {
  #held: Entry[] = [];
  #fresh: Entry[] = [];
  #older: Entry[] = [];
  #known = new Map<string, Entry>();
  /** Out of sight, also when they are added again. */
  #hidden = new Set<string>();
  #put: { fresh: Entry[]; older: Entry[] } | undefined;
  #bottom = 0;
  /** The order of the newest. */
  top = 0;

  get count(): number {
    return this.#fresh.length + this.#older.length;
  }

  get held(): number {
    return this.#held.length;
  }

  at(index: number): Line | undefined {
    const fresh = this.#fresh.length;
    return (index < fresh ? this.#fresh[fresh - 1 - index] : this.#older[index - fresh])?.line;
  }

  get(id: string): Entry | undefined {
    return this.#known.get(id);
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** −1 when it is not shown. */
  indexOf(id: string): number {
    const entry = this.#known.get(id);
    if (!entry || this.#hidden.has(id)) return -1;
    const fresh = this.#fresh.length;
    const inFresh = find(fresh, (i) => this.#fresh[fresh - 1 - i]!.order, entry.order);
    if (inFresh >= 0) return inFresh;
    const inOlder = find(this.#older.length, (i) => this.#older[i]!.order, entry.order);
    return inOlder < 0 ? -1 : fresh + inOlder;
  }

  /** On top: shown, or held back. Answers whether it was new. */
  add(line: Line, shown: boolean): boolean {
    if (this.#known.has(line.id)) return false;
    const entry = { line, order: ++this.top };
    this.#known.set(line.id, entry);
    if (!this.#hidden.has(line.id)) (shown ? this.#fresh : this.#held).push(entry);
    return true;
  }

  /** Below the last. */
  append(line: Line): void {
    if (this.#known.has(line.id)) return;
    const entry = { line, order: --this.#bottom };
    this.#known.set(line.id, entry);
    if (!this.#hidden.has(line.id)) this.#older.push(entry);
  }

  /** Shows what was held back. */
  release(): void {
    this.#fresh.push(...this.#held);
    this.#held = [];
  }

  hide(ids: Iterable<string>): void {
    for (const id of ids) this.#hidden.add(id);
    this.#sift();
  }

  unhide(ids: Iterable<string>): void {
    for (const id of ids) {
      const entry = this.#known.get(id);
      if (this.#hidden.delete(id) && entry) (entry.order > 0 ? this.#fresh : this.#older).push(entry);
    }
    this.#fresh.sort((a, b) => a.order - b.order);
    this.#older.sort((a, b) => b.order - a.order);
  }

  /** All that came in up to then, put aside until `showAll` or `clear`. */
  hideAll(newest: string): void {
    const [put, stays] = [({ line }: Entry) => line.receivedAt <= newest, ({ line }: Entry) => line.receivedAt > newest];
    this.#put = { fresh: [...this.#fresh, ...this.#held].filter(put), older: this.#older.filter(put) };
    this.#held = this.#held.filter(stays);
    this.#fresh = this.#fresh.filter(stays);
    this.#older = this.#older.filter(stays);
  }

  showAll(): void {
    if (!this.#put) return;
    this.#fresh = [...this.#put.fresh, ...this.#fresh];
    this.#older = [...this.#older, ...this.#put.older];
    this.#put = undefined;
  }

  /** For good. Answers whether any was there. */
  drop(ids: Iterable<string>): boolean {
    let any = false;
    for (const id of ids) {
      any = this.#known.delete(id) || any;
      this.#hidden.delete(id);
    }
    if (any) this.#sift();
    return any;
  }

  clear(): void {
    this.#held = [];
    this.#fresh = [];
    this.#older = [];
    this.#known.clear();
    this.#put = undefined;
    this.top = this.#bottom = 0;
  }

  /** Of what is shown. */
  ids(): string[] {
    return [...this.#older, ...this.#fresh].map(({ line }) => line.id);
  }

  /** Whatever stands among these newest ones (they are `all` that there are) and is not one of them was deleted, unless it came after `top`. */
  forget(newest: readonly { id: string }[], all: boolean, top: number): void {
    const there = new Set(newest.map(({ id }) => id));
    const lowest = all ? -Infinity : Math.min(...newest.map(({ id }) => this.#known.get(id)?.order ?? Infinity));
    this.drop([...this.#known.values()].filter(({ line, order }) => order > lowest && order <= top && !there.has(line.id)).map(({ line }) => line.id));
  }

  #sift(): void {
    const stays = ({ line: { id } }: Entry) => this.#known.has(id) && !this.#hidden.has(id);
    this.#fresh = this.#fresh.filter(stays);
    this.#older = this.#older.filter(stays);
    this.#held = this.#held.filter(stays);
  }
}

/** The place of `wanted` among descending orders. */
function find(length: number, orderAt: (index: number) => number, wanted: number): number {
  let low = 0;
  let high = length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = orderAt(middle);
    if (order === wanted) return middle;
    if (order > wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
