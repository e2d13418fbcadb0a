/**
 * The checks of the message that is open: run by the server when they are
 * asked for, and not before. Here they are only put in order: what is wrong
 * first, compatibility apart.
 */
import type { Api } from '../../sdk/api.ts';
import type { Check, Compat, CompatClient, CompatFeature, MessageChecks } from '../../sdk/contract.ts';
import { faultOf, type Fault } from './fault.ts';

export class Checking {
  result: MessageChecks | undefined = $state.raw();
  fault: Fault | undefined = $state.raw();
  #api: Api;
  #asked = '';

  constructor(api: Api) {
    this.#api = api;
  }

  async run(id: string): Promise<void> {
    if (id === this.#asked) return;
    this.#asked = id;
    this.result = undefined;
    this.fault = undefined;
    try {
      const result = await this.#api.checks(id);
      if (this.#asked === id) this.result = result;
    } catch (error) {
      if (this.#asked !== id) return;
      this.#asked = '';
      this.fault = faultOf(error);
    }
  }
}

/** How many of each verdict. */
export function tally(checks: readonly Check[]): Record<Check['verdict'], number> {
  const sums = { fail: 0, warn: 0, info: 0, pass: 0 };
  for (const { verdict } of checks) sums[verdict]++;
  return sums;
}

/** One line of the HTML, short enough to show; of a long one the piece around what is meant. */
export function excerpt(html: string | null, line: number, meant = ''): string {
  if (html === null) return '';
  const text = (html.split(/\r?\n/, line)[line - 1] ?? '').trim();
  if (text.length <= LONG) return text;
  const at = meant === '' ? -1 : text.indexOf(meant);
  const from = Math.max(0, Math.min(at - 50, text.length - LONG));
  return `${from > 0 ? '…' : ''}${text.slice(from, from + LONG)}${from + LONG < text.length ? '…' : ''}`;
}
const LONG = 140;

export type Family = { name: string; clients: CompatClient[]; worst: number };

/** Clients by family, those with most that is not supported first. */
export function families(compat: Compat): Family[] {
  const byName = new Map<string, CompatClient[]>();
  for (const client of compat.clients) byName.set(client.family, [...(byName.get(client.family) ?? []), client]);
  return [...byName].map(([name, clients]) => ({ name, clients, worst: Math.max(...clients.map(({ unsupported }) => unsupported)) }))
    .sort((a, b) => b.worst - a.worst || a.name.localeCompare(b.name));
}

/** Features that do not work in full everywhere; for one family, there. */
export function troubled(compat: Compat, family?: string): CompatFeature[] {
  const ids = new Set(compat.clients.filter((client) => family === undefined || client.family === family).map(({ id }) => id));
  return compat.features.filter((feature) => feature.clients.some(({ client }) => ids.has(client)));
}
