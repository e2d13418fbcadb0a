/**
 * The matchers of delivery, for any runner that takes `{ pass, message }`.
 * They look at a message, at a recipient of one, or at the newest mail for an
 * address. What is being tried right now is waited for; what only time will
 * bring is not: then the test must advance it, and is told so. A failure
 * shows the history that there was.
 */
import type { Api } from './api.ts';
import { sameAddress } from './comparing.ts';
import type { Attempt, Delivery, HeldReason, Stage } from './contract.ts';
import { toMs, type Duration } from './duration.ts';
import { PosternError } from './errors.ts';
import type { Outcome } from './expectations.ts';
import { after as offset, said, tellHistory } from './history.ts';
import { matchesPattern } from './message.ts';
import { sayValue } from './message-text.ts';
import { meant } from './nearest.ts';
import type { Reader } from './reader.ts';
import { apiOf, recipientOf, SentMessage } from './sent.ts';
import { checkWord, CLASSES, FAULTS, OUTCOMES, STAGES } from './vocabulary.ts';

/** An attempt as a test expects it; what is not said is not looked at. */
export type AttemptWanted = {
  /** Since acceptance: `'+1m'`. Within 20 % or 2 s, whichever is more; with `exactly`, within a second. */
  at?: string | number;
  code?: number;
  enhanced?: string;
  stage?: Stage;
  fault?: string;
  class?: string;
  outcome?: Attempt['outcome'];
  /** Of the reply: contains this, or matches. */
  text?: string | RegExp;
};

export type DeliveryOptions = { /** An address, where the message has several. */ recipient?: string; /** For what is being tried right now (default 10 s). */ timeout?: Duration };
export type AttemptsOptions = DeliveryOptions & { exactly?: boolean };
export type BouncedOptions = DeliveryOptions & { class?: string };
export type HeldOptions = DeliveryOptions & { /** `person`, `not-allowed`, `canary`, `unsigned`. */ reason?: HeldReason };

export type Subject = SentMessage | { message: SentMessage; recipient: string } | (Pick<Reader, 'latest' | 'waitFor'> & { readonly address: string });
type Recipient = Delivery['recipients'][number];
/** Without `not` it must fit every recipient that is looked at; with it, none. */
type Judged = { fits: boolean[]; expected: string; found: string };

export const toBeDelivered = (isNot: boolean, received: unknown, options: DeliveryOptions = {}): Promise<Outcome> =>
  judge('toBeDelivered', isNot, received, options, (all) => inState(all, 'delivered'));

export const toBeSuppressed = (isNot: boolean, received: unknown, options: DeliveryOptions = {}): Promise<Outcome> =>
  judge('toBeSuppressed', isNot, received, options, (all) => inState(all, 'suppressed'));

/** It waits until somebody says so, for this reason where one is given. */
export function toBeHeld(isNot: boolean, received: unknown, options: HeldOptions = {}): Promise<Outcome> {
  checkOptions('toBeHeld', options);
  const { reason } = options;
  if (reason !== undefined && !Object.hasOwn(HELD, reason)) throw new TypeError(`Nothing is held for the reason ${JSON.stringify(reason)}; they are ${Object.keys(HELD).join(', ')}${meant(reason, Object.keys(HELD))}`);
  return judge('toBeHeld', isNot, received, options, (all) => ({
    fits: all.map((one) => one.state === 'held' && (reason === undefined || one.held?.reason === reason)),
    expected: reason === undefined ? 'held' : `held as ${reason}`, found: `it is ${statesOf(all)}`,
  }));
}
const HELD = { person: 1, 'not-allowed': 1, canary: 1, unsigned: 1 } satisfies Record<HeldReason, 1>;

/** With a number, exactly so many times; wherever it ended. */
export function toBeDeferred(isNot: boolean, received: unknown, times?: number | DeliveryOptions, more: DeliveryOptions = {}): Promise<Outcome> {
  const count = typeof times === 'number' ? times : undefined;
  if (count !== undefined && !(Number.isInteger(count) && count >= 0)) throw new TypeError(`toBeDeferred takes a number of times, like 2; it is ${count}`);
  return judge('toBeDeferred', isNot, received, times === undefined || count !== undefined ? more : times as DeliveryOptions, (all) => {
    const counts = all.map(({ history }) => history.filter(({ outcome }) => outcome === 'deferred').length);
    return {
      fits: counts.map((one) => (count === undefined ? one > 0 : one === count)),
      expected: count === undefined ? 'deferred' : `deferred ${many(count)}`,
      found: `it was deferred ${[...new Set(counts)].map(many).join(' and ')}`,
    };
  });
}

