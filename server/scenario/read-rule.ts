/**
 * Reads a rule: what it is for, what it says, how often, and what follows.
 * Combinations that could never answer (NXDOMAIN at RCPT, a certificate at
 * DATA) are flaws, not silence.
 */
import type { ScenarioFault, ScenarioReply } from '../../sdk/contract.ts';
import { STAGES, type Stage } from '../mail/reply.ts';
import type { Act, CompiledRule, Follows, Often, Saying } from './compiled.ts';
import { readOften } from './read-often.ts';
import { readReply, readSaying } from './read-reply.ts';
import { readWhen } from './read-when.ts';
import { type Fields, type Flaws, fields, list, onlyTrue, oneOf, pathOf, span, text, wrong } from './reading.ts';
import { completed } from './speech.ts';

/** Where each fault can happen; the first is where it does when the rule does not say. */
const LATER: readonly Stage[] = ['rcpt', 'greeting', 'ehlo', 'starttls', 'auth', 'mail', 'data', 'body'];
export const FAULT_STAGES: Record<ScenarioFault, readonly Stage[]> = {
  nxdomain: ['resolve'], servfail: ['resolve'], 'no-mx': ['resolve'], 'null-mx': ['resolve'],
  refused: ['connect'], unreachable: ['connect'],
  silence: LATER, disconnect: LATER, reset: LATER, garbage: LATER,
  'disconnect-after-dot': ['body'],
  'tls-handshake': ['starttls'], 'tls-expired': ['starttls'], 'tls-self-signed': ['starttls'], 'tls-wrong-host': ['starttls'], 'tls-not-offered': ['starttls'],
};
const FAULTS = Object.keys(FAULT_STAGES) as ScenarioFault[];
const SENDS = ['dsn', 'delay-dsn', 'text-bounce', 'complaint', 'ooo'] as const satisfies readonly Follows['send'][];
// Without dots: `flaky.busy` is a persona's rule.
const ID = /^\w[\w-]{0,63}$/;
const EXTENSION = /^[A-Z0-9][A-Z0-9-]{0,30}$/i;

type Reading = { flaws: Flaws; isPersona: (name: string) => boolean; from: 'rule' | 'persona' };

export function readRule(reading: Reading, value: unknown, path: string, place: number): CompiledRule | undefined {
  const { flaws } = reading;
  const before = flaws.length;
  const said = fields(flaws, value, path, ['id', 'note', 'side', 'when', 'what', 'often', 'afterwards']);
  if (!said) return undefined;
  const id = said['id'] === undefined ? `rule-${place}` : text(flaws, said['id'], pathOf(path, 'id'), { most: 64 });
  if (said['id'] !== undefined && id !== undefined && !ID.test(id)) wrong(flaws, id, pathOf(path, 'id'), 'must be letters, digits, `_` and `-`');
  if (said['note'] !== undefined) text(flaws, said['note'], pathOf(path, 'note'), { most: 1_000, least: 0 });
  const side = said['side'] === undefined ? 'remote' : oneOf(flaws, said['side'], pathOf(path, 'side'), ['remote', 'submission', 'both'] as const);
  const afterwards = said['afterwards'] === undefined ? undefined : readFollows(reading, said['afterwards'], pathOf(path, 'afterwards'));
  // Before `what`, as `often` may be all that it says: a sequence has its own replies.
  const what = said['what'] === undefined ? undefined : fields(flaws, said['what'], pathOf(path, 'what'), ['at', 'reply', 'says', 'fault', 'delay', 'drip', 'accept', 'hide']);
  const fixed = what && what['at'] !== undefined ? oneOf(flaws, what['at'], pathOf(path, 'what.at'), STAGES) : undefined;
  const often = said['often'] === undefined ? undefined : readOften(flaws, said['often'], pathOf(path, 'often'), fixed ?? 'rcpt', reading.isPersona);
  const act = what === undefined && often?.sequence === undefined && (afterwards !== undefined || !often) ? undefined : readAct(reading, what ?? {}, pathOf(path, 'what'), fixed, often);
  const stage = act === undefined ? 'body' : act.stage === 'said' || act.stage === 'any' ? undefined : act.stage;
  const when = readWhen(flaws, said['when'], pathOf(path, 'when'), stage);
  if (act === undefined && afterwards === undefined && flaws.length === before) flaws.push({ path, message: 'says nothing: it needs `what` or `afterwards`' });
  if (afterwards !== undefined) {
    if (side !== undefined && side !== 'remote') flaws.push({ path: pathOf(path, 'side'), message: 'what comes afterwards comes from the remote side' });
    if (act && (act.fault !== undefined || act.speech !== undefined || often?.sequence !== undefined)) flaws.push({ path: pathOf(path, 'afterwards'), message: 'follows only what was accepted; write it as a rule of its own' });
  }
  if (side === 'submission' && act && (act.stage === 'resolve' || act.stage === 'connect' || act.fault?.startsWith('tls-'))) {
    flaws.push({ path: pathOf(path, 'side'), message: 'Postern\'s own port has no DNS, connection or certificate faults' });
  }
  if (side === 'submission' && when.host) flaws.push({ path: pathOf(path, 'when.host'), message: 'is a host of the remote side; nobody knows it while mail is handed in' });
  if (flaws.length > before) return undefined;
  return { id: id!, from: reading.from, side: side!, when, ...(act ? { act } : {}), ...(often ? { often } : {}), ...(afterwards ? { afterwards } : {}) };
}

