/** Reads replies (`{ code, enhanced, text }`, or a shorthand such as `451 4.7.1 Later`) and sayings (`full`, `gmail.full`). */
import type { ScenarioReply, Situation } from '../../sdk/contract.ts';
import { nearest } from '../nearest.ts';
import type { Stage } from '../mail/reply.ts';
import type { Saying, Speech } from './compiled.ts';
import { type Flaws, fields, number, onlyTrue, pathOf, text, wrong } from './reading.ts';
import { SITUATIONS } from './scenario.ts';
import { completed } from './speech.ts';

const ENHANCED = /^[245]\.\d{1,3}\.\d{1,3}$/;
// Anything but LF: a reply that could hold CR or NUL could be two.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f]/;

export function readReply(flaws: Flaws, value: unknown, path: string, more: readonly string[] = []): ScenarioReply | undefined {
  const said = fields(flaws, value, path, ['code', 'enhanced', 'text', 'close', ...more]);
  if (!said) return undefined;
  const before = flaws.length;
  const code = number(flaws, said['code'], pathOf(path, 'code'), 200, 599);
  const { enhanced } = said;
  if (enhanced !== undefined && enhanced !== null && (typeof enhanced !== 'string' || !ENHANCED.test(enhanced))) {
    wrong(flaws, enhanced, pathOf(path, 'enhanced'), 'must be like `5.1.1`, or null for none');
  }
  const words = said['text'] === undefined ? undefined : text(flaws, said['text'], pathOf(path, 'text'), { most: 4_000, least: 0 })?.replaceAll('\r\n', '\n');
  if (words !== undefined && CONTROL.test(words)) flaws.push({ path: pathOf(path, 'text'), message: 'holds control characters; lines are separated by LF' });
  if (said['close'] !== undefined) onlyTrue(flaws, said['close'], pathOf(path, 'close'));
  if (flaws.length > before) return undefined;
  return {
    code: code!,
    ...(enhanced === undefined ? {} : { enhanced: enhanced as string | null }),
    ...(words === undefined ? {} : { text: words }),
    ...(said['close'] === true ? { close: true as const } : {}),
  };
}

const SHORT = /^([2-5]\d\d)(?: ([245]\.\d{1,3}\.\d{1,3}))?(?: ([^\r\n]{1,1000}))?$/;

/** An element of `sequence`; null goes on to the next rule. */
export function readTurn(flaws: Flaws, value: unknown, path: string, stage: Stage, isPersona: (name: string) => boolean): Speech | null {
  if (value === null) return null;
  if (typeof value === 'object') {
    const reply = readReply(flaws, value, path);
    return reply ? { said: completed(reply, stage) } : null;
  }
  const short = typeof value === 'string' || typeof value === 'number' ? SHORT.exec(String(value)) : null;
  if (short) {
    const [, code, enhanced, words] = short;
    return { said: completed({ code: Number(code), ...(enhanced === undefined ? {} : { enhanced }), ...(words === undefined ? {} : { text: words }) }, stage) };
  }
  if (typeof value === 'string' && /^[a-z]/i.test(value)) {
    const saying = readSaying(flaws, value, path, isPersona);
    return saying ? { saying } : null;
  }
  wrong(flaws, value, path, 'must be null, a reply, or a text such as `451` or `451 4.7.1 Try again later`');
  return null;
}

export function readSaying(flaws: Flaws, value: unknown, path: string, isPersona: (name: string) => boolean): Saying | undefined {
  const said = text(flaws, value, path);
  if (said === undefined) return undefined;
  const dot = said.lastIndexOf('.');
  const persona = dot < 0 ? null : said.slice(0, dot);
  const situation = said.slice(dot + 1);
  if (persona !== null && !isPersona(persona)) flaws.push({ path, message: `there is no persona \`${persona}\`` });
  if (!(SITUATIONS as readonly string[]).includes(situation)) {
    flaws.push({ path, message: `there is no situation \`${situation}\`${nearest(situation, SITUATIONS, '; did you mean `%`?')}` });
    return undefined;
  }
  return { persona, situation: situation as Situation };
}
