/**
 * What became of a message as a table that a failed test can show: each
 * recipient with its attempts, what was said, what it was taken for and what
 * comes next. Pure: facts in, text out.
 */
import { sameAddress } from './comparing.ts';
import type { Answer, Attempt, Delivery, PosternEvent } from './contract.ts';
import { cut } from './message-text.ts';

/** Attempts shown of one recipient: the first and the last ones. */
const SHOWN = 20;
const RECIPIENTS_SHOWN = 10;

/** `+0s`, `+1m 30s`, `+3h 12m`, `+2d 4h`: two parts are enough. */
export function after(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const parts = ([['d', 86_400], ['h', 3_600], ['m', 60], ['s', 1]] as const).map(([unit, size], i, all) => ({ unit, n: Math.floor((i === 0 ? seconds : seconds % all[i - 1]![1]) / size) }));
  const first = parts.findIndex(({ n }) => n > 0);
  const shown = first < 0 ? '0s' : parts.slice(first, first + 2).filter(({ n }) => n > 0).map(({ n, unit }) => `${n}${unit}`).join(' ');
  return `${ms < 0 ? '-' : '+'}${shown}`;
}

export function said(answer: Answer): string {
  const text = answer.kind === 'reply' ? [answer.code, answer.enhanced, answer.text].filter((part) => part !== null && part !== '').join(' ') : `${answer.fault}: ${answer.detail}`;
  return cut(text.replace(/\s+/g, ' '), 70);
}

export function tellHistory(delivery: Delivery, only?: string): string {
  const recipients = delivery.recipients.filter(({ address }) => only === undefined || sameAddress(address, only));
  if (recipients.length === 0) return `Message ${delivery.message} was only captured: nothing of it was queued. Its stream "${delivery.stream}" must be in mode simulate or deliver when it is sent.`;
  const blocks = recipients.slice(0, RECIPIENTS_SHOWN).map((one) => {
    const last = one.history.at(-1);
    const head = `${one.address}: ${one.state}${last && one.state !== 'delivered' ? ` (${last.verdict.class})` : ''}`;
    const waits = one.held ? `\n  held (${one.held.reason}): ${one.held.text}` : one.due === null ? '' : `\n  ${one.explanation.text}`;
    if (one.history.length === 0) return `${head}, never tried${waits || (one.explanation.text ? `\n  ${one.explanation.text}` : '')}`;
    return `${head}\n${table(one.history)}${waits}`;
  });
  if (recipients.length > RECIPIENTS_SHOWN) blocks.push(`… and ${recipients.length - RECIPIENTS_SHOWN} more recipients`);
  for (const { type, recipient, class: verdict, diagnostic } of delivery.returns.slice(0, 10)) blocks.push(`came back: ${type} for ${recipient}${verdict ? ` (${verdict})` : ''}${diagnostic ? `: ${cut(diagnostic.replace(/\s+/g, ' '), 80)}` : ''}`);
  return blocks.join('\n');
}

function table(history: Attempt[]): string {
  const rows = history.map((one) => [
    after(one.after), one.stage, said(one.answer),
    one.outcome === 'delivered' ? 'delivered' : `${one.outcome}: ${one.verdict.class}, ${one.verdict.rule}`,
    one.nextDue === null ? '' : after(one.after + Date.parse(one.nextDue) - Date.parse(one.at)),
  ]);
  const left = rows.length - SHOWN;
  const shown = left > 0 ? [...rows.slice(0, SHOWN / 2), [`… ${left} more`, '', '', '', ''], ...rows.slice(-SHOWN / 2)] : rows;
  const all = [['time', 'stage', 'reply', 'verdict', 'next'], ...shown];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()}`).join('\n');
}

/** One line of what happened, for a wait that ran out. */
export function tellEvent(event: PosternEvent): string {
  const who = 'recipient' in event && event.recipient ? ` ${event.recipient}` : '';
  const what = 'answer' in event && event.answer ? `: ${said(event.answer)} (${event.class ?? ''})` : 'detail' in event ? `: ${cut(event.detail, 80)}` : 'diagnostic' in event ? `: ${cut(event.diagnostic, 80)}` : event.type === 'message.captured' ? ` "${cut(event.summary.subject, 60)}" to ${cut(event.summary.envelope.to.join(', '), 80)}` : '';
  const why = 'reason' in event && event.reason ? ` (${cut(event.reason, 80)})` : '';
  const next = event.type === 'recipient.deferred' ? `, next at ${event.nextDue}` : '';
  // What happens to a recipient is told in its own time; all else has only the wall's.
  return `${'time' in event ? event.time : `${event.at} (wall)`}  ${event.type}${who}${why}${what}${next}`;
}
