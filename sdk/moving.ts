/** How far time is to move, as a test says it; and moving that of the mail for one address. */
import type { Api } from './api.ts';
import type { AdvanceInput, AdvanceSummary } from './contract.ts';
import { toMs } from './duration.ts';
import { PosternError } from './errors.ts';

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

/** Messages of a page. */
const PAGE = 500;

/**
 * Moves the time of the mail for one address in each stream that has delivered, or is to deliver, some of it: an
 * inbox sees its mail wherever it came in. Where that is real mail, which runs on the wall's clock, only the rest moves.
 */
export async function advanceAddress(api: Api, address: string, by: AdvanceBy, own: string): Promise<AdvanceSummary> {
  const input = { ...targetOf(by), recipient: address };
  const streams = await streamsOf(api, address);
  let whole: AdvanceSummary | undefined;
  let real: PosternError | undefined;
  for (const stream of streams.length > 0 ? streams : [own]) try {
    const summary = await api.advance(stream, input);
    whole = whole ? joined(whole, summary) : summary;
  } catch (error) {
    if (!(error instanceof PosternError && error.problem?.type === '/problems/clock-runs-by-itself')) throw error;
    real ??= error;
  }
  if (whole) return whole;
  throw real!;
}

async function streamsOf(api: Api, address: string): Promise<string[]> {
  const streams = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await api.list({ inbox: address, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const { stream, delivery } of page.messages) if (delivery !== null) streams.add(stream);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return [...streams];
}

/** Several clocks were moved: from the earliest to the latest of them, as the server tells it of several messages. */
function joined(one: AdvanceSummary, two: AdvanceSummary): AdvanceSummary {
  const [next = null] = [one.next, two.next].filter((time) => time !== null).sort();
  const sum = { ...one, from: one.from < two.from ? one.from : two.from, to: one.to > two.to ? one.to : two.to, next };
  for (const count of ['steps', 'attempts', 'delivered', 'deferred', 'bounced', 'expired', 'suppressed', 'later', 'waiting'] as const) sum[count] = one[count] + two[count];
  return sum;
}
