/** How far time is to move, as a test says it. */
import type { AdvanceInput } from './contract.ts';
import { toMs } from './duration.ts';

/** `'72h'` or milliseconds; `{ until }` a time; `'idle'` until nothing waits any more. */
export type AdvanceBy = number | string | { by: number | string } | { until: string | Date } | { to: 'idle' };

export function targetOf(by: AdvanceBy): Pick<AdvanceInput, 'by' | 'until' | 'to'> {
  if (by === 'idle') return { to: 'idle' };
  if (typeof by !== 'object' || by === null) return { by: spanOf(by) };
  if ('until' in by) {
    const at = new Date(by.until);
    if (Number.isNaN(at.getTime())) throw new TypeError(`\`until\` is no time: ${String(by.until)}`);
    return { until: at.toISOString() };
  }
  return 'to' in by ? { to: by.to } : { by: spanOf(by.by) };
}

function spanOf(by: number | string): number {
  try {
    return toMs(by, 'by');
  } catch {
    throw new TypeError(`Time is advanced by milliseconds or a text like '90s', '5m', '72h' (never back), to a time ({ until: '2026-01-31T10:30:00Z' }), or by 'idle' until nothing waits any more; not by ${JSON.stringify(by)}`);
  }
}
