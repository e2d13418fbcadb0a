/**
 * The sentences of a wait that failed: what was looked for, what arrived
 * instead and how it differs, what to change. Pure: facts in, text out.
 */
import type { Message } from './contract.ts';
import { sayMs } from './duration.ts';
import type { WaitFacts } from './errors.ts';
import { cut } from './message.ts';

/** Where the wait looked, for advice. */
export type Where = {
  /** `host:port` of the SMTP listener. */
  smtp: string;
  address?: string | undefined;
  /** Set when something shorter than the wait (a runner's time-out) cut it. */
  cutBy?: string | undefined;
};

/** Messages that are shown of those that arrived. */
export const SHOWN = 5;

/** What is known beside the facts. */
export type Beside = {
  /** The wait began after a mark. */
  after: boolean;
  /** Ids of messages of which only what the server compares was looked at. */
  unread: ReadonlySet<string>;
};

export function tellTimeout(facts: WaitFacts, where: Where, beside: Beside): string {
  const { criteria, waited, found, wanted, arrived, arrivedInAll } = facts;
  const lines = [wanted === 1 ? `No message matched within ${sayMs(waited)}.` : `${found} of ${wanted} messages matched within ${sayMs(waited)}.`];
  lines.push('Looked for:', ...(criteria.length > 0 ? criteria : ['any message']).map((line) => `  ${line}`));
  if (arrivedInAll === 0) {
    lines.push(`Nothing ${found > 0 ? 'else ' : ''}arrived.`);
  } else {
    lines.push(`${arrivedInAll} other${arrivedInAll === 1 ? ' message' : ' messages'} arrived${arrived.length > 1 ? ', the nearest first' : ''}:`);
    for (const { subject, from, to, id, differs } of arrived.slice(0, SHOWN)) {
      lines.push(`  "${cut(subject, 80)}" from ${from || '<>'} to ${cut(to.join(', '), 120)} (${id})`);
      for (const { field, wanted: want, got } of differs.slice(0, 5)) lines.push(`      ${field}: wanted ${want}`, `      ${' '.repeat(field.length)}     got ${got}`);
    }
    if (arrivedInAll > SHOWN) lines.push(`  … and ${arrivedInAll - Math.min(SHOWN, arrived.length)} more`);
  }
  lines.push(...advice(facts, where, beside));
  return lines.join('\n');
}

function advice({ found, wanted, arrived, arrivedInAll, waited }: WaitFacts, where: Where, { after, unread }: Beside): string[] {
  const lines: string[] = [];
  if (where.cutBy) lines.push(where.cutBy);
  const nearest = arrived[0]?.differs.map(({ field }) => field) ?? [];
  const looked = arrived[0] !== undefined && !unread.has(arrived[0].id);
  const elsewhere = arrived[0]?.differs.find(({ field }) => field === 'stream');
  if (arrivedInAll === 0 && found === 0) {
    lines.push(`Does the application send to ${where.smtp}${where.address ? `, to ${where.address}` : ''}, and before this wait ends? ${waited < 5000 ? 'A longer { timeout } helps when it is slow.' : 'Its own log says whether the hand-over failed.'}`);
  } else if (elsewhere) {
    lines.push(`The nearest is in the stream ${elsewhere.got}, not ${elsewhere.wanted}. The login chooses the stream: give the application the user name "${elsewhere.wanted}", or change \`stream\` in the test.`);
  } else if (found > 0 && found < wanted) {
    lines.push(`Are there really ${wanted}? A longer { timeout } helps when they come slowly.`);
  } else if (nearest.length === 1) {
    lines.push(`${looked ? `Only ${nearest[0]} differs in the nearest` : `${nearest[0]} differs in the nearest, whose body and header were not looked at`}: if that message is the right one, change \`${nearest[0]}\` in the test.`);
  }
  lines.push(...addresses(arrived[0]?.differs ?? []));
  if (after) lines.push('What came before `after` is not looked at.');
  return lines.length > 0 ? ['To change:', ...lines.map((line) => `  ${line}`)] : [];
}

/** A name, or a part of an address, where a whole one is compared. */
function addresses(differs: WaitFacts['arrived'][number]['differs']): string[] {
  return differs.flatMap(({ field, wanted }) => {
    const said = wanted.replace(/^"(.*)"$/, '$1');
    const named = /\s.*<(.+@.+)>$/.exec(said)?.[1];
    if ((field !== 'from' && field !== 'to') || /[*/]/.test(said) || /^<[^<>]*>$/.test(said) || (named === undefined && /.@./.test(said))) return [];
    const part = named ?? (said.startsWith('@') ? `*${said}` : said.endsWith('@') ? `${said}*` : '*@shop.test');
    return [`\`${field}\` is compared with the whole address, and never with the name beside it: \`*\` stands for any characters (${field}: '${part}'), a pattern finds a part (${field}: /…/).`];
  });
}

export function tellUnexpected(criteria: string[], messages: (Pick<Message, 'id' | 'subject' | 'receivedAt'> & { envelope?: { from: string; to: string[] } })[]): string {
  return [
    `Expected no mail, but ${messages.length === 1 ? 'one message' : `${messages.length} messages`} came.`,
    'Must not come:', ...(criteria.length > 0 ? criteria : ['any message']).map((line) => `  ${line}`),
    'Came:', ...messages.slice(0, 5).map(({ id, subject, receivedAt, envelope }) => `  "${cut(subject, 80)}"${envelope ? ` from ${envelope.from || '<>'} to ${cut(envelope.to.join(', '), 120)}` : ''} at ${receivedAt} (${id})`),
    'To change:', '  Mail that was there before counts too: take `const mark = await inbox.mark()` first and pass { after: mark } to look only at what is new.',
  ].join('\n');
}
