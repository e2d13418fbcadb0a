/**
 * A long list of alternatives as a pattern that can be read: one line, or
 * several alternatives a line, with `|` between them. White space at the ends
 * of lines does not count.
 */
export const anyOf = (lines: string, flags = 'i'): RegExp => new RegExp(lines.trim().split('\n').map((line) => line.trim()).join('|'), flags);
