/**
 * Whether what a rule does to one recipient would reach its neighbours: it
 * acts on the connection, on the whole message, or on the site. Such an
 * address gets connections of its own (Network.destination).
 */
import type { Stage } from '../mail/reply.ts';
import type { CompiledRule, Said, Speech } from './compiled.ts';
import { SITUATIONS_TABLE } from './situations.ts';

export function disturbs({ act, often }: CompiledRule, resolved: (speech: Speech) => { at: Stage | undefined; said: Said }): boolean {
  if (!act) return false;
  if (act.accept && act.stage === 'any') return false;
  if (act.fault !== undefined || act.delayMs !== undefined || act.dripMs !== undefined || act.hide) return true;
  const speeches = [...(act.speech ? [act.speech] : []), ...(often?.sequence ?? []).filter((speech) => speech !== null)];
  const stage = act.stage === 'said' ? (resolved(act.speech!).at ?? 'rcpt') : act.stage;
  return stage !== 'rcpt' || speeches.some((speech) => resolved(speech).said.close || ('saying' in speech && SITUATIONS_TABLE[speech.saying.situation].site === true));
}
