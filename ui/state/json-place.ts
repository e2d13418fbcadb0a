/** Where in a JSON text the value of a path stands (`rules.2.what.reply.code`), for objections in their place. Pure. */

export type Span = { from: number; to: number; line: number };

/** The value itself, or the nearest one around it that is there. Lines count from 1. Undefined when the text is no JSON. */
export function placeOf(text: string, path: string): Span | undefined {
  const wanted = path === '' ? [] : path.split('.');
  let at = 0;
  let best: { from: number; to: number; depth: number } | undefined;

  const space = () => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const string = (): string => {
    const from = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    return JSON.parse(text.slice(from, at)) as string;
  };
  /** `rest`: the part of the path that is looked for within this value; undefined when it is not in here. */
  const value = (rest: readonly string[] | undefined): void => {
    space();
    const from = at;
    const open = text[at];
    if (open === '{' || open === '[') {
      at++;
      for (let n = 0; ; n++) {
        space();
        if (text[at] === '}' || text[at] === ']') break;
        if (n > 0) {
          if (text[at] !== ',') throw new SyntaxError('no JSON');
          at++;
          space();
        }
        let key = String(n);
        if (open === '{') {
          key = string();
          space();
          at++; // the colon
        }
        value(matching(rest, key));
      }
      at++;
    } else if (open === '"') string();
    else {
      const word = /^[^\s,\]}]+/.exec(text.slice(at, at + 40));
      if (!word) throw new SyntaxError('no JSON');
      at += word[0].length;
    }
    const depth = rest === undefined ? -1 : wanted.length - rest.length;
    if (depth > (best?.depth ?? -1)) best = { from, to: at, depth };
  };
  try {
    value(wanted);
  } catch {
    return undefined;
  }
  return best && { from: best.from, to: best.to, line: text.slice(0, best.from).split('\n').length };
}

/** A key may itself have dots (`personas.acme.test`). */
function matching(rest: readonly string[] | undefined, key: string): readonly string[] | undefined {
  if (rest === undefined) return undefined;
  const parts = key.split('.');
  return parts.every((part, i) => rest[i] === part) ? rest.slice(parts.length) : undefined;
}

/** Where JSON.parse broke off, as far as the browser says. */
export function parsePlace(text: string, error: unknown): { message: string; line: number | undefined } {
  const said = (error as Error).message;
  const position = /position (\d+)/.exec(said)?.[1];
  const line = /line (\d+)/.exec(said)?.[1];
  const at = line !== undefined ? Number(line) : position !== undefined ? text.slice(0, Number(position)).split('\n').length : undefined;
  return { message: said.replace(/^JSON\.parse: /, '').replace(/ in JSON at position.*$/, '').replace(/ at position.*$/, ''), line: at };
}
