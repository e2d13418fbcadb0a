/** Whether a rule is for what is asked, and which of the recipients it is for. */
import { splitAddress } from '../mail/address.ts';
import { type CompiledRule, type When, holds } from './compiled.ts';
import type { Asked } from './scenario.ts';

/** Whom a question is about. Without a recipient it is about the whole connection. */
export type Subject = { recipient: string | undefined; domain: string };

export const domainOf = (address: string): string => splitAddress(address).domain.toLowerCase();

/** Names under which a rule's `site` may know the other side. */
export type SiteNames = readonly string[];

/** The first of the subjects that the rule is for. `attempt` is asked only where a rule wants to know. */
export function fits(rule: CompiledRule, asked: Asked, subjects: readonly Subject[], site: SiteNames, attempt: (subject: Subject) => number): Subject | undefined {
  const { when } = rule;
  if (when.tls !== undefined && when.tls !== asked.tls) return undefined;
  if (when.host && (asked.host === undefined || !when.host.test(asked.host))) return undefined;
  if (when.sender && (asked.sender === undefined || !when.sender.test(asked.sender))) return undefined;
  if (when.tag && !asked.tags?.some((tag) => when.tag!.test(tag))) return undefined;
  if (when.size && (asked.size === undefined || !holds(when.size, asked.size))) return undefined;
  if (when.site && !site.some((name) => when.site!.test(name))) return undefined;
  if (when.header?.some(([name, pattern]) => !asked.header?.(name).some((value) => pattern.test(value.trim())))) return undefined;
  return subjects.find((subject) => isFor(when, subject) && (!when.attempt || holds(when.attempt, attempt(subject))));
}

function isFor(when: When, { recipient, domain }: Subject): boolean {
  if (when.domain && !when.domain.test(domain)) return false;
  if (!when.recipient) return true;
  return recipient === undefined ? when.recipient.wholeDomain(domain) : when.recipient.test(recipient);
}
