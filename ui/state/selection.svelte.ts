/**
 * Which messages are ticked: single ones, runs of them (shift), or everything
 * in the scope, also what is not loaded. "Everything" means what was there
 * when it was said: mail that arrives afterwards is not part of it.
 */
import { SvelteSet } from 'svelte/reactivity';

export class Selection {
  ids = new SvelteSet<string>();
  /** Set while everything in the scope is meant; the newest message of that moment. */
  all: { newest: string } | undefined = $state.raw();
  #anchor: string | undefined;

  get size(): number {
    return this.ids.size;
  }

  get any(): boolean {
    return this.all !== undefined || this.ids.size > 0;
  }

  has({ id, receivedAt }: { id: string; receivedAt: string }): boolean {
    return this.all === undefined ? this.ids.has(id) : receivedAt <= this.all.newest;
  }

  toggle(id: string): void {
    this.all = undefined;
    if (this.ids.has(id)) this.ids.delete(id);
    else this.ids.add(id);
    this.#anchor = id;
  }

  /** From the last one ticked to this one, in the order of the list. */
  extend(id: string, list: { indexOf(id: string): number; at(index: number): { id: string } | undefined }): void {
    this.all = undefined;
    const to = list.indexOf(id);
    const from = this.#anchor === undefined ? -1 : list.indexOf(this.#anchor);
    if (from < 0 || to < 0) return this.toggle(id);
    for (let i = Math.min(from, to); i <= Math.max(from, to); i++) {
      const row = list.at(i);
      if (row) this.ids.add(row.id);
    }
    this.#anchor = id;
  }

  everything(loaded: Iterable<string>, newest: string): void {
    for (const id of loaded) this.ids.add(id);
    this.all = { newest };
  }

  clear(): void {
    this.ids.clear();
    this.all = undefined;
    this.#anchor = undefined;
  }

  /** Messages that are no more. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.ids.delete(id);
  }
}
