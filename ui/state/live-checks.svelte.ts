/** The pre-flight of one stream: the last one, running it again, and what the daily look found to be other than the day before. */
import type { Api } from '../../sdk/api.ts';
import type { Finding, PosternEvent, Preflight, ZoneRecord } from '../../sdk/contract.ts';
import { PosternError } from '../../sdk/errors.ts';
import { again, type Again } from './again.ts';
import { faultOf } from './fault.ts';

export type Change = { check: string; was: string; now: string };
export type Drift = { at: string; changes: Change[] };

export class PreflightDesk {
  last: Preflight | undefined = $state.raw();
  /** The last one is known, or that there is none. */
  ready = $state(false);
  busy = $state(false);
  problem = $state('');
  /** The policy does not name the domain of From: it has to be said. */
  asksDomain = $state(false);
  /** Between the one that was shown and the one that was run. */
  changed: Change[] | undefined = $state.raw();
  drift: Drift | undefined = $state.raw();
  #api: Api;
  #stream: string;
  #again: Again;

  constructor(api: Api, stream: string) {
    this.#api = api;
    this.#stream = stream;
    this.#again = again(() => this.#load(), 1_000);
  }

  again(): Promise<void> {
    return this.#again.now();
  }

  hear(events: readonly PosternEvent[]): void {
    if (events.some(({ type, stream }) => stream === this.#stream && type === 'preflight.changed')) this.#again.soon();
  }

  /** `call` also calls the mail server of the first domain that it may send to. */
  async run(domain: string, call: boolean): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = '';
    try {
      const before = this.last;
      const found = await this.#api.preflight({ stream: this.#stream, ...(domain.trim() === '' ? {} : { domain: domain.trim() }), ...(call ? { call } : {}) });
      this.changed = before && before.domain === found.domain ? changesOf(before.findings, found.findings) : undefined;
      this.last = found;
      this.asksDomain = false;
      this.ready = true;
    } catch (error) {
      this.problem = faultOf(error).message;
      if (error instanceof PosternError && error.problem?.errors?.some(({ path }) => path === 'domain')) this.asksDomain = true;
    } finally {
      this.busy = false;
    }
  }

  close(): void {
    this.#again.stop();
  }

  async #load(): Promise<void> {
    try {
      // The gate knows whether there is one: to ask for what is not there would be an error in the browser's console.
      const { streams } = await this.#api.deliveryGate({ stream: this.#stream });
      if (streams.some(({ preflight }) => preflight !== null)) this.last = await this.#api.lastPreflight(this.#stream);
    } catch (error) {
      if (faultOf(error).status !== 404) this.problem = faultOf(error).message;
    }
    this.ready = true;
    const { events } = await this.#api.events({ stream: this.#stream, types: 'preflight.changed', latest: 1 });
    const event = events.at(-1);
    this.drift = event?.type === 'preflight.changed' ? { at: event.at, changes: event.changes } : undefined;
  }
}

/** By check, of which each counts with its gravest finding. One that was not looked at before is no change. */
export function changesOf(before: readonly Finding[], after: readonly Finding[]): Change[] {
  const was = gravestOf(before);
  return [...gravestOf(after)].flatMap(([check, verdict]) => {
    const known = was.get(check);
    return known === undefined || known === verdict ? [] : [{ check, was: known, now: verdict }];
  });
}
function gravestOf(findings: readonly Finding[]): Map<string, Finding['verdict']> {
  const gravest = new Map<string, Finding['verdict']>();
  for (const { check, verdict } of byGravity(findings)) if (!gravest.has(check)) gravest.set(check, verdict);
  return gravest;
}

/** What asks for a look first. */
const GRAVEST: readonly Finding['verdict'][] = ['fail', 'warn', 'pass', 'skip'];
export const byGravity = (findings: readonly Finding[]): Finding[] => findings.toSorted((a, b) => GRAVEST.indexOf(a.verdict) - GRAVEST.indexOf(b.verdict));
export const VERDICTS: Record<Finding['verdict'], string> = { pass: 'good', warn: 'warn', fail: 'bad', skip: '' };
export const NAMES: Record<string, string> = {
  gate: 'The gate', spf: 'SPF', dkim: 'DKIM', dmarc: 'DMARC', mx: 'MX', 'return-path': 'Return path', ptr: 'PTR', helo: 'HELO name', 'mta-sts': 'MTA-STS', 'tls-rpt': 'TLS-RPT', dane: 'DANE', 'port-25': 'Port 25',
};

/** As a line of a zone file; long texts in strings of at most 255 octets (RFC 1035 §3.3.14). */
export function zoneLine({ name, type, value }: ZoneRecord): string {
  const owner = name.endsWith('.') ? name : `${name}.`;
  if (type !== 'TXT') return `${owner} IN ${type} ${value}`;
  const strings = value.match(/[\s\S]{1,255}/g) ?? [''];
  return `${owner} IN TXT ${strings.map((one) => `"${one.replaceAll(/["\\]/g, '\\$&')}"`).join(' ')}`;
}