/** Refused for good at delivery, or returned afterwards. */
export function toBeBounced(isNot: boolean, received: unknown, options: BouncedOptions = {}): Promise<Outcome> {
  checkOptions('toBeBounced', options);
  const verdict = options.class;
  checkWord('class', verdict, CLASSES);
  return judge('toBeBounced', isNot, received, options, (all, delivery) => {
    const classes = all.map((one) => [
      ...(one.state === 'bounced' ? [one.history.at(-1)?.verdict.class ?? one.last?.class ?? ''] : []),
      ...delivery.returns.filter(({ type, recipient }) => type === 'bounce' && sameAddress(recipient, one.address)).map((back) => back.class ?? ''),
    ]);
    return { fits: classes.map((known) => (verdict === undefined ? known.length > 0 : known.includes(verdict))), expected: verdict === undefined ? 'bounced' : `bounced as ${verdict}`, found: `it is ${statesOf(all)}` };
  });
}

/** All attempts, the first first: as many as there are in the list, each as it says. */
export function toHaveAttempts(isNot: boolean, received: unknown, wanted: AttemptWanted[], options: AttemptsOptions = {}): Promise<Outcome> {
  if (!Array.isArray(wanted)) throw new TypeError('toHaveAttempts takes a list: toHaveAttempts([{ at: \'+0s\', code: 451 }, { at: \'+1m\', code: 250 }])');
  for (const [i, one] of wanted.entries()) checkWanted(one, i);
  const expected = `to have the attempts\n${wanted.map((one) => `  ${told(one)}`).join('\n') || '  (none)'}`;
  return judge('toHaveAttempts', isNot, received, options, (all, delivery, recipient) => {
    // An empty list is true of mail that was suppressed, too; several recipients have several histories.
    const { history } = recipientOf({ ...delivery, recipients: all }, recipient);
    const differs = history.length === wanted.length ? wanted.flatMap((one, i) => differences(one, history[i]!, options.exactly ?? false).map((how) => `attempt ${i + 1}: ${how}`)) : [`there ${history.length === 1 ? 'was 1 attempt' : `were ${history.length} attempts`}, not ${wanted.length}`];
    return { fits: [differs.length === 0], expected, found: differs.join('\n  ') };
  });
}

function inState(all: Recipient[], state: Recipient['state']): Judged {
  return { fits: all.map((one) => one.state === state), expected: state, found: `it is ${statesOf(all)}` };
}

const ATTEMPT_KEYS = ['at', 'code', 'enhanced', 'stage', 'fault', 'class', 'outcome', 'text'] as const satisfies (keyof AttemptWanted)[];
/** As the history and the API call them. */
const CALLED: Record<string, (typeof ATTEMPT_KEYS)[number]> = { after: 'at', time: 'at', status: 'enhanced', reply: 'code', verdict: 'class', state: 'outcome', message: 'text' };

/** What is misspelt would be looked at by nobody, and what is of another kind is true of nothing: with one of them the test would pass. */
function checkWanted(wanted: AttemptWanted, i: number): void {
  if (typeof wanted !== 'object' || wanted === null) throw new TypeError(`Attempt ${i + 1} must be an object, like { at: '+1m', code: 250 }; it is ${JSON.stringify(wanted)}`);
  for (const key of Object.keys(wanted)) {
    if ((ATTEMPT_KEYS as readonly string[]).includes(key)) continue;
    const called = Object.hasOwn(CALLED, key) ? ` (did you mean \`${CALLED[key]}\`?)` : '';
    throw new TypeError(`Attempt ${i + 1}: toHaveAttempts knows no \`${key}\`${called}; it knows ${ATTEMPT_KEYS.join(', ')}`);
  }
  checkWord('stage', wanted.stage, STAGES);
  checkWord('fault', wanted.fault, FAULTS);
  checkWord('class', wanted.class, CLASSES);
  checkWord('outcome', wanted.outcome, OUTCOMES);
  const { at, code, enhanced, text } = wanted as Record<string, unknown>;
  const must = (key: string, value: unknown, fits: boolean, be: string) => {
    if (value !== undefined && !fits) throw new TypeError(`Attempt ${i + 1}: \`${key}\` must be ${be}; it is ${sayValue(value)}`);
  };
  must('at', at, typeof at === 'number' || typeof at === 'string', 'a text like \'+1m\', or milliseconds');
  must('code', code, Number.isInteger(code), 'a number, like 250');
  must('enhanced', enhanced, typeof enhanced === 'string', 'a text, like \'4.2.2\'');
  must('text', text, typeof text === 'string' || text instanceof RegExp, 'a text or a pattern (/…/)');
}

