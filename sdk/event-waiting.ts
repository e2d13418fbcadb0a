/**
 * Waits for events, made of held requests: the server sees the past and the
 * future, a request is held for at most a minute, longer waits are several
 * from the same place. A wait that ran out tells what did happen.
 */
import type { Api } from './api.ts';
import type { Delivery, EventTimeoutProblem, EventWaitQuery, PosternEvent } from './contract.ts';
import { ROUND, sayMs } from './duration.ts';
import { EventTimeoutError, PosternError } from './errors.ts';
import { type EventCriteria, type EventOf, type Happening, typesOf } from './happenings.ts';
import { sayValue } from './message-text.ts';
import { meant } from './nearest.ts';
import { tellEvent, tellHistory } from './history.ts';

export type EventWait<H extends Happening> = {
  api: Api;
  criteria: EventCriteria<H>;
  scope: { stream?: string; message?: string; recipient?: string };
  /** The stream that the mail is of, where the scope does not say it. */
  stream?: string | undefined;
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal | undefined;
  /** Why it is cut short. */
  cutBy?: string | undefined;
};

const KNOWN = ['event', 'class', 'recipient', 'after'];

export async function waitForEvent<H extends Happening>({ api, criteria, scope, stream, timeout, signal, cutBy }: EventWait<H>): Promise<EventOf<H>> {
  if (typeof criteria !== 'object' || criteria === null || criteria.event === undefined) throw new TypeError(`A wait for an event is waitFor({ event: 'delivered' }); a message also takes the name alone, message.waitFor('delivered'). It was given ${sayValue(criteria)}`);
  for (const [key, value] of Object.entries(criteria)) {
    if (!KNOWN.includes(key)) throw new TypeError(`A wait for an event knows no \`${key}\`; it knows ${KNOWN.join(', ')}${meant(key, KNOWN)}`);
    if (value === undefined || value === null || value === '') throw new TypeError(`\`${key}\` is ${value === '' ? 'empty' : String(value)}: leave it out, or give it a value`);
  }
  const { event, class: verdict, recipient, after } = criteria;
  const query: EventWaitQuery = { ...scope, ...(recipient === undefined ? {} : { recipient }), types: typesOf(event).join(','), ...(verdict === undefined ? {} : { class: verdict }) };
  const begun = Date.now();
  const happened = new Map<number, PosternEvent>();
  let cursor = typeof after === 'object' ? after.id : after;
  for (;;) {
    const left = begun + timeout - Date.now();
    try {
      return await api.waitEvent({ ...query, ...(cursor === undefined ? {} : { after: cursor }), timeout: Math.max(0, Math.min(Math.ceil(left), ROUND)) }, { signal }) as EventOf<H>;
    } catch (error) {
      if (!(error instanceof PosternError) || error.status !== 408 || !error.problem || !('happened' in error.problem)) throw error;
      const problem = error.problem as EventTimeoutProblem;
      for (const one of problem.happened) happened.set(one.id, one);
      cursor = problem.cursor;
      if (left > ROUND) continue;
      const facts = { criteria: Object.entries(query).map(([name, value]) => `${name} ${String(value)}`), waited: Date.now() - begun, happened: [...happened.values()].sort((one, two) => one.id - two.id).slice(-50) };
      const history = await historyOf(api, query, facts.happened);
      const name = scope.stream ?? stream ?? history?.stream ?? facts.happened.at(-1)?.stream;
      throw new EventTimeoutError(tell(facts, history, cutBy, await captures(api, name, query.types)), facts, problem);
    }
  }
}

/** The stream, when it only captures and the wait was for what only delivery brings. */
async function captures(api: Api, name: string | undefined, types = ''): Promise<string | undefined> {
  if (!name || !types.split(',').some((type) => /^recipient\.|^(?:bounce|complaint|autoreply|delay)\.received$/.test(type))) return undefined;
  const facts = await api.stream(name).catch(() => undefined); // deleted meanwhile
  return facts?.mode === 'capture' ? name : undefined;
}

/** Of the one message that it was about. */
async function historyOf(api: Api, query: EventWaitQuery, happened: PosternEvent[]): Promise<Delivery | undefined> {
  const messages = new Set(query.message === undefined ? happened.flatMap((event) => ('message' in event && event.message ? [event.message] : [])) : [query.message]);
  const [only] = messages;
  if (only === undefined || messages.size > 1) return undefined;
  return api.delivery(only, { transcript: false }).catch(() => undefined); // deleted meanwhile: what happened is told anyway
}

function tell({ criteria, waited, happened }: EventTimeoutError['facts'], history: Delivery | undefined, cutBy: string | undefined, capturing: string | undefined): string {
  const lines = [`No such event within ${sayMs(waited)}.`, 'Looked for:', ...criteria.map((line) => `  ${line}`)];
  lines.push(happened.length === 0 ? 'Nothing else happened there.' : 'What did happen there:', ...happened.slice(-10).map((event) => `  ${tellEvent(event)}`));
  if (history) lines.push('History:', ...tellHistory(history).split('\n').map((line) => `  ${line}`));
  const waiting = history?.recipients.find(({ due, state }) => due !== null && state !== 'active');
  const advice = [
    ...(cutBy ? [cutBy] : []),
    ...(waiting ? [`The next attempt is due at ${waiting.due} of its clock: \`await stream.advance('idle')\`, or by as long as it takes.`] : []),
    ...(capturing === undefined ? [] : [`The stream "${capturing}" is in mode capture: its mail is not delivered. Make it simulate before the mail is sent: \`await sandbox.stream('${capturing}', { mode: 'simulate' })\`.`]),
    ...(happened.length === 0 && !history && capturing === undefined ? ['Is the stream in mode simulate, and was the mail sent to it?'] : []),
  ];
  return [...lines, ...(advice.length > 0 ? ['To change:', ...advice.map((line) => `  ${line}`)] : [])].join('\n');
}
