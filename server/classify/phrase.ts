/**
 * The small language of phrases in which rules are written:
 *
 *     RECIPIENT ~3 ABSENT      a word of that group, at most 3 words, one of the other
 *     mail loop                words side by side
 *     (daily|hourly) ~2 limit  one of several, each may be several words
 *     spf & FAILED             both, anywhere
 *
 * Words in capitals are groups of the lexicon. Matching cannot be made slow
 * by a hostile text: every atom is found in one pass over the words, and a
 * phrase then costs its occurrences times its gap, which is at most 12.
 */
import { addWord, fold, stem } from './words.ts';

export const GAP_LIMIT = 12;

/** Atom ids with, before each, the most words that may stand between it and the one before. */
type Sequence = { atoms: number[]; gaps: number[] };
/** `others` are the atoms beside the anchor, the rarest first: most phrases are ruled out by one of them. */
export type Phrase = { all: Sequence[]; anchor: number; others: number[] };

/** Where the atoms of a text stand. One reading is kept per vocabulary: it is good until the next. */
export type Reading = {
  /** Atoms that are there and are the anchor of a phrase. */
  anchors(): number[];
  has(atom: number): boolean;
  /** Every atom of the phrase is there, wherever. */
  covers(phrase: Phrase): boolean;
  /** Starts and ends by turns, in order. Asked for few atoms, so it is found when asked. */
  at(atom: number): readonly number[];
  length: number;
};

export type Vocabulary = {
  compile(phrase: string): Phrase;
  /** Call once, after the last compile: picks for each phrase the atom that is rarest in texts of the kind. */
  settle(phrases: readonly Phrase[], texts: Iterable<readonly string[]>): void;
  read(words: readonly string[]): Reading;
};

/** Words that spell atoms; a common word spells dozens, so they are bits. `spots` says where in `bits` there are any. */
type Entry = { rest: string[]; atoms: number[]; spots: number[]; bits: Uint32Array };

const GROUP = /^[A-Z][A-Z_]+$/;
const UMLAUT = /[äöü]/;

