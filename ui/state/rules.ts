/**
 * Rules of a scenario as a form shows and changes them: patterns, sequences
 * and headers as a line of text, parts that come and go. Pure. Judges
 * nothing: what cannot be read goes to the server as it was typed, and comes
 * back with its objection.
 */
import type { Pattern, Rule, RuleHowOften, RuleWhat, RuleWhen, Scenario, ScenarioReply } from '../../sdk/contract.ts';

export type Path = readonly (string | number)[];

/** The same with one part set, or taken out (undefined); what is left empty goes, too. */
export function put<T extends object>(whole: T, [key, ...rest]: Path, value: unknown): T {
  if (key === undefined) return whole;
  const held = (whole as Record<string, unknown>)[key];
  const inner = rest.length === 0 ? value : put(isObject(held) ? held : {}, rest, value);
  const { [key as string]: _old, ...others } = whole as Record<string, unknown>;
  const isNothing = inner === undefined || (rest.length > 0 && isObject(inner) && Object.keys(inner).length === 0);
  if (isNothing) return others as T;
  // A key that is there keeps its place: fields do not jump about in the JSON.
  return { ...whole, [key]: inner } as T;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

export const patternText = (pattern: Pattern | undefined): string => (Array.isArray(pattern) ? pattern.join(', ') : pattern ?? '');
export function readPattern(typed: string): Pattern | undefined {
  const all = typed.split(',').map((one) => one.trim()).filter(Boolean);
  return all.length === 0 ? undefined : all.length === 1 ? all[0]! : all;
}

/** `List-Id: *; X-Kind: a`. */
export const headerText = (header: RuleWhen['header']): string => Object.entries(header ?? {}).map(([name, pattern]) => `${name}: ${patternText(pattern)}`).join('; ');
export function readHeader(typed: string): RuleWhen['header'] | undefined {
  const fields = typed.split(';').flatMap((one) => {
    const [name, value] = one.split(/:(.*)/s);
    return name?.trim() ? [[name.trim(), readPattern(value ?? '') ?? '*'] as const] : [];
  });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** `451 4.7.1 Try again, 451, ok`; a reply that is more than code, enhanced code and text stays JSON. */
export function sequenceText(sequence: RuleHowOften['sequence']): string {
  return (sequence ?? []).map((one) => {
    if (one === null) return 'ok';
    if (typeof one !== 'object') return String(one);
    const { code, enhanced, text, close } = one;
    return close || enhanced === null || text?.includes(',') ? JSON.stringify(one) : [code, enhanced, text].filter((part) => part !== undefined).join(' ');
  }).join(', ');
}
export function readSequence(typed: string): RuleHowOften['sequence'] | undefined {
  // A comma within braces is none of ours.
  const all = (typed.match(/\{[^}]*\}|[^,]+/g) ?? []).map((one) => one.trim()).filter(Boolean);
  if (all.length === 0) return undefined;
  return all.map((one) => {
    if (/^(ok|250|accept)$/i.test(one)) return null;
    if (/^\d+$/.test(one)) return Number(one);
    if (!one.startsWith('{')) return one;
    try {
      return JSON.parse(one) as ScenarioReply;
    } catch {
      return one;
    }
  });
}

/** A number when it is one; else as it was typed. */
export function readNumber(typed: string): number | string | undefined {
  const text = typed.trim();
  return text === '' ? undefined : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
export const readText = (typed: string): string | undefined => (typed.trim() === '' ? undefined : typed);
export const readList = (typed: string): string[] | undefined => {
  const all = typed.split(',').map((one) => one.trim()).filter(Boolean);
  return all.length === 0 ? undefined : all;
};

export const STAGES = ['resolve', 'connect', 'greeting', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'body'] as const;
export const FAULTS = {
  DNS: ['nxdomain', 'servfail', 'no-mx', 'null-mx'],
  Connection: ['refused', 'unreachable', 'silence', 'disconnect', 'reset', 'disconnect-after-dot'],
  TLS: ['tls-handshake', 'tls-expired', 'tls-self-signed', 'tls-wrong-host', 'tls-not-offered'],
  Protocol: ['garbage'],
} as const;
export const SITUATIONS = [
  'unknown', 'disabled', 'full', 'toolarge', 'spam', 'virus', 'policy', 'dmarc', 'spf', 'blocklist', 'ptr', 'relay', 'ratelimit', 'greylist', 'tlsrequired',
  'toomany', 'connections', 'perconnection', 'recipientrate', 'sender', 'busy', 'malformed', 'blockedsender', 'nodomain',
] as const;
export const SENDS = { dsn: 'a bounce', 'delay-dsn': 'a delay notice', 'text-bounce': 'a bounce in plain text', complaint: 'a complaint', ooo: 'an out-of-office reply' } as const;

/** What a rule says: of these one. */
export type Says = 'reply' | 'says' | 'fault' | 'accept' | 'sequence' | 'none';
export function saysOf({ what, often }: Rule): Says {
  return what?.reply ? 'reply' : what?.says !== undefined ? 'says' : what?.fault ? 'fault' : what?.accept ? 'accept' : often?.sequence ? 'sequence' : 'none';
}

/** Says another kind of thing, with something to begin from; where and how slowly stay. */
export function saying(rule: Rule, says: Says): Rule {
  const { reply: _reply, says: _says, fault: _fault, accept: _accept, ...what }: RuleWhat = rule.what ?? {};
  const { sequence: _sequence, ...often }: RuleHowOften = rule.often ?? {};
  const to = { reply: { reply: { code: 451 } }, says: { says: 'full' }, fault: { fault: 'disconnect' as const }, accept: { accept: true as const }, sequence: {}, none: {} }[says];
  // A fault has its own place.
  const at = says === 'fault' ? (({ at: _at, ...rest }: RuleWhat) => rest)(what) : what;
  return tidy({ ...rule, what: { ...at, ...to }, often: says === 'sequence' ? { ...often, sequence: [451, 451, null] } : often });
}

function tidy({ what, often, ...rule }: Rule): Rule {
  return { ...rule, ...(what && Object.keys(what).length > 0 ? { what } : {}), ...(often && Object.keys(often).length > 0 ? { often } : {}) };
}

/** `*@full.test: 452 at rcpt, 2 times`: a rule in a line. */
export function ruleText(rule: Rule): { who: string; says: string; often: string } {
  const { when = {}, what = {}, often = {}, afterwards } = rule;
  const who = [
    patternText(when.recipient), when.domain && `@${patternText(when.domain)}`, when.site && `site ${patternText(when.site)}`, when.host && `host ${patternText(when.host)}`, when.sender && `from ${patternText(when.sender)}`,
    when.tag && `tagged ${patternText(when.tag)}`, when.header && headerText(when.header), when.size !== undefined && `size ${when.size}`, when.tls !== undefined && (when.tls ? 'over TLS' : 'without TLS'), when.attempt !== undefined && `attempt ${when.attempt}`,
  ].filter(Boolean).join(', ') || 'everybody';
  const said = what.reply ? [what.reply.code, what.reply.enhanced, what.reply.text].filter((part) => part !== undefined && part !== null).join(' ')
    : what.says !== undefined ? `“${what.says}”` : what.fault ?? (what.accept ? 'accepts' : often.sequence ? sequenceText(often.sequence) : often.greylist ? '“greylist”' : often.rate ? '“ratelimit”' : '');
  const later = afterwards && `then ${SENDS[afterwards.send] ?? afterwards.send} after ${afterwards.after}`;
  const says = [said && what.at ? `${said} at ${what.at}` : said, what.delay !== undefined && `waits ${what.delay}`, what.drip !== undefined && `drips over ${what.drip}`, what.hide && `hides ${what.hide.join(', ')}`, later].filter(Boolean).join(', ') || 'says nothing';
  const many = [
    often.times !== undefined && (often.times === 1 ? 'once' : `${often.times} times`), often.probability !== undefined && `${Math.round(often.probability * 1000) / 10} %`, often.until !== undefined && `for ${often.until}`, often.window && 'in a window',
    often.greylist && `greylists ${often.greylist.wait}`, often.rate && rateText(often.rate), often.per && `per ${often.per}`, rule.side === 'submission' ? 'at submission' : rule.side === 'both' && 'on both sides',
  ].filter(Boolean).join(', ');
  return { who, says, often: many };
}

const rateText = ({ messages, per, connections, messagesPerConnection }: NonNullable<RuleHowOften['rate']>): string =>
  [messages !== undefined && `over ${messages} in ${per ?? '?'}`, connections !== undefined && `over ${connections} connections`, messagesPerConnection !== undefined && `over ${messagesPerConnection} on one connection`].filter(Boolean).join(', ');

/** Its name in hits: what it says, or its place. */
export const idOf = (rule: Rule, index: number): string => rule.id ?? `rule-${index + 1}`;

/** A copy with a name that is free. */
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!taken(name)) return name;
  }
}

/** Whether JSON can be a scenario at all, so that a form can show it; the rest is for the server to say. */
export function isScenario(value: unknown): value is Scenario {
  return isObject(value) && Array.isArray(value['rules']) && value['rules'].every(isObject);
}