const OPTION_KEYS = ['recipient', 'timeout'];
/** Beside those, what a matcher looks at. */
const OWN_OPTIONS: Record<string, readonly string[]> = { toBeBounced: ['class'], toBeHeld: ['reason'], toHaveAttempts: ['exactly'] };

/** As of what is wanted: an option that nobody looks at would narrow nothing, and the test would pass. */
function checkOptions(matcher: string, options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`The options of ${matcher} are an object, like { recipient: 'ann@example.test' }; they are ${sayValue(options)}`);
  const known = [...(OWN_OPTIONS[matcher] ?? []), ...OPTION_KEYS];
  for (const key of Object.keys(options)) if (!known.includes(key)) throw new TypeError(`${matcher} has no option \`${key}\`; its options are ${known.join(', ')}${meant(key, known)}`);
}

async function judge(matcher: string, isNot: boolean, received: unknown, options: DeliveryOptions, decide: (all: Recipient[], delivery: Delivery, recipient: string | undefined) => Judged): Promise<Outcome> {
  checkOptions(matcher, options);
  const timeout = toMs(options.timeout ?? 10_000, 'timeout');
  const { message, recipient } = await subjectOf(matcher, received, options, timeout);
  const delivery = await atRest(apiOf(message), message.id, recipient, timeout);
  const all = recipient === undefined ? delivery.recipients : [recipientOf(delivery, recipient)];
  if (all.length === 0) recipientOf(delivery, recipient); // throws: it was only captured
  const { fits, expected, found } = decide(all, delivery, recipient);
  // Of several recipients, `not` means none: what is half true must fail both ways.
  const pass = isNot ? fits.some(Boolean) : fits.every(Boolean);
  const wish = expected.startsWith('to ') ? expected.slice(3) : `be ${expected}`;
  return {
    pass,
    message: () => [
      isNot && all.length > 1
        ? `Expected none of the recipients to ${wish}\nbut ${all.filter((_, i) => fits[i]).map(({ address }) => address).join(', ')} ${fits.filter(Boolean).length === 1 ? 'is' : 'are'}; say { recipient } to ask of one`
        : `Expected ${recipient ?? (all.length === 1 ? all[0]!.address : 'all recipients')} ${isNot ? 'not ' : ''}to ${wish}${isNot ? '' : `\nbut ${found}`}`,
      'History:', ...tellHistory(delivery, recipient).split('\n').map((line) => `  ${line}`),
      ...(isNot ? [] : advice(all)),
    ].join('\n'),
  };
}

async function subjectOf(matcher: string, received: unknown, { recipient }: DeliveryOptions, timeout: number): Promise<{ message: SentMessage; recipient: string | undefined }> {
  if (received instanceof SentMessage) return { message: received, recipient };
  const given = received as Partial<{ message: unknown; recipient: string; address: string; latest: Reader['latest']; waitFor: Reader['waitFor'] }> | null;
  if (given?.message instanceof SentMessage) return { message: given.message, recipient: recipient ?? given.recipient };
  if (typeof given?.address === 'string' && given.latest && given.waitFor) return { message: await given.latest() ?? await given.waitFor({}, { timeout }), recipient: given.address };
  throw new TypeError(`${matcher} looks at a message, at { message, recipient }, at an inbox, or at stream.recipient('ann@example.test'): await expect(message).${matcher}(…)`);
}

const MOVES = 'recipient.delivered,recipient.deferred,recipient.bounced,recipient.expired,recipient.suppressed,recipient.cancelled,recipient.held,recipient.released';
const MOVING = new Set(['due', 'busy', 'active', 'site-connections', 'site-rate']);

