/** What can be said of a filter without the parse, and on what it depends. Pure. */
import { EVERYTHING, type Filter, needsParse } from './filter.ts';

/** A filter that needs no parse and is true of every message of which `filter` could turn out true. */
export function weaken(filter: Filter): Filter {
  switch (filter.kind) {
    case 'and': return { kind: 'and', all: filter.all.map(weaken) };
    case 'or': return { kind: 'or', any: filter.any.map(weaken) };
    default: return needsParse(filter) ? EVERYTHING : filter;
  }
}

/** Whether a message can begin to match because its tags or its read mark change. */
export function dependsOnMarks(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and': return filter.all.some(dependsOnMarks);
    case 'or': return filter.any.some(dependsOnMarks);
    case 'not': return dependsOnMarks(filter.not);
    default: return filter.kind === 'tag' || filter.kind === 'read';
  }
}
