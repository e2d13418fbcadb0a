/**
 * The tags of an HTML mail with their attributes, in order. Not a parser: it
 * knows where tags begin and end, which is enough to count pictures and
 * links, and it takes one pass whatever the HTML is like. Pure.
 */

export type Tag = { name: string; attributes: Map<string, string>; line: number };

const NAME = /[a-z][a-z0-9:-]*/iy;
const ATTRIBUTE = /[\s/]*([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/y;

export function tagsOf(html: string): Tag[] {
  const tags: Tag[] = [];
  let line = 1;
  let counted = 0;
  let at = 0;
  for (;;) {
    const open = html.indexOf('<', at);
    if (open < 0) return tags;
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4);
      if (end < 0) return tags;
      at = end + 3;
      continue;
    }
    NAME.lastIndex = open + 1;
    const name = NAME.exec(html)?.[0].toLowerCase();
    if (name === undefined) {
      at = open + 1;
      continue;
    }
    for (let lf = html.indexOf('\n', counted); lf >= 0 && lf < open; lf = html.indexOf('\n', lf + 1)) {
      line++;
      counted = lf + 1;
    }
    const attributes = new Map<string, string>();
    let end = NAME.lastIndex;
    for (;;) {
      ATTRIBUTE.lastIndex = end;
      const match = ATTRIBUTE.exec(html);
      if (!match) break;
      const key = match[1]!.toLowerCase();
      if (!attributes.has(key)) attributes.set(key, plain(match[2] ?? match[3] ?? match[4] ?? ''));
      end = ATTRIBUTE.lastIndex;
    }
    tags.push({ name, attributes, line });
    const close = html.indexOf('>', end);
    if (close < 0) return tags;
    at = close + 1;
    // What stands in these is no markup.
    if (name === 'style' || name === 'script') {
      const over = html.toLowerCase().indexOf(`</${name}`, at);
      if (over < 0) return tags;
      at = over;
    }
  }
}

const plain = (text: string): string => text.replace(/&amp;/gi, '&').replace(/&quot;/gi, '"').replace(/&#0*39;|&apos;/gi, "'").trim();
