/**
 * Magic addresses: the last `+tag` of the local part says what the pretend
 * remote does (magic-table.ts), and so do addresses that are known from
 * elsewhere (magic-aliases.ts). A tag that means nothing is an ordinary
 * subaddress (RFC 5233) and is accepted; `nearMagic` tells of one that was
 * probably meant. Total: any text is read, none throws.
 */
import { nearest } from '../nearest.ts';
import type { CompiledRule } from './compiled.ts';
import { aliasOf, isAliasDomain } from './magic-aliases.ts';
import { MAGIC, type MagicRow, type Meaning, situationMeans } from './magic-table.ts';
import { SITUATIONS } from './scenario.ts';
import { completed } from './speech.ts';

const ROWS = new Map<string, MagicRow>(MAGIC.flatMap((row) => row.words.map((word) => [word, row] as const)));
const FAIL = MAGIC.find(({ story }) => story === 'fail')!;
const rowOf = (word: string): MagicRow | undefined => ROWS.get(word) ?? (/^fail\d/.test(word) ? FAIL : undefined);

/** Mailtrap's emulator: `bounce+451+text@`, the text as in a URL. */
const MAILTRAP = /^bounce\+([45]\d\d)(?:\+(.*))?$/is;

export type IsPersona = (name: string) => boolean;

/** What the address says, as a rule for it alone; undefined when it is no magic address. */
export function magicOf(address: string, isPersona: IsPersona): CompiledRule | undefined {
  const at = address.lastIndexOf('@');
  const end = at < 0 ? address.length : at;
  const first = address.indexOf('+');
  const hasTag = first >= 0 && first < end;
  const bare = hasTag ? address.slice(0, first) : at < 0 ? address : address.slice(0, at);
  const domain = address.slice(end + 1).toLowerCase();
  const alias = aliasOf(bare, domain);
  if (alias) return ruleOf(alias.domain === undefined ? alias.local : `${alias.local}@${alias.domain}`, meaningOf(alias.tag, isPersona)!);
  if (!hasTag || isAliasDomain(domain)) return undefined;
  const local = address.slice(0, end);
  const trapped = MAILTRAP.exec(local);
  if (trapped) return ruleOf(`bounce+${trapped[1]}`, { act: { stage: 'rcpt', speech: { said: completed({ code: Number(trapped[1]), ...textOf(trapped[2]) }, 'rcpt') } } });
  const tag = tagOf(local);
  const meaning = tag === '' ? undefined : meaningOf(tag, isPersona);
  return meaning && ruleOf(`+${tag}`, meaning);
}

const ruleOf = (id: string, meaning: Meaning): CompiledRule => ({ id, from: 'magic', side: 'both', when: {}, ...meaning });

/** After the last `+`, lower case; a quoted local part ends with its quote. */
function tagOf(local: string): string {
  const tag = local.slice(local.lastIndexOf('+') + 1).toLowerCase();
  return tag.endsWith('"') ? tag.slice(0, -1) : tag;
}

export function meaningOf(tag: string, isPersona: IsPersona): Meaning | undefined {
  const [word = '', ...args] = tag.split('.');
  const row = rowOf(word);
  if (row) return row.read(args, word);
  const situation = SITUATIONS.find((one) => one === args[0]);
  return situation !== undefined && args.length === 1 && isPersona(word) ? situationMeans({ persona: word, situation }) : undefined;
}

function textOf(encoded: string | undefined): { text?: string } {
  if (encoded === undefined || encoded === '') return {};
  const spaced = encoded.replaceAll('+', ' ');
  let text = spaced;
  try {
    text = decodeURIComponent(spaced);
  } catch {
    // A lone % is only a per cent sign.
  }
  // oxlint-disable-next-line no-control-regex
  return { text: text.replace(/[\x00-\x1f\x7f{}]/g, ' ') };
}

export type NearMagic = { tag: string; hint: string };

/** A tag that does nothing (in delivery) and was probably meant to: `+rcpt.999`, `+fial2.451`. For hints only. */
export function nearMagic(address: string, isPersona: IsPersona): NearMagic | undefined {
  const meant = magicOf(address, isPersona);
  if (meant?.act?.stage === 'auth') return { tag: meant.id.slice(1), hint: `\`${meant.id}\` does nothing in delivery: it never says AUTH. It is heard where mail is handed in, and at the pretend remote's own port` };
  if (meant) return undefined;
  const end = address.lastIndexOf('@') < 0 ? address.length : address.lastIndexOf('@');
  const local = address.slice(0, end);
  if (!local.includes('+') || isAliasDomain(address.slice(end + 1).toLowerCase())) return undefined;
  const tag = tagOf(local);
  const [word = '', ...args] = tag.split('.');
  const row = rowOf(word);
  if (row) return { tag, hint: `\`+${tag}\` is not understood: it is written \`${row.form}\`, for example \`${row.example}\`` };
  if (args.length === 1 && SITUATIONS.some((one) => one === args[0])) return { tag, hint: `there is no persona \`${word}\`` };
  if (args.length === 1 && isPersona(word)) return { tag, hint: `there is no situation \`${args[0]}\`${nearest(args[0]!, SITUATIONS, '; did you mean `%`?')}` };
  // A short word is near to many; one with arguments is no ordinary subaddress.
  const stem = word.replace(/\d+$/, '');
  if (stem.length < 3 || (args.length === 0 && stem.length < 6)) return undefined;
  const near = nearest(stem, [...ROWS.keys(), 'fail'], '%');
  return near === '' ? undefined : { tag, hint: `\`+${tag}\` does nothing; did you mean \`${rowOf(near === 'fail' ? 'fail1' : near)!.form}\`?` };
}
