/**
 * Why a site gets less than all that it is allowed, in a sentence or some:
 * what holds it up, which rule of its provider is in force, what was learned
 * of it, and who else uses it. Null when nothing does.
 */
import { isoOf } from '../units.ts';
import { actText, plural, timeText } from './pacing-rules.ts';
import { profileOf } from './profiles/profiles.ts';
import type { Site } from './site.ts';

export function whySlow(site: Site, now: number): string | null {
  const limits = site.limits();
  const reasons: string[] = [];
  const { pause } = site;
  const rests = pause !== null && (pause.until === null || pause.until > now);
  if (rests) reasons.push(`Paused by ${pause.by === 'person' ? 'a person' : 'the engine'}${pause.until === null ? '' : ` until ${at(pause.until)}`}: ${bare(pause.reason)}.`);
  for (const { rule, act, since, until, reason } of site.inForce(now)) {
    if (act === 'pause' && rests && pause.reason.startsWith(`${rule}:`)) continue;
    reasons.push(`Rule ${rule} since ${at(since)}, until ${at(until)} (${actText(act)}): ${bare(reason)}.`);
  }
  const pace = site.pace(now);
  if (pace < 1) reasons.push(`At 1/${Math.round(1 / pace)} of its pace after it told us to slow down.`);
  const most = site.most(now);
  const window = site.window();
  if (site.failures > 0) reasons.push(`${plural(site.failures, 'connection')} in a row failed.`);
  if (window !== undefined && window < limits.connections && most === window) reasons.push(`${most} of ${plural(limits.connections, 'connection')}, as learned from deliveries and failures so far.`);
  else if (most < Math.max(1, Math.floor(limits.connections * pace))) reasons.push(`${most} of ${plural(limits.connections, 'connection')} while it opens up after failures.`);
  const gate = rests ? undefined : site.peek(now);
  if (gate?.open === false && gate.why === 'rate') reasons.push(`Its rate${limits.rate ? ` (${plural(limits.rate.messages, 'message')} ${timeText(limits.rate.perMs)})` : ''} is used up${gate.until === null ? '' : ` until ${at(gate.until)}`}.`);
  const others = [...site.sharing()].filter(([stream]) => stream !== site.stream);
  const used = [...site.sharing().values()].reduce((sum, n) => sum + n, 0);
  if (others.length > 0 && used >= limits.connections) {
    reasons.push(`${site.key === site.name ? 'The site' : `All of ${profileOf(site.provider)?.label ?? site.key}`} is given ${plural(limits.connections, 'connection')}, shared with ${others.map(([stream, n]) => `stream ${stream} (${n})`).join(', ')}.`);
  } else if (gate?.open === false && gate.why === 'connections') reasons.push(`${site.key === site.name ? (most === 1 ? 'Its only connection is' : `All its ${most} connections are`) : `All connections that ${profileOf(site.provider)?.label ?? site.key} is given are`} in use.`);
  return reasons.length === 0 ? null : reasons.join(' ');
}

const at = (moment: number): string => isoOf(moment).slice(0, 19).replace('T', ' ');
const bare = (text: string): string => text.replace(/[.\s]+$/, '');
