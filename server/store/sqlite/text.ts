/**
 * What crosses to another thread as JSON. Of what each delivery needs there
 * are so many small parts that a structured clone of them takes several times
 * as long as a text of all.
 */
export type Text<T> = string & { readonly of?: T };

export const toText = <T>(value: T): Text<T> => JSON.stringify(value);
export const fromText = <T>(text: Text<T>): T => JSON.parse(text) as T;
