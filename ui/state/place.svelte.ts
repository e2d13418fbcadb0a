/**
 * Where the app is: the address bar, as state. `go` adds a step that the back
 * button undoes; `swap` replaces the present one (moving through a list with
 * j and k is one step, not a hundred). Whoever has something to lose is asked
 * before another view takes the place of theirs, whatever leads there.
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
  /** Whether the person would rather stay than go there. */
  stays: (to: Place) => boolean = () => false;
  #bar: Bar;
  /** The address that is shown: browsers tell of a change twice. */
  #hash: string | undefined;
  /** One that was already asked about. */
  #agreed: string | undefined;
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
    if (hash !== this.#bar.hash()) {
      if (this.stays(place)) return;
      this.#bar.push(hash);
    }
    this.#show(place);
  }

  swap(place: Place): void {
    this.#bar.replace(hashOf(place));
    this.#show(place);
  }

  /** Asked before a link is followed. */
  follows(hash: string): boolean {
    if (this.stays(placeOf(hash))) return false;
    this.#agreed = hash;
    return true;
  }

  #show(place: Place): void {
    this.#hash = this.#bar.hash();
    this.now = place;
    this.stray = undefined;
  }

  #read(): void {
    const hash = this.#bar.hash();
    const from = this.#hash;
    if (hash === from) return;
    const place = placeOf(hash);
    const stays = from !== undefined && hash !== this.#agreed && this.stays(place);
    this.#agreed = undefined;
    // The step is taken already: another one leads back to where they are.
    if (stays) return this.#bar.push(from);
    this.#show(place);
    this.stray = strayOf(hash);
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
