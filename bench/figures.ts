/** Medians, percentiles and the table at the end. */

export type Row = { what: string; figure: string; goal: string; met: boolean | undefined };

export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 50);

export const round = (value: number, digits = 0): string => value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });

export function printTable(rows: readonly Row[]): void {
  const mark = (met: boolean | undefined) => (met === undefined ? '' : met ? 'met' : 'MISSED');
  const cells = [['what', 'figure', 'goal', ''], ...rows.map((row) => [row.what, row.figure, row.goal, mark(row.met)])];
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  for (const [n, row] of cells.entries()) {
    console.log(row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ').trimEnd());
    if (n === 0) console.log(widths.map((width) => '─'.repeat(width)).join('  '));
  }
}
