/**
 * Where the app is: the address bar, as state. `go` adds a step that the back
 * button undoes; `swap` replaces the present one (moving through a list with
 * j and k is one step, not a hundred).
 */
import { hashOf, placeOf, strayOf, type Place } from './route.ts';

export type Bar = {
  hash(): string;
  push(hash: string): void;
  replace(hash: string): void;
  /** Calls back when the person goes back or forward, or edits the address. */
  watch(changed: () => void): () => void;
};

export class Whereabouts {
  #bar: Bar;
  now: Place = $state.raw({ at: 'mail', scope: {} });
  /** What the address named instead, when there is no such view. */
  stray: string | undefined = $state();

  constructor(bar: Bar) {
    this.#bar = bar;
    this.#read();
  }

  follow(): () => void {
    return this.#bar.watch(() => this.#read());
  }

  go(place: Place): void {
    const hash = hashOf(place);
    if (hash !== this.#bar.hash()) this.#bar.push(hash);
    this.now = place;
    this.stray = undefined;
  }

  swap(place: Place): void {
    this.#bar.replace(hashOf(place));
    this.now = place;
    this.stray = undefined;
  }

  #read(): void {
    this.now = placeOf(this.#bar.hash());
    this.stray = strayOf(this.#bar.hash());
  }
}

export function addressBar(): Bar {
  return {
    hash: () => location.hash,
    push: (hash) => history.pushState(null, '', hash),
    replace: (hash) => history.replaceState(null, '', hash),
    watch(changed) {
      addEventListener('popstate', changed);
      addEventListener('hashchange', changed);
      return () => {
        removeEventListener('popstate', changed);
        removeEventListener('hashchange', changed);
      };
    },
  };
}
