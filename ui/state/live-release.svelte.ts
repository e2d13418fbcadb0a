/**
 * A message of the inbox, sent for real because a person says so: to some or
 * all whom it was for, or to others in their place. All or nothing: what may
 * not go is named, and then nothing is queued.
 */
import type { Api } from '../../sdk/api.ts';
import type { ReleaseProblem, ReleaseResult } from '../../sdk/contract.ts';
import { PosternError } from '../../sdk/errors.ts';
import { faultOf } from './fault.ts';
import { plural } from './format.ts';

export type Refused = { says: string; /** Of whom else it speaks. */ addresses: string[]; /** What the refusal is called, as in its type. */ why: string };

export class Releasing {
  readonly envelope: readonly string[];
  chosen: ReadonlySet<string> = $state.raw(new Set());
  elsewhere = $state(false);
  /** Addresses in their place, by lines or commas. */
  to = $state('');
  again = $state(false);
  busy = $state(false);
  refused: Refused | undefined = $state.raw();
  #api: Api;
  #id: string;

  constructor(api: Api, id: string, envelope: readonly string[]) {
    this.#api = api;
    this.#id = id;
    this.envelope = [...new Set(envelope)];
    this.chosen = new Set(this.envelope);
  }

  get all(): boolean {
    return this.chosen.size === this.envelope.length;
  }

  get others(): string[] {
    return this.to.split(/[\s,;]+/).filter(Boolean);
  }

  get ready(): boolean {
    return this.chosen.size > 0 && (!this.elsewhere || this.others.length > 0);
  }

  toggle(address: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(address)) chosen.add(address);
    this.chosen = chosen;
  }

  toggleAll(): void {
    this.chosen = new Set(this.all ? [] : this.envelope);
  }

  /** What came of it, in a sentence; undefined when it was refused. */
  async send(): Promise<string | undefined> {
    if (this.busy || !this.ready) return undefined;
    this.busy = true;
    this.refused = undefined;
    try {
      return releasedText(await this.#api.releaseMessage(this.#id, {
        ...(this.all ? {} : { recipients: [...this.chosen] }),
        ...(this.elsewhere ? { to: this.others } : {}),
        ...(this.again ? { again: true } : {}),
      }));
    } catch (error) {
      const problem = error instanceof PosternError ? (error.problem as Partial<ReleaseProblem> | undefined) : undefined;
      const says = problem?.detail ?? faultOf(error).message;
      // Those that the sentence names need not be listed.
      this.refused = { says, addresses: (problem?.addresses ?? []).filter((address) => !says.includes(address)), why: problem?.type?.split('/').at(-1) ?? '' };
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

export function releasedText({ queued, suppressed, waits }: ReleaseResult): string {
  const parts = [
    queued.length > 0 ? `Released for real to ${named(queued)}.` : 'Nothing was queued.',
    suppressed.length > 0 ? `${named(suppressed)} ${suppressed.length === 1 ? 'is' : 'are'} suppressed: nothing is sent there.` : '',
    waits === null ? '' : `It waits: ${waits}.`,
  ];
  return parts.filter(Boolean).join(' ');
}
const named = (addresses: readonly string[]): string => (addresses.length <= 3 ? addresses.join(', ') : `${addresses[0]}, ${addresses[1]} and ${plural(addresses.length - 2, 'other')}`);