/** As it is once nothing of it is being tried, or will be without time passing. */
async function atRest(api: Api, id: string, recipient: string | undefined, timeout: number): Promise<Delivery> {
  const begun = Date.now();
  for (;;) {
    // First the place, then the look: what happens in between is seen by the wait.
    const { cursor } = await api.events({ latest: 1 });
    const delivery = await api.delivery(id, { transcript: false });
    const moving = delivery.recipients.some(({ address, explanation }) => (recipient === undefined || sameAddress(address, recipient)) && MOVING.has(explanation.reason));
    const left = begun + timeout - Date.now();
    if (!moving || left <= 0) return delivery;
    try {
      await api.waitEvent({ message: id, types: MOVES, after: cursor, timeout: Math.ceil(Math.min(left, 60_000)) });
    } catch (error) {
      if (!(error instanceof PosternError) || error.status !== 408) throw error;
    }
  }
}

function differences(wanted: AttemptWanted, got: Attempt, exactly: boolean): string[] {
  const { answer } = got;
  const reply = answer.kind === 'reply' ? answer : undefined;
  const differs: string[] = [];
  const compare = (field: string, want: string | number | undefined, have: string | number | null | undefined) => {
    if (want !== undefined && want !== have) differs.push(`${field} ${have ?? 'none'}, not ${want}`);
  };
  if (wanted.at !== undefined) {
    const at = atMs(wanted.at);
    const tolerance = exactly ? 1_000 : Math.max(2_000, at * 0.2);
    if (Math.abs(got.after - at) > tolerance) differs.push(`at ${offset(got.after)}, not ${offset(at)} (give or take ${offset(tolerance).slice(1)})`);
  }
  compare('code', wanted.code, reply?.code);
  compare('enhanced', wanted.enhanced, reply?.enhanced);
  compare('stage', wanted.stage, got.stage);
  compare('fault', wanted.fault, answer.kind === 'fault' ? answer.fault : undefined);
  compare('class', wanted.class, got.verdict.class);
  compare('outcome', wanted.outcome, got.outcome);
  const text = answer.kind === 'reply' ? answer.text : answer.detail;
  if (wanted.text !== undefined && !matchesPattern(wanted.text, text)) differs.push(`said ${JSON.stringify(said(answer))}, not ${String(wanted.text)}`);
  return differs;
}

const atMs = (at: string | number): number => toMs(typeof at === 'string' ? at.trim().replace(/^\+/, '') : at, 'at');

function told({ at, ...wanted }: AttemptWanted): string {
  const parts = Object.entries(wanted).filter(([, value]) => value !== undefined).map(([name, value]) => `${name} ${String(value)}`);
  return [...(at === undefined ? [] : [offset(atMs(at))]), ...parts].join('  ') || '(any)';
}

/** What only time will bring. */
function advice(all: Recipient[]): string[] {
  const waiting = all.filter(({ state, due }) => (state === 'queued' || state === 'deferred') && due !== null).sort((a, b) => (a.due! < b.due! ? -1 : 1))[0];
  if (waiting?.mode === 'deliver') return ['To change:', `  It is real mail, which goes as the world lets it: ${waiting.explanation.text}`];
  if (waiting) return ['To change:', `  It is still on its way (${waiting.state}); the next attempt is due at ${waiting.due} of its clock: \`await message.advance('idle')\`, or by as long as it takes.`];
  const held = all.find((one) => one.held);
  if (held) return ['To change:', `  ${held.held!.text}`, '  What may go by now is released by `await sandbox.api.release({ message: message.id })`.'];
  const barred = all.flatMap(({ explanation }) => explanation.suppression ?? []);
  if (barred.length > 0) {
    const acts = [...new Set(barred.map(({ address, stream }) => (stream === null ? `await sandbox.api.unsuppress('${address}')` : `await stream.unsuppress('${address}')`)))];
    return ['To change:', ...acts.map((act) => `  \`${act}\``), ...(barred.some(({ stream, mode }) => stream !== null && mode !== 'deliver') ? ['  Suppressions outlive a test: `await stream.reset()` before it takes them all back.'] : [])];
  }
  // A remote that is slow or silent takes the stream's time, not ours.
  return all.some(({ state }) => state === 'active') ? ['To change:', '  An attempt is under way; when the remote is slow or silent, it goes on as time does: `await message.advance(\'10m\')`.'] : [];
}

const statesOf = (all: Recipient[]): string => [...new Set(all.map(({ state, last, held }) => (held ? `held (${held.reason})` : last && state !== 'delivered' ? `${state} (${last.class})` : state)))].join(' and ');
const many = (count: number): string => (count === 0 ? 'never' : count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);
