/**
 * One pass over HTML: the text a reader sees, the links, and the preheader
 * (the hidden line that mail clients show beside the subject). A tokenizer,
 * not a tree: 100,000 nested tags cost what 100,000 tags cost. Nothing is
 * fetched, nothing is executed, nothing throws.
 */
import { Tokenizer } from 'htmlparser2';
import type { Link } from '../../mail/message.ts';

export type HtmlReading = { text: string; links: Link[]; preheader: string };

export const LINK_LIMIT = 1_000;
const LINK_TEXT_LIMIT = 500;
const HREF_LIMIT = 8_192;
const PREHEADER_LIMIT = 400;

const BLOCK = new Set('address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul'.split(' '));
const CELL = new Set(['td', 'th', 'option']);
const UNSEEN = new Set(['script', 'style', 'title', 'template', 'head', 'svg']);
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const HIDING = /display\s*:\s*none|max-height\s*:\s*0|mso-hide\s*:\s*all|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)/i;
// What newsletters pad their preheader with, so that nothing else shows.
const PADDING = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2007\u2060-\u2064\ufeff]+/g;

export function readHtml(html: string): HtmlReading {
  const pieces: string[] = [];
  const links: Link[] = [];
  const seen = new Set<string>();
  let preheader = '';
  let shown = 0;
  /** Inside which element nothing counts, and how many of that name are open. */
  let unseen: { tag: string; depth: number } | undefined;
  let hidden: { tag: string; depth: number } | undefined;
  let link: { href: string; text: string } | undefined;
  let base = '';

  let tag = '';
  let attribute = '';
  let value = '';
  let attributes: Record<string, string> = Object.create(null);

  const say = (text: string) => {
    if (unseen) return;
    if (hidden) {
      if (preheader.length < PREHEADER_LIMIT) preheader += text;
    } else {
      shown += text.length;
    }
    pieces.push(text);
    if (link && link.text.length < LINK_TEXT_LIMIT) link.text += text;
  };
  const closeLink = () => {
    if (!link) return;
    const { href } = link;
    const text = link.text.replace(PADDING, '').replace(/\s+/g, ' ').trim().slice(0, LINK_TEXT_LIMIT);
    link = undefined;
    const key = `${href}\n${text}`;
    if (links.length >= LINK_LIMIT || seen.has(key)) return;
    seen.add(key);
    links.push({ href, text, from: 'html' });
  };
  const nest = (inside: { tag: string; depth: number } | undefined, by: 1 | -1) => {
    if (inside?.tag === tag) inside.depth += by;
    return inside && inside.depth > 0 ? inside : undefined;
  };

  const open = () => {
    if (unseen) { unseen = nest(unseen, 1); return; }
    if (UNSEEN.has(tag)) { unseen = { tag, depth: 1 }; return; }
    if (hidden) hidden = nest(hidden, 1);
    else if (shown < 200 && !VOID.has(tag) && HIDING.test(attributes['style'] ?? '')) hidden = { tag, depth: 1 };
    if (tag === 'br' || BLOCK.has(tag)) pieces.push('\n');
    else if (CELL.has(tag)) pieces.push('\t');
    else if (tag === 'img' && attributes['alt'] && !hidden) {
      if (link && link.text.trim() === '') link.text += attributes['alt'];
    } else if (tag === 'base' && attributes['href'] && base === '') base = attributes['href'];
    if ((tag === 'a' || tag === 'area') && attributes['href'] !== undefined) {
      closeLink();
      const href = hrefOf(attributes['href'], base);
      if (href !== undefined) link = { href, text: tag === 'area' ? attributes['alt'] ?? '' : '' };
      if (tag === 'area') closeLink();
    }
  };
  const close = () => {
    if (unseen) { unseen = nest(unseen, -1); return; }
    if (hidden) hidden = nest(hidden, -1);
    if (tag === 'a') closeLink();
    if (BLOCK.has(tag)) pieces.push('\n');
  };

  const nothing = () => {};
  const tokenizer = new Tokenizer({ xmlMode: false, decodeEntities: true }, {
    onopentagname: (start, end) => { tag = html.slice(start, end).toLowerCase(); attributes = Object.create(null); },
    onattribname: (start, end) => { attribute = html.slice(start, end).toLowerCase(); value = ''; },
    onattribdata: (start, end) => { if (value.length < HREF_LIMIT) value += html.slice(start, end); },
    onattribentity: (codepoint) => { value += String.fromCodePoint(codepoint); },
    onattribend: () => { attributes[attribute] ??= value.slice(0, HREF_LIMIT); },
    onopentagend: open,
    onselfclosingtag: () => { open(); if (!VOID.has(tag)) close(); },
    onclosetag: (start, end) => { tag = html.slice(start, end).toLowerCase(); close(); },
    ontext: (start, end) => say(html.slice(start, end)),
    ontextentity: (codepoint) => say(String.fromCodePoint(codepoint)),
    oncdata: nothing, oncomment: nothing, ondeclaration: nothing, onprocessinginstruction: nothing, onend: nothing,
  });
  tokenizer.write(html);
  tokenizer.end();
  closeLink();

  return { text: tidy(pieces.join('')), links, preheader: tidy(preheader).replace(/\s+/g, ' ') };
}

/** Runs of space to one, at most one empty line. Linear: no pattern here can backtrack over a run. */
function tidy(text: string): string {
  return text.replace(PADDING, '').replace(/[^\S\n]+/g, ' ').replace(/ ?\n[ \n]*/g, (run) => (run.indexOf('\n') === run.lastIndexOf('\n') ? '\n' : '\n\n')).trim();
}

/** As a browser would read the attribute; undefined for what leads nowhere. */
function hrefOf(written: string, base: string): string | undefined {
  // URL standard: tabs and line breaks inside are dropped.
  const href = written.replace(/[\t\r\n]+/g, '').trim();
  if (href === '' || href.startsWith('#') || /^(javascript|data|vbscript|cid|about|blob):/i.test(href)) return undefined;
  if (base === '' || /^[a-z][a-z0-9+.-]*:/i.test(href)) return href;
  return URL.canParse(href, base) ? new URL(href, base).href : href;
}
