/** Words delivery as the wire says it: answers, attempts, recipients, sites, suppressions, hooks. Pure, as wire.ts. */
import type * as wire from '../../sdk/contract.ts';
import type { PosternEvent } from '../events/event.ts';
import type { Hook, HookCall, HookStanding } from '../hooks/hook.ts';
import { formatEnhanced } from '../mail/enhanced-status.ts';
import type { Attempt, Recipient } from '../mail/recipient.ts';
import type { Answer } from '../mail/reply.ts';
import type { Suppression } from '../mail/suppression.ts';
import type { AdvanceSummary, Explanation, SiteView } from '../queue/queue.ts';
import { nullableTime, timeOf } from './wire-time.ts';

export function answerOf(answer: Answer): wire.Answer {
  return answer.kind === 'reply'
    ? { kind: 'reply', stage: answer.stage ?? null, code: answer.code ?? null, enhanced: answer.enhanced ? formatEnhanced(answer.enhanced) : null, text: answer.text, host: answer.host ?? null }
    : { kind: 'fault', stage: answer.stage, fault: answer.fault, detail: answer.detail, host: answer.host ?? null };
}

export function attemptOf({ queuedAt }: Pick<Recipient, 'queuedAt'>, attempt: Attempt): wire.Attempt {
  const { number, at, took, site, host, stage, answer, verdict, outcome, nextDue, tls, connection, transcript } = attempt;
  return {
    number, at: timeOf(at), wall: timeOf(attempt.wall), after: at - queuedAt, took, site, host, stage,
    answer: answerOf(answer),
    verdict: { ...verdict, facets: verdict.facets as wire.VerdictFacets },
    outcome, nextDue: nullableTime(nextDue),
    tls: tls ? { version: tls.version, cipher: tls.cipher, certificate: tls.certificate ?? null, unverified: tls.unverified ?? null, policy: tls.policy ?? null } : null,
    connection, possibleDuplicate: attempt.possibleDuplicate ?? false,
    transcript: transcript.map((line) => ({ at: timeOf(line.at), by: line.by, line: line.line })),
  };
}

export function recipientOf(recipient: Recipient): wire.Recipient {
  const { message, n, stream, mode, address, destination, state, priority, attempts, queuedAt, due, expiresAt, offset, last, uncertain, held, original } = recipient;
  return {
    message, n, stream, mode, address, destination, state, priority, attempts,
    queuedAt: timeOf(queuedAt), due: nullableTime(due), expiresAt: timeOf(expiresAt), offset,
    last: last && { answer: answerOf(last.answer), class: last.class, rule: last.rule, at: timeOf(last.at) },
    uncertain, held, original,
  };
}

export const explanationOf = ({ state, reason, text, until }: Explanation): wire.Explanation => ({ state, reason, text, until: nullableTime(until) });

export const siteOf = ({ oldestAt, nextDue, pause, ...site }: SiteView): wire.Site => ({
  ...site, oldestAt: nullableTime(oldestAt), nextDue: nullableTime(nextDue), pause: pause && { ...pause, until: nullableTime(pause.until) },
});

export const summaryOf = ({ from, to, next, ...counts }: AdvanceSummary): wire.AdvanceSummary => ({ from: timeOf(from), to: timeOf(to), ...counts, next: nullableTime(next) });

export const suppressionOf = ({ address, stream, mode, reason, detail, message, createdAt, expiresAt }: Suppression): wire.Suppression =>
  ({ address, stream, mode, reason, detail, message, createdAt: timeOf(createdAt), expiresAt: nullableTime(expiresAt) });

/** `waiting` are calls to be made; the secret only where one hook is answered. */
export const hookOf = ({ id, stream, url, secret, types, headers, createdAt, disabled, misbehave }: Hook, waiting: number, standing: HookStanding | undefined, withSecret: boolean): wire.Hook => ({
  id, stream, url, secret: withSecret ? secret : null, types, headers, createdAt: timeOf(createdAt),
  disabled: disabled && { reason: disabled.reason, at: timeOf(disabled.at) }, misbehave, waiting,
  failures: standing?.failures ?? 0, lastError: standing?.lastError ?? null, pausedUntil: nullableTime(disabled ? null : standing?.pausedUntil ?? null),
});

export const hookCallOf = ({ id, hook, event, type, webhookId, body, state, tries, due, createdAt }: HookCall): wire.HookCall => ({
  id, hook, event, type, webhookId, state, createdAt: timeOf(createdAt), due: nullableTime(due), body: parsed(body),
  tries: tries.map(({ at, ...rest }) => ({ at: timeOf(at), ...rest })),
});

/** What came back about a message, of its events. */
export function returnOf(event: PosternEvent): wire.Delivery['returns'][number] | undefined {
  const at = timeOf(event.at);
  switch (event.type) {
    case 'bounce.received': return { type: 'bounce', at, time: timeOf(event.time), recipient: event.recipient, report: event.report, class: event.class, diagnostic: event.diagnostic };
    case 'complaint.received': return { type: 'complaint', at, time: timeOf(event.time), recipient: event.recipient, report: event.report, class: 'complaint', diagnostic: event.feedback };
    case 'autoreply.received': return { type: 'autoreply', at, time: timeOf(event.time), recipient: event.recipient, report: event.report, class: 'autoreply', diagnostic: null };
    case 'delay.received': return { type: 'delay', at, time: timeOf(event.time), recipient: event.recipient, report: event.report, class: null, diagnostic: event.diagnostic };
    default: return undefined;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
