/**
 * Turns the text of a reply into words, so that rules speak of language and
 * not of bytes. At most 2 KB are read; one pass, no backtracking.
 *
 * Case, accents and endings go (`blocked` and `blocks` are one word). An
 * address becomes `@addr`, an IP address `@ip`, a host `@host`, a URL `@url`:
 * what is inside a name never looks like a sentence. The parts of hosts stand
 * behind the sentence, after `@tail`, since block lists are named there; the
 * words of a URL's path have a slash before them. Scripts without spaces are
 * one character a word. "UserUnknown" is also "user unknown", a "mail-box" a
 * "mailbox", and a word that is often misspelled is what was meant.
 */
import { anyOf } from './any-of.ts';
import { MISSPELLED } from './misspelled.ts';

/** Characters of text that are looked at. */
export const TEXT_LIMIT = 2_048;
/** Words that are looked at. */
export const WORD_LIMIT = 420;
/** Of a text beyond the limit the end is kept, too: in a multi-line reply the last line decides. */
const END_KEPT = 512;

// How bounces begin and end, whatever the reason.
const PREAMBLE = anyOf(String.raw`
  a message that you sent (?:could not|has not yet) be(?:en)? delivered to (?:one or more|all) of its\s+recipients|this is a permanent error
  the following address(?:\(?es\)?)? failed|delivery to the following recipients?(?:\(s\))? (?:has )?failed(?: permanently)?
  technical details of permanent failure|this message was created automatically by mail delivery software
  i was unable to deliver your message to the following addresses|unable to deliver message to the following recipients?
  your message (?:wasnt|was not|couldnt be|could not be) delivered to(?: the following recipients?)?
  smtp error from remote (?:mail )?server after (?:[a-z]{1,20} ?){1,4}:?(?:<[^>\s]{0,320}>)?(?: ?size=\d{1,12})?:
  \bhost \S{1,255} ?\[[\da-f.:]{2,45}\](?::\d{1,5})?(?: said| refused to talk to me)?:
  (?:unknown address error|other mail system problem|other network problem|bad destination host|other undefined status) (?:\d{3}[- ])?(?=')
  the message was not relayed to:|(?:check|verify|update) your (?:address book|recipients? address|mailing list)|remote host said:|(?:that |which |whom )?you (?:are|were) (?:sending|mailing|writing|emailing) (?:mail |email |a message |this )?to\b
  (?:that |which |whom )?you (?:are trying|were trying|are attempting|were attempting|tried|attempted|wanted|want) to (?:reach|contact|email|mail|send (?:mail |email |a message )?to)\b|\(in reply to [^()\n]{1,60}\)|giving up on \S{1,255}|does not like recipient\.|return(?:ed|ing)? (?:it )?to (?:the )?sender
  \b(?:the )?(?:original |complete |full )?(?:beginning|start|copy|text|body|headers?|first lines?) of (?:your|the) (?:original )?(?:message|mail|email)(?: headers?)?(?: (?:follows?|is attached|are attached|is below|is included))?
  \b(?:the )?original message(?: headers?)?(?: (?:follows?|is attached|is below|is included))
  \bif you (?:believe|think|feel) (?:that )?this is (?:an |a |in )?(?:error|mistake)|\b(?:please )?contact (?:the |your |our )?(?:postmaster|(?:system |mail |network |email )?administrator)\b(?! of )(?: for (?:further |more )?(?:assistance|help|details|information))?
  ^ ?(?:diagnostic-code: ?)?smtp;|\bin (?:response|reply) to (?:the )?(?:rcpt to|mail from|end of data|data) command\b:?|\byour (?:message|mail|email) was not delivered\b|\bgenerating server: ?\S{1,255}
`, 'g');
// What Postfix puts before the reason it was given: it must not count as a reason of its own.
const STAMP = /\b(recipient address(?:es)?|sender address|client host|helo command) rejected ?:/g;
const CHUNK = /https?:\/\/[^\s<>"]+|[^\s<>()[\]{}",;!?|=*«»“”]+/g;
const ADDRESS = /[^@:.]@[a-z0-9[]/;
const NUMERIC = /^#?[\d.:/]+$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}(:\d+)?$/;
const WORD = /[\p{L}\p{M}]+|\d+/gu;
const WORD_ASCII = /[a-z]+|\d+/g;
const HUMP = /[a-z][A-Z][a-z]/;
/** A word of speech like UserUnknown: not in an address, a host, a path or an id. */
const CAMEL = /(?<![^\s"'(<[_:-])[A-Z]?[a-z]{2,20}(?:[A-Z][a-z]{2,20}){1,5}(?![\w@/=-]|[.:]\S)/g;
const HUMPS = /([a-z])([A-Z])/g;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** "QQ邮箱": the name is one word, each character after it is one. */
const UNSPACED_OR_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;

export function wordsOf(text: string): string[] {
  let read = text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT - END_KEPT)} ${text.slice(-END_KEPT)}` : text;
  if (HUMP.test(read)) read = read.replace(CAMEL, (word) => `${word} ${word.replace(HUMPS, '$1 $2')}`);
  read = read.toLowerCase();
  // eslint-disable-next-line no-control-regex
  const ascii = !/[^\x00-\x7f]/.test(read);
  if (!ascii) read = fold(read);
  read = read.replace(/n['`"]t\b/g, 'nt').replace(/'s\b/g, '').replace(PREAMBLE, ' ').replace(STAMP, (_, whose: string) => ` @${whose.slice(0, whose.indexOf(' '))}-rejected `);
  const words: string[] = [];
  const tail: string[] = [];
  const split = (piece: string, into: string[]) => {
    for (const word of piece.match(ascii ? WORD_ASCII : WORD) ?? []) {
      if (into.length >= WORD_LIMIT) return;
      if (!ascii && UNSPACED.test(word)) for (const one of word.match(UNSPACED_OR_RUN)!) into.push(one.length > 1 ? stem(one) : one);
      else addWord(into, stem(word));
    }
  };
  for (const chunk of read.match(CHUNK) ?? []) {
    if (words.length >= WORD_LIMIT) break;
    if (chunk.startsWith('@') && chunk.endsWith('-rejected')) {
      words.push(chunk);
    } else if (chunk.startsWith('http') && chunk.includes('://')) {
      words.push('@url');
      const url = chunk.slice(chunk.indexOf('://') + 3, 300);
      const slash = url.search(/[/?#]/);
      split(slash < 0 ? url : url.slice(0, slash), tail);
      if (slash >= 0) for (const word of url.slice(slash).match(WORD_ASCII) ?? []) if (tail.length < WORD_LIMIT) tail.push(`/${word}`);
    } else if (ADDRESS.test(chunk)) {
      words.push('@addr');
      // "<a@b.test:blocked>": what follows the address is said of it.
      const said = chunk.indexOf(':', chunk.indexOf('@'));
      if (said > 0) split(chunk.slice(said + 1), words);
    } else if (NUMERIC.test(chunk)) {
      if (IPV4.test(chunk)) words.push('@ip');
      else split(chunk, words);
    } else if (isHost(chunk)) {
      words.push('@host');
      split(chunk, tail);
    } else {
      split(chunk, words);
    }
  }
  if (tail.length > 0) words.push('@tail', ...tail);
  return words.length > WORD_LIMIT ? words.slice(0, WORD_LIMIT) : words;
}

/** "mail box" and "mail-box" are a mailbox. The same for rule and reply. */
export function addWord(words: string[], word: string): void {
  if (word === 'box' && words.at(-1) === 'mail') words[words.length - 1] = 'mailbox';
  else words.push(word);
}

/** Letters that are no plain letter with an accent on it. */
const LETTERS: Record<string, string> = { '’': "'", '‘': "'", '´': "'", ß: 'ss', ł: 'l', ø: 'o', đ: 'd', ı: 'i', æ: 'ae', œ: 'oe', þ: 'th', ð: 'd' };

/** Compatibility forms and accents go; what is left of «é» is «e». The same for rule and reply. */
export const fold = (text: string): string => text.replace(/[’‘´ßłøđıæœþð]/g, (letter) => LETTERS[letter]!).normalize('NFKD').replace(/\p{Diacritic}/gu, '').normalize('NFC').toLowerCase().slice(0, TEXT_LIMIT * 2);

/** At least one dot inside, letters on both sides of the last: `mx1.example.net`, not `rejected.Please`, which has a capital and a word of speech. */
function isHost(chunk: string): boolean {
  const dot = chunk.indexOf('.');
  if (dot <= 0) return false;
  const end = chunk.replace(/[.:]+$/, '');
  const last = end.lastIndexOf('.');
  if (last <= 0) return false;
  const top = end.slice(last + 1);
  if (!/^[a-z][a-z0-9-]{1,12}(:\d+)?$/.test(top) || NOT_TOP.has(top)) return false;
  // RESOLVER.ADR.RecipNotFound is no host, and the words in it matter.
  return !end.startsWith('resolver.') && !end.startsWith('queue.') && !end.startsWith('smtpsend.') && !end.startsWith('storedrv.');
}

// A sentence whose full stop lacks its space: "rejected.please".
const NOT_TOP = new Set(['please', 'for', 'see', 'the', 'if', 'contact', 'visit', 'this', 'you', 'your', 'error', 'refer', 'try', 'sorry', 'we', 'exe', 'zip', 'scr', 'sender', 'message', 'mail', 'recipient', 'from', 'failed', 'to', 'and', 'learn', 'failed_to', 'notfound']);

/** English endings, roughly, and the same for every word of rule and reply: what comes out need not be a word. */
export function stem(word: string): string {
  if (word.length <= 3 || word === 'listed') return word;
  return ending(MISSPELLED.get(word) ?? word);
}

function ending(word: string): string {
  const length = word.length;
  if (word.endsWith('ies') || word.endsWith('ied')) return `${word.slice(0, -3)}y`;
  let base = word;
  if (word.endsWith('ing') && length >= 6) base = word.slice(0, -3);
  else if (word.endsWith('ed') && !word.endsWith('eed') && length >= 5) base = word.slice(0, -2);
  else if (word.endsWith('es') && length >= 6 && 'sxh'.includes(word[length - 3]!)) base = word.slice(0, -2);
  else if (word.endsWith('s') && !word.endsWith('ss') && !word.endsWith('us')) base = word.slice(0, -1);
  // "spamming" and "spam", "permitted" and "permit".
  const end = base.length;
  if (base !== word && end >= 4 && base[end - 1] === base[end - 2] && !'ls'.includes(base[end - 1]!)) base = base.slice(0, -1);
  return base.length > 3 && base.endsWith('e') ? base.slice(0, -1) : base;
}