export function vocabulary(lexicon: Record<string, string>): Vocabulary {
  const entries = new Map<string, Entry[]>();
  const atoms = new Map<string, number>();
  let present = new Uint32Array(0);
  let anchors = new Uint32Array(0);
  /** What was found, in order: the entry, its start and its end. */
  const hits: Entry[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const places = new Map<number, number[]>();

  const reading: Reading = {
    length: 0,
    has: (atom) => (present[atom >>> 5]! & (1 << (atom & 31))) !== 0,
    covers({ others }) {
      for (const atom of others) if ((present[atom >>> 5]! & (1 << (atom & 31))) === 0) return false;
      return true;
    },
    at(atom) {
      let place = places.get(atom);
      if (place) return place;
      place = [];
      const word = atom >>> 5;
      const bit = 1 << (atom & 31);
      for (let i = 0; i < hits.length; i++) if ((hits[i]!.bits[word]! & bit) !== 0) place.push(starts[i]!, ends[i]!);
      places.set(atom, place);
      return place;
    },
    anchors() {
      const found: number[] = [];
      for (let word = 0; word < present.length; word++) {
        for (let left = present[word]! & anchors[word]!; left !== 0; left &= left - 1) found.push(word * 32 + 31 - Math.clz32(left & -left));
      }
      return found;
    },
  };

  function spell(words: string, atom: number): void {
    const spelled: string[] = [];
    for (const word of words.trim().split(/\s+/).flatMap(spelling)) addWord(spelled, word);
    const [first, ...rest] = spelled;
    const list = entries.get(first!) ?? [];
    entries.set(first!, list);
    const same = list.find((entry) => entry.rest.join(' ') === rest.join(' '));
    if (same) same.atoms.push(atom);
    else list.push({ rest, atoms: [atom], spots: [], bits: present });
  }

  function atomOf(token: string): number {
    const known = atoms.get(token);
    if (known !== undefined) return known;
    const atom = atoms.size;
    atoms.set(token, atom);
    for (const one of token.replace(/^\(|\)$/g, '').split('|')) {
      if (/[~&]/.test(one)) throw new Error(`Alternatives are words or groups: ${token}`);
      for (const words of GROUP.test(one) ? groupOf(one).split('|') : [one]) {
        if (words.trim() === '') continue;
        spell(words, atom);
        // Who has no umlauts writes "geloescht" for "gelöscht".
        if (UMLAUT.test(words)) spell(words.replace(/[äöü]/g, (letter) => `${{ ä: 'a', ö: 'o', ü: 'u' }[letter]}e`), atom);
      }
    }
    return atom;
  }

  function groupOf(name: string): string {
    const words = lexicon[name];
    if (words === undefined) throw new Error(`There is no group ${name} in the lexicon`);
    return words;
  }

  function sequence(text: string): Sequence {
    const result: Sequence = { atoms: [], gaps: [] };
    let gap = 0;
    for (const token of text.match(/\([^)]*\)|\S+/g) ?? []) {
      if (/^~\d+$/.test(token)) {
        gap = Number(token.slice(1));
        if (gap > GAP_LIMIT) throw new Error(`A gap of ${gap} in "${text}" is too wide`);
      } else {
        result.atoms.push(atomOf(token));
        result.gaps.push(gap);
        gap = 0;
      }
    }
    if (result.atoms.length === 0 || gap > 0) throw new Error(`"${text}" is no phrase`);
    return result;
  }

  const read = (words: readonly string[]): Reading => {
    present.fill(0);
    places.clear();
    hits.length = starts.length = ends.length = 0;
    reading.length = words.length;
    for (let start = 0; start < words.length; start++) {
      const list = entries.get(words[start]!);
      if (!list) continue;
      for (const entry of list) {
        const { rest, bits, spots } = entry;
        let i = 0;
        while (i < rest.length && words[start + 1 + i] === rest[i]) i++;
        if (i < rest.length) continue;
        hits.push(entry);
        starts.push(start);
        ends.push(start + 1 + rest.length);
        for (const spot of spots) present[spot]! |= bits[spot]!;
      }
    }
    return reading;
  };

  return {
    compile: (phrase) => ({ all: phrase.split('&').map((part) => sequence(part.trim())), anchor: -1, others: [] }),

    settle(phrases, texts) {
      const size = Math.ceil(atoms.size / 32);
      present = new Uint32Array(size);
      anchors = new Uint32Array(size);
      for (const list of entries.values()) {
        for (const entry of list) {
          entry.bits = new Uint32Array(size);
          for (const atom of entry.atoms) entry.bits[atom >>> 5]! |= 1 << (atom & 31);
          entry.spots = [...new Set(entry.atoms.map((atom) => atom >>> 5))];
        }
      }
      const seen = new Uint32Array(atoms.size);
      for (const text of texts) {
        read(text);
        for (let atom = 0; atom < seen.length; atom++) if (reading.has(atom)) seen[atom]!++;
      }
      for (const phrase of phrases) {
        const [anchor, ...others] = [...new Set(phrase.all.flatMap(({ atoms }) => atoms))].sort((a, b) => seen[a]! - seen[b]!);
        phrase.anchor = anchor!;
        phrase.others = others;
        anchors[anchor! >>> 5]! |= 1 << (anchor! & 31);
      }
    },

    read,
  };
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** A word of a rule as words.ts would make it of a reply. */
function spelling(word: string): string[] {
  if (word.startsWith('@') || word.startsWith('/')) return [word.toLowerCase()];
  const plain = fold(word.toLowerCase());
  return UNSPACED.test(plain) ? Array.from(plain) : [stem(plain)];
}

export function matches(phrase: Phrase, reading: Reading): boolean {
  for (const { atoms } of phrase.all) for (const atom of atoms) if (!reading.has(atom)) return false;
  return phrase.all.every((sequence) => follows(sequence, reading));
}

/** All atoms are there; do they stand as the sequence says? */
function follows({ atoms, gaps }: Sequence, reading: Reading): boolean {
  if (atoms.length === 1) return true;
  const first = reading.at(atoms[0]!);
  const second = reading.at(atoms[1]!);
  if (atoms.length === 2 && first.length * second.length <= 100) return isNear(first, second, gaps[1]!);
  let ends = new Uint8Array(reading.length + 1);
  for (let i = 1; i < first.length; i += 2) ends[first[i]!] = 1;
  for (let n = 1; n < atoms.length; n++) {
    const found = reading.at(atoms[n]!);
    const next = new Uint8Array(reading.length + 1);
    let any = false;
    for (let i = 0; i < found.length; i += 2) {
      const start = found[i]!;
      for (let at = start; at >= start - gaps[n]! && at >= 0; at--) {
        if (ends[at] !== 1) continue;
        next[found[i + 1]!] = 1;
        any = true;
        break;
      }
    }
    if (!any) return false;
    ends = next;
  }
  return true;
}

/** The plain way for the usual case, two atoms that stand in few places. */
function isNear(first: readonly number[], last: readonly number[], gap: number): boolean {
  for (let i = 1; i < first.length; i += 2) {
    for (let j = 0; j < last.length; j += 2) {
      const between = last[j]! - first[i]!;
      if (between >= 0 && between <= gap) return true;
    }
  }
  return false;
}