function readAct({ flaws, isPersona }: Reading, what: Fields, path: string, at: Stage | undefined, often: Often | undefined): Act | undefined {
  const before = flaws.length;
  const given = ['reply', 'says', 'fault', 'accept'].filter((key) => what[key] !== undefined);
  if (given.length > 1) flaws.push({ path, message: `${given.map((key) => `\`${key}\``).join(' and ')}: a rule says one thing` });
  if (often?.sequence && given.length > 0) flaws.push({ path, message: `\`${given[0]}\` and \`often.sequence\`: the sequence has the replies` });
  const act: Act = { stage: at ?? 'rcpt' };
  if (what['delay'] !== undefined) act.delayMs = span(flaws, what['delay'], pathOf(path, 'delay')) ?? 0;
  if (what['drip'] !== undefined) act.dripMs = span(flaws, what['drip'], pathOf(path, 'drip')) ?? 0;
  if (what['hide'] !== undefined) act.hide = readHide(flaws, what['hide'], pathOf(path, 'hide'));

  if (what['fault'] !== undefined) {
    const fault = oneOf(flaws, what['fault'], pathOf(path, 'fault'), FAULTS);
    if (fault !== undefined) {
      const stages = FAULT_STAGES[fault];
      act.stage = at ?? stages[0]!;
      act.fault = fault;
      if (!stages.includes(act.stage)) flaws.push({ path: pathOf(path, 'at'), message: stages.length === 1 ? `\`${fault}\` happens at \`${stages[0]}\`` : `\`${fault}\` cannot happen at \`${act.stage}\`, only from \`greeting\` on` });
      if (act.dripMs !== undefined) flaws.push({ path: pathOf(path, 'drip'), message: 'a fault has no reply that could drip' });
    }
  } else if (what['reply'] !== undefined) {
    const reply = readReply(flaws, what['reply'], pathOf(path, 'reply'));
    if (reply) act.speech = { said: completed(reply, act.stage as Stage) };
  } else if (what['says'] !== undefined) {
    sayingAct(act, readSaying(flaws, what['says'], pathOf(path, 'says'), isPersona), at);
  } else if (what['accept'] !== undefined) {
    if (onlyTrue(flaws, what['accept'], pathOf(path, 'accept'))) act.accept = true;
    if (at === undefined) act.stage = 'any';
  } else if (!often?.sequence && often?.greylist) {
    sayingAct(act, { persona: null, situation: 'greylist' }, at);
  } else if (!often?.sequence && often?.rate) {
    sayingAct(act, { persona: null, situation: often.rate.messages ? 'ratelimit' : often.rate.connections !== undefined ? 'connections' : 'perconnection' }, at);
  } else if (act.hide && at === undefined) {
    act.stage = 'ehlo';
  }
  if (act.hide && act.stage !== 'ehlo') flaws.push({ path: pathOf(path, 'hide'), message: 'extensions are named at `ehlo`' });
  const speaks = act.speech !== undefined || often?.sequence !== undefined;
  if (act.stage === 'resolve' && (speaks || act.dripMs !== undefined)) flaws.push({ path: pathOf(path, 'at'), message: 'DNS says no SMTP reply; `fault` and `delay` are for `resolve`' });
  if (flaws.length === before && !speaks && act.fault === undefined && act.delayMs === undefined && act.dripMs === undefined && !act.hide && !act.accept) {
    flaws.push({ path, message: 'says nothing: name a reply, says, fault, delay, drip, hide or accept' });
  }
  return flaws.length > before ? undefined : settled(act);
}

function sayingAct(act: Act, saying: Saying | undefined, at: Stage | undefined): void {
  if (!saying) return;
  act.speech = { saying };
  act.stage = at ?? 'said';
}

/** A reply to the connection is its banner, after which it is closed: TCP has no words. */
export function settled(act: Act): Act {
  if (act.stage !== 'connect' || !act.speech) return act;
  return { ...act, stage: 'greeting', speech: 'said' in act.speech ? { said: { ...act.speech.said, close: true } } : act.speech };
}

function readHide(flaws: Flaws, value: unknown, path: string): string[] {
  return list(flaws, value, path, 20, (one, place) => {
    const name = text(flaws, one, place, { most: 31 }) ?? '';
    if (!EXTENSION.test(name)) wrong(flaws, one, place, 'must be the name of an extension, such as PIPELINING');
    return name.toUpperCase();
  });
}

function readFollows({ flaws, isPersona }: Reading, value: unknown, path: string): Follows | undefined {
  const said = fields(flaws, value, path, ['send', 'after', 'reply', 'says']);
  if (!said) return undefined;
  const send = oneOf(flaws, said['send'], pathOf(path, 'send'), SENDS);
  const afterMs = span(flaws, said['after'], pathOf(path, 'after'));
  if (said['reply'] !== undefined && said['says'] !== undefined) flaws.push({ path, message: '`reply` and `says`: it has one diagnostic' });
  let reply: ScenarioReply | undefined;
  let saying: Saying | undefined;
  if (said['reply'] !== undefined) reply = readReply(flaws, said['reply'], pathOf(path, 'reply'));
  else if (said['says'] !== undefined) saying = readSaying(flaws, said['says'], pathOf(path, 'says'), isPersona);
  if ((reply ?? saying) && (send === 'complaint' || send === 'ooo')) flaws.push({ path, message: `\`${send}\` has no diagnostic` });
  if (send === undefined || afterMs === undefined) return undefined;
  return { send, afterMs, ...(reply ? { speech: { said: completed(reply, 'rcpt') } } : saying ? { speech: { saying } } : {}) };
}
