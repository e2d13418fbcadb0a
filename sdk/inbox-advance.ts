/** Moving the time of the mail for one address. */
import type { Api } from './api.ts';
import type { AdvanceSummary } from './contract.ts';
import { PosternError } from './errors.ts';
import { targetOf, type AdvanceBy } from './moving.ts';

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
