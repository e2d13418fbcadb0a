/**
 * The policy of one stream while somebody edits it. What they have not
 * changed follows the server; what they have stays theirs, and only that is
 * sent. Objections come back to the fields that they mean.
 */
import type { Api } from '../../sdk/api.ts';
import type { Stream } from '../../sdk/contract.ts';
import { PosternError } from '../../sdk/errors.ts';
import { faultOf } from './fault.ts';
import { clashesOf, draftOf, flawAt, patchOf, readDraft, type Draft, type Flaw } from './live-policy.ts';

export class LiveDraft {
  draft: Draft = $state()!;
  flaws: Flaw[] = $state.raw([]);
  busy = $state(false);
  word = $state('');
  /** Somebody else has changed the same stream meanwhile. */
  overtaken = $state(false);
  #from: Draft = $state.raw()!;
  /** As somebody else has left it. */
  #theirs: Stream | undefined = $state.raw();
  #seen: string;
  #name: string;
  #api: Api;
  #taken: () => Promise<unknown>;

  /** `taken` is awaited after a save, so that the rest of the page knows of it. */
  constructor(api: Api, stream: Stream, taken: () => Promise<unknown>) {
    this.#api = api;
    this.#name = stream.name;
    this.#taken = taken;
    this.#seen = signOf(stream);
    this.#begin(stream);
  }

  get dirty(): boolean {
    return patchOf(this.#from, this.draft) !== undefined;
  }

  /** What somebody else has changed as well, in another way: saving replaces theirs. */
  get clashes(): string[] {
    return this.#theirs ? clashesOf(this.#from, this.draft, draftOf(this.#theirs)) : [];
  }

  flawAt(field: string): string {
    return flawAt(this.flaws, field);
  }

  /** The stream as it is known now. */
  follow(stream: Stream): void {
    const sign = signOf(stream);
    if (sign === this.#seen) return;
    this.#seen = sign;
    if (!this.dirty) return this.#begin(stream);
    this.overtaken = true;
    this.#theirs = stream;
  }

  discard(stream: Stream): void {
    this.#begin(stream);
    this.word = '';
  }

  async save(): Promise<boolean> {
    const delivery = patchOf(this.#from, this.draft);
    if (this.busy || delivery === undefined) return false;
    this.flaws = readDraft(this.draft).flaws;
    this.word = '';
    if (this.flaws.length > 0) return false;
    this.busy = true;
    try {
      const stream = await this.#api.changeStream(this.#name, { delivery });
      this.#seen = signOf(stream);
      this.#begin(stream);
      await this.#taken();
      this.word = 'Saved.';
      return true;
    } catch (error) {
      this.flaws = (error instanceof PosternError && error.problem?.errors) || [];
      this.word = this.flaws.length > 0 ? '' : `That did not work: ${faultOf(error).message}`;
      return false;
    } finally {
      this.busy = false;
    }
  }

  #begin(stream: Stream): void {
    this.#from = draftOf(stream);
    this.draft = draftOf(stream);
    this.flaws = [];
    this.overtaken = false;
    this.#theirs = undefined;
  }
}

const signOf = ({ delivery }: Stream): string => JSON.stringify([delivery.live, delivery.returnPath]);
