/** Whether criteria are what they should be. A wrong one must not turn into "any message": it would be met by the wrong mail. */
import type { Criteria } from './criteria.ts';
import { sayValue } from './message-text.ts';
import { meant } from './nearest.ts';

type Kind = { fits: (value: unknown) => boolean; is: string };

const isText = (value: unknown) => typeof value === 'string';
const isPattern = (value: unknown) => isText(value) || value instanceof RegExp;
const PATTERN: Kind = { fits: isPattern, is: 'a text or a pattern (/…/)' };
const TEXT: Kind = { fits: isText, is: 'a text' };

/** A Map or Headers has nothing that could be looked at by name: it would mean any message. Told by what it is called, since a test runner may have objects of its own. */
function isFields(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]' && Object.keys(value as object).length > 0;
}

const KNOWN: Record<keyof Criteria, Kind> = {
  subject: PATTERN, from: PATTERN, to: PATTERN, text: PATTERN, html: PATTERN,
  headers: { fits: isFields, is: 'an object that names a field, like { \'X-Campaign\': \'spring\' }' },
  tag: TEXT, stream: TEXT, q: TEXT,
  where: { fits: (value) => typeof value === 'function', is: 'a function of the message' },
  after: { fits: (value) => isText(value) || typeof (value as { cursor?: unknown } | null)?.cursor === 'string', is: 'a mark (`await inbox.mark()`) or a message' },
};

const OPTIONS = ['timeout', 'signal'];

export function checkCriteria(criteria: unknown, alsoKnown: string[]): void {
  if (typeof criteria === 'function') throw new TypeError('A function alone is no criterion; say { where: (message) => … }');
  if (typeof criteria !== 'object' || criteria === null || Array.isArray(criteria)) throw new TypeError(`What is waited for is a text or a pattern of the subject, or an object like { subject: 'Welcome', to: 'ann@shop.test' }; nothing at all is any message. It was given ${sayValue(criteria)}`);
  for (const [key, value] of Object.entries(criteria)) {
    if (alsoKnown.includes(key)) continue;
    if (!Object.hasOwn(KNOWN, key)) {
      const known = [...Object.keys(KNOWN), ...alsoKnown];
      const place = alsoKnown.length === 0 && OPTIONS.includes(key) ? `: it is an option and stands apart, waitFor({ … }, { ${key} })` : alsoKnown.includes('for') && key === 'timeout' ? ': how long to watch is `for`' : '';
      throw new TypeError(`A wait knows no \`${key}\`${place}; it knows ${known.join(', ')}${place === '' ? meant(key, known) : ''}`);
    }
    if (key === 'after' && value === undefined) continue;
    if (value === undefined || value === null || value === '') throw new TypeError(`\`${key}\` is ${value === '' ? 'empty' : String(value)}: leave it out to look at any message, or give it a value`);
    const { fits, is } = KNOWN[key as keyof Criteria];
    if (!fits(value)) throw new TypeError(`\`${key}\` must be ${is}; it is ${sayValue(value)}`);
    if (key === 'headers') for (const [name, one] of Object.entries(value)) if (!isPattern(one)) throw new TypeError(`\`headers\` must give '${name}' a text or a pattern; it is ${sayValue(one)}`);
  }
}
