/** Reads how often a rule answers (`often`). */
import type { CountPer } from '../../sdk/contract.ts';
import type { Stage } from '../mail/reply.ts';
import { type Often, PASS_FOR } from './compiled.ts';
import { readTurn } from './read-reply.ts';
import { type Flaws, fields, list, number, oneOf, pathOf, span, wrong } from './reading.ts';

const KNOWN = ['times', 'sequence', 'probability', 'until', 'window', 'greylist', 'rate', 'per'] as const;
const PER: readonly CountPer[] = ['recipient', 'message', 'address', 'domain', 'sender', 'client', 'all'];
const MANY = 1_000_000_000;

export function readOften(flaws: Flaws, value: unknown, path: string, stage: Stage, isPersona: (name: string) => boolean): Often | undefined {
  const said = fields(flaws, value, path, KNOWN);
  if (!said) return undefined;
  const often: Often = {};
  const take = <K extends keyof Often>(key: K, read: Often[K] | undefined) => {
    if (read !== undefined) often[key] = read;
  };
  if (said['times'] !== undefined) take('times', number(flaws, said['times'], pathOf(path, 'times'), 1, MANY));
  if (said['probability'] !== undefined) take('probability', number(flaws, said['probability'], pathOf(path, 'probability'), 0, 1, false));
  if (said['until'] !== undefined) take('untilMs', span(flaws, said['until'], pathOf(path, 'until')));
  if (said['per'] !== undefined) take('per', oneOf(flaws, said['per'], pathOf(path, 'per'), PER));
  if (said['sequence'] !== undefined) {
    const turns = list(flaws, said['sequence'], pathOf(path, 'sequence'), 1_000, (one, place) => readTurn(flaws, one, place, stage, isPersona));
    if (turns.length > 0) often.sequence = turns;
    else flaws.push({ path: pathOf(path, 'sequence'), message: 'has no entries' });
  }
  if (said['window'] !== undefined) take('window', readWindow(flaws, said['window'], pathOf(path, 'window')));
  if (said['greylist'] !== undefined) {
    const grey = fields(flaws, said['greylist'], pathOf(path, 'greylist'), ['wait', 'passFor']);
    if (grey) {
      const waitMs = span(flaws, grey['wait'], pathOf(path, 'greylist.wait'));
      const passForMs = grey['passFor'] === undefined ? PASS_FOR : span(flaws, grey['passFor'], pathOf(path, 'greylist.passFor'));
      if (waitMs !== undefined && passForMs !== undefined) often.greylist = { waitMs, passForMs };
    }
  }
  if (said['rate'] !== undefined) take('rate', readRate(flaws, said['rate'], pathOf(path, 'rate')));
  if (Object.keys(said).every((key) => key === 'per')) flaws.push({ path, message: 'says nothing: name times, sequence, probability, until, window, greylist or rate' });
  return often;
}

/** A time of the stream's clock. */
function moment(flaws: Flaws, value: unknown, path: string): number | undefined {
  const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  wrong(flaws, value, path, 'must be a time as `2026-01-31T12:00:00Z`');
  return undefined;
}

function readWindow(flaws: Flaws, value: unknown, path: string): Often['window'] {
  const said = fields(flaws, value, path, ['from', 'to']);
  if (!said) return undefined;
  const from = said['from'] === undefined ? -Infinity : moment(flaws, said['from'], pathOf(path, 'from'));
  const to = said['to'] === undefined ? Infinity : moment(flaws, said['to'], pathOf(path, 'to'));
  if (from === undefined || to === undefined) return undefined;
  if (from >= to) flaws.push({ path, message: 'ends before it begins' });
  if (from === -Infinity && to === Infinity) flaws.push({ path, message: 'needs `from` or `to`' });
  return { from, to };
}

function readRate(flaws: Flaws, value: unknown, path: string): Often['rate'] {
  const said = fields(flaws, value, path, ['messages', 'per', 'connections', 'messagesPerConnection']);
  if (!said) return undefined;
  const rate: NonNullable<Often['rate']> = {};
  if ((said['messages'] === undefined) !== (said['per'] === undefined)) flaws.push({ path, message: '`messages` and `per` go together' });
  else if (said['messages'] !== undefined) {
    const most = number(flaws, said['messages'], pathOf(path, 'messages'), 0, MANY);
    const perMs = span(flaws, said['per'], pathOf(path, 'per'));
    if (perMs === 0) wrong(flaws, said['per'], pathOf(path, 'per'), 'must be longer than nothing');
    if (most !== undefined && perMs !== undefined) rate.messages = { most, perMs };
  }
  for (const key of ['connections', 'messagesPerConnection'] as const) {
    if (said[key] === undefined) continue;
    const most = number(flaws, said[key], pathOf(path, key), 0, MANY);
    if (most !== undefined) rate[key] = most;
  }
  if (Object.keys(said).length === 0) flaws.push({ path, message: 'needs messages with per, connections, or messagesPerConnection' });
  return rate;
}
