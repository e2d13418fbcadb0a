/**
 * What crosses to another thread as JSON. Of what each delivery needs there
 * are so many small parts that a structured clone of them takes several times
 * as long as a text of all.
 */
export type Text<T> = string & { readonly of?: T };

export const toText = <T>(value: T): Text<T> => JSON.stringify(value);
export const fromText = <T>(text: Text<T>): T => JSON.parse(text) as T;

/**
 * A text, with others beside it that are only handed on: within it each of
 * them would be escaped on one side and read back on the other.
 */
export type Bundle<T> = { text: Text<{ value: T; ends: number[] }>; beside: string };
/** Place of a text beside. */
export type Beside = number;

export function toBundle<T>(value: T, texts: readonly string[]): Bundle<T> {
  let end = 0;
  return { text: toText({ value, ends: texts.map(({ length }) => (end += length)) }), beside: texts.join('') };
}

export function fromBundle<T>({ text, beside }: Bundle<T>): { value: T; at(place: Beside): string } {
  const { value, ends } = fromText(text);
  return { value, at: (place) => beside.slice(place === 0 ? 0 : ends[place - 1], ends[place]) };
}
