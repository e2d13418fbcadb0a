/** Who changed what about real delivery: the newest first, by stream, page by page. */
import type { Api } from '../../sdk/api.ts';
import type { AuditEntry, PosternEvent } from '../../sdk/contract.ts';
import { again, type Again } from './again.ts';
import { faultOf, type Fault } from './fault.ts';

const PAGE = 30;

export class AuditDesk {
  entries: AuditEntry[] = $state.raw([]);
  next: string | null = $state(null);
  ready = $state(false);
  fault: Fault | undefined = $state.raw();
  #api: Api;
  #stream: string | undefined;
  #again: Again;

  constructor(api: Api) {
    this.#api = api;
    this.#again = again(() => this.#load(), 1_000);
  }

  async open(stream: string | undefined): Promise<void> {
    this.#stream = stream;
    await this.#again.now();
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  /** What is written down is told by these, too. */
  hear(events: readonly PosternEvent[]): void {
    if (events.some(({ type }) => /^(delivery|stream|canary|recipient\.released|message\.released|unsubscribe)/.test(type))) this.#again.soon();
  }

  async more(): Promise<void> {
    const { next } = this;
    const stream = this.#stream;
    if (next === null) return;
    try {
      const page = await this.#api.audit({ ...(stream === undefined ? {} : { stream }), cursor: next, limit: PAGE });
      if (stream !== this.#stream || next !== this.next) return;
      this.entries = [...this.entries, ...page.entries];
      this.next = page.next;
    } catch (error) {
      this.fault = faultOf(error);
    }
  }

  close(): void {
    this.#again.stop();
  }

  async #load(): Promise<void> {
    const stream = this.#stream;
    try {
      // As many as are shown, so that nothing shown is lost by asking again.
      const page = await this.#api.audit({ ...(stream === undefined ? {} : { stream }), limit: Math.min(200, Math.max(PAGE, this.entries.length)) });
      if (stream !== this.#stream) return;
      this.entries = page.entries;
      this.next = page.next;
      this.fault = undefined;
    } catch (error) {
      if (stream === this.#stream) this.fault = faultOf(error);
    }
    if (stream === this.#stream) this.ready = true;
  }
}

/** A change of a policy, part by part: `allow: example.test → example.test, other.test`. */
export function detailText({ what, detail }: Pick<AuditEntry, 'what' | 'detail'>): string[] {
  if (what !== 'stream.live') return [];
  const changes = (typeof detail['changes'] === 'object' && detail['changes'] !== null ? detail['changes'] : detail) as Record<string, unknown>;
  return Object.entries(changes).flatMap(([part, change]) => {
    if (typeof change !== 'object' || change === null || !('is' in change)) return [];
    const { was, is, note } = change as { was: unknown; is: unknown; note?: string };
    return [`${part}: ${short(part, was)} → ${short(part, is)}${note ? ` (${note})` : ''}`];
  });
}
function short(part: string, value: unknown): string {
  const text = part === 'dkim' && value === null ? 'unsigned' : said(value);
  return text.length <= 120 ? text : `${text.slice(0, 118)} …`;
}
/** As one would say it; of a long list no more than is shown. */
function said(value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return 'nothing';
  if (Array.isArray(value)) return value.slice(0, 50).map(said).join(typeof value[0] === 'object' ? '; ' : ', ');
  if (typeof value !== 'object') return typeof value === 'string' ? value : JSON.stringify(value);
  const parts = Object.entries(value).filter(([name, one]) => one !== null && name !== 'since' && name !== 'hasPassword').map(([name, one]) => `${name} ${said(one)}`);
  return parts.length === 0 ? 'nothing chosen' : parts.join(', ');
}
