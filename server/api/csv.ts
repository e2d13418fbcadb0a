/**
 * Comma-separated values (RFC 4180), both ways. Reading takes LF and CR LF,
 * a byte order mark, quotes with anything in them; it tells on which line of
 * the text each record begins. A quote that is never closed is a fault.
 */

export type Row = { line: number; cells: string[] };

export function parseCsv(text: string): Row[] | { line: number; message: string } {
  const rows: Row[] = [];
  let cells: string[] = [];
  let line = 1;
  let begun = 1;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const end = text.length;
  const close = () => {
    // A line with nothing on it is no record.
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: begun, cells });
    cells = [];
    begun = line;
  };
  while (at < end) {
    let cell = '';
    if (text[at] === '"') {
      const opened = line;
      for (at += 1; ; ) {
        const quote = text.indexOf('"', at);
        if (quote < 0) return { line: opened, message: 'a quote is opened and never closed' };
        const piece = text.slice(at, quote);
        cell += piece;
        for (const sign of piece) if (sign === '\n') line += 1;
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
      if (at < end && text[at] !== ',' && text[at] !== '\n' && !text.startsWith('\r\n', at)) return { line, message: 'something stands behind a closing quote' };
    } else {
      const from = at;
      while (at < end && text[at] !== ',' && text[at] !== '\n') at += 1;
      cell = text.slice(from, at);
      if (text[at] === '\n' || at === end) cell = cell.replace(/\r$/, '');
    }
    cells.push(cell);
    if (text.startsWith('\r\n', at)) at += 1;
    if (text[at] === ',') {
      at += 1;
      if (at === end) cells.push('');
      else continue;
    } else if (text[at] === '\n') {
      at += 1;
      line += 1;
    }
    close();
  }
  if (cells.length > 0) close();
  return rows;
}

export const csvLine = (cells: (string | null)[]): string => `${cells.map((cell) => (cell === null ? '' : /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
