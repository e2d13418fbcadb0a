/**
 * The tags, style sheets and comments of an HTML mail with their lines, in
 * one pass of a tokenizer: no tree, so 100,000 nested tags cost what 100,000
 * tags cost. What is beyond the limits is not looked at, and said to be so.
 * Nothing is fetched, nothing throws.
 */
import { Tokenizer } from 'htmlparser2';

/** `line` counts from 1, as an editor would. Attribute names are in lower case, values decoded. */
export type Tag = { name: string; line: number; attributes: ReadonlyMap<string, string> };
export type HtmlScan = {
  tags: Tag[];
  /** Contents of <style>, and the line on which each begins. */
  styles: { text: string; line: number }[];
  /** Lines of comments; those that hold conditions for Outlook are no comments to it. */
  comments: { line: number; conditional: boolean }[];
  doctype: { line: number; html5: boolean } | undefined;
  /** True when there was more than is looked at. */
  cut: boolean;
};

const TAG_LIMIT = 100_000;
/** Characters of one attribute. */
const VALUE_LIMIT = 65_536;
const ATTRIBUTE_LIMIT = 200;

export function scanHtml(html: string): HtmlScan {
  const scan: HtmlScan = { tags: [], styles: [], comments: [], doctype: undefined, cut: false };
  let line = 1;
  let nextLf = html.indexOf('\n');
  /** Offsets only grow, so that all lines together are counted in one pass; the next end is kept, since a long line has many tags. */
  const lineAt = (offset: number): number => {
    for (; nextLf >= 0 && nextLf < offset; nextLf = html.indexOf('\n', nextLf + 1)) line++;
    return line;
  };

  let tag = '';
  let at = 1;
  let attribute = '';
  let value = '';
  let attributes = new Map<string, string>();
  let style: { from: number; line: number } | undefined;

  const keep = () => {
    if (scan.tags.length >= TAG_LIMIT) scan.cut = true;
    else scan.tags.push({ name: tag, line: at, attributes });
  };
  const closeStyle = (until: number) => {
    if (style) scan.styles.push({ text: html.slice(style.from, until), line: style.line });
    style = undefined;
  };
  const nothing = () => {};
  const tokenizer = new Tokenizer({ xmlMode: false, decodeEntities: true }, {
    onopentagname: (start, end) => {
      tag = html.slice(start, end).toLowerCase();
      at = lineAt(start);
      attributes = new Map();
    },
    onattribname: (start, end) => { attribute = html.slice(start, Math.min(end, start + 200)).toLowerCase(); value = ''; },
    onattribdata: (start, end) => { if (value.length < VALUE_LIMIT) value += html.slice(start, end); },
    onattribentity: (codepoint) => { value += String.fromCodePoint(codepoint); },
    onattribend: () => { if (!attributes.has(attribute) && attributes.size < ATTRIBUTE_LIMIT) attributes.set(attribute, value.slice(0, VALUE_LIMIT)); },
    onopentagend: (end) => {
      keep();
      if (tag === 'style') style = { from: end + 1, line: lineAt(end + 1) };
    },
    onselfclosingtag: keep,
    onclosetag: (start, end) => {
      if (style && html.slice(start, end).toLowerCase() === 'style') closeStyle(start - 2);
    },
    oncomment: (start, end) => {
      if (scan.comments.length < TAG_LIMIT) scan.comments.push({ line: lineAt(start), conditional: /^\s*\[if\b/i.test(html.slice(start, Math.min(end, start + 20))) });
    },
    ondeclaration: (start, end) => {
      const said = html.slice(start, Math.min(end, start + 200));
      if (/^doctype\b/i.test(said)) scan.doctype ??= { line: lineAt(start), html5: /^doctype\s+html\s*$/i.test(said) };
    },
    ontext: nothing, ontextentity: nothing, oncdata: nothing, onprocessinginstruction: nothing, onend: nothing,
  });
  tokenizer.write(html);
  tokenizer.end();
  closeStyle(html.length);
  return scan;
}
