/**
 * Real delivery in words: what is in the way of a stream and what to do about
 * it, why mail is held, what an allow list would let through, what a canary
 * and a warm-up have come to. Pure.
 */
import type { DeliveryView, HeldReason, LiveStream } from '../../sdk/contract.ts';
import { countText, percent, plural } from './format.ts';

export const HELD: Record<HeldReason, { says: string; does: string }> = {
  'not-allowed': { says: 'not on the allow list', does: 'Add them to the allow list, then release them.' },
  canary: { says: 'kept back by the canary', does: 'Look at what was delivered, then approve.' },
  unsigned: { says: 'could not be signed', does: 'Each says what is missing, a DKIM key mostly: mend that, then release them.' },
  person: { says: 'held by a person', does: 'Release them when it is time.' },
};
const REASONS = Object.keys(HELD) as HeldReason[];

/** Those that there are, what asks for a person first. */
export const heldOf = ({ heldFor }: Pick<LiveStream, 'heldFor'>): { reason: HeldReason; n: number; says: string; does: string }[] =>
  REASONS.flatMap((reason) => (heldFor[reason] ? [{ reason, n: heldFor[reason], ...HELD[reason] }] : []));

/** What would have to be done for a stream to deliver; empty when nothing is in the way. */
export function nextStep({ shut, allow }: Pick<LiveStream, 'shut' | 'allow'>): string {
  switch (shut?.why) {
    case 'process': return 'Start Postern with POSTERN_DELIVERY=on.';
    case 'stopped': return 'Start real delivery again with the switch.';
    case 'mode': return 'Switch the stream to mode deliver.';
    case undefined: return allow.length === 0 ? 'Put addresses or domains on its allow list: until then all its mail is held.' : '';
  }
}

export type Key = { id: 'process' | 'switch' | 'mode' | 'allow'; name: string; turned: boolean; says: string };

/** The three keys and the switch above them, as a checklist. */
export function keysOf(view: Pick<DeliveryView, 'permitted' | 'switch'>, mode: string, allow: readonly string[]): Key[] {
  return [
    { id: 'process', name: 'The process', turned: view.permitted, says: view.permitted ? 'It was started with POSTERN_DELIVERY=on.' : 'It was started without POSTERN_DELIVERY=on. No request can change that.' },
    { id: 'mode', name: 'The mode of the stream', turned: mode === 'deliver', says: mode === 'deliver' ? 'It is deliver.' : `It is ${mode}: what comes in stays here.` },
    { id: 'allow', name: 'Its allow list', turned: allow.length > 0, says: allow.length === 0 ? 'It is empty: all mail is held.' : allow.includes('*') ? 'It lets everybody through.' : `It names ${plural(allow.length, 'address or domain', 'addresses and domains')}; mail to others is held.` },
    { id: 'switch', name: 'The switch', turned: view.switch.on, says: view.switch.on ? 'Real delivery is on.' : `Real delivery is stopped${view.switch.reason ? `: ${view.switch.reason}` : '.'}` },
  ];
}

/** Where anybody can have an address. */
const PUBLIC = new Set(['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com', 'icloud.com', 'me.com', 'aol.com', 'gmx.de', 'gmx.net', 'gmx.com', 'web.de', 'proton.me', 'protonmail.com', 'mail.ru', 'yandex.ru', 'yandex.com', 'qq.com', '163.com', 't-online.de', 'orange.fr', 'free.fr', 'libero.it', 'comcast.net']);

/** What somebody should know about who would get mail. */
export function allowWarnings(allow: readonly string[]): string[] {
  if (allow.includes('*')) return ['“*” is everybody. Mail goes to whomever the application addresses it to: customers, old addresses in a copied database, all of them.'];
  const open = allow.map((one) => one.toLowerCase().replace(/^@|^\*\./, '').replace(/\.$/, '')).filter((one) => PUBLIC.has(one));
  return open.length === 0 ? [] : [`${[...new Set(open)].join(', ')}: anybody can have an address there. Name single addresses instead, unless you mean all of them.`];
}

export function canaryText({ canary }: Pick<LiveStream, 'canary'>): string {
  if (!canary) return '';
  const share = `${percent(canary.share)} of the rest`;
  return canary.passed < canary.first ? `${countText(canary.passed)} of the first ${countText(canary.first)} went` : `${countText(canary.passed)} went; now ${canary.share === 0 ? 'all others are held' : `${share} goes`}`;
}
export function warmUpText({ warmUp }: Pick<LiveStream, 'warmUp'>): string {
  if (!warmUp) return '';
  return warmUp.cap === null ? `${countText(warmUp.today)} today, without a cap` : `${countText(warmUp.today)} of ${countText(warmUp.cap)} today`;
}
