/** A value that should have been another, as the sentence of a fault shows it: `"soon"`, `-5`, `null`, `an empty list`. */

/** Characters of a text that are shown. */
const MOST = 60;

export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(short(withoutLogin(value)));
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

const short = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1).toWellFormed()}…` : text);

/** `smtp://ann:secret@host` was meant as an address, and may end in a log. */
function withoutLogin(text: string): string {
  const begin = text.indexOf('://');
  const end = begin < 0 ? -1 : text.lastIndexOf('@');
  return end > begin ? `${text.slice(0, begin + 3)}…${text.slice(end)}` : text;
}
