/** Reads what a rule is for (`when`), and says what cannot be known yet where it acts. */
import type { Stage } from '../mail/reply.ts';
import { STAGES } from '../mail/reply.ts';
import { parseSize } from '../units.ts';
import type { Comparison, When } from './compiled.ts';
import { type Matcher, matcher } from './pattern.ts';
import { type Flaws, fields, pathOf, texts, wrong } from './reading.ts';

const KNOWN = ['recipient', 'domain', 'site', 'host', 'sender', 'tag', 'header', 'size', 'tls', 'attempt'] as const;
const FIELD = /^[\x21-\x39\x3b-\x7e]{1,100}$/;

/** `stage` is where the rule acts, as far as that is known. */
export function readWhen(flaws: Flaws, value: unknown, path: string, stage: Stage | undefined): When {
  const said = value === undefined ? {} : fields(flaws, value, path, KNOWN);
  if (!said) return {};
  const when: When = {};
  for (const key of ['recipient', 'domain', 'site', 'host', 'sender', 'tag'] as const) {
    if (said[key] === undefined) continue;
    const pattern = texts(flaws, said[key], pathOf(path, key));
    if (pattern !== undefined) when[key] = matcher(pattern);
  }
  if (said['header'] !== undefined) when.header = readHeader(flaws, said['header'], pathOf(path, 'header'));
  if (said['size'] !== undefined) {
    const size = comparison(said['size'], '>=', (text) => parseSize(text));
    if (size) when.size = size;
    else wrong(flaws, said['size'], pathOf(path, 'size'), 'must be octets, or a comparison such as `>10mb`, `<2kb`');
  }
  if (said['attempt'] !== undefined) {
    const attempt = comparison(said['attempt'], '=', (text) => (/^\d{1,6}$/.test(text) ? Number(text) : undefined));
    if (attempt && attempt.than >= 1) when.attempt = attempt;
    else wrong(flaws, said['attempt'], pathOf(path, 'attempt'), 'must be a number from 1, or a comparison such as `>=3`');
  }
  if (said['tls'] !== undefined) {
    if (typeof said['tls'] === 'boolean') when.tls = said['tls'];
    else wrong(flaws, said['tls'], pathOf(path, 'tls'), 'must be true or false');
  }
  if (stage !== undefined) tooEarly(flaws, when, path, stage);
  return when;
}

function tooEarly(flaws: Flaws, when: When, path: string, stage: Stage): void {
  const place = STAGES.indexOf(stage);
  for (const [key, from] of [['host', 'connect'], ['sender', 'mail'], ['tag', 'mail'], ['size', 'mail'], ['attempt', 'mail'], ['header', 'body']] as const) {
    if (when[key] !== undefined && place < STAGES.indexOf(from)) flaws.push({ path: pathOf(path, key), message: `is not known at \`${stage}\`, only from \`${from}\` on` });
  }
  if (when.tls === true && place <= STAGES.indexOf('greeting')) flaws.push({ path: pathOf(path, 'tls'), message: `nothing is encrypted yet at \`${stage}\`` });
}

function readHeader(flaws: Flaws, value: unknown, path: string): [string, Matcher][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    wrong(flaws, value, path, 'must be an object of field name and pattern');
    return [];
  }
  const read: [string, Matcher][] = [];
  for (const [name, pattern] of Object.entries(value)) {
    if (!FIELD.test(name)) flaws.push({ path: pathOf(path, name), message: 'is not a name of a header field' });
    const said = texts(flaws, pattern, pathOf(path, name));
    if (said !== undefined) read.push([name, matcher(said)]);
  }
  return read;
}

const COMPARED = /^\s*(>=|<=|>|<|=)?\s*(.+)$/;

function comparison(value: unknown, bare: Comparison['is'], read: (text: string) => number | undefined): Comparison | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? { is: bare, than: value } : undefined;
  const said = typeof value === 'string' && value.length <= 40 ? COMPARED.exec(value) : null;
  if (!said) return undefined;
  const than = read(said[2]!.trim());
  return than === undefined ? undefined : { is: (said[1] as Comparison['is'] | undefined) ?? bare, than };
}
