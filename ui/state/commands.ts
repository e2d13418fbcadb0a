/** What the palette offers, and how what is typed finds it. Pure. */

export type Command = { name: string; group: string; keys?: string; run: () => void };

/** Each letter typed must come in this order; beginnings of words and runs count more. Undefined when it does not fit. */
export function fit(typed: string, name: string): number | undefined {
  const wanted = typed.toLowerCase().replace(/\s+/g, '');
  const text = name.toLowerCase();
  let at = 0;
  let score = 0;
  let last = -2;
  for (const letter of wanted) {
    const found = text.indexOf(letter, at);
    if (found < 0) return undefined;
    score += found === last + 1 ? 3 : found === 0 || /[\s@./-]/.test(text[found - 1]!) ? 2 : 0;
    last = found;
    at = found + 1;
  }
  return score - text.length / 100;
}

export function choose(commands: readonly Command[], typed: string, most = 50): Command[] {
  if (typed.trim() === '') return commands.slice(0, most);
  return commands.flatMap((command) => {
    const score = fit(typed, `${command.name} ${command.group}`);
    return score === undefined ? [] : [{ command, score }];
  }).sort((a, b) => b.score - a.score).slice(0, most).map(({ command }) => command);
}
