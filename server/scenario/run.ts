/**
 * A scenario that runs: asked at each stage, it answers and remembers.
 *
 *     magic address  →  rules, in order  →  persona (limits, own rules)  →  accept
 *
 * A magic address has its own way in everything: rules and personas do not
 * touch it, so a test that uses one gets what it says. What only slows down
 * or hides (delay, drip, hide) does not answer: the rules below are asked, too.
 */
import type { Persona, Scenario, Situation } from '../../sdk/contract.ts';
import { STAGES, type Stage } from '../mail/reply.ts';
import { OperatorError } from '../operator-error.ts';
import { type CompiledPersona, type CompiledRule, type CompiledScenario, type Speech } from './compiled.ts';
import { disturbs } from './disturbs.ts';
import { hitsOf } from './hits.ts';
import { type Checks, checksOf } from './limits.ts';
import { magicOf } from './magic.ts';
import { type Notes, createNotes } from './notes.ts';
import { counted, keyOf, turnOf } from './often.ts';
import { readScenario } from './read.ts';
import type { Answering, Asked, Later, ScenarioRun } from './scenario.ts';
import { filled, spoken } from './speech.ts';
import { type Subject, domainOf, fits } from './when.ts';

export type RunSettings = {
  /** As read, or in its wire form; a flaw in the wire form throws OperatorError. */
  scenario: CompiledScenario | Scenario;
  /** Instead of the built-in ones, for a wire form. */
  personas?: readonly Persona[];
  /** Where the scenario has none. */
  seed: number;
  /** What `memory()` gave. */
  memory?: string | undefined;
  /** Whether magic addresses act while mail is handed in. Asked each time: it is a setting of the stream. */
  magicAtSubmission?: () => boolean;
};

/** A run that can also be looked at without counting. */
export interface Run extends ScenarioRun {
  readonly scenario: CompiledScenario;
  personaOf(domain: string): Persona;
  /** Grows with every change of the memory. */
  changes(): number;
  /** Answers as this one would, and remembers apart: nothing of it stays. */
  aside(): Pick<ScenarioRun, 'ask' | 'afterwards'>;
}

const NOTHING: Answering = Object.freeze({});
const GREETED = STAGES.indexOf('greeting');
const RCPT = STAGES.indexOf('rcpt');
const DOMAINS_KEPT = 20_000;

type Manners = CompiledPersona & { checks: Checks; byStage: ByStage };
type ByStage = Record<Asked['side'], Record<Stage, CompiledRule[]>>;

