/**
 * A list of suppressions as a file: CSV with the columns address, stream,
 * reason, detail, expires, mode (the first alone will do; a line that names them
 * may reorder them), or a JSON object a line. All that is wrong is told with
 * its line, and then nothing of the file counts.
 */
import { addressFault, addressKey, splitAddress } from '../mail/address.ts';
import { QUEUE_MODES, type QueueMode } from '../mail/recipient.ts';
import { SUPPRESSION_REASONS, type Suppression, type SuppressionReason } from '../mail/suppression.ts';
import { csvLine, parseCsv } from './csv.ts';
import { parseInstant } from '../units.ts';
import type { Fault } from './faults.ts';
import { nullableTime, timeOf } from './wire-time.ts';

export const COLUMNS = ['address', 'stream', 'reason', 'detail', 'expires', 'mode'] as const;
type Column = (typeof COLUMNS)[number];
type Line = { line: number; cells: Partial<Record<Column, string>> };

/** More are not told at once. */
const FAULTS_TOLD = 50;
const DETAIL_LIMIT = 1_000;

export type ListReading = {
  /** Of the stream's mail of this mode, or (null) the wall: what `createdAt` says. Undefined for a stream that is not there. */
  now(stream: string | null, mode: QueueMode | null): number | undefined;
  /** Of lines that name none. */
  stream: string | null;
  detail: string;
};

export function readList(text: string, type: 'csv' | 'jsonl', reading: ListReading): { suppressions: Suppression[] } | { faults: Fault[] } {
  const lines = type === 'csv' ? csvLines(text) : jsonLines(text);
  const faults = [...lines.faults];
  const suppressions: Suppression[] = [];
  for (const { line, cells } of lines.lines) {
    if (faults.length >= FAULTS_TOLD) break;
    const one = suppressionOf(cells, reading);
    if ('message' in one && 'fault' in one) faults.push({ path: `line ${line}`, message: one.message });
    else suppressions.push(one as Suppression);
  }
  return faults.length > 0 ? { faults } : { suppressions };
}

/** An address or `@domain`; why it is neither. */
export function suppressible(address: string): string | undefined {
  const said = address.trim();
  if (said.startsWith('@')) return addressFault(`x${said}`) ? `"${said.slice(0, 100)}" is no domain, like @example.test` : undefined;
  return addressFault(said) || splitAddress(said).domain === '' ? `"${said.slice(0, 100)}" is neither an address nor @domain` : undefined;
}

function suppressionOf(cells: Line['cells'], { now, stream: ofAll, detail: standing }: ListReading): Suppression | { fault: true; message: string } {
  const fault = (message: string) => ({ fault: true as const, message });
  const address = cells.address?.trim() ?? '';
  const why = suppressible(address);
  if (why !== undefined) return fault(why);
  const stream = cells.stream?.trim() ? cells.stream.trim() : ofAll;
  const mode = cells.mode?.trim().toLowerCase() || null;
  if (mode !== null && !(QUEUE_MODES as readonly string[]).includes(mode)) return fault(`"${mode.slice(0, 40)}" is no mode; leave it empty for both, or say ${QUEUE_MODES.join(' or ')}`);
  const createdAt = now(stream, mode as QueueMode | null);
  if (createdAt === undefined) return fault(`there is no stream "${stream!.slice(0, 100)}"`);
  const reason = cells.reason?.trim().toLowerCase() || 'manual';
  if (!(SUPPRESSION_REASONS as readonly string[]).includes(reason)) return fault(`"${reason.slice(0, 40)}" is no reason; they are ${SUPPRESSION_REASONS.join(', ')}`);
  const expires = cells.expires?.trim() || undefined;
  const expiresAt = expires === undefined ? null : parseInstant(expires);
  if (expiresAt === undefined) return fault(`"${expires!.slice(0, 40)}" is not a time with its zone, like 2026-01-31T10:30:00Z`);
  const detail = cells.detail?.trim() || standing;
  if (detail.length > DETAIL_LIMIT) return fault(`detail is longer than ${DETAIL_LIMIT} characters`);
  return { address: addressKey(address), stream, mode: mode as QueueMode | null, reason: reason as SuppressionReason, detail, message: null, createdAt, expiresAt };
}

function csvLines(text: string): { lines: Line[]; faults: Fault[] } {
  const rows = parseCsv(text);
  if (!Array.isArray(rows)) return { lines: [], faults: [{ path: `line ${rows.line}`, message: rows.message }] };
  const first = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const named = first.includes('address');
  const stray = named ? first.find((name) => !(COLUMNS as readonly string[]).includes(name)) : undefined;
  if (stray !== undefined) return { lines: [], faults: [{ path: 'line 1', message: `"${stray.slice(0, 40)}" is no column; they are ${COLUMNS.join(', ')}` }] };
  const twice = named ? first.find((name, i) => first.indexOf(name) !== i) : undefined;
  if (twice !== undefined) return { lines: [], faults: [{ path: 'line 1', message: `names the column "${twice}" twice` }] };
  const columns = named ? (first as Column[]) : COLUMNS;
  const faults: Fault[] = [];
  const lines = (named ? rows.slice(1) : rows).flatMap(({ line, cells }): Line[] => {
    if (cells.length > columns.length) {
      faults.push({ path: `line ${line}`, message: `has ${cells.length} values for ${columns.length} columns` });
      return [];
    }
    return [{ line, cells: Object.fromEntries(cells.map((cell, i) => [columns[i], cell])) }];
  });
  return { lines, faults: faults.slice(0, FAULTS_TOLD) };
}

function jsonLines(text: string): { lines: Line[]; faults: Fault[] } {
  const lines: Line[] = [];
  const faults: Fault[] = [];
  for (const [i, said] of text.replace(/^\ufeff/, '').split('\n').entries()) {
    if (said.trim() === '') continue;
    if (faults.length >= FAULTS_TOLD) break;
    const line = i + 1;
    try {
      const value = JSON.parse(said) as unknown;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError();
      const cells: Line['cells'] = {};
      // As exported: `expiresAt` is the wire's name; what else a suppression has is not taken back.
      for (const [name, one] of Object.entries(value)) {
        const column = name === 'expiresAt' ? 'expires' : (COLUMNS as readonly string[]).includes(name) ? (name as Column) : undefined;
        if (!column || one === null) continue;
        if (typeof one !== 'string') throw new TypeError();
        cells[column] = one;
      }
      lines.push({ line, cells });
    } catch {
      faults.push({ path: `line ${line}`, message: 'is not a JSON object of texts, like {"address":"ann@example.test"}' });
    }
  }
  return { lines, faults };
}

export const CSV_HEAD = csvLine([...COLUMNS]);
export const csvOf = ({ address, stream, mode, reason, detail, expiresAt }: Suppression): string => csvLine([address, stream, reason, detail, nullableTime(expiresAt), mode]);
export const jsonlOf = ({ createdAt, expiresAt, ...rest }: Suppression): string => `${JSON.stringify({ ...rest, createdAt: timeOf(createdAt), expiresAt: nullableTime(expiresAt) })}\n`;
