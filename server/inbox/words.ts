/**
 * What a word is: the one definition, used for what is indexed and for what is
 * searched. Compatibility forms, case and the marks of Latin, Greek, Cyrillic,
 * Hebrew and Arabic make no difference; scripts written without spaces give
 * one word per character, so that a part of a sentence is found as a phrase.
 *
 * A word holds letters, digits, marks and (in header words) private-use
 * characters: never a space and no ASCII punctuation. Words joined by a space
 * are taken apart again by SQLite's `ascii` tokenizer exactly as they are.
 * Pure, never throws, folding twice changes nothing.
 */
import type { HeaderField } from '../mail/message.ts';

// Marks that writers leave out or type differently. Those of Indic scripts carry the vowels: they stay.
const LOOSE_MARKS = /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/gu;
// Letters that have no decomposition but are commonly typed as these.
const SPELLED: Record<string, string> = { ß: 'ss', ς: 'σ', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ʼ: '' };
const TO_SPELL = /[ßςæœøłđðþıʼ]/g;

const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}`;
const WORD = new RegExp(String.raw`[[\p{L}\p{N}]&&[${UNSPACED}]]\p{M}*|[[\p{L}\p{N}]--[${UNSPACED}]][[\p{L}\p{N}\p{M}]--[${UNSPACED}]]*`, 'gv');
const ASCII_WORD = /[a-z0-9]+/g;
const ASCII = /^[\0-\x7f]*$/;

/** Characters of one word that count: nobody searches for more, and base64 in a text would swell the index. */
const WORD_LIMIT = 64;

/** The words of a text, in order. */
export function fold(text: string): string[] {
  const words = ASCII.test(text) ? text.toLowerCase().match(ASCII_WORD) : foldWide(text).match(WORD);
  if (!words) return [];
  for (let i = 0; i < words.length; i++) if (words[i]!.length > WORD_LIMIT) words[i] = cut(words[i]!);
  return words;
}

function foldWide(text: string): string {
  return text.normalize('NFKD').toLowerCase().normalize('NFKD').replace(LOOSE_MARKS, '').replace(TO_SPELL, (letter) => SPELLED[letter]!);
}

/** Never between the halves of a surrogate pair. */
function cut(word: string): string {
  const last = word.charCodeAt(WORD_LIMIT - 1);
  return word.slice(0, last >= 0xd800 && last < 0xdc00 ? WORD_LIMIT - 1 : WORD_LIMIT);
}

/**
 * A text in which a part is looked for as it is, punctuation and all: without
 * regard to case, and to whether a letter with a mark is one character or two
 * (NFC and NFD look the same). Half a surrogate pair is what a store makes of it.
 */
export function comparable(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : text.toWellFormed().toLowerCase().normalize('NFC');
}

/** Begins a field; stands between a name and a word of its value. */
const FIELD = '\ue000';
/** Stands for what is no letter or digit in a field's name. */
const DASH = '\ue001';
/** Words of one field, and of all fields of a message, that are indexed. */
const FIELD_WORDS = 500;
const HEADER_WORDS = 20_000;

/**
 * The words of header fields: for each field its name behind a marker, then
 * each word of its value with the name before it. So a word of one field is
 * never taken for that of another, and a phrase never runs over two fields.
 */
export function headerWords(headers: readonly HeaderField[]): string[] {
  const words: string[] = [];
  for (const { name, value } of headers) {
    if (words.length >= HEADER_WORDS) break;
    const key = fieldKey(name);
    words.push(FIELD + key);
    const prefix = key + FIELD;
    const values = fold(value.length > 20_000 ? value.slice(0, 20_000) : value);
    for (let i = 0; i < values.length && i < FIELD_WORDS; i++) words.push(prefix + values[i]!);
  }
  return words;
}

/** The phrase to look for among header words: a field of that name, whose value (when given) holds these words in order. */
export function headerPhrase(name: string, value?: string): string[] {
  const key = fieldKey(name);
  const words = value === undefined ? [] : fold(value);
  return words.length === 0 ? [FIELD + key] : words.map((word) => key + FIELD + word);
}

function fieldKey(name: string): string {
  return name.trim().slice(0, 100).toLowerCase().replace(/[^\p{L}\p{N}]/gu, DASH);
}