export function createRun(settings: RunSettings): Run {
  const scenario = compiledOf(settings);
  const seed = scenario.seed ?? settings.seed;
  const { personas } = scenario;
  const isPersona = (name: string) => personas.has(name);
  const plain = personas.get('plain')!;
  const own = (situation: Situation, persona: CompiledPersona) => persona.replies.get(situation) ?? plain.replies.get(situation)!;
  const all = new Map([...personas].map(([name, persona]): [string, Manners] => [name, {
    ...persona, checks: checksOf(persona, (situation) => own(situation, persona)), byStage: byStageOf(persona.rules),
  }]));
  const rules = byStageOf(scenario.rules);
  const later = scenario.rules.filter((rule) => rule.afterwards);
  const everyRule = [...scenario.rules, ...[...personas.values()].flatMap((persona) => persona.rules)];
  const countsAttempts = everyRule.some(({ when }) => when.attempt);
  const hasHosts = everyRule.some(({ when }) => when.host);
  const apart = everyRule.filter(({ when, side }) => when.recipient && side !== 'submission');
  const ofDomain = new Map<string, Manners>();
  const notes = createNotes(settings.memory);

  const personaOf = (domain: string): Manners => {
    let persona = ofDomain.get(domain);
    if (!persona) {
      persona = all.get(scenario.domains.find(({ matches }) => matches.test(domain))?.persona ?? scenario.persona) ?? all.get('plain')!;
      if (ofDomain.size >= DOMAINS_KEPT) ofDomain.clear();
      ofDomain.set(domain, persona);
    }
    return persona;
  };
  const resolved = (speech: Speech, persona: CompiledPersona) => ('said' in speech ? { at: undefined, said: speech.said } : own(speech.saying.situation, (speech.saying.persona === null ? undefined : personas.get(speech.saying.persona)) ?? persona));
  const magicFor = (address: string | undefined, side: Asked['side']) => (address === undefined || (side === 'submission' && !settings.magicAtSubmission?.()) ? undefined : magicOf(address, isPersona));

  /** Where a rule acts; a tag that would speak before RCPT speaks there where nobody knows the address before: while mail is handed in, and on the remote's own port. */
  const stageOf = (rule: CompiledRule, persona: CompiledPersona, { side, destinationAddress }: Asked): Stage | undefined => {
    const act = rule.act!;
    const stage = act.stage === 'said' ? (resolved(act.speech!, persona).at ?? 'rcpt') : act.stage === 'any' ? undefined : act.stage;
    if (rule.from !== 'magic' || (side === 'remote' && destinationAddress !== undefined) || stage === undefined || STAGES.indexOf(stage) >= RCPT) return stage;
    return STAGES.indexOf(stage) < GREETED || act.fault?.startsWith('tls-') ? undefined : 'rcpt';
  };

  /** What the rule answers now; undefined when it has nothing to say. */
  const answerOf = (rule: CompiledRule, asked: Asked, subject: Subject, persona: Manners, memory: Notes): Answering | undefined => {
    const act = rule.act;
    if (!act) return undefined;
    const notOffered = act.fault === 'tls-not-offered';
    // It shows in the reply to EHLO; a client that says STARTTLS all the same meets the fault.
    const stage = notOffered && asked.stage === 'ehlo' && !asked.tls ? 'ehlo' : stageOf(rule, persona, asked);
    if (act.stage !== 'any' && stage !== asked.stage) return undefined;
    const greylist = act.speech && 'saying' in act.speech && act.speech.saying.persona !== null ? personas.get(act.speech.saying.persona) : persona;
    const turn = turnOf(rule, { notes: notOffered && asked.stage === 'starttls' ? memory.aside() : memory, seed, asked, subject, wait: greylist?.greylist?.waitMs }, 'act');
    if (!turn) return undefined;
    if (act.stage !== 'any' || asked.stage === 'rcpt') memory.hit(rule.id, rule.from, asked.now);
    if (notOffered && asked.stage === 'ehlo') return { rule: rule.id, hide: ['STARTTLS'] };
    const speech = turn.speech ?? act.speech;
    return {
      rule: rule.id,
      ...(act.delayMs === undefined ? {} : { delayMs: act.delayMs }),
      ...(act.dripMs === undefined ? {} : { dripMs: act.dripMs }),
      ...(act.hide === undefined ? {} : { hide: act.hide }),
      ...(act.fault === undefined ? {} : { fault: act.fault }),
      ...(speech === undefined ? {} : { reply: spoken(resolved(speech, persona).said, () => wordsOf(asked, subject, turn.retryMs)) }),
    };
  };

  const siteNames = (asked: Asked, { wire }: Manners) => [asked.site, wire.name, ...(wire.site === undefined ? [] : [wire.site]), ...(wire.provider === undefined ? [] : [wire.provider])];

  const askRules = (list: readonly CompiledRule[], so: Answering, asked: Asked, subjects: Subject[], persona: Manners, memory: Notes): { answer: Answering; final: boolean } => {
    let answer = so;
    const attempt = (subject: Subject) => attemptOf(memory, asked, subject);
    const names = siteNames(asked, persona);
    for (const rule of list) {
      const subject = fits(rule, asked, subjects, names, attempt);
      const said = subject && answerOf(rule, asked, subject, persona, memory);
      if (!said) continue;
      answer = { ...said, ...answer, ...(said.reply || said.fault || rule.act?.accept ? { rule: said.rule! } : {}), ...(answer.hide && said.hide ? { hide: [...answer.hide, ...said.hide] } : {}) };
      if (said.reply || said.fault || rule.act?.accept) return { answer, final: true };
    }
    return { answer, final: false };
  };

  const ask = (asked: Asked, memory: Notes): Answering => {
    const { stage, side } = asked;
    const addresses = addressesOf(asked);
    const domain = addresses.length === 0 ? asked.domain.toLowerCase() : domainOf(addresses[0]!);
    const persona = personaOf(domain);
    if (countsAttempts && stage === 'rcpt') counted(memory, attemptKey(asked, { recipient: asked.recipient, domain }));

    const ordinary: string[] = [];
    for (const address of addresses) {
      const magic = magicFor(address, side);
      if (!magic) ordinary.push(address);
      const said = magic && answerOf(magic, asked, { recipient: address, domain: domainOf(address) }, personaOf(domainOf(address)), memory);
      if (said) return said;
    }
    if (addresses.length > 0 && ordinary.length === 0) return NOTHING;

    const asks = rules[side][stage];
    const manners = side === 'remote' ? persona : undefined;
    const checks = manners?.checks[stage];
    const persons = manners?.byStage.remote[stage];
    if (asks.length === 0 && !checks && !persons?.length) return NOTHING;
    const subjects: Subject[] = ordinary.length === 0 ? [{ recipient: undefined, domain }] : ordinary.map((recipient) => ({ recipient, domain: domainOf(recipient) }));
    let { answer, final } = asks.length === 0 ? { answer: NOTHING, final: false } : askRules(asks, NOTHING, asked, subjects, persona, memory);
    if (final || !manners) return answer;
    if (persons?.length) ({ answer, final } = askRules(persons, answer, asked, subjects, persona, memory));
    if (final) return answer;
    for (const check of checks ?? []) {
      const retryMs = check.refuses(asked, subjects[0]!, memory);
      if (retryMs === undefined) continue;
      const id = `${manners.wire.name}.${check.situation}`;
      memory.hit(id, 'persona', asked.now);
      return { ...answer, rule: id, reply: spoken(own(check.situation, manners).said, () => wordsOf(asked, subjects[0]!, retryMs)) };
    }
    return answer;
  };

  const afterwards = (asked: Asked, memory: Notes): Later[] => {
    if (asked.side !== 'remote') return [];
    const found: Later[] = [];
    for (const recipient of asked.recipients ?? (asked.recipient === undefined ? [] : [asked.recipient])) {
      const subject = { recipient, domain: domainOf(recipient) };
      const persona = personaOf(subject.domain);
      const magic = magicFor(recipient, 'remote');
      const candidates = magic ? [magic] : [...later, ...persona.rules];
      for (const rule of candidates) {
        const follows = rule.afterwards;
        if (!follows || !fits(rule, asked, [subject], siteNames(asked, persona), (one) => attemptOf(memory, asked, one))) continue;
        if (!turnOf(rule, { notes: memory, seed, asked, subject, wait: undefined }, 'later')) continue;
        memory.hit(rule.id, rule.from, asked.now);
        const { code, enhanced, lines } = spoken(diagnosed(follows, (speech) => resolved(speech, persona).said), () => wordsOf(asked, subject, 0));
        found.push({ send: follows.send, afterMs: follows.afterMs, recipient, reply: { code, enhanced, lines }, rule: rule.id });
        break;
      }
    }
    return found;
  };

  return {
    scenario,
    personaOf: (domain) => personaOf(domain.toLowerCase()).wire,
    ask: (asked) => ask(asked, notes),
    afterwards: (asked) => afterwards(asked, notes),
    aside() {
      const memory = notes.aside();
      return { ask: (asked) => ask(asked, memory), afterwards: (asked) => afterwards(asked, memory) };
    },
    manners({ domain, destinationAddress }) {
      const name = (destinationAddress === undefined ? domain : domainOf(destinationAddress)).toLowerCase();
      const { wire } = personaOf(name);
      const banner = filled(wire.banner, { recipient: '', sender: '', domain: name, client: '', retryMs: 0 });
      return { persona: wire.name, banner, size: wire.size ?? plain.wire.size!, hide: (wire.hide ?? []).map((one) => one.toUpperCase()) };
    },
    isAlone(address) {
      const domain = domainOf(address);
      const persona = personaOf(domain);
      const said = (speech: Speech) => resolved(speech, persona);
      const magic = magicOf(address, isPersona);
      if (magic) return disturbs(magic, said);
      return apart.some((rule) => {
        if (rule.from === 'persona' && !persona.rules.includes(rule)) return false;
        const { recipient, domain: domains } = rule.when;
        return recipient!.test(address) && !recipient!.wholeDomain(domain) && (!domains || domains.test(domain)) && disturbs(rule, said);
      });
    },
    siteOf(destination) {
      const isAddress = destination.includes('@');
      const domain = isAddress ? domainOf(destination) : destination.toLowerCase();
      const { wire } = personaOf(domain);
      // An address that is kept apart is a site of its own: what it brings about (pauses, a slower pace) is nobody else's.
      return { site: isAddress ? destination.toLowerCase() : (wire.site ?? domain), ...(wire.provider === undefined ? {} : { provider: wire.provider }) };
    },
    hostsOf: (destination) => (hasHosts ? ['mx', 'mx2'] : ['mx']).map((label) => `${label}.${destination.includes('@') ? domainOf(destination) : destination}`),
    hits: () => hitsOf(scenario.rules, notes.hits()),
    reset: () => notes.clear(),
    memory: () => notes.text(),
    changes: () => notes.changes(),
  };
}

