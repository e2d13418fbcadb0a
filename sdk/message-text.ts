/** Texts in sentences of the SDK. */

export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** A value that should have been another, as a sentence shows it: `"soon"`, `NaN`, `null`, `a function`, `{"a":1}`. */
export function sayValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, 100));
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return String(value);
  try {
    return cut(JSON.stringify(value), 100);
  } catch {
    return 'an object';
  }
}
