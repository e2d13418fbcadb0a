/**
 * What an answer means: pure, linear in at most 2 KB of text, never throws.
 * Faults are structured and come first; a reply is read as words and goes to
 * the first rule that fits (rules/index.ts has the order). What no rule knows
 * is `unknown`, which never suppresses: 4xx is tried again, 5xx fails.
 */
import type { Answer, Reply } from '../mail/reply.ts';
import { ACTIONS, CLASSES } from './classes.ts';
import { blocklistOf, providerOf, retryAfterOf, tokenOf } from './facets.ts';
import { FAULT_RULES } from './faults.ts';
import { type Facts, type Rule, ruleTable } from './rule.ts';
import { TIERS } from './rules/index.ts';
import type { Action, Facets, ReplyClass, Verdict } from './verdict.ts';
import { TEXT_LIMIT, wordsOf } from './words.ts';

/** Made at the first reply: nobody who only captures mail should wait for it at the start. */
let made: ReturnType<typeof ruleTable> | undefined;
const table = (): ReturnType<typeof ruleTable> => (made ??= ruleTable(TIERS.flatMap(({ rules }) => rules)));
const confidence = new Map<Rule, Facets['confidence']>(TIERS.flatMap((tier) => tier.rules.map((rule) => [rule, tier.confidence] as const)));

/** Some 30 ms, which else the first reply takes. */
export const readRules = (): void => void table();

export function classify(answer: Answer): Verdict {
  if (answer.kind === 'fault') {
    const { class: name, action } = FAULT_RULES[answer.fault];
    const { permanence, scope } = CLASSES[name];
    return { class: name, scope, permanence, action, rule: `fault.${answer.fault}`, facets: { phase: answer.stage, confidence: 'structured' } };
  }
  if (isSuccess(answer)) return verdictOf('delivered', answer, 'code.success', 'code');
  const text = answer.text.length > TEXT_LIMIT * 2 ? answer.text.slice(0, TEXT_LIMIT) + answer.text.slice(-512) : answer.text;
  const token = tokenOf(text);
  const facts: Facts = {
    ...(answer.code === undefined ? {} : { code: answer.code }),
    ...(answer.enhanced && answer.enhanced.class !== 2 ? { enhanced: `${answer.enhanced.subject}.${answer.enhanced.detail}` } : {}),
    ...(token === undefined ? {} : { token }),
    ...(answer.stage === undefined ? {} : { stage: answer.stage }),
  };
  const words = wordsOf(text);
  const rule = table().find(words, facts);
  return verdictOf(rule?.class ?? 'unknown', answer, rule?.id ?? 'none', rule ? confidence.get(rule)! : 'none', { text, words, token, rule });
}

/** What Postern does, in a sentence. */
export const consequence = ({ action, scope }: Verdict): string => `${ACTIONS[action]}${scope === 'none' ? '' : ` (scope: ${scope})`}`;

function isSuccess({ code, enhanced, text }: Reply): boolean {
  if (code !== undefined) return code >= 200 && code < 300;
  if (enhanced?.class !== 2) return false;
  // Inside a text "2.1.6" is the version of a program.
  const place = text.indexOf(`2.${enhanced.subject}.${enhanced.detail}`);
  return place < 0 || /^\s*(?:[a-z-]{1,12};)?\s*$/i.test(text.slice(0, Math.min(place, 40)));
}

/** Only 5xx is permanent, or, where there is no reply code, an enhanced 5.x.x: the reply code counts (RFC 5321 §4.2). */
function isPermanent({ code, enhanced }: Reply): boolean {
  return code === undefined ? enhanced?.class === 5 : code >= 500;
}

type Seen = { text: string; words: readonly string[]; token: string | undefined; rule: Rule | undefined };

function verdictOf(name: ReplyClass, reply: Reply, rule: string, sure: Facets['confidence'], seen: Seen = { text: '', words: [], token: undefined, rule: undefined }): Verdict {
  const { permanence, scope, permanent, temporary } = CLASSES[name];
  const { text, words, token } = seen;
  const action = seen.rule?.action;
  const provider = providerOf(words, reply.host);
  const retryAfter = isDeferrable(name) ? retryAfterOf(text) : undefined;
  const isPerm = isPermanent(reply);
  // A rule's own action stands for a permanent reply; a temporary one never suppresses.
  let chosen: Action = action === undefined || ((action === 'suppress' || action === 'strike') && !isPerm) ? (isPerm ? permanent : temporary) : action;
  // A text without any code is from a bounce: final, but nobody says so.
  if (permanence === 'hard' && reply.code === undefined && reply.enhanced === undefined) chosen = 'strike';
  // After the message the reply is for all recipients of it, and some sites refuse content with "user unknown".
  if (chosen === 'suppress' && (reply.stage === 'data' || reply.stage === 'body')) chosen = 'strike';
  return {
    class: name, scope, permanence, action: chosen, rule,
    facets: {
      ...(provider === undefined ? {} : { provider }),
      ...(token === undefined ? {} : { providerCode: token }),
      ...(reply.stage === undefined ? {} : { phase: reply.stage }),
      ...(name === 'ip_blocked' || name === 'sender_blocked' || name === 'spam_content' ? blocklistOf(text) : {}),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      confidence: sure,
    },
  };
}

const isDeferrable = (name: ReplyClass): boolean => CLASSES[name].permanence === 'soft' || name === 'ip_blocked';
