/**
 * What somebody has typed over what is known. A field that they left alone
 * follows what is known, whoever changes it; one that they changed is theirs
 * until it is saved or given up.
 */
export class Typed<Fields extends Record<string, string>> {
  #known: () => Fields;
  #typed: Partial<Fields> = $state.raw({});

  constructor(known: () => Fields) {
    this.#known = known;
  }

  /** As a form shows it. */
  get fields(): Fields {
    return { ...this.#known(), ...this.#typed };
  }

  /** There is something to lose. */
  get changed(): boolean {
    return Object.entries(this.#typed).some(([name, text]) => text!.trim() !== this.#known()[name]);
  }

  type(fields: Partial<Fields>): void {
    this.#typed = { ...this.#typed, ...fields };
  }

  /** These are known now; what was typed meanwhile stays. */
  saved(fields: Fields): void {
    this.#typed = Object.fromEntries(Object.entries(this.#typed).filter(([name, text]) => text !== fields[name])) as Partial<Fields>;
  }

  giveUp(): void {
    this.#typed = {};
  }
}
