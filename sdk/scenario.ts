/**
 * Rules of a scenario, as a test writes them:
 *
 *     on('*@full.test').at('rcpt').reply(452, '4.2.2', 'Mailbox full').times(2)
 *
 * Each verb answers a new builder, so that a common beginning can be kept and
 * used again. A builder is a Rule as JSON sees it (`toJSON`): it may stand
 * wherever a rule may. What a rule means is told in docs/simulate.md.
 */
import type { Afterwards, CountPer, Pattern, Rule, RuleHowOften, RuleWhat, RuleWhen, ScenarioFault, ScenarioReply, Span, Stage } from './contract.ts';
import { sayValue } from './message-text.ts';

const NAME = /^\w[\w-]{0,63}$/;

/** A code; a whole reply; or a code with an enhanced code (null for none) and a text. */
export type ReplyArguments = [reply: ScenarioReply] | [code: number, text?: string] | [code: number, enhanced: string | null, text?: string];

export class RuleBuilder {
  readonly #rule: Rule;
  constructor(rule: Rule = {}) {
    this.#rule = rule;
  }

  // When.
  /** Recipients with this address; `*` stands for any characters. */
  on(recipient: Pattern) { return this.#when({ recipient }); }
  from(sender: Pattern) { return this.#when({ sender }); }
  tagged(tag: Pattern) { return this.#when({ tag }); }
  /** `'>10mb'`, `'<2kb'`, or octets at least. */
  size(size: string | number) { return this.#when({ size }); }
  domain(domain: Pattern) { return this.#when({ domain }); }
  site(site: Pattern) { return this.#when({ site }); }
  /** Each domain then has two MX hosts, `mx.<domain>` and `mx2.<domain>`: `'mx.*'` is the first of any. */
  host(host: Pattern) { return this.#when({ host }); }
  header(name: string, value: Pattern) { return this.#when({ header: { ...this.#rule.when?.header, [name]: value } }); }
  tls(encrypted = true) { return this.#when({ tls: encrypted }); }
  /** Only the n-th try, or `'>=3'`. */
  attempt(attempt: number | string) { return this.#when({ attempt }); }

  // What.
  /** At which stage; `rcpt` unless it is said, or the fault has one of its own. */
  at(stage: Stage) { return this.#what({ at: stage }); }
  reply(...args: ReplyArguments) { return this.#what({ reply: replyOf(args) }); }
  /** The reply for a situation in the words of the active persona or a named one: `'full'`, `'gmail.full'`. */
  says(situation: string) { return this.#what({ says: situation }); }
  fault(fault: ScenarioFault) { return this.#what({ fault }); }
  /** Waits before it answers. */
  delay(delay: Span) { return this.#what({ delay }); }
  /** The reply takes so long, an octet at a time. */
  drip(drip: Span) { return this.#what({ drip }); }
  /** Accepts, whatever the rules below say. */
  accept() { return this.#what({ accept: true }); }
  /** EHLO does not name these extensions. */
  hide(...extensions: string[]) { return this.#what({ hide: extensions }); }

  // How often.
  /** So many times, then the rules below. */
  times(times: number) { return this.#often({ times }); }
  /** In turn; `null` goes on to the rules below. After the last, the last again. */
  sequence(...replies: (ScenarioReply | string | number | null)[]) { return this.#often({ sequence: replies }); }
  /** 0 to 1; the same again for the same seed. */
  probability(probability: number) { return this.#often({ probability }); }
  /** For so long, counted from the first try. */
  until(until: Span) { return this.#often({ until }); }
  /** From and to, of the stream's clock. */
  window(window: { from?: string | Date; to?: string | Date }) {
    const text = (time: string | Date) => (typeof time === 'string' ? time : time.toISOString());
    return this.#often({ window: { ...(window.from === undefined ? {} : { from: text(window.from) }), ...(window.to === undefined ? {} : { to: text(window.to) }) } });
  }
  /** Refuses until so long after the first contact, then accepts (for `passFor`). */
  greylist(wait: Span, passFor?: Span) { return this.#often({ greylist: { wait, ...(passFor === undefined ? {} : { passFor }) } }); }
  /** Answers once more than so many came. */
  rate(rate: NonNullable<RuleHowOften['rate']>) { return this.#often({ rate }); }
  /** What counts together. */
  per(per: CountPer) { return this.#often({ per }); }

  /** What comes later although the message was accepted. */
  get afterwards() {
    const later = (send: Afterwards['send']) => (after: Span, reply?: ScenarioReply | string) =>
      this.#with({ afterwards: { send, after, ...(reply === undefined ? {} : typeof reply === 'string' ? { says: reply } : { reply }) } });
    return {
      /** A delivery report; its reply, or a situation like `'gmail.unknown'`. */
      dsn: later('dsn'),
      /** A report that mail is late. */
      delayDsn: later('delay-dsn'),
      /** A bounce without the fields of a delivery report, as many servers send. */
      textBounce: later('text-bounce'),
      complaint: (after: Span = '60s') => later('complaint')(after),
      ooo: (after: Span = '30s') => later('ooo')(after),
    };
  }

  // Beside.
  /** Its name in hits and events: letters, digits, `_` and `-`. A sentence goes into `because`. */
  named(id: string) {
    if (typeof id !== 'string' || !NAME.test(id)) throw new TypeError(`The name of a rule is letters, digits, \`_\` and \`-\` (64 at most), like .named('gone-for-good'); it is ${sayValue(id)}. A sentence goes into .because('…')`);
    return this.#with({ id });
  }
  because(note: string) { return this.#with({ note }); }
  /** Acts while mail is handed in, on Postern's own SMTP port and HTTP API: for the application's own retry. */
  atSubmission() { return this.#with({ side: 'submission' }); }
  onBothSides() { return this.#with({ side: 'both' }); }

  toJSON(): Rule {
    const { what, often } = this.#rule;
    const silent = !what?.reply && !what?.says && !what?.fault && !what?.accept && !often?.sequence;
    // What a greylist or a limit says goes without saying.
    const says = !silent ? undefined : often?.greylist ? 'greylist' : often?.rate?.connections !== undefined ? 'connections' : often?.rate?.messagesPerConnection !== undefined ? 'perconnection' : often?.rate ? 'ratelimit' : undefined;
    return says === undefined ? this.#rule : { ...this.#rule, what: { ...what, says } };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): Rule {
    return this.toJSON();
  }

  #with(part: Partial<Rule>): RuleBuilder { return new RuleBuilder({ ...this.#rule, ...part }); }
  #when(part: RuleWhen) { return this.#with({ when: { ...this.#rule.when, ...part } }); }
  #what(part: RuleWhat) { return this.#with({ what: { ...this.#rule.what, ...part } }); }
  #often(part: RuleHowOften) { return this.#with({ often: { ...this.#rule.often, ...part } }); }
}

/** A rule for these recipients; `'*'` is anybody. */
export const on = (recipient: Pattern): RuleBuilder => new RuleBuilder().on(recipient);
/** A rule for mail of this sender. */
export const from = (sender: Pattern): RuleBuilder => new RuleBuilder().from(sender);
export const tagged = (tag: Pattern): RuleBuilder => new RuleBuilder().tagged(tag);
export const size = (octets: string | number): RuleBuilder => new RuleBuilder().size(octets);

const ENHANCED = /^[245]\.\d{1,3}\.\d{1,3}$/;

function replyOf(args: ReplyArguments): ScenarioReply {
  const [first, second, third] = args;
  if (typeof first === 'object') return first;
  if (!Number.isInteger(first) || first < 200 || first > 599) throw new TypeError(`A reply has a code from 200 to 599, not ${String(first)}`);
  if (second === undefined) return { code: first };
  if (second === null || ENHANCED.test(second)) return { code: first, enhanced: second, ...(third === undefined ? {} : { text: third }) };
  if (third !== undefined) throw new TypeError(`${JSON.stringify(second)} is no enhanced code like 4.2.2: reply(452, '4.2.2', 'Mailbox full')`);
  return { code: first, text: second };
}
