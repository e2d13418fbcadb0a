/** Light, dark, or as the system says; kept in localStorage. public/theme.js applies it before the first paint. */
import type { Drawer } from './session.svelte.ts';

export type Choice = 'system' | 'light' | 'dark';
const KEY = 'postern.theme';

export class Theme {
  choice: Choice = $state('system');
  #drawer: Drawer;
  #apply: (choice: Choice) => void;

  constructor(drawer: Drawer, apply: (choice: Choice) => void) {
    this.#drawer = drawer;
    this.#apply = apply;
    const kept = drawer.getItem(KEY);
    if (kept === 'light' || kept === 'dark') this.choice = kept;
  }

  set(choice: Choice): void {
    this.choice = choice;
    if (choice === 'system') this.#drawer.removeItem(KEY);
    else this.#drawer.setItem(KEY, choice);
    this.#apply(choice);
  }

  next(): void {
    this.set(this.choice === 'system' ? 'light' : this.choice === 'light' ? 'dark' : 'system');
  }
}