/** A flaw in a wire form is the operator's to mend. */
function compiledOf({ scenario, personas }: RunSettings): CompiledScenario {
  if ('wire' in scenario) return scenario;
  const read = readScenario(scenario, personas);
  if (read.ok) return read.scenario;
  throw new OperatorError(`The scenario does not work: ${read.flaws.map(({ path, message }) => `${path === '' ? 'it' : path} ${message}`).join('; ')}.`);
}

/** The recipients that a question is about: one at RCPT, all from DATA on, before it whom the connection is for. */
function addressesOf({ stage, recipient, recipients, destinationAddress }: Asked): string[] {
  if (stage === 'data' || stage === 'body') return recipients ?? (recipient === undefined ? [] : [recipient]);
  const one = stage === 'rcpt' ? recipient : destinationAddress;
  return one === undefined ? [] : [one];
}

function byStageOf(rules: readonly CompiledRule[]): ByStage {
  const of = (side: Asked['side']) => Object.fromEntries(STAGES.map((stage, place) => [stage, rules.filter(({ act, side: acts }) => {
    if (!act || (acts !== side && acts !== 'both')) return false;
    return act.stage === stage || act.stage === 'any' || (act.stage === 'said' && place >= GREETED) || (act.fault === 'tls-not-offered' && stage === 'ehlo');
  })])) as Record<Stage, CompiledRule[]>;
  return { remote: of('remote'), submission: of('submission') };
}

