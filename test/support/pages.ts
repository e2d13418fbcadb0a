/** The examples of a page in docs/, as they are written: what stands in its fences, by their kind (`sh curl`), with the heading above. */
import { readFileSync } from 'node:fs';

export function blocks(page: string, kind: string): { code: string; under: string }[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```([^\n]*)\n([^]*?)^```$/gm)].filter(([, info]) => info === kind).map(({ 2: code = '', index }) => ({ code, under: text.slice(0, index).match(/^## (.*)$/gm)?.at(-1)?.slice(3) ?? '' }));
}
