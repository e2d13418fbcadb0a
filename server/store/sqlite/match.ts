/**
 * Terms that are answered by the words of a message, as one expression of
 * SQLite's full-text search (FTS5). Words come folded; each is quoted, so
 * nothing of it is taken for an operator.
 */
import type { Filter } from '../../inbox/filter.ts';
import { headerPhrase } from '../../inbox/words.ts';

const TEXT_COLUMNS = '{subject addresses text attachments}';

/** The expression for a filter that only words answer; undefined when it is of another kind. Nothing negative stands alone in FTS5. */
export function matchOf(filter: Filter): string | undefined {
  switch (filter.kind) {
    case 'text': return filter.words.length === 0 ? undefined : `${TEXT_COLUMNS} : ${phrase(filter.words)}${filter.whole ? '' : ' *'}`;
    case 'header': return `headers : ${phrase(headerPhrase(filter.name, filter.value))}`;
    case 'and': {
      const wanted: string[] = [];
      const unwanted: string[] = [];
      for (const part of filter.all) {
        const match = part.kind === 'not' ? matchOf(part.not) : matchOf(part);
        if (match === undefined) return undefined;
        (part.kind === 'not' ? unwanted : wanted).push(match);
      }
      return wanted.length === 0 ? undefined : joined(wanted, unwanted);
    }
    case 'or': {
      const any = filter.any.map(matchOf);
      return any.length > 0 && any.every((one) => one !== undefined) ? any.map(bracket).join(' OR ') : undefined;
    }
    default: return undefined;
  }
}

export function joined(wanted: readonly string[], unwanted: readonly string[] = []): string {
  const all = wanted.map(bracket).join(' AND ');
  return unwanted.length === 0 ? all : `(${all}) NOT (${unwanted.map(bracket).join(' OR ')})`;
}

const bracket = (match: string) => `(${match})`;
// NUL would end the expression.
const phrase = (words: readonly string[]) => `"${words.join(' ').replaceAll('\0', ' ').replaceAll('"', '""')}"`;
