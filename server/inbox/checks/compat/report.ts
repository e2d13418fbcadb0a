/**
 * How well the mail clients of caniemail.com's table support the HTML and CSS
 * that a mail uses. The table is 100 kB and is loaded with this file: only
 * the worker imports it.
 */
import type { Compat, CompatFeature } from '../../../../sdk/contract.ts';
import type { HtmlScan } from '../html-scan.ts';
import table from './caniemail.json' with { type: 'json' };
import { type CssReading, cssUses } from './css-uses.ts';
import { htmlUses } from './html-uses.ts';
import type { Uses } from './uses.ts';

type Row = { id: string; title: string; category: string; support: string; notes: Record<string, number[]>; texts: string[] };
const rows: readonly Row[] = table.features as unknown as Row[];
const known: ReadonlySet<string> = new Set(rows.map(({ id }) => id));

export type CompatReading = { compat: Compat; css: CssReading };

/** `typeOfCid` says which content type an inline part has. */
export function compatOf(scan: HtmlScan, typeOfCid: (cid: string) => string | undefined = () => undefined): CompatReading {
  const uses: Uses = new Map();
  htmlUses(scan, uses, typeOfCid);
  const css = cssUses(scan, uses, known, typeOfCid);
  const clients = table.clients.map(({ id, family, platform }) => ({ id, family, platform, supported: 0, partial: 0, unsupported: 0, unknown: 0 }));
  const features: CompatFeature[] = [];
  for (const row of rows) {
    const used = uses.get(row.id);
    if (!used) continue;
    const feature: CompatFeature = {
      id: row.id, title: row.title, category: row.category as CompatFeature['category'], href: `https://www.caniemail.com/features/${row.id}/`,
      uses: used.uses, lines: used.lines.sort((a, b) => a - b), supported: 0, partial: 0, unsupported: 0, unknown: 0, clients: [], notes: row.texts,
    };
    for (const [index, client] of clients.entries()) {
      const support = SUPPORT[row.support[index] ?? 'u'] ?? 'unknown';
      client[support]++;
      feature[support]++;
      if (support === 'partial' || support === 'unsupported') feature.clients.push({ client: client.id, support, notes: row.notes[index] ?? [] });
    }
    features.push(feature);
  }
  const weight = ({ unsupported, partial }: CompatFeature) => unsupported * 2 + partial;
  features.sort((a, b) => weight(b) - weight(a) || (a.id < b.id ? -1 : 1));
  return { compat: { source: 'https://www.caniemail.com', asOf: table.asOf, clients, features }, css };
}

const SUPPORT: Record<string, 'supported' | 'partial' | 'unsupported' | 'unknown'> = { y: 'supported', a: 'partial', n: 'unsupported', u: 'unknown' };