const attemptKey = (asked: Asked, subject: Subject) => `a|${asked.side[0]}|${keyOf('recipient', asked, subject)}`;

/** RCPT has counted it already; MAIL comes before. What was nameless at RCPT (a stranger's message) was counted by its sender. */
function attemptOf(memory: Notes, asked: Asked, subject: Subject): number {
  const so = memory.get(attemptKey(asked, subject)) ?? memory.get(`a|${asked.side[0]}|${asked.sender ?? ''}|${(subject.recipient ?? '').toLowerCase()}`);
  return (typeof so === 'number' ? so : 0) + (asked.stage === 'mail' ? 1 : 0);
}

const wordsOf = (asked: Asked, { recipient, domain }: Subject, retryMs: number) => ({ recipient: recipient ?? '', sender: asked.sender ?? '', domain, client: asked.client, retryMs });

/** What a report says when the rule leaves it open: the persona's unknown user, or that it is busy. */
function diagnosed({ send, speech }: NonNullable<CompiledRule['afterwards']>, said: (speech: Speech) => { code: number; enhanced: string | null; text: string; close: boolean }) {
  if (speech) return said(speech);
  if (send === 'complaint' || send === 'ooo') return { code: 250, enhanced: '2.0.0', text: 'OK', close: false };
  return said({ saying: { persona: null, situation: send === 'delay-dsn' ? 'busy' : 'unknown' } });
}
